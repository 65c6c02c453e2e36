import { Parser } from "./_parser.ts";
import { hasEscapedKey } from "./_native.ts";
import { checkOptions } from "../options.ts";
import { JsonError } from "./json_error.ts";
import { type JsonParseOptions, PARSE_RULES } from "./options.ts";

/** Below this many digits no integer is beyond ±(2^53 − 1), so that bigints need not be looked for. */
const LONG_INTEGER = /\d{16}/;

/** What the platform's parser does, which keeps no stack. */
const UNLIMITED: JsonParseOptions = { maxDepth: Infinity };

/** Whether the options ask for more than the platform's parser gives. */
export function needsOwnParser(text: string, options: JsonParseOptions): boolean {
  return options.objectHook !== undefined || options.objectPairsHook !== undefined ||
    options.parseFloat !== undefined || options.parseInt !== undefined ||
    options.duplicateKeys === "error" || options.nan === true ||
    // A text cannot nest deeper than it is long.
    (options.maxDepth !== undefined && text.length > options.maxDepth) ||
    (options.bigint === true && LONG_INTEGER.test(text));
}

/** The error for a text that is too long. */
export function tooLong(
  maxBytes: number,
  place?: { line: number; column: number; offset?: number },
): JsonError {
  return new JsonError(
    `Cannot parse JSON: the text is longer than maxBytes = ${maxBytes}`,
    place ?? {},
  );
}

/** Refuses a text of more than `maxBytes` bytes of UTF-8. */
export function checkBytes(text: string, maxBytes: number): void {
  // At most three bytes come of a code unit: most texts need not be counted.
  if (text.length * 3 <= maxBytes) return;
  if (text.length <= maxBytes && new TextEncoder().encode(text).length <= maxBytes) return;
  throw tooLong(maxBytes);
}

/** Parses a text with the platform's parser where that is enough. */
export function parseText(text: string, options: JsonParseOptions): unknown {
  const plain = !needsOwnParser(text, options);
  if (plain && !hasEscapedKey(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // Our own parser says where the fault is.
    }
  }
  const parser = new Parser(text, plain ? UNLIMITED : options);
  const value = parser.value();
  parser.end();
  return value;
}

/**
 * Reads JSON text.
 *
 * Without options it is `JSON.parse` with better errors, and without its fault: V8 misreads some keys with escapes. With `bigint` it still is where no number is long enough;
 * other options need a parser of our own, which takes about twice as long. A key `__proto__` is an own
 * property in either.
 *
 * @example Integers that a number cannot hold
 * ```ts
 * import { parse } from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parse('{"id": 9007199254740993, "n": 1}', { bigint: true }), {
 *   id: 9007199254740993n,
 *   n: 1,
 * });
 * ```
 *
 * @example Objects as maps, in the order of the text
 * ```ts
 * import { parse } from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * const map = parse('{"b": 1, "1": 2}', { objectPairsHook: (pairs) => new Map(pairs) });
 * assertEquals([...map as Map<string, unknown>], [["b", 1], ["1", 2]]);
 * ```
 *
 * @typeParam T The type that the value is taken to be; it is not checked.
 * @param text The JSON text.
 * @param options What to make of it, and limits.
 * @returns The value.
 * @throws {JsonError} If the text is not JSON, or exceeds a limit.
 * @throws {TypeError} If `text` is not a string, or an option is unknown or of the wrong type.
 */
export function parse<T = unknown>(text: string, options?: JsonParseOptions): T {
  if (typeof text !== "string") {
    throw new TypeError(`Cannot parse JSON: needed a string, received ${typeof text}`);
  }
  const checked = checkOptions("Cannot parse JSON", options, PARSE_RULES);
  if (checked.maxBytes !== undefined) checkBytes(text, checked.maxBytes);
  return parseText(text, checked) as T;
}
