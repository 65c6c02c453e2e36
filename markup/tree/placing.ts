/** Nodes put into a tree: taken out of where they were, brought from another store, never below themselves. */
import { DOCUMENT, ELEMENT, FIRST, HEAD, LAST, NEXT, PARENT, PREV, TAIL } from "../store/layout.ts";
import { followRow, nodeOf, type NodeView, storeOf } from "../store/node_view.ts";
import { copyTree } from "./transplant.ts";
import type { TreeStore } from "../store/tree_store.ts";

/** Takes a node, with its tail, out of where it is, and brings it into a store. */
function bring(to: TreeStore, view: NodeView): number {
  const from = storeOf(view);
  const node = nodeOf(view);
  from.detach(node);
  if (from === to) return node;
  const moved: number[] = [];
  const copy = copyTree(from, node, to, (old, copy) => {
    followRow(from, old, to, copy);
    moved.push(old);
  });
  for (const old of moved) from.words[old + HEAD] = 0;
  return copy;
}

/** Refuses a node that is a parent, or above it. */
function refuseCycle(store: TreeStore, parent: number, view: NodeView): void {
  if (storeOf(view) === store && store.contains(nodeOf(view), parent)) {
    throw new RangeError("An element cannot be put into itself or below itself");
  }
}

/** Puts a node into a parent, before one of its children or at the end (0). */
export function putBefore(parent: NodeView, view: NodeView, before: NodeView | undefined): void {
  const store = storeOf(parent);
  if (store.kind(nodeOf(parent)) !== ELEMENT) {
    throw new TypeError("Comments and processing instructions have no children");
  }
  refuseCycle(store, nodeOf(parent), view);
  if (before === view) return;
  const node = bring(store, view);
  store.insertBefore(nodeOf(parent), node, before === undefined ? 0 : nodeOf(before));
}

/** Puts a node directly behind or in front of another one. */
export function putBeside(anchor: NodeView, view: NodeView, behind: boolean): void {
  const store = storeOf(anchor);
  if (view === anchor) return;
  const parent = store.words[nodeOf(anchor) + PARENT]!;
  const outside = parent === 0 || store.kind(parent) === DOCUMENT;
  if (outside && storeOf(view).kind(nodeOf(view)) === ELEMENT) {
    throw new TypeError("The siblings of a root are comments and processing instructions alone");
  }
  if (parent !== 0) refuseCycle(store, parent, view);
  const node = bring(store, view);
  const at = nodeOf(anchor);
  if (outside) store.setTextAt(node + TAIL, undefined);
  if (parent === 0) linkOutside(store, at, node, behind);
  else if (!behind) store.insertBefore(parent, node, at);
  else {
    // The anchor's tail comes to stand behind the node.
    store.insertBefore(parent, node, store.words[at + NEXT]!);
    store.moveText(at + TAIL, node + TAIL);
  }
}

/** Links a node beside another one that has no parent. */
function linkOutside(store: TreeStore, at: number, node: number, behind: boolean): void {
  store.changes++;
  const { words } = store;
  const [prev, next] = behind ? [at, words[at + NEXT]!] : [words[at + PREV]!, at];
  words[node + PREV] = prev;
  words[node + NEXT] = next;
  if (prev !== 0) words[prev + NEXT] = node;
  if (next !== 0) words[next + PREV] = node;
}

/** Takes a node, with its tail, out of its parent. */
export function takeOut(view: NodeView): void {
  storeOf(view).detach(nodeOf(view));
}

/** Takes all children out of a node. */
export function takeOutAll(view: NodeView): void {
  storeOf(view).changes++;
  const { words } = storeOf(view);
  const node = nodeOf(view);
  for (let at = words[node + FIRST]!; at !== 0;) {
    const next = words[at + NEXT]!;
    words[at + PARENT] = 0;
    words[at + PREV] = 0;
    words[at + NEXT] = 0;
    at = next;
  }
  words[node + FIRST] = 0;
  words[node + LAST] = 0;
}
