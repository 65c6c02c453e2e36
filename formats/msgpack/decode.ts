/**
 * MessagePack to values.
 *
 * @module
 */

import { MsgpackLimitError } from "./errors.ts";
import { checkOptions } from "../options.ts";
import { DECODE_RULES, type DecodeOptions } from "./options.ts";
import { asBytes, MAX_BYTES, Reader, readWhole, stackEnd } from "./_reader.ts";

/** What the decoders read: bytes, or memory that holds nothing else. */
export type MsgpackInput = Uint8Array | ArrayBuffer;

/**
 * Decodes bytes that are exactly one value.
 *
 * | MessagePack | JavaScript |
 * |---|---|
 * | nil, bool, str | `null`, boolean, string |
 * | int | number, or bigint where a number is not exact (option `bigint`) |
 * | float 32, float 64 | number |
 * | bin | `Uint8Array` |
 * | array | array |
 * | map | object or `Map` (option `maps`); of equal keys the last counts; `__proto__` is a key like any other |
 * | timestamp | `Timestamp`, `Date` or `Temporal.Instant` (option `timestamps`) |
 * | ext | what the {@linkcode ExtensionRegistry} makes of it, else `Ext` |
 *
 * A length that the input cannot hold is refused before memory is taken for it. Nothing that is returned keeps the
 * input alive, unless `binary` is `"view"`.
 *
 * @example Decode a message
 * ```ts
 * import { decode } from "@ferry/std/formats/msgpack";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decode(Uint8Array.of(0x81, 0xa1, 0x61, 0x92, 1, 0xff)), { a: [1, -1] });
 * ```
 *
 * @example Keys that are no strings
 * ```ts
 * import { decode, encode } from "@ferry/std/formats/msgpack";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encode(new Map([[1, "one"]]));
 * assertEquals(decode(bytes, { maps: "auto" }), new Map([[1, "one"]]));
 * ```
 *
 * @typeParam T The type that the value is taken to be; it is not checked.
 * @param input The bytes.
 * @param options How to read them.
 * @returns The value.
 * @throws {MsgpackIncompleteError} If the input ends inside the value.
 * @throws {MsgpackLimitError} If it is beyond `maxBytes`, `maxDepth` or `maxLength`.
 * @throws {MsgpackError} If it is not MessagePack, or more follows the value.
 * @throws {TypeError} If `input` is neither a `Uint8Array` nor an `ArrayBuffer`, or an option is unknown or of the wrong
 * type.
 */
export function decode<T = unknown>(input: MsgpackInput, options?: DecodeOptions): T {
  return readWhole(checked(input, options), options) as T;
}

/**
 * Decodes bytes that are any number of values one after another.
 *
 * @example Read a log
 * ```ts
 * import { decodeMulti } from "@ferry/std/formats/msgpack";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...decodeMulti(Uint8Array.of(1, 0xc3, 0x90))], [1, true, []]);
 * ```
 *
 * @param input The bytes; they must not change before the last value is taken.
 * @param options How to read them.
 * @returns The values, each decoded when it is asked for.
 * @throws {MsgpackIncompleteError} If the input ends inside a value.
 * @throws {MsgpackLimitError} If it is beyond `maxBytes`, `maxDepth` or `maxLength`.
 * @throws {MsgpackError} If it is not MessagePack.
 * @throws {TypeError} If `input` is neither a `Uint8Array` nor an `ArrayBuffer`, or an option is unknown or of the wrong
 * type.
 */
export function decodeMulti(
  input: MsgpackInput,
  options?: DecodeOptions,
): Generator<unknown, void, void> {
  return values(checked(input, options), options);
}

function* values(
  bytes: Uint8Array,
  options: DecodeOptions | undefined,
): Generator<unknown, void, void> {
  const reader = new Reader();
  reader.configure(options);
  reader.open(bytes);
  while (reader.pos < reader.end) {
    let value: unknown;
    try {
      value = reader.read();
    } catch (error) {
      throw stackEnd(error, reader) ?? error;
    }
    yield value;
  }
}

/** The input as bytes, if it is such and not too large, and the options are what they may be. */
function checked(input: MsgpackInput, options: DecodeOptions | undefined): Uint8Array {
  const bytes = asBytes(input);
  if (options !== undefined) checkOptions("Cannot decode MessagePack", options, DECODE_RULES);
  const maximum = options?.maxBytes ?? MAX_BYTES;
  if (bytes.length > maximum) {
    throw new MsgpackLimitError(`${bytes.length} bytes`, {
      limit: "maxBytes",
      maximum,
      byteOffset: 0,
    });
  }
  return bytes;
}
