/** EXSLT's mathematics. */
import { stringToNumber } from "../../nodes/convert.ts";
import { NodeSet } from "../../nodes/node_set.ts";
import type { Run } from "../../nodes/run.ts";
import type { FunctionDefinition } from "../definition.ts";

function numbersOf(set: NodeSet, run: Run): number[] {
  run.spend(set.length);
  return Array.from(
    set.ids.subarray(0, set.length),
    (id) => stringToNumber(run.stringOf(id)),
  );
}

/** The least or greatest of numbers; `NaN` of none, and if one is none. */
function extreme(numbers: readonly number[], greatest: boolean): number {
  if (numbers.length === 0) return NaN;
  let found = numbers[0]!;
  for (const number of numbers) {
    if (Number.isNaN(number)) return NaN;
    if (greatest ? number > found : number < found) found = number;
  }
  return found;
}

function extremeOf(greatest: boolean): FunctionDefinition {
  return {
    type: "number",
    least: 1,
    most: 1,
    needsNodes: [0],
    body: ([arg], node, position, size, run) =>
      extreme(numbersOf(arg!.nodes(node, position, size, run), run), greatest),
  };
}

/** The nodes whose number is the least or greatest. */
function nodesWith(greatest: boolean): FunctionDefinition {
  return {
    type: "nodes",
    least: 1,
    most: 1,
    needsNodes: [0],
    body: ([arg], node, position, size, run) => {
      const set = arg!.nodes(node, position, size, run);
      const numbers = numbersOf(set, run);
      const wanted = extreme(numbers, greatest);
      return NodeSet.from(
        set.ids.subarray(0, set.length).filter((_, index) => numbers[index] === wanted),
      );
    },
  };
}

function onNumbers(count: 1 | 2, body: (a: number, b: number) => number): FunctionDefinition {
  return {
    type: "number",
    least: count,
    most: count,
    body: (args, node, position, size, run) => {
      const [a, b = NaN] = args.map((arg) => arg.number(node, position, size, run));
      return body(a!, b);
    },
  };
}

const CONSTANTS: Readonly<Record<string, string>> = {
  PI: "3.1415926535897932384626433832795028841971693993751",
  E: "2.71828182845904523536028747135266249775724709369996",
  SQRRT2: "1.41421356237309504880168872420969807856967187537694",
  LN2: "0.69314718055994530941723212145817656807550013436025",
  LN10: "2.30258509299404568402",
  LOG2E: "1.4426950408889634074",
  SQRT1_2: "0.70710678118654752440",
};

/** A constant, cut to as many signs as asked for, the point among them. */
const constant: FunctionDefinition = {
  type: "number",
  least: 2,
  most: 2,
  body: ([name, precision], node, position, size, run) => {
    const wanted = name!.string(node, position, size, run);
    const signs = precision!.number(node, position, size, run);
    if (!Object.hasOwn(CONSTANTS, wanted) || !(signs >= 1)) return NaN;
    return Number(CONSTANTS[wanted]!.slice(0, signs));
  },
};

const random: FunctionDefinition = {
  type: "number",
  least: 0,
  most: 0,
  impure: true,
  body: () => Math.random(),
};

/** The functions of `http://exslt.org/math`. */
export const MATH: Readonly<Record<string, FunctionDefinition>> = {
  max: extremeOf(true),
  min: extremeOf(false),
  highest: nodesWith(true),
  lowest: nodesWith(false),
  constant,
  random,
  abs: onNumbers(1, Math.abs),
  sqrt: onNumbers(1, Math.sqrt),
  power: onNumbers(2, Math.pow),
  log: onNumbers(1, Math.log),
  sin: onNumbers(1, Math.sin),
  cos: onNumbers(1, Math.cos),
  tan: onNumbers(1, Math.tan),
  asin: onNumbers(1, Math.asin),
  acos: onNumbers(1, Math.acos),
  atan: onNumbers(1, Math.atan),
  atan2: onNumbers(2, Math.atan2),
  exp: onNumbers(1, Math.exp),
};
