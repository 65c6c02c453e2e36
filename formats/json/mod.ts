/**
 * JSON beyond `JSON.parse`: big integers, duplicate keys, hooks, sorted and canonical output, JSON Lines, streams of
 * values, and JSON with comments.
 *
 * | to | use |
 * | --- | --- |
 * | read a text | {@linkcode parse} |
 * | read one value out of a text | {@linkcode rawDecode} |
 * | write a value | {@linkcode stringify} |
 * | read or write a value for each line | {@linkcode JsonLinesParseStream}, {@linkcode JsonLinesStringifyStream} |
 * | read values one after another | {@linkcode ConcatenatedJsonParseStream} |
 * | read or change a file with comments | {@linkcode jsonc} |
 *
 * @example There and back without losing a digit
 * ```ts
 * import * as json from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * const order = json.parse<{ id: bigint }>('{"id":12345678901234567890}', { bigint: true });
 * assertEquals(order.id, 12345678901234567890n);
 * assertEquals(json.stringify(order), '{"id":12345678901234567890}');
 * ```
 *
 * ## Guarantees
 *
 * - Without options the platform's parser and writer do the work.
 * - Exactly the grammar of RFC 8259, but for `nan: true` and JSONC.
 * - A key `__proto__` is an own property, in every way of reading.
 * - A stream gives the same values, or an error, wherever its chunks are cut.
 * - Errors are {@linkcode JsonError}s, with line, column and offset.
 *
 * ## Limits
 *
 * `maxDepth`, `maxBytes` and `maxDigits` bound what is read; the defaults are finite, except for a text that is in
 * memory already: its size, and its nesting under the platform's parser, which needs no stack. With `sortKeys: true`
 * keys are in order of UTF-16 code units, where Python has code points: they differ beyond U+FFFF.
 *
 * Needs no permissions.
 *
 * @module
 */

export { FormatError, type FormatErrorOptions, position } from "../format_error.ts";
export { ConcatenatedJsonParseStream } from "./concatenated.ts";
export { JsonError } from "./json_error.ts";
export { JsonLinesParseStream, JsonLinesStringifyStream } from "./json_lines.ts";
export * as jsonc from "./jsonc.ts";
export type { JsonPair, JsonParseOptions, JsonStringifyOptions, ParseLimits } from "./options.ts";
export { parse } from "./parse.ts";
export { rawDecode, type RawDecoded } from "./raw_decode.ts";
export { stringify } from "./stringify.ts";
