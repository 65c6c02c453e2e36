import type { Run, Value } from "../nodes/run.ts";
import { Expression, type ValueType } from "../expressions/expression.ts";

/** Does what a function does. Arguments are not evaluated yet, so that each is as the type that is needed. */
export type FunctionBody = (
  args: readonly Expression[],
  node: number,
  position: number,
  size: number,
  run: Run,
) => Value;

/** A function. */
export interface FunctionDefinition {
  /** What it gives. */
  readonly type: ValueType;
  /** Least number of arguments. */
  readonly least: number;
  /** Most arguments. */
  readonly most: number;
  readonly body: FunctionBody;
  /** Which arguments must be nodes, from 0. */
  readonly needsNodes?: readonly number[];
  /** With fewer arguments than this it works on the node. */
  readonly node?: number;
  /** Whether it depends on the position or the size. */
  readonly positional?: boolean;
  /** Whether the same arguments may give something else. */
  readonly impure?: boolean;
}

/** A call of a function. */
export class Call extends Expression {
  override readonly type: ValueType;
  readonly definition: FunctionDefinition;
  readonly args: readonly Expression[];
  readonly #body: FunctionBody;

  constructor(definition: FunctionDefinition, args: readonly Expression[]) {
    super();
    this.definition = definition;
    this.type = definition.type;
    this.args = args;
    this.#body = definition.body;
    this.dependOn(args);
    if (definition.positional) this.positional = this.contextual = true;
    if (args.length < (definition.node ?? 0)) this.contextual = true;
    if (definition.impure) this.pure = false;
  }

  override evaluate(node: number, position: number, size: number, run: Run): Value {
    return this.#body(this.args, node, position, size, run);
  }
}
