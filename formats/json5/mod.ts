/**
 * JSON5: JSON with comments, trailing commas, single quotes, bare keys, hexadecimal numbers, `Infinity` and `NaN`, for
 * files that people write (json5.org, version 1.0.0).
 *
 * The parser is that of the npm package `json5`; here its errors are {@linkcode JsonError}s, and what it would leave
 * out without a word is refused.
 *
 * @example A configuration file
 * ```ts
 * import * as json5 from "@ferry/std/formats/json5";
 * import { assertEquals } from "@std/assert";
 *
 * const config = json5.parse("{ port: 0x50, /* the usual *\/ host: 'ferry', }");
 * assertEquals(config, { port: 80, host: "ferry" });
 * assertEquals(json5.stringify(config), "{port:80,host:'ferry'}");
 * ```
 *
 * ## Limits
 * Numbers are doubles: an integer beyond ±(2^53 − 1) is rounded, as JSON5 says. Comments are not kept.
 *
 * Needs no permissions.
 *
 * @module
 */

import json5 from "json5";
import { JsonError } from "../json/json_error.ts";
import { checkOptions, NUMBER, type OptionRules } from "../options.ts";

export { FormatError, type FormatErrorOptions } from "../format_error.ts";
export { JsonError } from "../json/json_error.ts";

/** Options of {@linkcode stringify}. */
export interface Json5StringifyOptions {
  /**
   * Spaces for each level of nesting, at most 10; 0 for one line.
   *
   * @default {0}
   */
  indent?: number;
  /**
   * The quote around strings.
   *
   * @default {the one that needs fewer escapes}
   */
  quote?: "'" | '"';
}

const STRINGIFY_RULES: OptionRules<Json5StringifyOptions> = {
  indent: NUMBER,
  quote: ["'", '"'],
};

/**
 * Reads JSON5 text.
 *
 * @example Where a value is missing
 * ```ts
 * import { JsonError, parse } from "@ferry/std/formats/json5";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => parse("{\n  a: ,\n}"), JsonError);
 * assertEquals([error.line, error.column], [2, 6]);
 * ```
 *
 * @typeParam T The type that the value is taken to be; it is not checked.
 * @param text The text.
 * @returns The value; a key `__proto__` is an own property.
 * @throws {JsonError} If the text is not JSON5.
 * @throws {TypeError} If `text` is not a string.
 */
export function parse<T = unknown>(text: string): T {
  if (typeof text !== "string") {
    throw new TypeError(`Cannot parse JSON5: needed a string, received ${typeof text}`);
  }
  try {
    return json5.parse<T>(text.startsWith("\ufeff") ? text.slice(1) : text);
  } catch (cause) {
    const { message, lineNumber: line, columnNumber: column } = cause as Error & {
      lineNumber: number;
      columnNumber: number;
    };
    const what = message.replace(/^JSON5: /, "").replace(/ at \d+:\d+$/, "");
    throw new JsonError(`Cannot parse JSON5: ${what}`, { source: text, line, column, cause });
  }
}

/**
 * Writes a value as JSON5: bare keys where they can be, single quotes, no comments.
 *
 * @example With indentation
 * ```ts
 * import { stringify } from "@ferry/std/formats/json5";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(stringify({ "a b": [1, NaN] }, { indent: 2 }), "{\n  'a b': [\n    1,\n    NaN,\n  ],\n}");
 * ```
 *
 * @param value What `JSON.stringify` takes, and `NaN` and infinities.
 * @param options Indentation and quotes.
 * @returns The text.
 * @throws {TypeError} If the value, or one in it, is a bigint or refers to itself, or the value has no form in JSON;
 * or an option is unknown or of the wrong type.
 * @throws {RangeError} If it is nested too deeply for the stack, or `indent` is out of range.
 */
export function stringify(value: unknown, options?: Json5StringifyOptions): string {
  const { indent = 0, quote } = checkOptions("Cannot write JSON5", options, STRINGIFY_RULES);
  if (!(Number.isInteger(indent) && indent >= 0 && indent <= 10)) {
    throw new RangeError(
      `Cannot write JSON5: indent must be an integer from 0 to 10, received ${indent}`,
    );
  }
  const text = json5.stringify(value, {
    space: indent,
    quote: quote ?? null,
    replacer(key, item) {
      if (typeof item !== "bigint") return item;
      throw new TypeError(
        `Cannot write JSON5: the value of ${JSON.stringify(key)} is a bigint, which JSON5 has not`,
      );
    },
  }) as string | undefined;
  if (text !== undefined) return text;
  throw new TypeError(`Cannot write JSON5: ${typeof value} has no form in it`);
}
