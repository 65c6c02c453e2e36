/** Functions that are called most, as expressions of their own. */
import { Constant, Expression } from "../expressions/expression.ts";
import { Needle } from "../nodes/in_place.ts";
import { NONE, type Run } from "../nodes/run.ts";
import { CONTAINS, LAST, POSITION } from "./core.ts";
import { Call, type FunctionDefinition } from "./definition.ts";

/** `position()`. */
class Position extends Expression {
  override readonly type = "number";
  override positional = true;

  override evaluate(_node: number, position: number): number {
    return position;
  }

  override number(_node: number, position: number): number {
    return position;
  }
}

/** `last()`. */
class Last extends Expression {
  override readonly type = "number";
  override positional = true;

  override evaluate(_node: number, _position: number, size: number): number {
    return size;
  }

  override number(_node: number, _position: number, size: number): number {
    return size;
  }
}

/** `contains()` of a node and a constant. */
class Contains extends Expression {
  override readonly type = "boolean";
  readonly #nodes: Expression;
  readonly #needle: Needle;

  constructor(nodes: Expression, text: string) {
    super();
    this.#nodes = nodes;
    this.#needle = new Needle(text);
    this.dependOn([nodes]);
  }

  override evaluate(node: number, position: number, size: number, run: Run): boolean {
    const id = this.#nodes.first(node, position, size, run);
    return id === NONE ? this.#needle.text === "" : this.#needle.isIn(id, run);
  }

  override boolean(node: number, position: number, size: number, run: Run): boolean {
    return this.evaluate(node, position, size, run);
  }
}

/** A call of a function. */
export function makeCall(definition: FunctionDefinition, args: readonly Expression[]): Expression {
  if (definition === POSITION) return new Position();
  if (definition === LAST) return new Last();
  if (definition === CONTAINS) {
    const [nodes, part] = args as [Expression, Expression];
    if (nodes.type === "nodes" && part instanceof Constant && typeof part.value === "string") {
      return new Contains(nodes, part.value);
    }
  }
  return new Call(definition, args);
}
