/**
 * Values to bytes and back, with what structured clone keeps and JSON loses: `Map`, `Set`, `Date`, `RegExp`,
 * `bigint`, `undefined`, `-0`, typed arrays, errors with their causes, shared references and cycles, sparse arrays,
 * `URL`, `URLSearchParams`, values of `Temporal`, and instances of registered classes. Pipes and queues use the same
 * codec in place in shared memory.
 *
 * | to | use |
 * |---|---|
 * | make bytes of a value | {@linkcode encode} |
 * | make the value again | {@linkcode decode} |
 * | write into memory you have, or share key lists between workers | {@linkcode Codec} |
 * | send instances of a class | `registerClass` of `@ferry/std/ipc/register-class` |
 *
 * What is kept: shared references and cycles, holes of arrays, `__proto__` as an own key, null prototypes, the class,
 * `name`, `message`, `stack`, `cause` and own properties of errors. What is not: properties with symbols for names, extra
 * properties of arrays, `Map`s, `Set`s and other built-in objects, getters (their value is sent), and that two views share
 * one buffer: each view arrives with a copy of what it showed. A subclass of a built-in error arrives as that built-in
 * with the `name` kept; Node's `Buffer` as a `Uint8Array`; other classes must be registered, subclasses of `Array`, `Map`
 * and the like too. A Proxy around a plain object or array is sent as that; around a built-in or shared object it is refused.
 *
 * Limits: plain data may be nested as deep as memory allows, errors and registered classes 500 deep. The bytes are
 * understood by the same version of this package; they are not a storage format.
 *
 * @example Round trip
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decode, encode } from "@ferry/std/ipc/codec";
 *
 * const job: Record<string, unknown> = { id: 7n, tags: new Set(["a"]), at: new Date(0) };
 * job.self = job;
 * const copy = decode(encode(job)) as typeof job;
 * assertEquals(copy.tags, new Set(["a"]));
 * assertEquals(copy.self, copy);
 * ```
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import type { Bytes } from "./bytes.ts";
import { Decoder } from "./decoder.ts";
import { Encoder } from "./encoder.ts";
import { ShapeTable } from "./shapes.ts";

const NO_BYTES: Bytes = viewsOf(new ArrayBuffer(0));

/** Options of a {@linkcode Codec}. */
export interface CodecOptions {
  /**
   * Memory in which the key lists of plain objects are kept, zeroed at first, a multiple of 4 bytes: 64 KiB hold a
   * thousand small ones. Give the same memory to a codec in every worker that is to read the messages.
   *
   * @default {undefined} Each message carries the key lists it needs.
   */
  shapes?: SharedArrayBuffer | undefined;
}

const RULES: RulesOf<CodecOptions> = { shapes: "object" };

/**
 * Encodes and decodes with settings of its own.
 *
 * @example Messages without keys, written into shared memory
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Codec } from "@ferry/std/ipc/codec";
 *
 * const shapes = new SharedArrayBuffer(65_536);
 * const memory = new Uint8Array(new SharedArrayBuffer(1024));
 * const here = new Codec({ shapes });
 * const there = new Codec({ shapes }); // in another worker
 *
 * const sizes = [1, 2, 3].map((id) => here.encodeInto({ id, name: "Ferry" }, memory));
 * assertEquals(sizes, [18, 9, 9]);
 * assertEquals(there.decode(memory.subarray(0, 9)), { id: 3, name: "Ferry" });
 * ```
 */
export class Codec {
  readonly #encoder: Encoder;
  readonly #decoder: Decoder;
  readonly #written = new LastViews();
  readonly #read = new LastViews();

  /**
   * Makes a codec.
   *
   * @example Make one
   * ```ts
   * import { Codec } from "@ferry/std/ipc/codec";
   *
   * const shapes = new SharedArrayBuffer(65_536);
   * const memory = new Uint8Array(new SharedArrayBuffer(1024));
   * const here = new Codec({ shapes });
   * ```
   *
   * @param options Settings.
   * @throws {RangeError} If `shapes` is smaller than 64 bytes or not a multiple of 4.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(options: CodecOptions = {}) {
    checkOptions("Cannot make a codec", options, RULES);
    const memory = options.shapes;
    const shapes = memory === undefined
      ? undefined
      : new ShapeTable({ ...viewsOf(memory), i32: new Int32Array(memory) }, 0, memory.byteLength);
    this.#encoder = new Encoder({ shapes });
    this.#decoder = new Decoder({ shapes });
  }

  /**
   * Encodes a value into bytes of its own.
   *
   * @param value The value.
   * @returns The bytes.
   * @throws {UnsendableError} If a part cannot be sent.
   *
   * @example Usage
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Codec } from "@ferry/std/ipc/codec";
   *
   * const codec = new Codec();
   * assertEquals(codec.decode(codec.encode([1n, -0, undefined])), [1n, -0, undefined]);
   * ```
   */
  encode(value: unknown): Uint8Array<ArrayBuffer> {
    return this.#encoder.encode(value).slice();
  }

