/** Between the values of the caller and the bytes of a store: codec, keys, points of time. */
import type { Stored, Write } from "./backend/backend.ts";
import type { NamedCodec } from "./codec/codec.ts";
import { ShelfError, ShelfFormatError } from "./errors.ts";
import { checkKey } from "./keys.ts";

/** How an entry is set. */
export interface SetOptions {
  /** After how many milliseconds the entry ends. @default {Infinity} */
  expireIn?: number;
}

/** What `update` takes: an object, or pairs of keys and values. */
export type Entries<V> = Readonly<Record<string, V>> | Iterable<readonly [string, V]>;

/**
 * The point of time at which an entry ends.
 *
 * @throws {TypeError} If `options` is no object, or `expireIn` no number.
 * @throws {RangeError} If `expireIn` is not above 0.
 */
export function expiresAt(options: SetOptions): number {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `Cannot set an entry with options of type ${typeof options}: it needs to be an object`,
    );
  }
  const { expireIn = Infinity } = options;
  if (typeof expireIn !== "number") {
    throw new TypeError(
      `Cannot set an entry that expires in a ${typeof expireIn}: it needs to be a number of milliseconds`,
    );
  }
  if (!(expireIn > 0)) {
    throw new RangeError(
      `Cannot set an entry that expires in ${expireIn} ms: it needs to be above 0`,
    );
  }
  return Date.now() + expireIn;
}

/** The pairs of what `update` takes. */
export function pairsOf<V>(entries: Entries<V>): Iterable<readonly [string, V]> {
  if (typeof entries !== "object" || entries === null) {
    throw new TypeError(
      `Cannot update from a ${typeof entries}: it needs to be an object or pairs`,
    );
  }
  return Symbol.iterator in entries
    ? entries as Iterable<readonly [string, V]>
    : Object.entries(entries as Record<string, V>);
}

/**
 * The longest value: a row of SQLite holds a billion bytes, its key included. Well below 2 GiB, from where on V8's optimised code
 * may read the length of an array as a negative number.
 */
export const VALUE_MAX = 999_000_000;

/**
 * The bytes of a value, if they are not too many.
 *
 * @throws {RangeError} If they are.
 */
export function checkSize<T extends Uint8Array>(key: string, bytes: T, most: number): T {
  const { byteLength } = bytes;
  // A length that was read as a negative number is too large as well.
  if (byteLength >= 0 && byteLength <= most) return bytes;
  throw new RangeError(
    `Cannot set "${key}" to a value of ${byteLength >>> 0} bytes: needed at most ${most}`,
  );
}

/** Encodes and decodes with one codec. */
export class ValueCodec<V> {
  /** The codec. */
  readonly codec: NamedCodec<V>;

  /** Made by shelves. Takes the codec. */
  constructor(codec: NamedCodec<V>) {
    this.codec = codec;
  }

  /** Makes an entry to write. Most codecs answer at once, which is passed on. */
  encode(key: string, value: V, expires: number): Write | Promise<Write> {
    checkKey(key);
    const bytes = this.codec.encode(value);
    if (bytes instanceof Uint8Array) {
      return { key, bytes: checkSize(key, bytes, VALUE_MAX), expires };
    }
    return Promise.resolve(bytes).then((bytes) => {
      if (bytes instanceof Uint8Array) {
        return { key, bytes: checkSize(key, bytes, VALUE_MAX), expires };
      }
      throw new TypeError(`Cannot encode the value of "${key}": the codec gave no Uint8Array`);
    });
  }

  /** Makes the value of an entry. */
  decode(key: string, { bytes }: Stored): V | Promise<V> {
    try {
      const value = this.codec.decode(bytes);
      return value instanceof Promise ? value.catch((cause) => this.#fail(key, cause)) : value;
    } catch (cause) {
      return this.#fail(key, cause);
    }
  }

  #fail(key: string, cause: unknown): never {
    if (cause instanceof ShelfError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ShelfFormatError(`Cannot read the value of "${key}": ${reason}`, { cause, key });
  }

  /** Makes an entry to write, at once. */
  encodeSync(key: string, value: V, expires: number): Write {
    const write = this.encode(key, value, expires);
    if (write instanceof Promise) {
      write.catch(() => {});
      throw new TypeError(
        `Cannot encode the value of "${key}": a ShelfSync needs a codec without promises`,
      );
    }
    return write;
  }

  /** Makes the value of an entry, at once. */
  decodeSync(key: string, stored: Stored): V {
    const value = this.decode(key, stored);
    if (value instanceof Promise) {
      value.catch(() => {});
      throw new TypeError(
        `Cannot decode the value of "${key}": a ShelfSync needs a codec without promises`,
      );
    }
    return value;
  }
}
