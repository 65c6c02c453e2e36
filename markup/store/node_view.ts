import { DOCUMENT, ELEMENT, NEXT, PARENT, PREV, ROW } from "./layout.ts";
import type { TreeStore } from "./tree_store.ts";

/** The store of the row that a view shows. */
export let storeOf: (view: NodeView) => TreeStore;
/** The handle of the row that a view shows. */
export let nodeOf: (view: NodeView) => number;
/** Lets a view show another row, as the tree that it is in has moved. */
let show: (view: NodeView, store: TreeStore, node: number) => void;

/** For what is given in the place of an element: a text of markup, or a node of another library. */
function noElement(value: unknown, cause: unknown): TypeError {
  const shown = typeof value === "object" && value !== null ? "another object" : typeof value;
  return new TypeError(`An element of this package is needed, received ${shown}`, { cause });
}

/** Remembers the view of a row. */
function keep(store: TreeStore, node: number, view: object): void {
  const { wrappers } = store;
  const row = node / ROW;
  const { length } = wrappers;
  if (row >= length) {
    // No holes: an array with many would become a hash table.
    wrappers.length = Math.max(row + 1, Math.min(store.end / ROW, row + (length >> 1)));
    wrappers.fill(undefined, length);
  }
  wrappers[row] = view;
}

/**
 * What stands for a row of a tree: the base of `Element`. It follows its node when that moves to another store.
 *
 * @example The row behind an element
 * ```ts
 * import { nodeOf, storeOf, TEXT } from "@ferry/std/markup/store";
 * import { Element } from "@ferry/std/markup";
 * import { assertEquals } from "@std/assert";
 *
 * const p = new Element("p", { text: "One" });
 * assertEquals(storeOf(p).textAt(nodeOf(p) + TEXT), "One");
 * ```
 */
export abstract class NodeView {
  #store: TreeStore;
  #node: number;

  /**
   * Shows a row.
   *
   * @param store The store.
   * @param node The handle.
   */
  constructor(store: TreeStore, node: number) {
    this.#store = store;
    this.#node = node;
    keep(store, node, this);
  }

  static {
    storeOf = (view) => {
      try {
        return view.#store;
      } catch (cause) {
        throw noElement(view, cause);
      }
    };
    nodeOf = (view) => {
      try {
        return view.#node;
      } catch (cause) {
        throw noElement(view, cause);
      }
    };
    show = (view, store, node) => {
      view.#store = store;
      view.#node = node;
    };
  }
}

/** Makes the view of a row. */
export type ViewMaker = new (store: TreeStore, node: number) => NodeView;

const makers: (ViewMaker | undefined)[] = [];

/** Says which class shows rows of a kind. */
export function registerView(kind: number, maker: ViewMaker): void {
  makers[kind] = maker;
}

/** The kind of row that a class shows, 0 if it shows none. */
export function kindOf(maker: unknown): number {
  const kind = makers.findIndex((known) => known !== undefined && known === maker);
  return Math.max(0, kind);
}

/** The view of a row: the same one every time. */
export function viewOf(store: TreeStore, node: number): NodeView {
  const known = store.wrappers[node / ROW];
  if (known !== undefined) return known as NodeView;
  const maker = makers[store.kind(node)];
  if (maker === undefined) {
    throw new TypeError(`A node with a view is an element or the like, received ${node}`);
  }
  return new maker(store, node);
}

/** Whether a handle is of a node that can be seen: neither none nor the document. */
export function isVisible(store: TreeStore, node: number): boolean {
  return node !== 0 && store.kind(node) !== DOCUMENT;
}

/** The topmost element above a node, or beside a node that is above all; the node itself if there is none. */
export function rootOf(store: TreeStore, node: number): number {
  const { words } = store;
  let at = node;
  for (let up = words[at + PARENT]!; isVisible(store, up); up = words[at + PARENT]!) at = up;
  if (store.kind(at) === ELEMENT) return at;
  for (const link of [NEXT, PREV]) {
    for (let beside = words[at + link]!; beside !== 0; beside = words[beside + link]!) {
      if (store.kind(beside) === ELEMENT) return beside;
    }
  }
  return at;
}

/** Lets the view of a row, if there is one, show its copy in another store. */
export function followRow(from: TreeStore, node: number, to: TreeStore, copy: number): void {
  const view = from.wrappers[node / ROW];
  if (view === undefined) return;
  from.wrappers[node / ROW] = undefined;
  keep(to, copy, view);
  show(view as NodeView, to, copy);
}
