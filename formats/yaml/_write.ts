// One value as YAML, by npm yaml's writer with this package's rules.

import { Document } from "yaml";
import { Checker } from "./_checker.ts";
import { MAX_DEPTH } from "./options.ts";
import type { YamlStringifyOptions } from "./stringify_options.ts";
import type { Layout } from "./source/layout.ts";
import { ownTags, writingTag } from "./_writing_tags.ts";

/** Columns that text has at least on a line that is folded. */
const LEAST_ROOM = 24;

/**
 * Writes a value.
 *
 * @param value The value.
 * @param options The caller's options.
 * @param layout How the text around is laid out.
 * @param blocks Whether text may become a block scalar.
 */
export function write(
  value: unknown,
  options: YamlStringifyOptions,
  layout: Layout = { indentSequences: true, padding: true },
  // A block scalar at the root would not be indented, which libyaml refuses.
  blocks: boolean = typeof value !== "string",
): string {
  if (value === undefined) throw new TypeError("Cannot write undefined as YAML");
  const { indent = 2, lineWidth = 80, maxDepth = MAX_DEPTH } = options;
  const checker = new Checker(options.tags ?? []);
  checker.check(value, maxDepth);
  const document = new Document(value, {
    schema: options.schema ?? "core",
    version: options.schema === "yaml-1.1" ? "1.1" : "1.2",
    compat: options.compatible === false || options.schema === "yaml-1.1" ? null : "yaml-1.1",
    aliasDuplicateObjects: options.aliases ?? true,
    sortMapEntries: options.sortKeys ? byKey : false,
    customTags: (tags) => [
      ...(options.tags ?? []).flatMap(writingTag),
      ...ownTags(options.style === "flow"),
      ...tags,
    ],
    logLevel: "silent",
  });
  return document.toString({
    indent,
    // The library folds text wrongly where a line has no room for a few characters behind its indentation.
    lineWidth: lineWidth === 0
      ? 0
      : Math.max(lineWidth, checker.levels(maxDepth) * Math.max(indent, 2) + LEAST_ROOM),
    blockQuote: blocks,
    indentSeq: layout.indentSequences,
    flowCollectionPadding: layout.padding,
    // "block" would write empty collections on a line of their own.
    collectionStyle: options.style === "flow" ? "flow" : "any",
    singleQuote: options.quotes === "single" ? true : options.quotes === "double" ? false : null,
    // Without a `%YAML` line, also for version 1.1.
    directives: null,
  });
}

function byKey(a: { key: unknown }, b: { key: unknown }): number {
  const x = String(a.key);
  const y = String(b.key);
  return x < y ? -1 : x > y ? 1 : 0;
}
