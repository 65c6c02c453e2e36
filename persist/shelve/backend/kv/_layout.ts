/**
 * What a shelf writes into Deno KV.
 *
 * | key | value |
 * |---|---|
 * | `[bytes]` | the head of the entry with this key: its value, or the generation of its chunks |
 * | `["ferry.shelf", "chunk", generation, i]` | the i-th 64 KiB of a large value |
 * | `["ferry.shelf", "pending", generation]` | this generation is being written, or is left over |
 * | `["ferry.shelf", "large"]` | there has been a large value once |
 * | `["ferry.shelf", "fence"]` | written anew when a write on a server was given up: it must not come late |
 *
 * With a name, all keys begin with it. Byte parts sort before string parts, so that the heads are one range.
 *
 * A head is a `Uint8Array`:
 *
 * ```
 * 0x01 value                                              a value that never expires
 * 0x02 expires:f64 value                                  a value that does
 * 0x03 expires:f64 size:f64 chunks:u32 generation[16]     a large value
 * ```
 *
 * Numbers are big-endian. Heads are kept small, since Deno KV cannot list keys without their values.
 */
import { VALUE_MAX } from "../../entries.ts";
import { ShelfFormatError } from "../../errors.ts";
import { decodeKey, encodeKey } from "../../keys.ts";
import type { Slab } from "../../slab.ts";

/** Larger values are cut into chunks. */
export const INLINE_MAX: number = 32 * 1024;
/** Deno KV's longest value. */
export const CHUNK_SIZE: number = 65_536;
/** The chunks of the largest value. */
export const CHUNKS_MAX: number = Math.ceil(VALUE_MAX / CHUNK_SIZE);
/** Deno KV's longest key: a tag and a terminator around it, and every NUL counts twice. */
const KEY_MAX = 2048;

const EVER = 1;
const EXPIRES = 2;
const LARGE = 3;
const LARGE_LENGTH = 37;

/** Where the chunks of a large value are. */
export interface Generation {
  /** 16 random bytes. */
  readonly id: Uint8Array<ArrayBuffer>;
  /** How many chunks there are. */
  readonly chunks: number;
}

/** A head, taken apart. */
export interface Head {
  /** When it ends; `Infinity` for never. */
  readonly expires: number;
  /** The value, unless it is large. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
  /** Where a large value is. */
  readonly generation: Generation | undefined;
  /** The length of the value. */
  readonly size: number;
}

/** The keys of one shelf in a KV store. */
export class Layout {
  readonly #prefix: readonly Deno.KvKeyPart[];
  readonly #room: number;
  /** Marks a store that has or had large values. */
  readonly large: Deno.KvKey;
  /** What unconditional writes on a server depend on. */
  readonly fence: Deno.KvKey;

