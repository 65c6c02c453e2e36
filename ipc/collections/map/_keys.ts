/**
 * Keys of a shared map, to bytes and back. Two keys are the same if their kinds and bytes are:
 *
 * | kind | key | bytes |
 * |---|---|---|
 * | 0 | string without characters above U+00FF | one for each unit |
 * | 1 | other string, lone surrogates too | two for each unit |
 * | 2 | number; -0 is 0, and there is one NaN | float64 |
 * | 3 | bigint of 64 bits | int64 |
 * | 4 | other bigint | its hexadecimal digits |
 * | 5 | `Uint8Array` | its own |
 */
import { shown } from "../../wait/shown.ts";
import { isOutOfBounds } from "../../codec/views.ts";
import { paddedWords } from "../encoded_value.ts";
import { MAX_BYTES } from "./_layout.ts";

/** What can be a key of a shared map. */
export type SharedMapKey = string | number | bigint | Uint8Array;

const LATIN1 = 0;
const UTF16 = 1;
const NUMBER = 2;
const BIGINT64 = 3;
const BIGINT = 4;
const BYTES = 5;

/** Bytes of the buffer that is kept. */
const KEPT = 4096;

/** A key as it lies in an entry. There is one for each agent: it is used before any code of users can run. */
export class EncodedKey {
  /** The first word of the entry: `kind << 28 | bytes`. */
  head = 0;
  /** Words of the key, padded to 8 bytes with zeros. */
  length = 0;
  words: Int32Array;
  #bytes: Uint8Array;
  #units: Uint16Array;
  #floats: Float64Array;
  #bigints: BigInt64Array;

  constructor() {
    const buffer = new ArrayBuffer(KEPT);
    this.words = new Int32Array(buffer);
    this.#bytes = new Uint8Array(buffer);
    this.#units = new Uint16Array(buffer);
    this.#floats = new Float64Array(buffer);
    this.#bigints = new BigInt64Array(buffer);
  }

  /**
   * Encodes a key.
   *
   * @throws {TypeError} If it is of another type.
   * @throws {RangeError} If it is too long.
   */
  set(key: unknown, attempted: string): void {
    switch (typeof key) {
      case "string":
        return this.#setString(key, attempted);
      case "number":
        this.#begin(NUMBER, 8, attempted);
        // One NaN, whatever its bits; and -0 + 0 is 0.
        this.#floats[0] = key === key ? key + 0 : NaN;
        return;
      case "bigint":
        if (BigInt.asIntN(64, key) !== key) {
          this.#setLatin1(BIGINT, key.toString(16), attempted);
          return;
        }
        this.#begin(BIGINT64, 8, attempted);
        this.#bigints[0] = key;
        return;
    }
    // A Proxy around one is none.
    if (!(ArrayBuffer.isView(key) && key instanceof Uint8Array)) {
      throw new TypeError(
        `Cannot ${attempted}: a key must be a string, number, bigint or Uint8Array, received ${
          shown(key)
        }`,
      );
    }
    const { buffer } = key;
    if (buffer instanceof ArrayBuffer && (buffer.detached || isOutOfBounds(key))) {
      throw new TypeError(
        `Cannot ${attempted}: the bytes of the key are gone, their ArrayBuffer was ${
          buffer.detached ? "detached" : "resized"
        }`,
      );
    }
    this.#begin(BYTES, key.length, attempted);
    this.#bytes.set(key);
  }

  #setString(key: string, attempted: string): void {
    if (this.#setLatin1(LATIN1, key, attempted)) return;
    this.#begin(UTF16, 2 * key.length, attempted);
    const units = this.#units;
    for (let i = 0; i < key.length; i++) units[i] = key.charCodeAt(i);
  }

  /** Whether the text has one-byte characters only. */
  #setLatin1(kind: number, key: string, attempted: string): boolean {
    const { length } = key;
    this.#begin(kind, length, attempted);
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) {
      const unit = key.charCodeAt(i);
      if (unit > 0xff) return false;
      bytes[i] = unit;
    }
    return true;
  }

  /** Makes room for a key, and zeros what is behind it. */
  #begin(kind: number, bytes: number, attempted: string): void {
    if (bytes > MAX_BYTES) {
      throw new RangeError(
        `Cannot ${attempted}: the key takes ${bytes} bytes, at most ${MAX_BYTES} are possible`,
      );
    }
    const length = paddedWords(bytes);
    if (length > this.words.length || this.words.length > KEPT / 4) this.#resize(4 * length);
    this.head = kind << 28 | bytes;
    this.length = length;
    if (length === 0) return;
    this.words[length - 2] = 0;
    this.words[length - 1] = 0;
  }

  #resize(bytes: number): void {
    const buffer = new ArrayBuffer(Math.max(KEPT, bytes));
    this.words = new Int32Array(buffer);
    this.#bytes = new Uint8Array(buffer);
    this.#units = new Uint16Array(buffer);
    this.#floats = new Float64Array(buffer);
    this.#bigints = new BigInt64Array(buffer);
  }
}

/** The key of an entry that begins at a word, in ordinary memory. */
export function keyAt(table: Int32Array<ArrayBuffer>, entry: number): SharedMapKey {
  const head = table[entry]!;
  const length = head & MAX_BYTES;
  const { buffer } = table;
  const start = table.byteOffset + 4 * (entry + 2);
  switch (head >>> 28) {
    case LATIN1:
      return textOf(new Uint8Array(buffer, start, length));
    case UTF16:
      return textOf(new Uint16Array(buffer, start, length / 2));
    case NUMBER:
      return new Float64Array(buffer, start, 1)[0]!;
    case BIGINT64:
      return new BigInt64Array(buffer, start, 1)[0]!;
    case BIGINT: {
      const text = textOf(new Uint8Array(buffer, start, length));
      return text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
    }
    default:
      return new Uint8Array(buffer, start, length).slice();
  }
}

/** Units for one call: more would be too many arguments. */
const AT_ONCE = 8192;

function textOf(units: Uint8Array | Uint16Array): string {
  let text = "";
  for (let i = 0; i < units.length; i += AT_ONCE) {
    const some = units.subarray(i, i + AT_ONCE);
    text += String.fromCharCode.apply(null, some as unknown as number[]);
  }
  return text;
}
