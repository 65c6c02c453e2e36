/**
 * Text and binary formats.
 *
 * @module
 */

/** TOML 1.0 and 1.1: read, write, edit with comments kept. */
export * as toml from "./toml/mod.ts";
/** YAML 1.2: read, write, documents with comments kept. */
export * as yaml from "./yaml/mod.ts";
/** CSV and its kin: read, write, streams. */
export * as csv from "./csv/mod.ts";
/** JSON, JSON Lines and JSON with comments. */
export * as json from "./json/mod.ts";
/** The named packages of the Deno standard library, unchanged. */
export * as std from "./std.ts";
export { FormatError, type FormatErrorOptions } from "./format_error.ts";
