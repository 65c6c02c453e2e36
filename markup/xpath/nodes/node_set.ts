/**
 * Nodes as numbers, in document order and each once. A number is
 *
 * ```text
 *   from 0 on          an offset in the words of the store: of a row (an element, comment, instruction, or the document),
 *                      of its TEXT or of its TAIL (text nodes)
 *   -1 … -2^30         an attribute: ~(offset in the store's attributes / ATTR_ROW)
 *   below -2^30        -2^30 - 1 - index of what a run has made: namespace nodes, matches, tokens
 * ```
 *
 * @module
 */
import { ROW, TAIL, TEXT } from "../../store/layout.ts";

/** Below this, numbers are of nodes that a run has made. */
export const LAST_ATTRIBUTE: number = -(2 ** 30);

const NO_IDS = new Int32Array(0);

/** Whether a node is a row: an element, comment, processing instruction or the document. */
export function isRow(id: number): boolean {
  return id >= 0 && id % ROW === 0;
}

/** Whether a node is a text: `TEXT` or `TAIL` of a row. */
export function isText(id: number): boolean {
  return id >= 0 && id % ROW !== 0;
}

/** Whether a node is an attribute. */
export function isAttribute(id: number): boolean {
  return id < 0 && id >= LAST_ATTRIBUTE;
}

/** Whether a text is that behind a row. */
export function isTail(id: number): boolean {
  return id % ROW === TAIL;
}

/** The row of a row or text. */
export function rowOf(id: number): number {
  return id - id % ROW;
}

/** The text before the first child of a row. */
export function textOf(row: number): number {
  return row + TEXT;
}

/** A list of nodes that grows. Whoever fills it sees to its order. */
export class NodeSet {
  /** The nodes; as many as `length` says. */
  ids: Int32Array;
  /** How many there are. */
  length = 0;
  /** Whether it is known that no node of them contains another one. */
  flat = false;
  /** How often the set was compared with something: one that comes again is worth an index. */
  asked = 0;
  /** The different texts of the nodes, once they are needed. */
  texts: Set<string> | undefined;
  /** The least and the greatest number among the texts, once they are needed. */
  range: readonly [number, number] | undefined;

  /**
   * An empty set.
   *
   * @param capacity For how many nodes there is room at first.
   */
  constructor(capacity = 0) {
    this.ids = capacity === 0 ? NO_IDS : new Int32Array(capacity);
  }

  /** A set of one node. */
  static of(id: number): NodeSet {
    const set = new NodeSet(1);
    set.ids[0] = id;
    set.length = 1;
    set.flat = true;
    return set;
  }

  /** A set of nodes that are in order and each there once. */
  static from(ids: Int32Array, flat = false): NodeSet {
    const set = new NodeSet();
    set.ids = ids;
    set.length = ids.length;
    set.flat = flat;
    return set;
  }

  /** The same nodes, in a set that may be changed. */
  copy(): NodeSet {
    return NodeSet.from(this.ids.slice(0, this.length), this.flat);
  }

  /** Adds a node at the end. */
  push(id: number): void {
    if (this.length === this.ids.length) {
      const wider = new Int32Array(Math.max(4, this.length * 2));
      wider.set(this.ids);
      this.ids = wider;
    }
    this.ids[this.length++] = id;
  }

  /** Reverses the nodes from a place on. */
  reverse(from = 0): void {
    this.ids.subarray(from, this.length).reverse();
  }
}
