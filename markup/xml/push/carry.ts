/** What of a tree goes on into the next store while a document is read in pieces: what is open, and the content that is kept. */
import { ATTR_ROW, ATTRS, FIRST, NEXT, TEXT } from "../../store/layout.ts";
import { followRow } from "../../store/node_view.ts";
import type { TreeStore } from "../../store/tree_store.ts";
import { copyTree } from "../../tree/transplant.ts";

/** A document that comes in pieces. */
export interface Pieces {
  /** The tree, as far as it is there; another one after each call of `more`. */
  readonly store: TreeStore;
  /** Nodes that began (handles) and ended (handles below 0) since the log was last emptied. */
  readonly log: number[];
  /** Adds a piece; `more` reads it. */
  add(piece: Uint8Array | string): void;
  /** Says that there are no more pieces. */
  close(): void;
  /** Reads on. The log must be empty. Tells whether anything was read; if not, another piece is needed, or all has been read. */
  more(): boolean;
}

/** Handles of the open elements, from the root at 1 on. */
type Handles = Int32Array | number[];

/** Which open element is the outermost whose content is kept, as a depth: 1 keeps all, `Infinity` nothing. */
export type KeepFrom = (store: TreeStore, nodes: Handles, depth: number) => number;

/** About how many nodes will have to be copied. */
export function carried(store: TreeStore, nodes: Handles, depth: number, from: number): number {
  if (from > depth) return depth;
  let count = 0;
  const top = nodes[from]!;
  for (let at = top; at !== 0; at = store.following(at, top)) count++;
  return count;
}

/** Copies what is needed of an old store, and puts the new handles of the open elements in the place of the old ones. */
export function carry(
  old: TreeStore,
  store: TreeStore,
  nodes: Handles,
  depth: number,
  from: number,
): void {
  const open = new Map<number, number>();
  for (let i = 1; i <= depth; i++) open.set(nodes[i]!, i);
  const copied = (node: number, copy: number) => {
    followRow(old, node, store, copy);
    const level = open.get(node);
    if (level !== undefined) nodes[level] = copy;
  };
  if (from <= 1) return carryAll(old, store, copied);
  const top = Math.min(from, depth + 1);
  let parent = store.document;
  for (let i = 1; i < top; i++) {
    const copy = copyBare(old, nodes[i]!, store);
    // What of a text has been read is needed when the rest comes.
    if (i === depth) store.setTextAt(copy + TEXT, old.textAt(old.placeAtEnd(nodes[i]!)));
    followRow(old, nodes[i]!, store, copy);
    store.append(parent, copy);
    nodes[i] = parent = copy;
  }
  if (top <= depth) store.append(parent, copyTree(old, nodes[top]!, store, copied));
}

/** Copies the root and what stands beside it. */
function carryAll(
  old: TreeStore,
  store: TreeStore,
  copied: (node: number, copy: number) => void,
): void {
  const { info } = store;
  const after = info.doctypeAfter;
  for (let at = old.words[old.document + FIRST]!; at !== 0;) {
    const next = old.words[at + NEXT]!;
    const copy = copyTree(old, at, store, copied);
    store.append(store.document, copy);
    if (after === at) info.doctypeAfter = copy;
    at = next;
  }
}

/** Copies an element without its content. */
function copyBare(from: TreeStore, node: number, to: TreeStore): number {
  const copy = to.createElement(from.name(node));
  for (let i = 0; i < from.attributeCount(node); i++) {
    const at = from.words[node + ATTRS]! + i * ATTR_ROW;
    to.addAttribute(copy, from.attrs[at]!, from.attributeText(at));
  }
  return copy;
}
