/** Logic and arithmetic. Chains of an operator are lists, so that long ones do not nest. */
import type { Run } from "../nodes/run.ts";
import type { ArithmeticOperator } from "../syntax/tree.ts";
import { Expression } from "./expression.ts";

/** `and` and `or`: what need not be looked at is not. */
export class Logic extends Expression {
  override readonly type = "boolean";
  readonly #parts: readonly Expression[];
  /** What ends the search: one `true` for `or`, one `false` for `and`. */
  readonly #decides: boolean;

  constructor(operator: "and" | "or", parts: readonly Expression[]) {
    super();
    this.#parts = parts;
    this.#decides = operator === "or";
    this.dependOn(parts);
  }

  override evaluate(node: number, position: number, size: number, run: Run): boolean {
    return this.boolean(node, position, size, run);
  }

  override boolean(node: number, position: number, size: number, run: Run): boolean {
    const parts = this.#parts;
    for (let i = 0; i < parts.length; i++) {
      if (parts[i]!.boolean(node, position, size, run) === this.#decides) return this.#decides;
    }
    return !this.#decides;
  }
}

/** A number and what is done with it, from left to right. */
export class Arithmetic extends Expression {
  override readonly type = "number";
  readonly #first: Expression;
  readonly #rest: readonly { operator: ArithmeticOperator; operand: Expression }[];

  constructor(
    first: Expression,
    rest: readonly { operator: ArithmeticOperator; operand: Expression }[],
  ) {
    super();
    this.#first = first;
    this.#rest = rest;
    this.dependOn([first, ...rest.map(({ operand }) => operand)]);
  }

  override evaluate(node: number, position: number, size: number, run: Run): number {
    return this.number(node, position, size, run);
  }

  override number(node: number, position: number, size: number, run: Run): number {
    let value = this.#first.number(node, position, size, run);
    const rest = this.#rest;
    for (let i = 0; i < rest.length; i++) {
      const { operator, operand } = rest[i]!;
      const other = operand.number(node, position, size, run);
      switch (operator) {
        case "+":
          value += other;
          break;
        case "-":
          value -= other;
          break;
        case "multiply":
          value *= other;
          break;
        case "div":
          value /= other;
          break;
        case "mod":
          value %= other;
      }
    }
    return value;
  }
}

/** A minus. */
export class Negation extends Expression {
  override readonly type = "number";
  readonly #operand: Expression;

  constructor(operand: Expression) {
    super();
    this.#operand = operand;
    this.dependOn([operand]);
  }

  override evaluate(node: number, position: number, size: number, run: Run): number {
    return -this.#operand.number(node, position, size, run);
  }

  override number(node: number, position: number, size: number, run: Run): number {
    return this.evaluate(node, position, size, run);
  }
}
