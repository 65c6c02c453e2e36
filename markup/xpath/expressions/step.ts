import { FIRST, HEAD, NEXT } from "../../store/layout.ts";
import { AXES, type AxisDefinition } from "../axes/axis.ts";
import type { NodeTest } from "../axes/node_test.ts";
import { Sink } from "../axes/sink.ts";
import { StepIndex } from "../axes/step_index.ts";
import { sortNodes } from "../nodes/document_order.ts";
import { isRow, NodeSet } from "../nodes/node_set.ts";
import type { Run } from "../nodes/run.ts";
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
      return filters.length === 0 ? out : filtered(out, filters, run);
    }
    const out = new NodeSet();
    const sink = new Sink(out, run, filters, 0);
    for (let i = 0; i < set.length; i++) {
      const from = out.length;
      this.#collect(set.ids[i]!, run, sink);
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
        if (filters.length > 0) out = filtered(out, filters, run);
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
    const { axis, test } = this;
    const link = axis === AXES.child ? FIRST : axis === AXES["following-sibling"] ? NEXT : 0;
    const index = this.#index(run);
    if (link === 0 || !this.bare || test.texts || !isRow(id) || index?.ready) {
      return this.from(id, run, 1).length > 0;
    }
    const { words } = run;
    let work = 1;
    let at = words[id + link]!;
    while (at !== 0 && !test.row(words[at + HEAD]!)) {
      at = words[at + NEXT]!;
      work++;
    }
    run.spend(work);
    index?.note(work);
    return at !== 0;
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

/** The nodes of a set that filters let pass. */
export function filtered(set: NodeSet, filters: readonly Expression[], run: Run): NodeSet {
  const out = new NodeSet();
  const { ids, length } = set;
  nodes: for (let i = 0; i < length; i++) {
    for (let j = 0; j < filters.length; j++) {
      if (!filters[j]!.accepts(ids[i]!, run)) continue nodes;
    }
    out.push(ids[i]!);
  }
  run.spend(length);
  out.flat = set.flat;
  return out;
}
