/**
 * The named packages of the Deno standard library, unchanged.
 *
 * They read and write the common cases and are at home in many programs; where this package's own modules differ,
 * theirs is the stricter reading of the format's specification.
 *
 * @example Read YAML with the standard library
 * ```ts
 * import * as std from "@ferry/std/formats/std";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(std.yaml.parse("a: 1"), { a: 1 });
 * assertEquals(std.toml.parse("a = 1"), { a: 1 });
 * assertEquals(std.msgpack.decode(std.msgpack.encode({ a: 1 })), { a: 1 });
 * ```
 *
 * @module
 */

/** `@std/csv`. */
export * as csv from "@std/csv";
/** `@std/msgpack`. */
export * as msgpack from "@std/msgpack";
/** `@std/toml`. */
export * as toml from "@std/toml";
/** `@std/yaml`. */
export * as yaml from "@std/yaml";
