/**
 * MessagePack values out of a stream of bytes.
 *
 * @module
 */

import { MsgpackError, MsgpackIncompleteError } from "./errors.ts";
import { checkOptions } from "../options.ts";
import { DECODE_STREAM_RULES, type DecodeStreamOptions } from "./options.ts";
import { asBytes, MAX_DEPTH, MAX_LENGTH, Reader, stackEnd } from "./_reader.ts";
import { Scanner } from "./_scanner.ts";

const MAX_STREAM_BYTES = 100 * 1024 * 1024;
const FIRST = 1 << 14;

/** What came and is not decoded yet, and the search for the end of the next value. */
class Decoder {
  readonly #reader = new Reader();
  readonly #scanner: Scanner;
  readonly #elements: boolean;
  readonly #borrow: boolean;
  /** The bytes `[#start, #end)` of it are waiting. */
  #buffer: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** The buffer is the caller's chunk: it must not be written to. */
  #foreign = false;
  /** Offset of `#buffer[0]` in the stream. */
  #base = 0;
  /** Elements still to come of the array that is being given out. */
  #left = 0;

  constructor(options: DecodeStreamOptions) {
    this.#reader.configure(options);
    this.#scanner = new Scanner(
      options.maxDepth ?? MAX_DEPTH,
      options.maxLength ?? MAX_LENGTH,
      options.maxBytes ?? MAX_STREAM_BYTES,
    );
    this.#elements = options.elements ?? false;
    this.#borrow = options.binary === "view";
  }

  push(chunk: Uint8Array, emit: (value: unknown) => void): void {
    chunk = asBytes(chunk);
    if (chunk.length === 0) return;
    this.#append(chunk);
    this.#reader.open(this.#buffer, this.#base);
    try {
      while (this.#next(emit));
    } catch (error) {
      throw stackEnd(error, this.#reader) ?? error;
    } finally {
      this.#reader.close();
    }
    this.#keep();
  }

  /** Refuses the end of the stream inside a value. */
  finish(): void {
    const waiting = this.#end - this.#start;
    if (waiting > 0 || this.#left > 0) {
      const scanned = waiting > 0 ? this.#scanner.pos : 0;
      throw new MsgpackIncompleteError({
        byteOffset: this.#base + this.#start + scanned,
        needed: (waiting > 0 ? this.#scanner.needed : 1) + Math.max(this.#left - 1, 0),
        received: waiting - scanned,
      });
    }
  }

  #next(emit: (value: unknown) => void): boolean {
    const start = this.#start;
    if (start === this.#end) return false;
    if (this.#elements && this.#left === 0) return this.#header();
    if (!this.#scanner.scan(this.#buffer, start, this.#end, this.#base)) return false;
    const stop = start + this.#scanner.pos;
    this.#scanner.reset();
    this.#reader.pos = start;
    const value = this.#reader.read();
    this.#start = stop;
    if (this.#elements) this.#left--;
    emit(value);
    return true;
  }

  /** The first bytes of an array whose elements are to be given out. */
  #header(): boolean {
    const start = this.#start;
    const byte = this.#buffer[start]!;
    if (byte >= 0x90 && byte < 0xa0) {
      this.#left = byte & 0x0f;
      this.#start = start + 1;
      return true;
    }
    if (byte !== 0xdc && byte !== 0xdd) {
      throw new MsgpackError(
        `Cannot give out the elements of a value that starts with 0x${
          byte.toString(16)
        }: an array is needed`,
        { byteOffset: this.#base + start },
      );
    }
    const size = byte === 0xdc ? 2 : 4;
    if (start + 1 + size > this.#end) return false;
    let length = 0;
    for (let i = 1; i <= size; i++) length = length * 0x100 + this.#buffer[start + i]!;
    this.#left = length;
    this.#start = start + 1 + size;
    return true;
  }

  /** Makes `#buffer` hold what waits and the chunk. What was given out as a view is never written to. */
  #append(chunk: Uint8Array): void {
    const waiting = this.#end - this.#start;
    if (waiting === 0) {
      this.#base += this.#end;
      this.#buffer = chunk;
      this.#foreign = true;
      this.#start = 0;
      this.#end = chunk.length;
      return;
    }
    if (this.#foreign || this.#end + chunk.length > this.#buffer.length) {
      this.#move(waiting, chunk.length);
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Brings the waiting bytes to the start of a buffer with room for `more`. */
  #move(waiting: number, more: number): void {
    const fits = !this.#foreign && !this.#borrow && waiting + more <= this.#buffer.length;
    // Room for as much again, so that a value in many chunks is not moved for each of them.
    const target = fits
      ? this.#buffer
      : new Uint8Array(Math.max(FIRST, waiting + Math.max(waiting, more)));
    target.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = target;
    this.#foreign = false;
    this.#base += this.#start;
    this.#start = 0;
    this.#end = waiting;
  }

  /** Copies what waits out of the caller's chunk, which is theirs again when `push` returns. */
  #keep(): void {
    if (!this.#foreign) return;
    const waiting = this.#end - this.#start;
    if (waiting > 0) {
      this.#move(waiting, 0);
    } else {
      this.#base += this.#end;
      this.#buffer = new Uint8Array(0);
      this.#start = this.#end = 0;
    }
  }
}

/**
 * Turns a stream of bytes, cut anywhere, into the values in it.
 *
 * Guarantees: the values are those that `decodeMulti` gives for all bytes together; each value is decoded once, when
 * its last byte has come; at most one incomplete value is held, of at most `maxBytes`; a length that is too large is
 * refused when its header has come. With `binary: "view"`, the views are into the chunks or into the stream's own
 * buffers, which are not written to again.
 *
 * @example Read values from a file
 * ```ts
 * import { DecodeStream, encode } from "@ferry/std/formats/msgpack";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encode({ id: 1 });
 * const values = ReadableStream.from([bytes.subarray(0, 2), bytes.subarray(2), bytes])
 *   .pipeThrough(new DecodeStream());
 * assertEquals(await Array.fromAsync(values), [{ id: 1 }, { id: 1 }]);
 * ```
 *
 * @example One array, element by element
 * ```ts
 * import { DecodeStream, encode } from "@ferry/std/formats/msgpack";
 * import { assertEquals } from "@std/assert";
 *
 * const values = ReadableStream.from([encode([1, 2, 3])])
 *   .pipeThrough(new DecodeStream({ elements: true }));
 * assertEquals(await Array.fromAsync(values), [1, 2, 3]);
 * ```
 */
export class DecodeStream extends TransformStream<Uint8Array, unknown> {
  /**
   * The stream fails with what {@linkcode decode} would throw: a `MsgpackIncompleteError` if it ends inside a value,
   * a `MsgpackLimitError`, a `MsgpackError`; or a `TypeError` for a chunk that is no bytes.
   *
   * @example Make one
   * ```ts
   * import { DecodeStream, encode } from "@ferry/std/formats/msgpack";
   *
   * const bytes = encode({ id: 1 });
   * const values = ReadableStream.from([bytes.subarray(0, 2), bytes.subarray(2), bytes])
   *   .pipeThrough(new DecodeStream());
   * ```
   *
   * @param options How to read.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  constructor(options?: DecodeStreamOptions) {
    const decoder = new Decoder(
      checkOptions("Cannot decode MessagePack", options, DECODE_STREAM_RULES),
    );
    super({
      transform(chunk, controller): void {
        decoder.push(chunk, (value) => controller.enqueue(value));
      },
      flush(): void {
        decoder.finish();
      },
    });
  }
}
