import { checkOptions, type OptionRule, type OptionRules } from "../../options.ts";
import { Walk } from "./_walk.ts";
import type { ToPlainOptions, ToPlainSettings } from "./options.ts";

const RULES: OptionRules = {
  maps: ["auto", "object", "pairs"],
  sets: ["array", "error"],
  bytes: ["base64", "hex", "array", "error"],
  bigint: ["string", "number", "error"],
  nonFinite: ["null", "string", "error"],
  maxDepth: "limit",
  maxItems: "limit",
} satisfies Record<keyof ToPlainOptions, OptionRule>;

const DEFAULTS: ToPlainSettings = {
  maps: "auto",
  sets: "array",
  bytes: "base64",
  bigint: "string",
  nonFinite: "null",
  maxDepth: 1000,
  maxItems: 10_000_000,
};

/**
 * Makes arrays, objects, strings, numbers, booleans and `null` of what `pickle` and `marshal` read: what `JSON.stringify`
 * takes.
 *
 * | value | becomes |
 * |---|---|
 * | tuple, list, `Deque`, typed array, `PyArray` | array |
 * | `Map`, `PyDict` and its kin | object, or pairs (option `maps`) |
 * | `PySet`, `FrozenSet` | array (option `sets`) |
 * | `Uint8Array`, `ByteArray` | text (option `bytes`) |
 * | bigint | number if it is safe, else text (option `bigint`) |
 * | `Float` | number |
 * | `NdScalar` | number, or what its element type is otherwise |
 * | `NdArray` | arrays of arrays |
 * | `DataFrame` | an array of records; `Series`, `Index`, `ExtensionArray` their values |
 * | `Timestamp`, `Timedelta` | text, as ISO 8601 has it |
 * | `SimpleNamespace`, `ChainMap`, `UserData` | what they hold |
 * | `Pattern`, `IpAddress`, `ForeignZone` | text |
 * | `Decimal`, `Fraction`, `Complex`, `Uuid`, `PurePath`, `Global` | text |
 * | dates and times | text, as ISO 8601 has it; `TimeDelta` its seconds |
 * | `PyEnum` | its value |
 * | `Range`, `PyException`, `PyObject` | an object of what they hold |
 * | other objects | what their `toJSON` gives, else their own properties |
 *
 * A value that occurs twice occurs twice in what is made, as the same object.
 *
 * @param value The value; it is not changed.
 * @param options Forms and limits.
 * @returns The plain value.
 * @throws {TypeError} If the value contains itself, or holds something without a form.
 * @throws {RangeError} If it is nested too deep or holds too many values, or a number has no form.
 *
 * @example To JSON
 * ```ts
 * import { PyDict, toPlain, tuple } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const value = new PyDict<unknown, unknown>([[1, tuple(2n ** 70n, new Uint8Array([1, 2]))]]);
 * assertEquals(JSON.stringify(toPlain(value)), '{"1":["1180591620717411303424","AQI="]}');
 * assertEquals(toPlain(value, { maps: "pairs", bytes: "hex", bigint: "number" }), [
 *   [1, [2 ** 70, "0102"]],
 * ]);
 * ```
 */
export function toPlain(value: unknown, options: ToPlainOptions = {}): unknown {
  checkOptions("Cannot make a value plain", options, RULES);
  const given = Object.fromEntries(
    Object.entries(options).filter(([, option]) => option !== undefined),
  );
  return new Walk({ ...DEFAULTS, ...given }).plain(value);
}
