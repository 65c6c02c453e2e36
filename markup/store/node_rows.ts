import {
  ELEMENT,
  FIRST,
  HEAD,
  KIND_BITS,
  KIND_MASK,
  LAST,
  NEXT,
  PARENT,
  POS,
  PREV,
  ROW,
} from "./layout.ts";

/** Most words of a store: an `Int32Array` of 8 GiB is more than engines give. */
const MAX_WORDS = 2 ** 31 - 1 - ROW;

/**
 * The rows of a tree and the links between them. Knows nothing of texts: the functions that must move the text behind a
 * node along with it, or leave it, are in `TextRows`.
 */
export class NodeRows {
  /** The rows, see `layout.ts`. Replaced when it grows: do not keep it across a call that makes nodes. */
  words: Int32Array;
  /** Offset of the next free row. */
  end: number = ROW;
  /** Grows whenever nodes are put somewhere or taken out: what was counted on the tree holds as long as this does. */
  changes = 0;
  /** How many of the changes are of evaluations that take a part of a tree for a document, and undo that. */
  undone = 0;

  /**
   * Made as a part of a `TreeStore`: an empty store.
   *
   * @param nodes How many nodes to make room for; there will be more if needed.
   */
  constructor(nodes: number) {
    this.words = new Int32Array((nodes + 1) * ROW);
  }

  /**
   * Makes room for more nodes.
   *
   * @param rows How many, at least.
   */
  grow(rows: number): void {
    const least = this.end + rows * ROW;
    if (least <= this.words.length) return;
    if (least > MAX_WORDS) {
      throw new RangeError(`A document cannot have more than ${Math.floor(MAX_WORDS / ROW)} nodes`);
    }
    const doubled = Math.min(MAX_WORDS, Math.max(least, this.words.length * 2, 16 * ROW));
    const wider = new Int32Array(doubled);
    wider.set(this.words.subarray(0, this.end));
    this.words = wider;
  }

  /**
   * Makes a node that is nowhere yet.
   *
   * @param head `name << KIND_BITS | kind`.
   * @param position Its offset in the source, or -1.
   * @returns Its handle.
   */
  createNode(head: number, position = -1): number {
    const node = this.end;
    if (node + ROW > this.words.length) this.grow(1);
    this.words[node + HEAD] = head;
    this.words[node + POS] = position + 1;
    this.end = node + ROW;
    return node;
  }

  /** Makes an element that is nowhere yet, see {@linkcode NodeRows.createNode}. */
  createElement(name: number, position = -1): number {
    return this.createNode(name << KIND_BITS | ELEMENT, position);
  }

  /**
   * Makes an element and puts it at the end of a parent.
   *
   * @param parent Handle of the parent.
   * @param name Number of the name.
   * @param position Its offset in the source, or -1.
   * @returns Its handle.
   */
  appendElement(parent: number, name: number, position = -1): number {
    const node = this.createNode(name << KIND_BITS | ELEMENT, position);
    this.append(parent, node);
    return node;
  }

  /** The kind of a node. */
  kind(node: number): number {
    return this.words[node + HEAD]! & KIND_MASK;
  }

  /** Number of a node's name. */
  name(node: number): number {
    return this.words[node + HEAD]! >>> KIND_BITS;
  }

  /** Gives a node another name. */
  rename(node: number, name: number): void {
    this.words[node + HEAD] = name << KIND_BITS | this.kind(node);
  }

  /** Puts a node that is nowhere at the end of a parent. */
  append(parent: number, node: number): void {
    this.changes++;
    const words = this.words;
    const last = words[parent + LAST]!;
    words[node + PARENT] = parent;
    words[node + PREV] = last;
    words[node + NEXT] = 0;
    words[parent + LAST] = node;
    if (last === 0) words[parent + FIRST] = node;
    else words[last + NEXT] = node;
  }

  /**
   * Puts a node that is nowhere directly before another: behind the text there.
   *
   * @param parent Handle of the parent.
   * @param node Handle of the node.
   * @param before A child of the parent, or 0 for the end.
   */
  insertBefore(parent: number, node: number, before: number): void {
    if (before === 0) return this.append(parent, node);
    this.changes++;
    const words = this.words;
    const prev = words[before + PREV]!;
    words[node + PARENT] = parent;
    words[node + PREV] = prev;
    words[node + NEXT] = before;
    words[before + PREV] = node;
    if (prev === 0) words[parent + FIRST] = node;
    else words[prev + NEXT] = node;
  }

  /** Takes a node out of its parent, with the text behind it. Nothing happens if it has none. */
  detach(node: number): void {
    this.changes++;
    const words = this.words;
    const parent = words[node + PARENT]!;
    const prev = words[node + PREV]!;
    const next = words[node + NEXT]!;
    if (prev !== 0) words[prev + NEXT] = next;
    else if (parent !== 0) words[parent + FIRST] = next;
    if (next !== 0) words[next + PREV] = prev;
    else if (parent !== 0) words[parent + LAST] = prev;
    words[node + PARENT] = 0;
    words[node + PREV] = 0;
    words[node + NEXT] = 0;
  }

  /** Whether a node is another one or above it. */
  contains(node: number, other: number): boolean {
    const words = this.words;
    for (let at = other; at !== 0; at = words[at + PARENT]!) if (at === node) return true;
    return false;
  }

  /** The topmost node above a node, or itself: a document, or the top of a detached tree. */
  top(node: number): number {
    const words = this.words;
    let at = node;
    for (let up = words[at + PARENT]!; up !== 0; up = words[at + PARENT]!) at = up;
    return at;
  }

  /**
   * The node that follows in document order, below a top.
   *
   * @param node The node.
   * @param top Where to end.
   * @returns Its handle, or 0 behind the last one.
   */
  following(node: number, top: number): number {
    const first = this.words[node + FIRST]!;
    return first !== 0 ? first : this.followingBeyond(node, top);
  }

  /** As {@linkcode NodeRows.following}, without the nodes below the node. */
  followingBeyond(node: number, top: number): number {
    const words = this.words;
    for (let at = node; at !== top && at !== 0; at = words[at + PARENT]!) {
      const next = words[at + NEXT]!;
      if (next !== 0) return next;
    }
    return 0;
  }

  /** How many children a node has, comments and processing instructions included. */
  childCount(node: number): number {
    const words = this.words;
    let count = 0;
    for (let at = words[node + FIRST]!; at !== 0; at = words[at + NEXT]!) count++;
    return count;
  }
}
