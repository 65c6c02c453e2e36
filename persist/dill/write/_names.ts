/** Names for captured variables: all live in one scope when the dump is loaded, and none may hide what others mean. */
import { isGlobalName } from "../capture/globals.ts";
import type { Cell, FunctionItem } from "./_items.ts";

/** Words that are no names in some code. */
const RESERVED = new Set(
  ("arguments async await break case catch class const continue debugger default delete do else enum eval export extends " +
    "false finally for function if implements import in instanceof interface let new null of package private protected " +
    "public return static super switch this throw true try typeof using var void while with yield")
    .split(" "),
);

/** Names the cells that functions capture; a cell keeps its name if no other has it. */
export function nameCells(items: readonly FunctionItem[]): Map<Cell, string> {
  const unbound = new Set<string>();
  for (const { source, captured } of items) {
    for (const name of source.free.keys()) if (!captured.has(name)) unbound.add(name);
  }
  // A declared function whose name has got another value must not see itself under that name.
  const own = new Set<Cell>();
  for (const { source, captured } of items) {
    const cell = captured.get(source.selfReferences[0]?.identifier.name ?? "");
    if (cell !== undefined) own.add(cell);
  }
  const names = new Map<Cell, string>();
  const used = new Set<string>();
  const texts = [...new Set(items.map(({ source }) => source.text))].join("\n");
  const counts = new Map<string, number>();
  for (const { captured } of items) {
    for (const cell of captured.values()) {
      if (names.has(cell)) continue;
      let name = cell.name;
      const hides = own.has(cell) || used.has(name) || unbound.has(name) || isGlobalName(name) ||
        RESERVED.has(name);
      if (hides || name.includes(".")) {
        const base = name.replace(".", "_");
        let n = counts.get(base) ?? 1;
        do name = `${base}$${n++}`; while (used.has(name) || texts.includes(name));
        counts.set(base, n);
      }
      used.add(name);
      names.set(cell, name);
    }
  }
  return names;
}
