/**
 * Values to MessagePack.
 *
 * @module
 */

import { checkOptions } from "../options.ts";
import { ENCODE_RULES, type EncodeOptions } from "./options.ts";
import { Writer } from "./_writer.ts";

const shared = new Writer();

/**
 * Encodes a value, each part in the shortest form there is.
 *
 * | JavaScript | MessagePack |
 * |---|---|
 * | `null`, `undefined` | nil |
 * | boolean, string | bool, str |
 * | safe integers, bigint within 64 bits | int |
 * | other numbers, `-0` | float 64 |
 * | `Uint8Array`, `Uint8ClampedArray`, `ArrayBuffer`, `SharedArrayBuffer`, `DataView` | bin |
 * | array, typed array | array |
 * | object, `Map` | map |
 * | `Timestamp`, `Date`, `Temporal.Instant` | timestamp |
 * | `Ext`, classes of {@linkcode ExtensionRegistry} | ext |
 * | anything else | `default`, or a `TypeError` |
 *
 * @example Encode a record
 * ```ts
 * import { encode } from "@ferry/std/formats/msgpack";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encode({ a: [1, -1] }), Uint8Array.of(0x81, 0xa1, 0x61, 0x92, 1, 0xff));
 * ```
 *
 * @example What is not known becomes something that is
 * ```ts
 * import { decode, encode } from "@ferry/std/formats/msgpack";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encode(new Set([1, 2]), {
 *   default: (value) => value instanceof Set ? [...value] : String(value),
 * });
 * assertEquals(decode(bytes), [1, 2]);
 * ```
 *
 * @param value The value.
 * @param options How to write it.
 * @returns The bytes, in memory of their own unless `pooled`.
 * @throws {TypeError} If a value has no MessagePack form, a string has a lone surrogate, or an option is unknown or of
 * the wrong type.
 * @throws {RangeError} If a bigint is beyond 64 bits, a date is invalid, or the nesting is deeper than `maxDepth`.
 */
export function encode(value: unknown, options?: EncodeOptions): Uint8Array<ArrayBuffer> {
  if (options !== undefined) checkOptions("Cannot encode MessagePack", options, ENCODE_RULES);
  return write(value, options);
}

/** Encodes a value by options that have been checked. */
export function write(
  value: unknown,
  options: EncodeOptions | undefined,
): Uint8Array<ArrayBuffer> {
  // A hook, an extension or a getter that encodes in the middle of a message gets a writer of its own.
  const writer = shared.busy ? new Writer() : shared;
  writer.busy = true;
  try {
    writer.configure(options);
    writer.write(value);
    return options?.pooled === true ? writer.takePooled() : writer.take();
  } catch (error) {
    throw stackEnd(error) ?? error;
  } finally {
    writer.reset();
    writer.busy = false;
  }
}

/** A stack that ends before `maxDepth` does is the same fault, said in the caller's words. */
function stackEnd(error: unknown): RangeError | undefined {
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return new RangeError(
      "Cannot encode a value nested so deep: the stack ended before maxDepth was reached",
      { cause: error },
    );
  }
}
