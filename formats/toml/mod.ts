/**
 * TOML 1.0 and 1.1: reads and writes.
 *
 * | to | use |
 * |---|---|
 * | read a text or its bytes | {@linkcode parse} |
 * | write an object | {@linkcode stringify} |
 * | change values, all else kept as it is | `edit` of `@ferry/std/formats/toml-edit` |
 * | keep integers and floats apart | `parse(text, { bigint: "all" })`, `stringify(value, { numbers: "float" })` |
 *
 * @example Read, change, write
 * ```ts
 * import { parse, stringify } from "@ferry/std/formats/toml";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "# limits\nretries = 3 # per job\n";
 * assertEquals(parse(text), { retries: 3 });
 * assertEquals(stringify({ retries: 3 }), "retries = 3\n");
 * ```
 *
 * ## Guarantees
 * - The four kinds of dates and times are Temporal types: `ZonedDateTime` (whose time zone is the offset),
 *   `PlainDateTime`, `PlainDate`, `PlainTime`, exact to the nanosecond; further digits are cut.
 * - Integers beyond 2⁵³ - 1 are `bigint`, unless `bigint: false`.
 * - `__proto__` is a key like any other.
 * - What {@linkcode stringify} writes is TOML 1.0, and {@linkcode parse} reads it as the same value.
 *
 * ## Limits
 * `maxDepth` (512) nested tables and arrays. Errors are {@linkcode TomlError}, a `SyntaxError` with line, column, offset
 * and a snippet.
 *
 * ## Permissions
 * None.
 *
 * @module
 */

export { parse, type TomlParseOptions } from "./parse.ts";
export { stringify, type TomlStringifyOptions } from "./stringify.ts";
export type { TomlTable, TomlValue } from "./types.ts";
export { TomlError, type TomlErrorOptions } from "./toml_error.ts";
export { FormatError, type FormatErrorOptions } from "../format_error.ts";
