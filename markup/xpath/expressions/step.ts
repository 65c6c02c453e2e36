import { FIRST, HEAD, NEXT } from "../../store/layout.ts";
import { AXES, type AxisDefinition } from "../axes/axis.ts";
import { findAttribute, type NodeTest } from "../axes/node_check.ts";
import { Sink } from "../axes/sink.ts";
import { StepIndex } from "../axes/step_index.ts";
import { sortNodes } from "../nodes/document_order.ts";
import { isRow, NodeSet } from "../nodes/node_set.ts";
import { NONE, type Run } from "../nodes/run.ts";
import type { Expression } from "./expression.ts";
import { applyPredicates, enoughFor, type Predicate } from "./predicate.ts";

/** A step of a path. */
export class Step {
  readonly axis: AxisDefinition;
  readonly test: NodeTest;
  /** Predicates that stand before any that depends on positions: they look at one node at a time. */
  readonly filters: readonly Expression[];
  /** The predicates from the first on that depends on positions. */
  readonly predicates: readonly Predicate[];
  readonly #enough: number;
  /** Which of the nodes that filters let pass is the first one that the predicates do; 0 if that is not known. */
  readonly #place: number;
  readonly #ordinal: number;

  /**
   * A step.
   *
   * @param ordinal Its number among the steps that may have an index; without one if it is -1.
   */
  constructor(
    axis: AxisDefinition,
    test: NodeTest,
    filters: readonly Expression[],
    predicates: readonly Predicate[],
    ordinal: number,
  ) {
    this.axis = axis;
    this.test = test;
    this.filters = filters;
    this.predicates = predicates;
    this.#enough = enoughFor(predicates);
    const [only] = predicates;
    this.#place = only === undefined
      ? 1
      : only.kind === "at" && predicates.length === 1
      ? only.position
      : 0;
    this.#ordinal = filters.every(({ pure }) => pure) ? ordinal : -1;
  }

  /** Whether it is a step to what its axis and test say, and no more. */
  get bare(): boolean {
    return this.filters.length === 0 && this.predicates.length === 0;
  }

  /** Where the step leads from the nodes of a set. */
  apply(set: NodeSet, run: Run): NodeSet {
    if (set.length === 0) return set;
    if (set.length === 1) return this.from(set.ids[0]!, run, 0);
    const { axis, test, filters, predicates } = this;
    if (predicates.length === 0) {
      const out = axis.many(run, test, set);
      return filtered(out, filters, run);
    }
    const out = new NodeSet();
    const sink = new Sink(out, run, filters, 0);
    const { words } = run;
    const leaves = axis === AXES.child && !test.texts;
    for (let i = 0; i < set.length; i++) {
      const id = set.ids[i]!;
      if (leaves && id >= 0 && words[id + FIRST] === 0) continue;
      const from = out.length;
      this.#collect(id, run, sink);
      applyPredicates(out, from, predicates, run);
    }
    run.spend(set.length);
    if (axis.ordered === "never" || (axis.ordered === "flat" && !set.flat)) sortNodes(out, run);
    return out;
  }

  /**
   * Where the step leads from one node.
   *
   * @param limit How many nodes are enough, 0 for all; the nearest.
   * @returns A set that must not be changed.
   */
  from(id: number, run: Run, limit: number): NodeSet {
    const { axis, predicates, filters } = this;
    if (predicates.length === 0) {
      const index = this.#index(run);
      if (index?.ready) return index.select(id, run, limit, false);
      const before = run.work;
      let out: NodeSet;
      if (axis.deep && limit === 0) {
        out = axis.many(run, this.test, NodeSet.of(id));
        out = filtered(out, filters, run);
      } else {
        out = new NodeSet();
        axis.one(run, this.test, id, new Sink(out, run, filters, limit));
        if (axis.reverse) out.reverse();
        out.flat = axis.flat;
      }
      index?.note(run.work - before);
      return out;
    }
    const out = new NodeSet();
    this.#collect(id, run, new Sink(out, run, filters, 0));
    applyPredicates(out, 0, predicates, run);
    if (axis.reverse) out.reverse();
    out.flat = axis.flat;
    return out;
  }

  /** Whether the step leads anywhere from one node: for what predicates ask most, without making a set. */
  exists(id: number, run: Run): boolean {
    if (this.axis === AXES.attribute && this.bare && isRow(id)) {
      return run.isElement(id) && findAttribute(run, id, this.test) !== -1;
    }
    return this.first(id, run) !== NONE;
  }

  /** The node that comes first in the document of those that the step leads to from one node, `NONE` if there is none. */
  first(id: number, run: Run): number {
    const { axis, test } = this;
    if (this.bare && axis === AXES.self) return test.node(id, run) ? id : NONE;
    if (this.bare && axis === AXES.attribute && isRow(id)) {
      const at = run.isElement(id) ? findAttribute(run, id, test) : -1;
      return at === -1 ? NONE : run.attribute(id, at);
    }
    const link = axis === AXES.child ? FIRST : axis === AXES["following-sibling"] ? NEXT : 0;
    const index = this.#index(run);
    if (this.#place === 0 || link === 0 || test.texts || !isRow(id) || index?.ready) {
      const found = this.from(id, run, axis.reverse ? 0 : 1);
      return found.length === 0 ? NONE : found.ids[0]!;
    }
    const { words } = run;
    let work = 1;
    let left = this.#place;
    let at = words[id + link]!;
    for (; at !== 0; at = words[at + NEXT]!) {
      work++;
      if (test.row(words[at + HEAD]!) && this.#passes(at, run) && --left === 0) break;
    }
    run.spend(work);
    index?.note(work);
    return at === 0 ? NONE : at;
  }

  #passes(id: number, run: Run): boolean {
    const { filters } = this;
    for (let i = 0; i < filters.length; i++) if (!filters[i]!.accepts(id, run)) return false;
    return true;
  }

  /** How many nodes the step leads to from one node. */
  count(id: number, run: Run): number {
    const index = this.predicates.length === 0 ? this.#index(run) : undefined;
    return index?.ready ? index.count(id, run) : this.from(id, run, 0).length;
  }

  /** Puts nodes into a sink from the nearest on, as many as the predicates need. */
  #collect(id: number, run: Run, sink: Sink): void {
    const index = this.#index(run);
    sink.left = this.#enough;
    if (!index?.ready) {
      const before = run.work;
      this.axis.one(run, this.test, id, sink);
      index?.note(run.work - before);
      return;
    }
    const last = this.predicates[0]!.kind === "last";
    const found = index.select(id, run, last ? 1 : this.#enough, last);
    const { reverse } = this.axis;
    const { ids, length } = found;
    for (let i = 0; i < length; i++) sink.set.push(ids[reverse ? length - 1 - i : i]!);
    run.spend(length);
  }

  #index(run: Run): StepIndex | undefined {
    const axis = this.axis.indexed;
    if (axis === undefined || this.#ordinal < 0) return undefined;
    return run.indexes[this.#ordinal] ??= new StepIndex(axis, this.test, this.filters, run);
  }
}

/** The nodes of a set that filters let pass, in a set of their own if there are any filters. */
export function filtered(set: NodeSet, filters: readonly Expression[], run: Run): NodeSet {
  let out = set;
  for (let i = 0; i < filters.length && out.length > 0; i++) out = filters[i]!.keep(out, run);
  return out;
}
