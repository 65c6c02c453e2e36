/** The order of a document: which of two nodes comes first, and sets put in order. */
import {
  ATTR_ROW,
  ATTRS,
  DOCUMENT,
  FIRST,
  HEAD,
  KIND_MASK,
  NEXT,
  PARENT,
  ROW,
} from "../../store/layout.ts";
import type { TreeStore } from "../../store/tree_store.ts";
import { isAttribute, isTail, isText, NodeSet, rowOf } from "./node_set.ts";
import type { Run } from "./run.ts";

/** Up to so many nodes are put in order by comparing them, if the order of the whole tree is not known. */
const FEW = 24;
/** Room for the attributes of an element between its own place and that of its text. */
const WITHIN = 2 ** 21;

/**
 * Places of all nodes below a top, counted in one walk: that of a row, one more for its attributes, two more for its text, and,
 * behind all that is in it, its end and one more for its tail. It holds until the tree changes.
 */
export class DocumentOrder {
  readonly top: number;
  readonly changes: number;
  readonly rows: number;
  /** Places of rows, by row number. */
  readonly start: Int32Array;
  /** Ends of rows, by row number. */
  readonly end: Int32Array;
  /** How many places there are. */
  readonly places: number;

  constructor(run: Run) {
    const { words, store, top } = run;
    this.top = top;
    this.changes = store.changes;
    this.rows = store.end;
    const start = this.start = new Int32Array(store.end / ROW);
    const end = this.end = new Int32Array(store.end / ROW);
    let place = 0;
    start[top / ROW] = place;
    place += 3;
    let at = words[top + FIRST]!;
    if (at !== 0) {
      while (true) {
        start[at / ROW] = place;
        place += 3;
        const first = words[at + FIRST]!;
        if (first !== 0) {
          at = first;
          continue;
        }
        let next = 0;
        while (true) {
          end[at / ROW] = place;
          place += 2;
          next = words[at + NEXT]!;
          if (next !== 0) break;
          at = words[at + PARENT]!;
          if (at === top) break;
        }
        if (next === 0) break;
        at = next;
      }
    }
    end[top / ROW] = place;
    this.places = place + 2;
    run.spend(this.places);
  }

  /** The place of a node. */
  placeOf(id: number, run: Run): number {
    if (id >= 0) {
      if (!isText(id)) return this.start[id / ROW]!;
      const row = rowOf(id) / ROW;
      return isTail(id) ? this.end[row]! + 1 : this.start[row]! + 2;
    }
    if (isAttribute(id)) return this.start[run.ownerOf(id) / ROW]! + 1;
    const made = run.madeAt(id);
    // Namespace nodes come before the attributes; what else was made is in no tree, and behind all.
    return made.kind === "namespace" ? this.start[made.owner / ROW]! + 1 : this.places;
  }

  /** Behind all that is in a node. */
  endOf(id: number, run: Run): number {
    return id >= 0 && !isText(id) ? this.end[id / ROW]! : this.placeOf(id, run);
  }
}

/** Where a node is among those with the same place. */
function within(id: number, run: Run): number {
  if (id >= 0) return 0;
  if (!isAttribute(id)) return run.madeAt(id).kind === "namespace" ? -WITHIN - id - 2 ** 30 : -id;
  return ~id - run.words[run.ownerOf(id) + ATTRS]! / ATTR_ROW;
}

/** The last order of each store. */
const orders = new WeakMap<TreeStore, DocumentOrder>();

/** The order of the run's tree; of the last evaluation, if nothing has changed since. */
export function orderOf(run: Run): DocumentOrder {
  const known = knownOrder(run);
  if (known !== undefined) return known;
  const order = new DocumentOrder(run);
  orders.set(run.store, order);
  return order;
}

/** The order of the run's tree, if it is known already. */
function knownOrder({ store, top }: Run): DocumentOrder | undefined {
  const order = orders.get(store);
  if (order?.top === top && order.changes === store.changes && order.rows === store.end) {
    return order;
  }
  return undefined;
}

/** The row that a node is or belongs to, -1 if there is none. */
function anchorOf(id: number, run: Run): number {
  if (id >= 0) return rowOf(id);
  if (isAttribute(id)) return run.ownerOf(id);
  const made = run.madeAt(id);
  return made.kind === "namespace" ? made.owner : -1;
}

/** Where a node is with its row: the row itself, namespaces and attributes, the text, the tail. */
function slotOf(id: number): number {
  if (id < 0) return 1;
  return isText(id) ? isTail(id) ? 3 : 2 : 0;
}

function depthOf(row: number, words: Int32Array): number {
  let depth = 0;
  for (let at = row; (words[at + HEAD]! & KIND_MASK) !== DOCUMENT; at = words[at + PARENT]!) {
    depth++;
  }
  return depth;
}

