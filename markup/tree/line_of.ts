import { POS } from "../store/layout.ts";
import type { TreeStore } from "../store/tree_store.ts";

/** Offsets of the lines of a store's source, made when a line is first asked for. */
const lines = new WeakMap<TreeStore, { length: number; starts: Int32Array }>();

const LF = 10;

function lineStarts(store: TreeStore): Int32Array {
  const text = store.source;
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    starts.push(at + 1);
  }
  if (text.includes("\r")) {
    for (let at = text.indexOf("\r"); at !== -1; at = text.indexOf("\r", at + 1)) {
      if (text.charCodeAt(at + 1) !== LF) starts.push(at + 1);
    }
    starts.sort((a, b) => a - b);
  }
  return Int32Array.from(starts);
}

/**
 * The line of a node in the source of its document.
 *
 * @returns From 1; `undefined` if the node does not come from there.
 */
export function lineOf(store: TreeStore, node: number): number | undefined {
  const position = store.words[node + POS]!;
  if (position <= 0) return position === 0 ? undefined : -position;
  let known = lines.get(store);
  // A document that comes in pieces has more lines than before.
  if (known?.length !== store.length) {
    lines.set(store, known = { length: store.length, starts: lineStarts(store) });
  }
  const { starts } = known;
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = low + high >> 1;
    if (starts[middle]! < position) low = middle;
    else high = middle;
  }
  return low + store.firstLine;
}
