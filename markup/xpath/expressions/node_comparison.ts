/** Comparisons of an attribute, a child or the node itself with a constant: what most predicates ask, each in one loop. */
import {
  ATTR_COUNT,
  ATTR_ROW,
  ATTRS,
  ELEMENT,
  FIRST,
  HEAD,
  KIND_MASK,
  NEXT,
  PLAIN,
  TEXT_BITS,
  TEXT_MASK,
} from "../../store/layout.ts";
import { AXES } from "../axes/axis.ts";
import { findAttribute, type NodeTest } from "../axes/node_check.ts";
import { numberOf } from "../nodes/in_place.ts";
import { isRow, NodeSet } from "../nodes/node_set.ts";
import type { Run } from "../nodes/run.ts";
import type { CompareOperator } from "../syntax/tree.ts";
import { compareNumbers, Comparison, MIRRORED } from "./compare.ts";
import { Constant, Expression } from "./expression.ts";
import { Path } from "./path.ts";

/** Whether an attribute has a text, or another one. */
class AttributeComparison extends Expression {
  override readonly type = "boolean";
  readonly #test: NodeTest;
  readonly #text: string;
  readonly #equal: boolean;

  constructor(test: NodeTest, text: string, equal: boolean) {
    super();
    this.#test = test;
    this.#text = text;
    this.#equal = equal;
  }

  override evaluate(node: number, _position: number, _size: number, run: Run): boolean {
    if (!isRow(node) || !run.isElement(node)) return false;
    const at = findAttribute(run, node, this.#test);
    return at !== -1 && run.store.attributeEquals(at, this.#text) === this.#equal;
  }

  override boolean(node: number, _position: number, _size: number, run: Run): boolean {
    return this.evaluate(node, 1, 1, run);
  }

  /** As asking each node would, but in a loop that calls nothing for what is ASCII. */
  override keep(set: NodeSet, run: Run): NodeSet {
    const out = new NodeSet();
    const { words, store } = run;
    const { attrs, bytes } = store;
    const { ids, length } = set;
    const test = this.#test;
    const text = this.#text;
    const equal = this.#equal;
    const size = text.length;
    const inBytes = bytes.length > 0;
    /** The number of the name as it was met last; names differ in their prefixes. */
    let name = 0;
    for (let i = 0; i < length; i++) {
      const id = ids[i]!;
      if (!isRow(id) || (words[id + HEAD]! & KIND_MASK) !== ELEMENT) continue;
      let at = words[id + ATTRS]!;
      const end = at + (words[id + ATTR_COUNT]! >> 1) * ATTR_ROW;
      while (at < end && attrs[at] !== name) {
        if (test.attribute(attrs[at]!)) name = attrs[at]!;
        else at += ATTR_ROW;
      }
      if (at >= end) continue;
      const ref = attrs[at + 1]!;
      let same: boolean;
      if (inBytes && (ref & TEXT_MASK) === PLAIN) {
        const start = ref >>> TEXT_BITS;
        same = attrs[at + 2]! - start === size;
        for (let j = 0; same && j < size; j++) same = bytes[start + j] === text.charCodeAt(j);
      } else same = store.attributeEquals(at, text);
      if (same === equal) out.push(id);
    }
    run.spend(length);
    out.flat = set.flat;
    return out;
  }
}

/** Whether some child compares with a number in a way. */
class ChildComparison extends Expression {
  override readonly type = "boolean";
  readonly #test: NodeTest;
  readonly #operator: CompareOperator;
  readonly #number: number;

  constructor(test: NodeTest, operator: CompareOperator, number: number) {
    super();
    this.#test = test;
    this.#operator = operator;
    this.#number = number;
  }

  override evaluate(node: number, _position: number, _size: number, run: Run): boolean {
    if (!isRow(node)) return false;
    const { words } = run;
    const test = this.#test;
    let work = 1;
    let found = false;
    for (let at = words[node + FIRST]!; at !== 0 && !found; at = words[at + NEXT]!) {
      work++;
      found = test.row(words[at + HEAD]!) &&
        compareNumbers(this.#operator, numberOf(at, run), this.#number);
    }
    run.spend(work);
    return found;
  }

  override boolean(node: number, _position: number, _size: number, run: Run): boolean {
    return this.evaluate(node, 1, 1, run);
  }
}

/** The only step of a path from the node, if it has no predicates. */
function onlyStep(path: Expression): Path["steps"][0] | undefined {
  if (!(path instanceof Path) || path.start !== "context" || path.steps.length !== 1) {
    return undefined;
  }
  const step = path.steps[0]!;
  return step.bare ? step : undefined;
}

/** Compiles a comparison. */
export function makeComparison(
  operator: CompareOperator,
  left: Expression,
  right: Expression,
): Expression {
  if (left instanceof Constant && !(right instanceof Constant)) {
    return makeComparison(MIRRORED[operator], right, left);
  }
  const step = right instanceof Constant ? onlyStep(left) : undefined;
  if (step !== undefined) {
    const { axis, test } = step;
    const { value } = right as Constant;
    const { spec } = test;
    if (typeof value === "string" && (operator === "=" || operator === "!=")) {
      const one = spec.kind === "name" && spec.local !== undefined;
      if (axis === AXES.attribute && one) {
        return new AttributeComparison(test, value, operator === "=");
      }
    }
    if (typeof value === "number" && axis === AXES.child && !test.texts) {
      return new ChildComparison(test, operator, value);
    }
  }
  return new Comparison(operator, left, right);
}
