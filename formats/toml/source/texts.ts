/** New values as text that fits in where it goes. */

import { write } from "../stringify.ts";
import type { TomlValue } from "../types.ts";
import { VALUE_STYLE, valueText } from "../value_text.ts";
import { type Eol, indentAt, lineEnd } from "./lines.ts";
import { nest, type Path } from "./nodes.ts";
import type { ValueNode } from "./tree.ts";

/** A value in place of another: quotes stay where they can, and an array of several lines has several lines. */
export function replacement(text: string, eol: Eol, old: ValueNode, value: TomlValue): string {
  const source = text.slice(old.start, old.end);
  if (
    typeof value === "string" && /^'(?!'')/.test(source) && source !== "''" &&
    // deno-lint-ignore no-control-regex
    !/['\x00-\x08\x0a-\x1f\x7f]/.test(value)
  ) return `'${value}'`;
  if (Array.isArray(value) && value.length > 0 && old.kind === "array" && source.includes("\n")) {
    const first = old.items[0];
    const outer = indentAt(text, old.pair?.start ?? old.start);
    const inner = first !== undefined && first.start > lineEnd(text, old.start)
      ? indentAt(text, first.start)
      : `${outer}  `;
    const items = value.map((item) => `${inner}${inlineText(item)},${eol}`);
    return `[${eol}${items.join("")}${outer}]`;
  }
  return inlineText(value);
}

/** A value on one line. */
export function inlineText(value: TomlValue): string {
  return valueText(value, [], Infinity, { ...VALUE_STYLE, floats: true, multiline: false });
}

/** A value that may take several lines. */
export function blockText(value: TomlValue, indent: number, eol: Eol): string {
  const multiline = eol === "\n";
  const style = { ...VALUE_STYLE, floats: true, multiline };
  return typeof value === "string" || multiline
    ? valueText(value, [], indent, style)
    : inlineText(value);
}

/** A value as sections with headers. */
export function sectionText(path: Path, value: TomlValue, eol: Eol): string {
  const keys = path.filter((step) => typeof step === "string");
  // A line break within text would be another one in a text with carriage returns.
  return write(nest(keys, value) as object, { numbers: "float" }, eol === "\n");
}
