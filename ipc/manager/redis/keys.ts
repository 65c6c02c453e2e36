/**
 * Keys of a dict as fields of a hash: the pickle of a form that all equal keys share, in any program. `1`, `1n`, `1.0` and
 * `true` are one key, tuples and frozensets are compared by what they hold.
 */
import { Buffer } from "node:buffer";
import { dumps } from "../../../persist/pickle/mod.ts";
import { Float, FrozenSet, isTuple, PySet, tuple } from "../../../persist/types/mod.ts";
import { pyError, pyType } from "../server/python_values.ts";
import { bufferOf } from "./remote.ts";

/** Deepest nesting of a key. */
const MAX_DEPTH = 100;

/** The field of a key. */
export function fieldOf(key: unknown): Buffer {
  return pickled(common(key, 0));
}

function pickled(value: unknown): Buffer {
  return bufferOf(dumps(value, { protocol: 4 }));
}

/** Whether a value in parentheses is a number that Python takes for an int. */
function integer(value: number): number | bigint {
  return Number.isSafeInteger(value) ? value + 0 : BigInt(value);
}

function common(key: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) {
    throw new RangeError(`Cannot use a key nested more than ${MAX_DEPTH} tuples deep`);
  }
  switch (typeof key) {
    case "undefined":
      return null;
    case "boolean":
      return Number(key);
    case "number":
      return Number.isInteger(key) ? integer(key) : key;
    case "bigint":
      return BigInt.asIntN(53, key) === key ? Number(key) : key;
  }
  if (key instanceof Float) return common(key.valueOf(), depth);
  if (isTuple(key)) return tuple(...(key as unknown[]).map((item) => common(item, depth + 1)));
  if (key instanceof FrozenSet) {
    const items = [...key].map((item) => common(item, depth + 1));
    const sorted = items.map((item) => [pickled(item), item] as const)
      .sort(([a], [b]) => Buffer.compare(a, b));
    // As a tuple with a name of its own: a frozenset is pickled in the order in which it was made.
    return tuple("frozenset", tuple(...sorted.map(([, item]) => item)));
  }
  if (key instanceof Uint8Array && key.constructor === Uint8Array) return key.slice();
  const plain = typeof key === "object" && key !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(key));
  if (
    Array.isArray(key) || key instanceof Map || key instanceof Set || key instanceof PySet ||
    ArrayBuffer.isView(key) || plain
  ) throw pyError("TypeError", `unhashable type: '${pyType(key)}'`);
  return key;
}
