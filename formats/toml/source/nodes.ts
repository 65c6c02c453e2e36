/** Small questions about nodes, paths and values. */

import { defineOwn } from "../../define_own.ts";
import type { TomlTable, TomlValue } from "../types.ts";
import { keyText } from "../value_text.ts";
import type { Node, Section } from "./tree.ts";

/** A way to a value: keys and indices. */
export type Path = readonly (string | number)[];

/** The node one step on; undefined where there is none. */
export function childOf(node: Node | undefined, step: string | number): Node | undefined {
  if (node === undefined) return undefined;
  if (node.kind === "tables" || node.kind === "array") return node.items[step as number];
  return node.kind === "scalar" ? undefined : node.children.get(step as string);
}

/** A value below keys that are missing. */
export function nest(path: Path, value: TomlValue): TomlValue {
  return path.reduceRight<TomlValue>((inner, step) => {
    if (typeof step === "number") return [inner];
    const table: TomlTable = {};
    defineOwn(table, step, inner);
    return table;
  }, value);
}

/** Whether a value is a table. */
export function isTable(value: TomlValue): value is TomlTable {
  return typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;
}

/** A path as a header writes it; indices have no place there. */
export function headerKeys(path: Path): string {
  return path.filter((step) => typeof step === "string").map((key) => keyText(key, path)).join(".");
}

/** Behind a section's last pair, or its header. */
export function endOf(section: Section): number {
  return section.pairs.at(-1)?.end ?? section.headerEnd;
}
