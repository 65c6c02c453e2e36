/**
 * TOML 1.0 and 1.1: reads, writes, and edits with comments kept.
 *
 * | to | use |
 * |---|---|
 * | read a text or its bytes | {@linkcode parse} |
 * | write an object | {@linkcode stringify} |
 * | change values, comments kept | {@linkcode edit} |
 * | keep integers and floats apart | `parse(text, { bigint: "all" })`, `stringify(value, { numbers: "float" })` |
 *
 * @example Read, change, write
 * ```ts
 * import { edit, parse, stringify } from "@ferry/std/formats/toml";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "# limits\nretries = 3 # per job\n";
 * assertEquals(parse(text), { retries: 3 });
 * assertEquals(stringify({ retries: 3 }), "retries = 3\n");
 * assertEquals(edit(text, [{ path: ["retries"], value: 5 }]), "# limits\nretries = 5 # per job\n");
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
export { edit, type TomlEdit } from "./edit.ts";
export type { TomlTable, TomlValue } from "./types.ts";
export { TomlError, type TomlErrorOptions } from "./toml_error.ts";
export { FormatError, type FormatErrorOptions } from "../format_error.ts";
