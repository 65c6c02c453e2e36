/**
 * What keeps steps linear that are taken again and again from many nodes, as in `//a[following::b]` or
 * `count(preceding-sibling::*)`: once such a step has looked at about as many nodes as the document has, the nodes that pass its
 * test and filters are listed in document order, and each further step is a search for a place in that list.
 */
import { type DocumentOrder, orderOf } from "../nodes/document_order.ts";
import { isText, NodeSet } from "../nodes/node_set.ts";
import { NONE, type Run } from "../nodes/run.ts";
import { descendantOrSelfOfAll } from "./many.ts";
import type { NodeTest } from "./node_check.ts";
import { child } from "./one.ts";
import { type Filter, Sink } from "./sink.ts";

/** The axes that can be indexed. */
export type IndexedAxis =
  | "descendant"
  | "following"
  | "preceding"
  | "following-sibling"
  | "preceding-sibling";

/** Nodes in document order, and their places. */
interface List {
  readonly ids: Int32Array;
  readonly places: Int32Array;
}

function listOf(set: NodeSet, order: DocumentOrder, run: Run): List {
  const ids = set.ids.slice(0, set.length);
  return { ids, places: ids.map((id) => order.placeOf(id, run)) };
}

/** How many of some numbers, which ascend, are below a bound. */
function below(numbers: Int32Array, bound: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = low + high >> 1;
    if (numbers[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of one step in one run. */
export class StepIndex {
  readonly #axis: IndexedAxis;
  readonly #test: NodeTest;
  readonly #filters: readonly Filter[];
  /** At how many nodes the step may look before there is an index. */
  #left: number;
  #order: DocumentOrder | undefined;
  #all: List | undefined;
  /** Ends of the nodes of the list, ascending. */
  #ends: Int32Array | undefined;
  readonly #children = new Map<number, List>();

  constructor(axis: IndexedAxis, test: NodeTest, filters: readonly Filter[], run: Run) {
    this.#axis = axis;
    this.#test = test;
    this.#filters = filters;
    this.#left = run.store.end / 4;
  }

  /** Notes that the step has looked at nodes. */
  note(nodes: number): void {
    this.#left -= nodes;
  }

  /** Whether the index is to be used. */
  get ready(): boolean {
    return this.#left < 0;
  }

  #filtered(set: NodeSet, run: Run): NodeSet {
    if (this.#filters.length === 0) return set;
    const out = new NodeSet();
    const sink = new Sink(out, run, this.#filters, 0);
    for (let i = 0; i < set.length; i++) sink.add(set.ids[i]!);
    return out;
  }

  #list(run: Run): List {
    if (this.#all !== undefined) return this.#all;
    const set = descendantOrSelfOfAll(run, this.#test, NodeSet.of(run.top));
    return this.#all = listOf(this.#filtered(set, run), this.#order!, run);
  }

  #childrenOf(parent: number, run: Run): List {
    let list = this.#children.get(parent);
    if (list === undefined) {
      const set = new NodeSet();
      child(run, this.#test, parent, new Sink(set, run, this.#filters, 0));
      this.#children.set(parent, list = listOf(set, this.#order!, run));
    }
    return list;
  }

  /** The list that holds the nodes of the axis, and which part of it; of `preceding`, ancestors are in between. */
  #range(id: number, run: Run): { list: List; from: number; to: number } | undefined {
    const order = this.#order ??= orderOf(run);
    run.spend(8);
    const axis = this.#axis;
    if (axis === "following-sibling" || axis === "preceding-sibling") {
      const parent = id < 0 ? NONE : run.parentOf(id);
      if (parent === NONE) return undefined;
      const list = this.#childrenOf(parent, run);
      return axis === "following-sibling"
        ? { list, from: below(list.places, order.endOf(id, run) + 1), to: list.ids.length }
        : { list, from: 0, to: below(list.places, order.placeOf(id, run)) };
    }
    const node = id < 0 && axis !== "descendant" ? run.parentOf(id) : id;
    if (node < 0) return undefined;
    const list = this.#list(run);
    switch (axis) {
      case "descendant": {
        if (isText(node)) return undefined;
        const from = below(list.places, order.placeOf(node, run) + 1);
        return { list, from, to: below(list.places, order.endOf(node, run)) };
      }
      case "following":
        return { list, from: below(list.places, order.endOf(node, run) + 1), to: list.ids.length };
      case "preceding":
        return { list, from: 0, to: below(list.places, order.placeOf(node, run)) };
    }
  }

  /**
   * The nodes of the axis in document order.
   *
   * @param limit How many are enough, 0 for all: the nearest …
   * @param farthest … or the farthest ones.
   * @returns A set that must not be changed.
   */
  select(id: number, run: Run, limit: number, farthest: boolean): NodeSet {
    const range = this.#range(id, run);
    if (range === undefined) return new NodeSet();
    const { list: { ids }, from, to } = range;
    if (this.#axis === "preceding") {
      return this.#before(ids, to, run, id < 0 ? run.parentOf(id) : id, limit, farthest);
    }
    const [first, last] = limit === 0 || limit >= to - from
      ? [from, to]
      : (this.#axis === "preceding-sibling") === farthest
      ? [from, from + limit]
      : [to - limit, to];
    return NodeSet.from(ids.subarray(first, last));
  }

  /** Nodes before a node that do not contain it: they have ended where it begins. */
  #before(
    ids: Int32Array,
    to: number,
    run: Run,
    node: number,
    limit: number,
    farthest: boolean,
  ): NodeSet {
    const order = this.#order!;
    const place = order.placeOf(node, run);
    const out = new NodeSet();
    let work = 0;
    for (let i = 0; i < to; i++) {
      work++;
      const id = ids[farthest ? i : to - 1 - i]!;
      if (order.endOf(id, run) > place) continue;
      out.push(id);
      if (out.length === limit) break;
    }
    run.spend(work);
    if (!farthest) out.reverse();
    return out;
  }

  /** How many nodes the axis has. */
  count(id: number, run: Run): number {
    const range = this.#range(id, run);
    if (range === undefined) return 0;
    if (this.#axis !== "preceding") return range.to - range.from;
    const order = this.#order!;
    this.#ends ??= range.list.ids.map((id) => order.endOf(id, run)).sort();
    return below(this.#ends, order.placeOf(id < 0 ? run.parentOf(id) : id, run));
  }
}
