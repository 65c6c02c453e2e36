import { POS } from "../store/layout.ts";
import type { TreeStore } from "../store/tree_store.ts";

/** Offsets of the lines of a store's source, made when a line is first asked for. */
const lines = new WeakMap<TreeStore, Int32Array>();

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
  const position = store.words[node + POS]! - 1;
  if (position < 0) return undefined;
  let starts = lines.get(store);
  if (starts === undefined) lines.set(store, starts = lineStarts(store));
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = low + high >> 1;
    if (starts[middle]! <= position) low = middle;
    else high = middle;
  }
  return low + 1;
}
