import type { AxisDefinition } from "../axes/axis.ts";
import type { NodeTest } from "../axes/node_test.ts";
import { Sink } from "../axes/sink.ts";
import { sortNodes } from "../nodes/document_order.ts";
import { NodeSet } from "../nodes/node_set.ts";
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

  constructor(
    axis: AxisDefinition,
    test: NodeTest,
    filters: readonly Expression[],
    predicates: readonly Predicate[],
  ) {
    this.axis = axis;
    this.test = test;
    this.filters = filters;
    this.predicates = predicates;
    this.#enough = enoughFor(predicates);
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
      sink.left = this.#enough;
      axis.one(run, test, set.ids[i]!, sink);
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
   */
  from(id: number, run: Run, limit: number): NodeSet {
    const { axis, predicates, filters } = this;
    if (axis.deep && limit === 0 && predicates.length === 0) {
      const out = axis.many(run, this.test, NodeSet.of(id));
      return filters.length === 0 ? out : filtered(out, filters, run);
    }
    const out = new NodeSet();
    const enough = predicates.length === 0 ? limit : this.#enough;
    axis.one(run, this.test, id, new Sink(out, run, filters, enough));
    if (predicates.length > 0) applyPredicates(out, 0, predicates, run);
    if (axis.reverse) out.reverse();
    out.flat = axis.flat;
    return out;
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
