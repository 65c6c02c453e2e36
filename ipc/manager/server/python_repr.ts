import { reprBytes, reprFloat, reprString } from "../../../persist/pickle/tools/python_repr.ts";
import { ByteArray, Float, FrozenSet, isTuple } from "../../../persist/types/mod.ts";
import { pyType } from "./python_values.ts";

/** Deepest nesting that {@linkcode pyRepr} shows. */
const SHOWN_DEPTH = 20;

/** What Python's `repr` shows of plain values; of others the type. */
export function pyRepr(value: unknown, depth = 0): string {
  if (depth > SHOWN_DEPTH) return "...";
  const items = (list: Iterable<unknown>) =>
    Array.from(list, (item) => pyRepr(item, depth + 1)).join(", ");
  switch (typeof value) {
    case "undefined":
      return "None";
    case "boolean":
      return value ? "True" : "False";
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? String(value)
        : reprFloat(value);
    case "bigint":
      return String(value);
    case "string":
      return reprString(value);
  }
  if (value === null) return "None";
  if (value instanceof Float) return reprFloat(value.valueOf() as number);
  if (value instanceof ByteArray) return `bytearray(${reprBytes(value)})`;
  if (value instanceof Uint8Array) return reprBytes(value);
  if (Array.isArray(value)) {
    if (!isTuple(value)) return `[${items(value)}]`;
    return value.length === 1 ? `(${items(value)},)` : `(${items(value)})`;
  }
  if (value instanceof FrozenSet) {
    return value.size === 0 ? "frozenset()" : `frozenset({${items(value)}})`;
  }
  if (value instanceof Set) return value.size === 0 ? "set()" : `{${items(value)}}`;
  const entries = value instanceof Map
    ? [...value]
    : Object.getPrototypeOf(value) === Object.prototype
    ? Object.entries(value as object)
    : undefined;
  if (entries === undefined) return `<${pyType(value)} object>`;
  const shown = entries.map(([key, item]) =>
    `${pyRepr(key, depth + 1)}: ${pyRepr(item, depth + 1)}`
  );
  return `{${shown.join(", ")}}`;
}
