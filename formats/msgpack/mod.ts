/**
 * MessagePack: compact binary values, the same bytes as Python's `msgpack` and every other implementation.
 *
 * | to | use |
 * |---|---|
 * | write one value | {@linkcode encode} |
 * | read one value | {@linkcode decode} |
 * | read several values out of one buffer | {@linkcode decodeMulti} |
 * | write or read a stream | {@linkcode EncodeStream}, {@linkcode DecodeStream} |
 * | read one array that is larger than memory | {@linkcode DecodeStream} with `elements` |
 * | send classes of your own | {@linkcode ExtensionRegistry}, or the options `default` and `objectHook` |
 * | hold a time to the nanosecond | {@linkcode Timestamp} |
 * | keep extension values that you do not know | {@linkcode Ext} |
 *
 * ```ts
 * import { decode, encode } from "@ferry/std/formats/msgpack";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encode({ id: 7, tags: ["a"], size: 2n ** 60n });
 * assertEquals(decode(bytes), { id: 7, tags: ["a"], size: 2n ** 60n });
 * ```
 *
 * Guarantees: every format of the specification, extension types and all three timestamps included. Integers keep
 * their value (as bigint where needed), text its characters, times their nanoseconds. What cannot be kept is an error,
 * not a guess. Decoding a stream gives the same values however it is cut.
 *
 * Safe on hostile bytes: `__proto__` becomes a property like any other, lengths are checked against the input before
 * memory is taken, nesting is bounded (`maxDepth`, `maxLength`, `maxBytes`), text must be UTF-8. All errors of the
 * decoder are {@linkcode MsgpackError}, with the offset.
 *
 * Limits: JavaScript has one number type, so `1.0` is written as the integer 1 and a float read back as a number; a
 * bigint that is a safe integer comes back as a number (unless `bigint` is `"always"`). Elements are counted to
 * `2 ** 32 - 1`. No permissions are needed.
 *
 * @module
 */

export { decode, decodeMulti, type MsgpackInput } from "./decode.ts";
export { DecodeStream } from "./decode_stream.ts";
export { encode } from "./encode.ts";
export { EncodeStream } from "./encode_stream.ts";
export {
  MsgpackError,
  type MsgpackErrorOptions,
  MsgpackIncompleteError,
  type MsgpackIncompleteErrorOptions,
  MsgpackLimitError,
  type MsgpackLimitErrorOptions,
} from "./errors.ts";
export { Ext } from "./ext.ts";
export { type Extension, ExtensionRegistry } from "./extension_registry.ts";
export type {
  DecodeOptions,
  DecodeStreamOptions,
  EncodeOptions,
  EncodeStreamOptions,
} from "./options.ts";
export { Timestamp } from "./timestamp.ts";
export { FormatError, type FormatErrorOptions } from "../format_error.ts";
