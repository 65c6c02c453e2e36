import { Parser } from "./_parser.ts";
import { checkOptions } from "../options.ts";
import { type JsonParseOptions, PARSE_RULES } from "./options.ts";
import { checkBytes } from "./parse.ts";

/** A value and where it ends: the result of {@linkcode rawDecode}. */
export interface RawDecoded<T = unknown> {
  /** The value. */
  value: T;
  /** Offset of the first character after it. */
  end: number;
}

/**
 * Reads the JSON value at an offset of a text, whatever follows it: Python's `JSONDecoder.raw_decode`. White space
 * before the value is skipped.
 *
 * @example A value with something behind it
 * ```ts
 * import { rawDecode } from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * const text = 'level={"a": [1]} rest';
 * const { value, end } = rawDecode(text, 6);
 * assertEquals(value, { a: [1] });
 * assertEquals(text.slice(end), " rest");
 * ```
 *
 * @typeParam T The type that the value is taken to be; it is not checked.
 * @param text The text.
 * @param offset Where the value begins, in UTF-16 code units.
 * @param options What to make of it, and limits.
 * @returns The value, and the offset after it.
 * @throws {JsonError} If there is no JSON value at the offset.
 * @throws {RangeError} If the offset is not an index of the text.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function rawDecode<T = unknown>(
  text: string,
  offset: number = 0,
  options?: JsonParseOptions,
): RawDecoded<T> {
  if (!Number.isInteger(offset) || offset < 0 || offset > text.length) {
    throw new RangeError(
      `Cannot decode JSON: offset must be an integer from 0 to ${text.length}, received ${offset}`,
    );
  }
  const checked = checkOptions("Cannot decode JSON", options, PARSE_RULES);
  const parser = new Parser(text, checked, offset);
  const value = parser.value() as T;
  const end = parser.position;
  if (checked.maxBytes !== undefined) checkBytes(text.slice(offset, end), checked.maxBytes);
  return { value, end };
}
