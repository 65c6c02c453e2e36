import { Serializer, toAscii } from "./_serializer.ts";
import { checkOptions } from "../options.ts";
import { type JsonStringifyOptions, STRINGIFY_RULES } from "./options.ts";

function needsSerializer(options: JsonStringifyOptions): boolean {
  const { sortKeys = false, nan = "null", canonical = false } = options;
  return sortKeys !== false || nan !== "null" || canonical || options.default !== undefined ||
    options.maxDepth !== undefined;
}

function checkCanonical(options: JsonStringifyOptions): void {
  const { indent = 0, sortKeys = false, nan = "error", ensureAscii = false } = options;
  if (indent === 0 || indent === "") {
    if (typeof sortKeys === "boolean" && nan === "error" && !ensureAscii) return;
  }
  throw new TypeError(
    "Cannot write canonical JSON: it has one form only, received indent, sortKeys, nan or ensureAscii beside canonical",
  );
}

/** The end of a text such as `2024-02-29T12:00:00-05:00[America/New_York]`, or what looks like it. */
const BRACKETED = /\d\[!?[A-Za-z+-][^"\]]*\]"/;

function tooDeep(cause: RangeError): RangeError {
  return new RangeError("Cannot write JSON: nesting is too deep for the stack", { cause });
}

/** The platform's writer, where it can do the work; a bigint is what it cannot. */
function native(value: unknown, indent: number | string): string | undefined | null {
  try {
    const text = JSON.stringify(value, null, indent);
    // Temporal's own toJSON appends names of time zones and calendars; the serializer does not.
    return text?.includes(']"') && BRACKETED.test(text) ? null : text;
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(error);
    // It says no more than that; the serializer finds out whether a bigint was the cause, or a cycle, or depth.
    if (error instanceof TypeError && error.message.includes("BigInt")) return null;
    throw error;
  }
}

/**
 * Writes a value as JSON.
 *
 * Without options it is `JSON.stringify`, except that bigints are written as integers, that Temporal's values are written
 * as RFC 3339 without the names of time zone and calendar, and that a value without any JSON form, such as `undefined`,
 * is an error.
 *
 * @example Sorted, indented, with a big integer
 * ```ts
 * import { stringify } from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * const text = stringify({ b: 9007199254740993n, a: [1] }, { sortKeys: true, indent: 1 });
 * assertEquals(text, '{\n "a": [\n  1\n ],\n "b": 9007199254740993\n}');
 * ```
 *
 * @example Values that JSON does not know
 * ```ts
 * import { stringify } from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * const text = stringify({ ports: new Set(["Kiel", "Riga"]) }, {
 *   default: (value) => value instanceof Set ? [...value] : undefined,
 * });
 * assertEquals(text, '{"ports":["Kiel","Riga"]}');
 * ```
 *
 * @example The canonical form, to sign or to compare
 * ```ts
 * import { stringify } from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(stringify({ b: 1e21, "10": 2, "9": 3 }, { canonical: true }), '{"10":2,"9":3,"b":1e+21}');
 * ```
 *
 * @param value The value.
 * @param options How to write it.
 * @returns The JSON text.
 * @throws {RangeError} If a number or text has no form under the options, or nesting is too deep.
 * @throws {TypeError} If the value has no JSON form, or contains itself; or an option is unknown or of the wrong type.
 */
export function stringify(value: unknown, options?: JsonStringifyOptions): string {
  return write(value, checkOptions("Cannot write JSON", options, STRINGIFY_RULES));
}

/** Writes a value by options that have been checked. */
export function write(value: unknown, options: JsonStringifyOptions): string {
  if (options.canonical === true) checkCanonical(options);
  let text = needsSerializer(options) ? null : native(value, options.indent ?? 0);
  if (text === null) {
    const serializer = new Serializer(options);
    try {
      text = serializer.write(value);
    } catch (error) {
      // The engine's own error; those of the serializer say more.
      if (error instanceof RangeError && error.message.includes("call stack")) throw tooDeep(error);
      throw error;
    }
  }
  if (text === undefined) {
    throw new TypeError(
      `Cannot write JSON: needed a value with a JSON form, received ${typeof value}`,
    );
  }
  return options.ensureAscii === true ? toAscii(text) : text;
}