  /**
   * Makes the keys.
   *
   * @param name The shelf's name in the store, if it has one.
   */
  constructor(name: string | undefined) {
    this.#prefix = name === undefined ? [] : [name];
    this.#room = KEY_MAX - 2 - (name === undefined ? 0 : encodedLength(name));
    this.large = [...this.#prefix, "ferry.shelf", "large"];
    this.fence = [...this.#prefix, "ferry.shelf", "fence"];
  }

  /**
   * The key of a head, cut from a slab if there is one.
   *
   * @throws {RangeError} If it is longer than Deno KV allows.
   */
  head(name: string, slab?: Slab): Deno.KvKey {
    const key = encodeKey(name, slab);
    if (key.length > this.#room >> 1) {
      let length = key.length;
      for (const byte of key) if (byte === 0) length++;
      if (length > this.#room) {
        throw new RangeError(
          `Cannot use a key of ${length} bytes: Deno KV takes up to ${this.#room} of UTF-8, where a NUL counts as two`,
        );
      }
    }
    return this.#prefix.length === 0 ? [key] : [...this.#prefix, key];
  }

  /** The shelf's key of a head. */
  keyOf(head: Deno.KvKey): string {
    const part = head.at(-1);
    return part instanceof Uint8Array ? decodeKey(part) : "";
  }

  /**
   * The range of heads from one key to before another. Bounds may be longer than keys may be: what is cut off one makes the
   * range larger, by keys that are as long as a key can be.
   */
  range(lower: Uint8Array, upper: Uint8Array | undefined): { start: Deno.KvKey; end: Deno.KvKey } {
    const end = upper === undefined ? "" : this.#cut(upper);
    return {
      start: [...this.#prefix, this.#cut(lower)],
      // No key lies between the longest key and itself with another byte.
      end: [...this.#prefix, end === "" || end === upper ? end : new Uint8Array([...end, 1])],
    };
  }

  /** As much of a bound as fits into a key. */
  #cut(bound: Uint8Array): Uint8Array {
    if (bound.length <= this.#room >> 1) return bound;
    let length = 0;
    for (let i = 0; i < bound.length; i++) {
      length += bound[i] === 0 ? 2 : 1;
      if (length > this.#room) return bound.subarray(0, i);
    }
    return bound;
  }

  /** The key of a chunk. */
  chunk(generation: Uint8Array, index: number): Deno.KvKey {
    return [...this.#prefix, "ferry.shelf", "chunk", generation, index];
  }

  /** All chunks from a generation on, or all behind it. */
  chunks(generation: Uint8Array, behind: boolean): { start: Deno.KvKey; end: Deno.KvKey } {
    const common = [...this.#prefix, "ferry.shelf", "chunk"];
    return {
      start: behind ? [...common, generation, true] : [...common, generation],
      end: [...common, ""],
    };
  }

  /** The generation of a chunk. */
  generationOf(chunk: Deno.KvKey): Uint8Array<ArrayBuffer> {
    return chunk.at(-2) as Uint8Array<ArrayBuffer>;
  }

  /** The key of the note about a generation. */
  pending(generation: Uint8Array): Deno.KvKey {
    return [...this.#prefix, "ferry.shelf", "pending", generation];
  }

  /** All notes about generations. */
  allPending(): { prefix: Deno.KvKey } {
    return { prefix: [...this.#prefix, "ferry.shelf", "pending"] };
  }
}

function encodedLength(name: string): number {
  let length = 2;
  for (const byte of new TextEncoder().encode(name)) length += byte === 0 ? 2 : 1;
  return length;
}

/** Makes the head of a value that fits into it. */
export function inlineHead(
  value: Uint8Array,
  expires: number,
  slab: Slab,
): Uint8Array<ArrayBuffer> {
  const start = expires === Infinity ? 1 : 9;
  const head = slab.take(start + value.length);
  head[0] = expires === Infinity ? EVER : EXPIRES;
  if (start > 1) new DataView(head.buffer, head.byteOffset).setFloat64(1, expires);
  head.set(value, start);
  return head;
}

/** Makes the head of a large value. */
export function largeHead(
  generation: Generation,
  size: number,
  expires: number,
): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(LARGE_LENGTH);
  const view = new DataView(head.buffer);
  head[0] = LARGE;
  view.setFloat64(1, expires);
  view.setFloat64(9, size);
  view.setUint32(17, generation.chunks);
  head.set(generation.id, 21);
  return head;
}

/**
 * Takes a head apart.
 *
 * @throws {ShelfFormatError} If it is none: something else wrote into the store.
 */
export function readHead(value: unknown): Head {
  if (value instanceof Uint8Array) {
    const head = value as Uint8Array<ArrayBuffer>;
    if (head[0] === EVER) {
      return {
        expires: Infinity,
        bytes: head.subarray(1),
        generation: undefined,
        size: head.length - 1,
      };
    }
    const view = new DataView(head.buffer, head.byteOffset, head.length);
    if (head[0] === EXPIRES && head.length >= 9) {
      const bytes = head.subarray(9);
      return { expires: view.getFloat64(1), bytes, generation: undefined, size: bytes.length };
    }
    if (head[0] === LARGE && head.length === LARGE_LENGTH) {
      const size = view.getFloat64(9);
      const chunks = view.getUint32(17);
      const whole = Number.isInteger(size) && size > 0 && size <= VALUE_MAX;
      if (whole && chunks === Math.ceil(size / CHUNK_SIZE)) {
        return {
          expires: view.getFloat64(1),
          bytes: undefined,
          generation: { id: head.slice(21), chunks },
          size,
        };
      }
    }
  }
  throw new ShelfFormatError(
    "Cannot read an entry of the KV store: it was not written by a shelf",
  );
}
