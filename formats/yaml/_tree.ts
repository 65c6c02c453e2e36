// Nodes for documents that are changed: made under the same rules as `stringify` has, and written as they were read as
// long as nothing touches them.

import {
  type CollectionTag,
  type CST,
  Document,
  isScalar,
  type Node,
  type Scalar,
  type ScalarTag,
} from "yaml";
import { Checker } from "./_checker.ts";
import { MAX_DEPTH, type YamlParseOptions } from "./options.ts";
import { ownTags, writingTag } from "./_writing_tags.ts";

type Stringify = NonNullable<ScalarTag["stringify"]>;

const STR = "tag:yaml.org,2002:str";

/** A document of a value. */
export function newDocument(value: unknown): Document {
  const document = new Document(null, { logLevel: "silent", compat: "yaml-1.1" });
  prepare(document, {});
  document.contents = createNode(document, value, {}) as never;
  return document;
}

/** Makes a document write what was read as it was, and new values as `stringify` writes them. */
export function prepare(document: Document, options: YamlParseOptions): void {
  const tags = [...(options.tags ?? []).flatMap(writingTag), ...ownTags(false)];
  const text = document.schema.tags.find((tag) => tag.tag === STR && tag.stringify !== undefined);
  const plain = (text as ScalarTag).stringify!;
  document.schema.tags = [...tags, ...document.schema.tags].map((tag) =>
    isScalarTag(tag) ? { ...tag, stringify: keeping(tag, plain) } : tag
  );
}

/** A node of a value; refuses what `stringify` refuses. */
export function createNode(
  document: Document,
  value: unknown,
  options: YamlParseOptions,
): Node {
  if (value === undefined) throw new TypeError("Cannot write undefined as YAML");
  new Checker(options.tags ?? []).check(value, options.maxDepth ?? MAX_DEPTH);
  return document.createNode(value);
}

function isScalarTag(tag: ScalarTag | CollectionTag): tag is ScalarTag {
  return tag.collection === undefined;
}

/** Writes what was read as it was, text by the library's own rules, all else by the tag's. */
function keeping(tag: ScalarTag, plain: Stringify): Stringify {
  return (item, context, onComment, onChompKeep) => {
    const kept = sourceOf(item);
    if (kept !== undefined) return kept;
    const text = item.value;
    if (typeof text === "string") {
      // Blocks that begin with white space are written right at two spaces only, see the writer of `stringify`.
      const block = item.type?.startsWith("BLOCK") && context.indentStep === "  " &&
        (item as { srcToken?: unknown }).srcToken !== undefined;
      if (block) return plain(item, context, onComment, onChompKeep);
      if (context.inFlow && /\n|^[?:]/.test(text)) return JSON.stringify(text);
    }
    const write = tag.stringify ?? plain;
    return write(item, context, onComment, onChompKeep);
  };
}

/** The source of a scalar that was read from one line. */
function sourceOf(item: Scalar): string | undefined {
  const token = (item as { srcToken?: CST.Token }).srcToken;
  if (!isScalar(item) || token === undefined) return undefined;
  switch (token.type) {
    case "scalar":
    case "single-quoted-scalar":
    case "double-quoted-scalar":
      return token.source.includes("\n") ? undefined : token.source;
  }
  return undefined;
}
