/**
 * Values to MessagePack.
 *
 * @module
 */

import type { ExtensionRegistry } from "./extension_registry.ts";
import { Writer } from "./_writer.ts";

/** How {@linkcode encode} and `EncodeStream` write. */
export interface EncodeOptions {
  /**
   * Called with a value that has no MessagePack form (a function, a symbol, an instance of a class that nobody
   * registered, a bigint beyond 64 bits); what it returns is encoded instead. Python's `default`.
   *
   * @default {undefined}
   */
  default?: (value: unknown) => unknown;
  /**
   * The application's own extension types. They are asked before anything else about every object.
   *
   * @default {undefined}
   */
  extensions?: ExtensionRegistry;
  /**
   * Throw at a lone surrogate, which UTF-8 cannot hold. With `false` it becomes U+FFFD.
   *
   * @default {true}
   */
  fatal?: boolean;
  /**
   * Write numbers that are not integers in 4 bytes: always (`true`, which rounds them), only those that lose nothing
   * (`"exact"`), or never. Python's `use_single_float`.
   *
   * @default {false}
   */
  float32?: boolean | "exact";
  /**
   * Deepest nesting of arrays, maps and extension values; a value that contains itself ends here.
   *
   * @default {1024}
   */
  maxDepth?: number;
  /**
   * Let small results (up to 1 KiB) be views into memory that they share, as `Buffer.from` of Node.js does. Several
   * times faster for small messages, but then `result.buffer` holds other messages too: do not transfer it, and do not
   * read it past the view.
   *
   * @default {false}
   */
  pooled?: boolean;
  /**
   * Write the keys of objects, and of `Map`s whose keys are all strings, in order of UTF-16 code units, so that equal
   * values give equal bytes.
   *
   * @default {false}
   */
  sortKeys?: boolean;
  /**
   * Typed arrays other than `Uint8Array` and `Uint8ClampedArray`: an array of their numbers, or their bytes in the
   * machine's order (as Python writes an `array.array`).
   *
   * @default {"array"}
   */
  typedArrays?: "array" | "binary";
  /**
   * What becomes of `undefined`: nil, a `TypeError` (`"error"`; `default` is asked first), or properties of objects
   * are left out (`"omit"`; it is nil everywhere else).
   *
   * @default {"nil"}
   */
  undefined?: "nil" | "omit" | "error";
}

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
 * @throws {TypeError} If a value has no MessagePack form, or a string has a lone surrogate.
 * @throws {RangeError} If a bigint is beyond 64 bits, a date is invalid, or the nesting is deeper than `maxDepth`.
 */
export function encode(value: unknown, options?: EncodeOptions): Uint8Array<ArrayBuffer> {
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
