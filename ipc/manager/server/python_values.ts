/**
 * What Python does with values where its types differ from JavaScript's: equality, order, indexes and iteration.
 *
 * @module
 */
import { dumps } from "../../../persist/pickle/mod.ts";
import {
  ByteArray,
  Float,
  FrozenSet,
  isTuple,
  PyException,
  type Slice,
} from "../../../persist/types/mod.ts";

/**
 * A Python exception.
 *
 * @param name Name of its class.
 * @param args Its arguments.
 */
export function pyError(name: string, ...args: unknown[]): PyException {
  return new PyException(name, args);
}

/** The number of a number, a boolean or a float; `undefined` for anything else. */
function numberOf(value: unknown): number | bigint | undefined {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value === "boolean") return Number(value);
  return value instanceof Float ? value.valueOf() as number : undefined;
}

/** Whether Python's `==` would say yes. */
export function pyEquals(a: unknown, b: unknown): boolean {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined || y !== undefined) {
    // deno-lint-ignore eqeqeq -- a number and a bigint
    return x !== undefined && y !== undefined && x == y;
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return isTuple(a) === isTuple(b) && a.length === b.length &&
      a.every((item, i) => pyEquals(item, b[i]));
  }
  try {
    const [left, right] = [dumps(a), dumps(b)];
    return left.length === right.length && left.every((byte, i) => byte === right[i]);
  } catch {
    // What cannot be pickled is equal to itself only.
    return false;
  }
}

/** Python's `a < b` for numbers, text, bytes, and lists or tuples of them. */
export function pyLess(a: unknown, b: unknown): boolean {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x < y;
  if (typeof a === "string" && typeof b === "string") return lessText(a, b);
  const lists = (Array.isArray(a) && Array.isArray(b) && isTuple(a) === isTuple(b)) ||
    (a instanceof Uint8Array && b instanceof Uint8Array);
  if (lists) {
    const [left, right] = [a as ArrayLike<unknown>, b as ArrayLike<unknown>];
    for (let i = 0; i < left.length && i < right.length; i++) {
      if (!pyEquals(left[i], right[i])) return pyLess(left[i], right[i]);
    }
    return left.length < right.length;
  }
  throw pyError(
    "TypeError",
    `'<' not supported between instances of '${pyType(a)}' and '${pyType(b)}'`,
  );
}

/** By code points, as Python compares text. */
function lessText(a: string, b: string): boolean {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    // Surrogates stand for what comes after all that is one unit.
    const [high, low] = [isSurrogate(x), isSurrogate(y)];
    return high === low ? x < y : low;
  }
  return a.length < b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** The name of a value's type in Python. */
export function pyType(value: unknown): string {
  if (value === null || value === undefined) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "str";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (value instanceof Float) return "float";
  if (value instanceof ByteArray) return "bytearray";
  if (value instanceof Uint8Array) return "bytes";
  if (Array.isArray(value)) return isTuple(value) ? "tuple" : "list";
  if (value instanceof FrozenSet) return "frozenset";
  if (value instanceof Set) return "set";
  if (value instanceof Map || Object.getPrototypeOf(value) === Object.prototype) return "dict";
  return (value as object).constructor?.name ?? "object";
}

const UNHASHABLE: ReadonlySet<string> = new Set(["bytearray", "dict", "list", "set"]);

/**
 * Refuses what Python cannot hash.
 *
 * @throws {PyException} A `"TypeError"`.
 */
export function checkHashable(key: unknown): void {
  const type = pyType(key);
  if (UNHASHABLE.has(type)) throw pyError("TypeError", `unhashable type: '${type}'`);
  if (type === "tuple") (key as unknown[]).forEach(checkHashable);
}

/**
 * An index of a list, from its start.
 *
 * @param what What the error says: "list index out of range".
 */
export function indexOf(value: unknown, length: number, what: string): number {
  const number = numberOf(value);
  if (number === undefined || value instanceof Float || !Number.isInteger(Number(number))) {
    throw pyError("TypeError", `list indices must be integers or slices, not ${pyType(value)}`);
  }
  const index = Number(number);
  const at = index < 0 ? index + length : index;
  if (at < 0 || at >= length) throw pyError("IndexError", what);
  return at;
}

/** The positions that a slice names, in its order (Python's `slice.indices`). */
export function sliceIndexes(slice: Slice, length: number): number[] {
  const step = bound(slice.step, 1);
  if (step === 0) throw pyError("ValueError", "slice step cannot be zero");
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (value: unknown, missing: number): number => {
    if (value === null || value === undefined) return missing;
    const at = bound(value, 0);
    return Math.min(Math.max(at < 0 ? at + length : at, low), high);
  };
  const [start, stop] = step > 0
    ? [clamp(slice.start, low), clamp(slice.stop, high)]
    : [clamp(slice.start, high), clamp(slice.stop, low)];
  const found: number[] = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) found.push(i);
  return found;
}

function bound(value: unknown, missing: number): number {
  if (value === null || value === undefined) return missing;
  const number = numberOf(value);
  if (number !== undefined && !(value instanceof Float)) return Number(number);
  throw pyError("TypeError", "slice indices must be integers or None");
}

/** The items of what Python can iterate over. */
export function pyIterate(value: unknown): unknown[] {
  if (typeof value === "string") return [...value];
  if (value instanceof Map) return [...value.keys()];
  if (typeof value === "object" && value !== null) {
    if (Symbol.iterator in value) return [...value as Iterable<unknown>];
    if (Object.getPrototypeOf(value) === Object.prototype) return Object.keys(value);
  }
  throw pyError("TypeError", `'${pyType(value)}' object is not iterable`);
}
