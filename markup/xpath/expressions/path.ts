import { mergeNodes } from "../nodes/document_order.ts";
import { numberOf } from "../nodes/in_place.ts";
import { NodeSet } from "../nodes/node_set.ts";
import { NONE, type Run, type Value } from "../nodes/run.ts";
import { Expression } from "./expression.ts";
import { applyPredicates, type Predicate } from "./predicate.ts";
import { filtered, type Step } from "./step.ts";

/** A path: steps from the document, from a node, or from what an expression gives. */
export class Path extends Expression {
  override readonly type = "nodes";
  readonly start: "root" | "context" | Expression;
  readonly steps: readonly Step[];

  constructor(start: "root" | "context" | Expression, steps: readonly Step[]) {
    super();
    this.start = start;
    this.steps = steps;
    if (typeof start === "object") this.dependOn([start]);
    else this.contextual = start === "context";
    for (const { filters, predicates } of steps) {
      for (const filter of filters) this.pure &&= filter.pure;
      for (const predicate of predicates) {
        if (predicate.kind === "any") this.pure &&= predicate.expression.pure;
      }
    }
  }

  #begin(node: number, position: number, size: number, run: Run): NodeSet {
    const { start } = this;
    if (typeof start === "object") return start.nodes(node, position, size, run);
    return NodeSet.of(start === "root" ? run.top : node);
  }

  override evaluate(node: number, position: number, size: number, run: Run): Value {
    return this.nodes(node, position, size, run);
  }

  override nodes(node: number, position: number, size: number, run: Run): NodeSet {
    const { steps } = this;
    if (this.start === "context" && steps.length > 0) {
      let set = steps[0]!.from(node, run, 0);
      for (let i = 1; i < steps.length; i++) set = steps[i]!.apply(set, run);
      return set;
    }
    let set = this.#begin(node, position, size, run);
    for (let i = 0; i < steps.length; i++) set = steps[i]!.apply(set, run);
    return set;
  }

  /** The path without its last step. */
  #upToLast(node: number, position: number, size: number, run: Run): NodeSet {
    const { steps } = this;
    let set = this.#begin(node, position, size, run);
    for (let i = 0; i < steps.length - 1; i++) set = steps[i]!.apply(set, run);
    return set;
  }

  /** Whether there is a node: the last step ends with the first one. */
  override boolean(node: number, position: number, size: number, run: Run): boolean {
    const last = this.steps.at(-1);
    if (last === undefined) return this.nodes(node, position, size, run).length > 0;
    if (this.steps.length === 1 && this.start === "context") {
      return last.exists(node, run);
    }
    const set = this.#upToLast(node, position, size, run);
    for (let i = 0; i < set.length; i++) if (last.exists(set.ids[i]!, run)) return true;
    return false;
  }

  override count(node: number, position: number, size: number, run: Run): number {
    return this.steps.length === 1 && this.start === "context"
      ? this.steps[0]!.count(node, run)
      : this.nodes(node, position, size, run).length;
  }

  /** The text of the first node. */
  override string(node: number, position: number, size: number, run: Run): string {
    const first = this.first(node, position, size, run);
    return first === NONE ? "" : run.stringOf(first);
  }

  override number(node: number, position: number, size: number, run: Run): number {
    const first = this.first(node, position, size, run);
    return first === NONE ? NaN : numberOf(first, run);
  }

  override first(node: number, position: number, size: number, run: Run): number {
    return this.steps.length === 1 && this.start === "context"
      ? this.steps[0]!.first(node, run)
      : super.first(node, position, size, run);
  }
}

/** What predicates leave of nodes; positions are those of the document. */
export class FilterExpression extends Expression {
  override readonly type = "nodes";
  readonly #base: Expression;
  readonly #filters: readonly Expression[];
  readonly #predicates: readonly Predicate[];

  constructor(
    base: Expression,
    filters: readonly Expression[],
    predicates: readonly Predicate[],
  ) {
    super();
    this.#base = base;
    this.#filters = filters;
    this.#predicates = predicates;
    this.dependOn([base]);
    for (const filter of filters) this.pure &&= filter.pure;
    for (const predicate of predicates) {
      if (predicate.kind === "any") this.pure &&= predicate.expression.pure;
    }
  }

  override evaluate(node: number, position: number, size: number, run: Run): NodeSet {
    const base = this.#base.nodes(node, position, size, run);
    const some = this.#filters.length === 0 ? base.copy() : filtered(base, this.#filters, run);
    applyPredicates(some, 0, this.#predicates, run);
    return some;
  }
}

/** The nodes that any of several expressions gives. */
export class Union extends Expression {
  override readonly type = "nodes";
  readonly #parts: readonly Expression[];

  constructor(parts: readonly Expression[]) {
    super();
    this.#parts = parts;
    this.dependOn(parts);
  }

  override evaluate(node: number, position: number, size: number, run: Run): NodeSet {
    return mergeNodes(this.#parts.map((part) => part.nodes(node, position, size, run)), run);
  }

  override boolean(node: number, position: number, size: number, run: Run): boolean {
    return this.#parts.some((part) => part.boolean(node, position, size, run));
  }
}
