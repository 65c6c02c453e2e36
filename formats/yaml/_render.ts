// New values as text that fits in where it goes: on one line, as block lines, or as a literal block.

import type { YamlStringifyOptions } from "./stringify_options.ts";
import type { Layout } from "./source/layout.ts";
import type { Rendered } from "./source/patch.ts";
import { write } from "./_write.ts";

/** Characters that only escapes can write, or that some reader takes for a line break. */
// deno-lint-ignore no-control-regex
const SPECIAL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

/** What the text around says about how to write. */
export interface Style extends Layout {
  /** Spaces per level. */
  indent: number;
  /** Kind of the scalar that is replaced. */
  old?: string | undefined;
  /** Within brackets. */
  flow: boolean;
  /** Within brackets that hold what JSON would. */
  json: boolean;
}

/**
 * Ways to write a value, the one that fits in best first. Each is tried until one reads back as it should.
 *
 * @param value The value.
 * @param style What the text around is like.
 * @param options The caller's options.
 */
export function render(value: unknown, style: Style, options: YamlStringifyOptions): Rendered[] {
  const ways: Rendered[] = [];
  if (typeof value === "string") {
    if (!style.flow && value.includes("\n") && style.old !== "QUOTE_DOUBLE") {
      const literal = literalBlock(value);
      if (literal !== undefined) ways.push(literal);
    }
    if (value.isWellFormed() && !SPECIAL.test(value)) {
      if (style.old === "QUOTE_SINGLE" && !value.includes("\n")) {
        ways.push(line(`'${value.replaceAll("'", "''")}'`));
      } else if (style.old === "QUOTE_DOUBLE") ways.push(line(JSON.stringify(value)));
    }
  }
  const own = { ...options, indent: style.indent, lineWidth: 0, aliases: false };
  const flow = write(value, { ...own, style: "flow" }, style, false).trimEnd();
  if (typeof value === "object" && value !== null && !style.flow) {
    const block = write(value, own, style).trimEnd();
    // Bytes, dates and empty collections are written alike either way, and stand on the line.
    if (block !== flow) ways.push({ inline: "", lines: block.split("\n") });
  }
  if (style.json) {
    const json = jsonText(value);
    if (json !== undefined) ways.push(line(json));
  }
  // Text has no line break here: it is in quotes with escapes.
  ways.push(line(flow.replaceAll(/\n\s*/g, " ")));
  return ways;
}

/** A value as JSON, if that has a form for it; whether it means the same is checked later. */
function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function line(inline: string): Rendered {
  return { inline, lines: [] };
}

/** A literal block, where its lines need no escapes and no indentation indicator. */
function literalBlock(value: string): Rendered | undefined {
  if (!value.isWellFormed() || SPECIAL.test(value) || /^[\s]/.test(value)) return undefined;
  const chomp = value.endsWith("\n\n") ? "+" : value.endsWith("\n") ? "" : "-";
  const lines = value.split("\n");
  if (chomp !== "-") lines.pop();
  return { inline: `|${chomp}`, lines };
}