/** Compares two different nodes by climbing: below 0 if the first one comes first. */
function compare(a: number, b: number, run: Run): number {
  const { words } = run;
  let [rowA, rowB] = [anchorOf(a, run), anchorOf(b, run)];
  // What is in no tree comes last, in the order of its making.
  if (rowA === -1 || rowB === -1) return rowA === rowB ? b - a : rowA === -1 ? 1 : -1;
  const [slotA, slotB] = [slotOf(a), slotOf(b)];
  if (rowA === rowB) return slotA - slotB || within(a, run) - within(b, run);
  let [depthA, depthB] = [depthOf(rowA, words), depthOf(rowB, words)];
  let [lastA, lastB] = [rowA, rowB];
  for (; depthA > depthB; depthA--) {
    lastA = rowA;
    rowA = words[rowA + PARENT]!;
  }
  for (; depthB > depthA; depthB--) {
    lastB = rowB;
    rowB = words[rowB + PARENT]!;
  }
  // One contains the other: only a tail is behind what the row contains.
  if (rowA === rowB) return lastB === rowB ? (slotB === 3 ? -1 : 1) : (slotA === 3 ? 1 : -1);
  while (rowA !== rowB) {
    [lastA, lastB] = [rowA, rowB];
    rowA = words[rowA + PARENT]!;
    rowB = words[rowB + PARENT]!;
  }
  let [x, y] = [lastA, lastB];
  while (true) {
    x = words[x + NEXT]!;
    if (x === lastB) return -1;
    if (x === 0) return 1;
    y = words[y + NEXT]!;
    if (y === lastA) return 1;
    if (y === 0) return -1;
  }
}

function insertionSort(
  ids: Int32Array,
  length: number,
  before: (a: number, b: number) => number,
): void {
  for (let i = 1; i < length; i++) {
    const id = ids[i]!;
    let j = i - 1;
    while (j >= 0 && before(id, ids[j]!) < 0) {
      ids[j + 1] = ids[j]!;
      j--;
    }
    ids[j + 1] = id;
  }
}

/** Takes out nodes that are there again, of a set in order. */
function dropRepeated(set: NodeSet): void {
  const { ids } = set;
  let kept = 0;
  for (let i = 0; i < set.length; i++) {
    if (i === 0 || ids[i] !== ids[kept - 1]) ids[kept++] = ids[i]!;
  }
  set.length = kept;
}

/** Puts a set in document order and takes out nodes that are there again. */
export function sortNodes(set: NodeSet, run: Run): NodeSet {
  const { length, ids } = set;
  if (length < 2) return set;
  let order = knownOrder(run);
  if (order === undefined && length <= FEW) {
    insertionSort(ids, length, (a, b) => a === b ? 0 : compare(a, b, run));
    dropRepeated(set);
    run.spend(length);
    return set;
  }
  order ??= orderOf(run);
  let [sorted, rows] = [true, true];
  let last = -1;
  for (let i = 0; i < length; i++) {
    if (ids[i]! < 0) {
      rows = sorted = false;
      break;
    }
    const place = order.placeOf(ids[i]!, run);
    if (place <= last) sorted = false;
    last = place;
  }
  if (sorted) return set;
  if (rows && length > order.places / 64) {
    // A bucket for each place, which also drops what is there again.
    const buckets = new Int32Array(order.places);
    for (let i = 0; i < length; i++) buckets[order.placeOf(ids[i]!, run)] = ids[i]! + 1;
    let kept = 0;
    for (let place = 0; place < buckets.length; place++) {
      if (buckets[place] !== 0) ids[kept++] = buckets[place]! - 1;
    }
    set.length = kept;
    run.spend(order.places + length);
    return set;
  }
  const keyed = Array.from(
    { length },
    (_, i) => ({
      id: ids[i]!,
      key: order.placeOf(ids[i]!, run) * 2 * WITHIN + within(ids[i]!, run),
    }),
  );
  keyed.sort((a, b) => a.key - b.key);
  for (let i = 0; i < length; i++) ids[i] = keyed[i]!.id;
  dropRepeated(set);
  run.spend(length * 4);
  return set;
}

/** The nodes of several sets, in order. */
export function mergeNodes(sets: readonly NodeSet[], run: Run): NodeSet {
  const some = sets.filter(({ length }) => length > 0);
  if (some.length < 2) return some[0] ?? new NodeSet();
  const ids = new Int32Array(some.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const set of some) {
    ids.set(set.ids.subarray(0, set.length), end);
    end += set.length;
  }
  return sortNodes(NodeSet.from(ids), run);
}
