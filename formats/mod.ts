/**
 * Formats that conform, stream and are fast: CSV, JSON, YAML, TOML, MsgPack.
 *
 * | to | use |
 * |---|---|
 * | read or write a file by its extension | {@linkcode read}, {@linkcode write} |
 * | tell a format by name or content | {@linkcode detect} |
 * | CSV, TSV: dialects, typed columns, sniffing, streams | {@linkcode csv} |
 * | JSON, JSON Lines, JSON with comments | {@linkcode json} |
 * | JSON5 | {@linkcode read}, {@linkcode write}, or the entry `formats/json5` |
 * | YAML 1.2 and 1.1, comments kept | {@linkcode yaml} |
 * | TOML 1.0 and 1.1 | {@linkcode toml} |
 * | change a TOML text, all else kept as it is | {@linkcode editToml} |
 * | MsgPack with extension types, streams | {@linkcode msgpack} |
 * | the standard library's packages, unchanged | the entry `formats/std` |
 *
 * @example One value, four formats
 * ```ts
 * import { json, msgpack, toml, yaml } from "@ferry/std/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const value = { name: "ferry", ports: [80, 443] };
 * assertEquals(json.parse(json.stringify(value)), value);
 * assertEquals(yaml.parse(yaml.stringify(value)), value);
 * assertEquals(toml.parse(toml.stringify(value)), value);
 * assertEquals(msgpack.decode(msgpack.encode(value)), value);
 * ```
 *
 * ## Guarantees
 * - Errors in the input are {@linkcode FormatError}s: `SyntaxError`s that say where.
 * - `__proto__` is a key like any other; nesting and sizes are limited by options with finite defaults.
 * - What a format's writer writes, its reader reads.
 * - A misspelt option, or one of the wrong type, is a `TypeError` that lists those that there are.
 *
 * ## Limits
 * {@linkcode read} holds a file in memory, up to `maxBytes` (256 MiB); larger ones go through the formats' streams.
 *
 * ## Permissions
 * None, but for {@linkcode read} (`--allow-read`) and {@linkcode write} (`--allow-read` and
 * `--allow-write` for the folder).
 *
 * @module
 */

/** CSV and its kin. */
export * as csv from "./csv/mod.ts";
/** JSON, JSON Lines and JSON with comments. */
export * as json from "./json/mod.ts";
/** MsgPack. */
export * as msgpack from "./msgpack/mod.ts";
/** TOML 1.0 and 1.1. */
export * as toml from "./toml/mod.ts";
/** YAML 1.2 and 1.1. */
export * as yaml from "./yaml/mod.ts";
export { edit as editToml, type TomlEdit } from "./toml/edit.ts";
export { detect } from "./detect.ts";
export { FormatError, type FormatErrorOptions } from "./format_error.ts";
export type { FormatName } from "./format_name.ts";
export { read, type ReadOptions } from "./read.ts";
export type { StandardResult, StandardSchema } from "./standard_schema.ts";
export { write, type WriteOptions } from "./write.ts";
// What the options of `read` and `write` are made of.
export type {
  Column,
  ColumnDetails,
  ColumnType,
  CsvParseOptions,
  CsvStringifyOptions,
  Dialect,
  DialectChoice,
  DialectName,
  DialectOptions,
  PropertyAccessor,
  Quoting,
} from "./csv/mod.ts";
export type { JsonPair, JsonParseOptions, JsonStringifyOptions, ParseLimits } from "./json/mod.ts";
export type {
  DecodeOptions,
  EncodeOptions,
  Ext,
  Extension,
  ExtensionRegistry,
} from "./msgpack/mod.ts";
export type { TomlParseOptions, TomlStringifyOptions } from "./toml/mod.ts";
export type {
  YamlError,
  YamlErrorOptions,
  YamlKind,
  YamlParseOptions,
  YamlSchema,
  YamlStringifyOptions,
  YamlTag,
} from "./yaml/mod.ts";
