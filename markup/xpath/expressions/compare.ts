/** Comparisons, by section 3.4 of XPath 1.0: sets of nodes compare as any of their nodes does. */
import { findAttribute } from "../axes/node_test.ts";
import { AXES } from "../axes/axis.ts";
import { stringToNumber, toBoolean, toNumber, toText } from "../nodes/convert.ts";
import { isRow, NodeSet } from "../nodes/node_set.ts";
import type { Run, Value } from "../nodes/run.ts";
import type { CompareOperator } from "../syntax/tree.ts";
import { Constant, Expression } from "./expression.ts";
import { Path } from "./path.ts";

function compareNumbers(operator: CompareOperator, a: number, b: number): boolean {
  switch (operator) {
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}

const MIRRORED: Readonly<Record<CompareOperator, CompareOperator>> = {
  "=": "=",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** Compares each node of a set with a value that is none. */
function compareSet(operator: CompareOperator, set: NodeSet, value: Value, run: Run): boolean {
  if (typeof value === "boolean") {
    return compareNumbers(operator, Number(set.length > 0), Number(value));
  }
  const { ids, length } = set;
  run.spend(length);
  if (typeof value === "string" && (operator === "=" || operator === "!=")) {
    const equal = operator === "=";
    for (let i = 0; i < length; i++) {
      if ((run.stringOf(ids[i]!) === value) === equal) return true;
    }
    return false;
  }
  const number = toNumber(value, run);
  for (let i = 0; i < length; i++) {
    if (compareNumbers(operator, stringToNumber(run.stringOf(ids[i]!)), number)) return true;
  }
  return false;
}

/** The least and greatest number in a set; none of a set without numbers. */
function rangeOf(set: NodeSet, run: Run): [number, number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (let i = 0; i < set.length; i++) {
    const number = stringToNumber(run.stringOf(set.ids[i]!));
    if (number < least) least = number;
    if (number > greatest) greatest = number;
  }
  return least > greatest ? [NaN, NaN] : [least, greatest];
}

/** The texts of a set; kept with it, as a set that is asked for again and again is the same one. */
const textSets = new WeakMap<NodeSet, Set<string>>();

function textsOf(set: NodeSet, run: Run): Set<string> {
  let texts = textSets.get(set);
  if (texts === undefined) {
    texts = new Set();
    for (let i = 0; i < set.length; i++) texts.add(run.stringOf(set.ids[i]!));
    run.spend(set.length);
    textSets.set(set, texts);
  }
  return texts;
}

/** Compares two sets. */
function compareSets(operator: CompareOperator, a: NodeSet, b: NodeSet, run: Run): boolean {
  if (a.length === 0 || b.length === 0) return false;
  run.spend(Math.min(a.length, b.length));
  if (operator === "=") {
    const [few, many] = a.length < b.length ? [a, b] : [b, a];
    if (many.length < 8) {
      for (let i = 0; i < few.length; i++) {
        const text = run.stringOf(few.ids[i]!);
        for (let j = 0; j < many.length; j++) if (run.stringOf(many.ids[j]!) === text) return true;
      }
      return false;
    }
    const texts = textsOf(many, run);
    for (let i = 0; i < few.length; i++) if (texts.has(run.stringOf(few.ids[i]!))) return true;
    return false;
  }
  if (operator === "!=") {
    // Only where all nodes of both have one and the same text are none different.
    const first = run.stringOf(a.ids[0]!);
    for (const set of [a, b]) {
      for (let i = 0; i < set.length; i++) if (run.stringOf(set.ids[i]!) !== first) return true;
    }
    return false;
  }
  const [leastA, greatestA] = rangeOf(a, run);
  const [leastB, greatestB] = rangeOf(b, run);
  return operator === "<" || operator === "<="
    ? compareNumbers(operator, leastA, greatestB)
    : compareNumbers(operator, greatestA, leastB);
}

/** Compares two values. */
export function compareValues(operator: CompareOperator, a: Value, b: Value, run: Run): boolean {
  if (a instanceof NodeSet) {
    return b instanceof NodeSet
      ? compareSets(operator, a, b, run)
      : compareSet(operator, a, b, run);
  }
  if (b instanceof NodeSet) return compareSet(MIRRORED[operator], b, a, run);
  if (operator !== "=" && operator !== "!=") {
    return compareNumbers(operator, toNumber(a, run), toNumber(b, run));
  }
  const equal = typeof a === "boolean" || typeof b === "boolean"
    ? toBoolean(a) === toBoolean(b)
    : typeof a === "number" || typeof b === "number"
    ? toNumber(a, run) === toNumber(b, run)
    : toText(a, run) === toText(b, run);
  return equal === (operator === "=");
}

/** A comparison. */
export class Comparison extends Expression {
  override readonly type = "boolean";
  readonly #operator: CompareOperator;
  readonly #left: Expression;
  readonly #right: Expression;

  constructor(operator: CompareOperator, left: Expression, right: Expression) {
    super();
    this.#operator = operator;
    this.#left = left;
    this.#right = right;
    this.dependOn([left, right]);
  }

  override evaluate(node: number, position: number, size: number, run: Run): boolean {
    return this.boolean(node, position, size, run);
  }

  override boolean(node: number, position: number, size: number, run: Run): boolean {
    const [left, right] = [this.#left, this.#right];
    if (left.type === "number" && right.type === "number") {
      return compareNumbers(
        this.#operator,
        left.number(node, position, size, run),
        right.number(node, position, size, run),
      );
    }
    return compareValues(
      this.#operator,
      left.evaluate(node, position, size, run),
      right.evaluate(node, position, size, run),
      run,
    );
  }
}

/** Whether an attribute has a text, or another one: what most predicates ask. */
export class AttributeComparison extends Expression {
  override readonly type = "boolean";
  readonly #path: Path;
  readonly #text: string;
  readonly #equal: boolean;

  constructor(path: Path, text: string, equal: boolean) {
    super();
    this.#path = path;
    this.#text = text;
    this.#equal = equal;
  }

  override evaluate(node: number, _position: number, _size: number, run: Run): boolean {
    if (!isRow(node) || !run.isElement(node)) return false;
    const at = findAttribute(run, node, this.#path.steps[0]!.test);
    return at !== -1 && run.store.attributeEquals(at, this.#text) === this.#equal;
  }

  override boolean(node: number, _position: number, _size: number, run: Run): boolean {
    return this.evaluate(node, 1, 1, run);
  }
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
  if (
    left instanceof Path && left.start === "context" && left.steps.length === 1 &&
    right instanceof Constant && typeof right.value === "string" &&
    (operator === "=" || operator === "!=")
  ) {
    const step = left.steps[0]!;
    const { spec } = step.test;
    const one = spec.kind === "name" && spec.local !== undefined;
    if (step.bare && step.axis === AXES.attribute && one) {
      return new AttributeComparison(left, right.value, operator === "=");
    }
  }
  return new Comparison(operator, left, right);
}
