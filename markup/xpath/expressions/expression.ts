import type { Filter } from "../axes/sink.ts";
import { toBoolean, toNumber, toText } from "../nodes/convert.ts";
import { NodeSet } from "../nodes/node_set.ts";
import { NONE, type Run, type Value } from "../nodes/run.ts";

/** What an expression is known to give. */
export type ValueType = "number" | "string" | "boolean" | "nodes" | "any";

/**
 * A compiled expression. All that evaluates takes the node, its position and the size of the list that it is in, and the run.
 *
 * Each kind overrides the conversions that it can do for less than by evaluating.
 */
export abstract class Expression implements Filter {
  /** What it gives. */
  abstract readonly type: ValueType;
  /** Whether it depends on the position, or on the size of the list. */
  positional = false;
  /** Whether it depends on the node. */
  contextual = true;
  /** Whether it gives the same each time in one run. */
  pure = true;

  /** The value. */
  abstract evaluate(node: number, position: number, size: number, run: Run): Value;

  /** The value as a boolean. */
  boolean(node: number, position: number, size: number, run: Run): boolean {
    return toBoolean(this.evaluate(node, position, size, run));
  }

  /** The value as a number. */
  number(node: number, position: number, size: number, run: Run): number {
    return toNumber(this.evaluate(node, position, size, run), run);
  }

  /** The value as a string. */
  string(node: number, position: number, size: number, run: Run): string {
    return toText(this.evaluate(node, position, size, run), run);
  }

  /** The value, which must be nodes. */
  nodes(node: number, position: number, size: number, run: Run): NodeSet {
    const value = this.evaluate(node, position, size, run);
    if (value instanceof NodeSet) return value;
    throw new TypeError(`XPath needs nodes, received a ${typeof value}`);
  }

  /** The first node of the value, which must be nodes, `NONE` if there is none. */
  first(node: number, position: number, size: number, run: Run): number {
    const set = this.nodes(node, position, size, run);
    return set.length === 0 ? NONE : set.ids[0]!;
  }

  /** How many nodes the value has, which must be nodes. */
  count(node: number, position: number, size: number, run: Run): number {
    return this.nodes(node, position, size, run).length;
  }

  /** Whether a node passes, where positions do not matter. */
  accepts(id: number, run: Run): boolean {
    return this.boolean(id, 1, 1, run);
  }

  /** The nodes of a set that pass, where positions do not matter; in a set of their own. */
  keep(set: NodeSet, run: Run): NodeSet {
    const out = new NodeSet();
    const { ids, length } = set;
    for (let i = 0; i < length; i++) if (this.accepts(ids[i]!, run)) out.push(ids[i]!);
    run.spend(length);
    out.flat = set.flat;
    return out;
  }

  /** Depends on all that parts depend on. */
  protected dependOn(parts: readonly Expression[]): void {
    this.positional = parts.some((part) => part.positional);
    this.contextual = parts.some((part) => part.contextual);
    this.pure = parts.every((part) => part.pure);
  }
}

/** A number, string or boolean that is written down. */
export class Constant extends Expression {
  override readonly type: "number" | "string" | "boolean";
  readonly value: number | string | boolean;

  constructor(value: number | string | boolean) {
    super();
    this.value = value;
    this.type = typeof value as "number" | "string" | "boolean";
    this.contextual = false;
  }

  override evaluate(): Value {
    return this.value;
  }
}

/** A variable. */
export class Variable extends Expression {
  override readonly type = "any";
  readonly #name: string;

  constructor(name: string) {
    super();
    this.#name = name;
    this.contextual = false;
  }

  override evaluate(_node: number, _position: number, _size: number, run: Run): Value {
    return run.variables.get(this.#name)!;
  }
}

/** An expression that depends on nothing: it is evaluated when it is first needed, once in a run. */
export class Once extends Expression {
  override readonly type: ValueType;
  readonly #expression: Expression;
  readonly #index: number;

  constructor(expression: Expression, index: number) {
    super();
    this.#expression = expression;
    this.#index = index;
    this.type = expression.type;
    this.contextual = false;
  }

  override evaluate(node: number, _position: number, _size: number, run: Run): Value {
    return run.known[this.#index] ??= this.#expression.evaluate(node, 1, 1, run);
  }
}
