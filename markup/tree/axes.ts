/** Ways through a tree: each gives the handle that comes next, and looks at the rows when it is asked, not before. */
import {
  COMMENT,
  DOCUMENT,
  FIRST,
  HEAD,
  INSTRUCTION,
  KIND_MASK,
  LAST,
  NEXT,
  PARENT,
  PREV,
  TAIL,
  TEXT,
} from "../store/layout.ts";
import type { TreeStore } from "../store/tree_store.ts";

/** A way through a tree: 0 is the end. */
export interface Axis {
  /** The next handle. */
  next(): number;
}

/** A node and what is below it, in document order. */
export class Descendants implements Axis {
  readonly #store: TreeStore;
  readonly #top: number;
  #at: number;
  #begun: boolean;

  constructor(store: TreeStore, top: number, self: boolean) {
    this.#store = store;
    this.#top = top;
    this.#at = top;
    this.#begun = !self;
  }

  next(): number {
    if (!this.#begun) {
      this.#begun = true;
      return this.#at;
    }
    const at = this.#at;
    return this.#at = at === 0 ? 0 : this.#store.following(at, this.#top);
  }
}

/** Links of one kind followed one after another: siblings, children (from the first one on), ancestors. */
export class Chain implements Axis {
  readonly #store: TreeStore;
  readonly #link: number;
  #at: number;
  #begun = false;

  constructor(store: TreeStore, node: number, first: number, link: number) {
    this.#store = store;
    this.#link = link;
    this.#at = first === 0 ? node : node + first;
    this.#begun = false;
    if (first === 0) this.#begun = true;
  }

  next(): number {
    const words = this.#store.words;
    if (!this.#begun) {
      this.#begun = true;
      this.#at = words[this.#at]!;
    } else if (this.#at !== 0) this.#at = words[this.#at + this.#link]!;
    return this.#at;
  }
}

/** The children of a node. */
export function childAxis(store: TreeStore, node: number, reversed: boolean): Axis {
  return reversed ? new Chain(store, node, LAST, PREV) : new Chain(store, node, FIRST, NEXT);
}

/** The siblings behind a node, or before it from the nearest on. */
export function siblingAxis(store: TreeStore, node: number, preceding: boolean): Axis {
  return new Chain(store, node, 0, preceding ? PREV : NEXT);
}

/** The parent and so on. */
export class Ancestors implements Axis {
  readonly #store: TreeStore;
  #at: number;

  constructor(store: TreeStore, node: number) {
    this.#store = store;
    this.#at = node;
  }

  next(): number {
    const words = this.#store.words;
    if (this.#at === 0) return 0;
    const up = words[this.#at + PARENT]!;
    return this.#at = up !== 0 && (words[up + HEAD]! & KIND_MASK) === DOCUMENT ? 0 : up;
  }
}

/** Whether a node is one whose text is no text of the document: a comment or a processing instruction. */
function isAside(store: TreeStore, node: number): boolean {
  const kind = store.words[node + HEAD]! & KIND_MASK;
  return kind === COMMENT || kind === INSTRUCTION;
}

/**
 * All text in a node, joined; that of comments and processing instructions is none, what follows them is.
 *
 * @param steps At how many nodes to look: what is left of it is written back, and below 0 the text is cut.
 */
export function textContent(
  store: TreeStore,
  top: number,
  steps: { left: number } = { left: Infinity },
): string {
  const { words } = store;
  let text = store.textAt(top + TEXT) ?? "";
  if (words[top + FIRST] === 0) return text;
  let at = words[top + FIRST]!;
  while (true) {
    if (--steps.left < 0) return text;
    const first = words[at + FIRST]!;
    if (!isAside(store, at)) {
      const own = store.textAt(at + TEXT);
      if (own !== undefined) text += own;
      if (first !== 0) {
        at = first;
        continue;
      }
    }
    while (true) {
      const tail = store.textAt(at + TAIL);
      if (tail !== undefined) text += tail;
      const next = words[at + NEXT]!;
      if (next !== 0) {
        at = next;
        break;
      }
      at = words[at + PARENT]!;
      if (at === top) return text;
    }
  }
}

/** The texts in a node in document order: `undefined`s are left out. */
export function* texts(
  store: TreeStore,
  top: number,
  wanted: (node: number) => boolean,
  withTail: boolean,
): Generator<string, undefined> {
  let at = top;
  while (true) {
    if (wanted(at) && (at === top || !isAside(store, at))) {
      const text = store.textAt(at + TEXT);
      if (text !== undefined) yield text;
    }
    const first = store.words[at + FIRST]!;
    if (first !== 0) {
      at = first;
      continue;
    }
    while (true) {
      if (at === top) return;
      // The text behind a comment is text of the element around it.
      if ((withTail && wanted(at)) || isAside(store, at)) {
        const tail = store.textAt(at + TAIL);
        if (tail !== undefined) yield tail;
      }
      const next = store.words[at + NEXT]!;
      if (next !== 0) {
        at = next;
        break;
      }
      at = store.words[at + PARENT]!;
    }
  }
}