  /**
   * Encodes a value into the front of `target`, which may be shared memory.
   *
   * @param value The value.
   * @param target Where to write.
   * @returns How many bytes were written, or -1 when the value does not fit; then bytes of `target` may have changed.
   * @throws {UnsendableError} If a part cannot be sent.
   *
   * @example Usage
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Codec } from "@ferry/std/ipc/codec";
   *
   * const codec = new Codec();
   * const memory = new Uint8Array(16);
   * assertEquals(codec.encodeInto("Ferry", memory), 7);
   * assertEquals(codec.encodeInto("x".repeat(16), memory), -1);
   * ```
   */
  encodeInto(value: unknown, target: Uint8Array): number {
    return this.#encoder.encodeInto(value, this.#written.of(target), 0, target.length);
  }

  /**
   * Decodes one message.
   *
   * @param bytes One whole message.
   * @returns The value, which does not refer to `bytes`.
   * @throws {Deno.errors.InvalidData} If the bytes are not one whole message.
   *
   * @example Usage
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Codec } from "@ferry/std/ipc/codec";
   *
   * const codec = new Codec();
   * const memory = new Uint8Array(64);
   * const size = codec.encodeInto({ id: 1 }, memory);
   * assertEquals(codec.decode(memory.subarray(0, size)), { id: 1 });
   * ```
   */
  decode(bytes: Uint8Array): unknown {
    return this.#decoder.decodeFrom(this.#read.of(bytes), 0, bytes.length);
  }
}

/** Spares new views when the same memory is used again. Holds on to shared memory only: that is made to last. */
class LastViews {
  #target: Uint8Array | undefined = undefined;
  #views: Bytes = NO_BYTES;

  of(target: Uint8Array): Bytes {
    if (target === this.#target) return this.#views;
    const { buffer, byteOffset, byteLength } = target;
    // Node's Buffer overrides methods that are needed here.
    const plain = target.constructor === Uint8Array;
    const views = plain
      ? { bytes: target, view: new DataView(buffer, byteOffset, byteLength) }
      : viewsOf(buffer, byteOffset, byteLength);
    if (buffer instanceof SharedArrayBuffer) {
      this.#target = target;
      this.#views = views;
    }
    return views;
  }
}

function viewsOf(buffer: ArrayBufferLike, offset = 0, length = buffer.byteLength): Bytes {
  return {
    bytes: new Uint8Array(buffer, offset, length),
    view: new DataView(buffer, offset, length),
  };
}

const codec = new Codec();

/**
 * Encodes a value into bytes of its own.
 *
 * @param value The value.
 * @returns The bytes.
 * @throws {UnsendableError} If a part cannot be sent.
 *
 * @example Keep the sharing
 * ```ts
 * import { assert } from "@std/assert";
 * import { decode, encode } from "@ferry/std/ipc/codec";
 *
 * const row = { id: 1 };
 * const [a, b] = decode(encode([row, row])) as unknown[];
 * assert(a === b);
 * ```
 */
export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  return codec.encode(value);
}

/**
 * Decodes bytes made by {@linkcode encode}. The bytes may come from anywhere: what is not a message is refused.
 *
 * @param bytes One whole message.
 * @returns The value.
 * @throws {Deno.errors.InvalidData} If the bytes are not one whole message.
 *
 * @example Refuse half a message
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { decode, encode } from "@ferry/std/ipc/codec";
 *
 * const bytes = encode({ id: 1, name: "Ferry" });
 * assertThrows(() => decode(bytes.subarray(0, 9)), Deno.errors.InvalidData);
 * ```
 */
export function decode(bytes: Uint8Array): unknown {
  return codec.decode(bytes);
}
