/** Comparisons, by section 3.4 of XPath 1.0: sets of nodes compare as any of their nodes does. */
import { toBoolean, toNumber, toText } from "../nodes/convert.ts";
import { numberOf } from "../nodes/in_place.ts";
import { NodeSet } from "../nodes/node_set.ts";
import type { Run, Value } from "../nodes/run.ts";
import type { CompareOperator } from "../syntax/tree.ts";
import { Expression } from "./expression.ts";

/** Compares two numbers. */
export function compareNumbers(operator: CompareOperator, a: number, b: number): boolean {
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

/** The same comparisons from the other side. */
export const MIRRORED: Readonly<Record<CompareOperator, CompareOperator>> = {
  "=": "=",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** A set that is compared more often than this, and has more nodes, is asked for its texts as a whole. */
const OFTEN = 8;

/** Whether the texts of a set are to be looked up. */
function indexed(set: NodeSet): boolean {
  return set.texts !== undefined || (set.length > OFTEN && ++set.asked > OFTEN);
}

/** The different texts of a set. */
function textsOf(set: NodeSet, run: Run): Set<string> {
  if (set.texts !== undefined) return set.texts;
  const texts = set.texts = new Set();
  for (let i = 0; i < set.length; i++) texts.add(run.stringOf(set.ids[i]!));
  run.spend(set.length);
  return texts;
}

/** The least and greatest number in a set; `NaN` of a set without numbers. */
function rangeOf(set: NodeSet, run: Run): readonly [number, number] {
  if (set.range !== undefined) return set.range;
  let [least, greatest] = [Infinity, -Infinity];
  for (let i = 0; i < set.length; i++) {
    const number = numberOf(set.ids[i]!, run);
    if (number < least) least = number;
    if (number > greatest) greatest = number;
  }
  run.spend(set.length);
  return set.range = least > greatest ? [NaN, NaN] : [least, greatest];
}

/** Compares each node of a set with a value that is none. */
function compareSet(operator: CompareOperator, set: NodeSet, value: Value, run: Run): boolean {
  if (typeof value === "boolean") {
    return compareNumbers(operator, Number(set.length > 0), Number(value));
  }
  const { ids, length } = set;
  if (typeof value === "string" && (operator === "=" || operator === "!=")) {
    const equal = operator === "=";
    if (indexed(set)) {
      const texts = textsOf(set, run);
      return equal ? texts.has(value) : texts.size > 1 || !texts.has(value);
    }
    run.spend(length);
    for (let i = 0; i < length; i++) {
      if ((run.stringOf(ids[i]!) === value) === equal) return true;
    }
    return false;
  }
  const number = toNumber(value, run);
  if (operator !== "=" && operator !== "!=" && length > OFTEN) {
    const [least, greatest] = rangeOf(set, run);
    const nearest = operator === "<" || operator === "<=" ? least : greatest;
    return compareNumbers(operator, nearest, number);
  }
  run.spend(length);
  for (let i = 0; i < length; i++) {
    if (compareNumbers(operator, numberOf(ids[i]!, run), number)) return true;
  }
  return false;
}

/** Whether some node of one set has another text than some node of the other one. */
function someDiffer(a: NodeSet, b: NodeSet, run: Run): boolean {
  const [few, many] = a.length < b.length ? [a, b] : [b, a];
  const first = run.stringOf(few.ids[0]!);
  for (let i = 1; i < few.length; i++) if (run.stringOf(few.ids[i]!) !== first) return true;
  return compareSet("!=", many, first, run);
}

/** Compares two sets. */
function compareSets(operator: CompareOperator, a: NodeSet, b: NodeSet, run: Run): boolean {
  if (a.length === 0 || b.length === 0) return false;
  run.spend(Math.min(a.length, b.length));
  if (operator === "!=") return someDiffer(a, b, run);
  if (operator === "=") {
    const [few, many] = a.length < b.length ? [a, b] : [b, a];
    if (few.length > OFTEN) textsOf(many, run);
    for (let i = 0; i < few.length; i++) {
      if (compareSet("=", many, run.stringOf(few.ids[i]!), run)) return true;
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
