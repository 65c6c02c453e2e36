import { defineOwn } from "../define_own.ts";
import { MsgpackError, MsgpackIncompleteError, MsgpackLimitError } from "./errors.ts";
import { Ext } from "./ext.ts";
import type { ExtensionRegistry } from "./extension_registry.ts";
import type { DecodeOptions } from "./options.ts";
import { cachedKey, cacheKey, keySlot } from "./_key_cache.ts";
import { isAscii, latin1, shortAscii, utf8 } from "./_text.ts";
import { TIMESTAMP_TYPE, timestampFrom } from "./timestamp.ts";

/** Defaults that the documentation of {@linkcode DecodeOptions} names. */
export const MAX_DEPTH = 1024;
export const MAX_LENGTH: number = 2 ** 27;
export const MAX_BYTES: number = 2 ** 30;

/** Bytes that are turned into text at once, so that short strings can be cut out of it. */
const WINDOW = 4096;
/**
 * Longest string that is cut out of a window. V8 copies it; of a longer one it would make a slice, which is as fast to
 * make, but keeps the whole window alive as long as the string is.
 */
const CUT = 12;
/** Input from this size on is worth a DataView. */
const VIEWED = 256;

/** Most entries of a map that may be a record. */
const RECORD = 64;

/**
 * What short arrays are cut from. `new Array(length)` makes its arrays where V8 has seen them live long, so after one
 * large message those of all small ones would be made in the old space, at more than twice the cost.
 */
const NULLS: readonly null[] = Array.from({ length: 16 }, () => null);
const EMPTY = new Uint8Array(0);
const scratch = new DataView(new ArrayBuffer(8));

/** Reads values one after another out of bytes that are all there. */
export class Reader {
  bytes: Uint8Array = EMPTY;
  pos = 0;
  end = 0;
  depth = 0;
  /** A message is being read: hooks that decode need another reader. */
  busy = false;
  /** Offset of `bytes[0]` in the stream, for errors. */
  base = 0;
  /**
   * Bytes of the input less the elements that all arrays and maps so far claim. Every element has a byte of its own,
   * so below zero somebody lies, and memory taken ahead for arrays is bounded by the input, however they nest.
   */
  #unclaimed = 0;
  #view: DataView | undefined = undefined;
  #text = "";
  #textStart = 0;
  #textEnd = 0;
  #configured: DecodeOptions | undefined = undefined;
  #maxDepth = MAX_DEPTH;
  #maxLength = MAX_LENGTH;
  #fatal = true;
  #borrow = false;
  #bigints: "auto" | "always" | "number" = "auto";
  #allBig = false;
  #maps: "object" | "map" | "auto" = "object";
  #times: "timestamp" | "date" | "instant" = "timestamp";
  #extensions: ExtensionRegistry | undefined = undefined;
  #hook: ((object: Record<string, unknown> | Map<unknown, unknown>) => unknown) | undefined =
    undefined;

  /** Takes options over. */
  configure(options: DecodeOptions | undefined): void {
    if (options === undefined && this.#configured === undefined) return;
    this.#configured = options;
    this.#maxDepth = options?.maxDepth ?? MAX_DEPTH;
    this.#maxLength = options?.maxLength ?? MAX_LENGTH;
    this.#fatal = options?.fatal ?? true;
    this.#borrow = options?.binary === "view";
    this.#bigints = options?.bigint ?? "auto";
    this.#allBig = options?.bigint === "always";
    this.#maps = options?.maps ?? "object";
    this.#times = options?.timestamps ?? "timestamp";
    this.#extensions = options?.extensions;
    this.#hook = options?.objectHook;
  }

  /** Takes bytes over; `base` is the offset of the first of them in the stream. */
  open(bytes: Uint8Array, base: number = 0, depth: number = 0): void {
    this.bytes = bytes;
    this.pos = 0;
    this.end = bytes.length;
    this.base = base;
    this.depth = depth;
    this.#unclaimed = bytes.length;
    if (bytes.length >= VIEWED) {
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
  }

  /** Lets go of the bytes. */
  close(): void {
    this.bytes = EMPTY;
    if (this.#view !== undefined) {
      this.#view = undefined;
      this.#text = "";
      this.#textStart = this.#textEnd = 0;
    }
  }

  read(): unknown {
    const pos = this.pos;
    if (pos >= this.end) this.#short(1);
    const byte = this.bytes[pos]!;
    this.pos = pos + 1;
    if (byte < 0x80) return this.#allBig ? BigInt(byte) : byte;
    if (byte < 0x90) return this.#map(byte & 0x0f);
    if (byte < 0xa0) return this.#array(byte & 0x0f);
    if (byte < 0xc0) return this.#string(byte & 0x1f);
    if (byte >= 0xe0) return this.#allBig ? BigInt(byte - 0x100) : byte - 0x100;
    switch (byte) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return this.#binary(this.#uint8());
      case 0xc5:
        return this.#binary(this.#uint16());
      case 0xc6:
        return this.#binary(this.#uint32());
      case 0xc7:
        return this.#ext(this.#uint8());
      case 0xc8:
        return this.#ext(this.#uint16());
      case 0xc9:
        return this.#ext(this.#uint32());
      case 0xca:
        return this.#float32();
      case 0xcb:
        return this.#float64();
      case 0xcc:
        return this.#int(this.#uint8());
      case 0xcd:
        return this.#int(this.#uint16());
      case 0xce:
        return this.#int(this.#uint32());
      case 0xcf:
        return this.#int64(this.#uint32(), false);
      case 0xd0:
        return this.#int(this.#uint8() << 24 >> 24);
      case 0xd1:
        return this.#int(this.#uint16() << 16 >> 16);
      case 0xd2:
        return this.#int(this.#uint32() | 0);
      case 0xd3:
        return this.#int64(this.#uint32() | 0, true);
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#ext(1 << (byte - 0xd4));
      case 0xd9:
        return this.#string(this.#uint8());
      case 0xda:
        return this.#string(this.#uint16());
      case 0xdb:
        return this.#string(this.#uint32());
      case 0xdc:
        return this.#array(this.#uint16());
      case 0xdd:
        return this.#array(this.#uint32());
      case 0xde:
        return this.#map(this.#uint16());
      case 0xdf:
        return this.#map(this.#uint32());
      default:
        throw new MsgpackError(
          `Cannot decode a value that starts with 0x${byte.toString(16)}: no format has this byte`,
          { byteOffset: this.base + pos },
        );
    }
  }

  /** Refuses to go on without `count` more bytes. */
  #short(count: number): never {
    throw new MsgpackIncompleteError({
      byteOffset: this.base + this.pos,
      needed: count,
      received: this.end - this.pos,
    });
  }

  #uint8(): number {
    const pos = this.pos;
    if (pos >= this.end) this.#short(1);
    this.pos = pos + 1;
    return this.bytes[pos]!;
  }

  #uint16(): number {
    const pos = this.pos;
    if (pos + 2 > this.end) this.#short(2);
    this.pos = pos + 2;
    const bytes = this.bytes;
    return bytes[pos]! << 8 | bytes[pos + 1]!;
  }

  #uint32(): number {
    const pos = this.pos;
    if (pos + 4 > this.end) this.#short(4);
    this.pos = pos + 4;
    const view = this.#view;
    if (view !== undefined) return view.getUint32(pos);
    const bytes = this.bytes;
    const low = bytes[pos + 1]! << 16 | bytes[pos + 2]! << 8 | bytes[pos + 3]!;
    return bytes[pos]! * 0x1000000 + low;
  }

  #float32(): number {
    scratch.setUint32(0, this.#uint32());
    return scratch.getFloat32(0);
  }

  #float64(): number {
    const pos = this.pos;
    if (pos + 8 > this.end) this.#short(8);
    this.pos = pos + 8;
    const view = this.#view;
    if (view !== undefined) return view.getFloat64(pos);
    const bytes = this.bytes;
    const high = bytes[pos]! << 24 | bytes[pos + 1]! << 16 | bytes[pos + 2]! << 8 | bytes[pos + 3]!;
    const low = bytes[pos + 4]! << 24 | bytes[pos + 5]! << 16 | bytes[pos + 6]! << 8 |
      bytes[pos + 7]!;
    scratch.setInt32(0, high);
    scratch.setInt32(4, low);
    return scratch.getFloat64(0);
  }

  #int(value: number): number | bigint {
    return this.#allBig ? BigInt(value) : value;
  }

  /** The rest of a 64-bit integer of which `high` is the first half. */
  #int64(high: number, signed: boolean): number | bigint {
    const low = this.#uint32();
    if (!this.#allBig) {
      const value = high * 0x1_0000_0000 + low;
      if (Number.isSafeInteger(value) || this.#bigints === "number") return value;
    }
    const value = BigInt(high) << 32n | BigInt(low);
    return signed ? BigInt.asIntN(64, value) : value;
  }

  /** Accepts a length if it is within the limit and the bytes that it must have are there. */
  #checkLength(length: number, bytes: number): void {
    if (length > this.#maxLength) {
      throw new MsgpackLimitError(`a value of length ${length}`, {
        limit: "maxLength",
        maximum: this.#maxLength,
        byteOffset: this.base + this.pos,
      });
    }
    if (this.pos + bytes > this.end) this.#short(bytes);
  }

  /** Goes into an array or map of so many values. */
  #enter(values: number): void {
    if ((this.#unclaimed -= values) < 0) {
      this.#short(this.end - this.pos - this.#unclaimed + 1);
    }
    if (++this.depth > this.#maxDepth) {
      throw new MsgpackLimitError("a value nested deeper", {
        limit: "maxDepth",
        maximum: this.#maxDepth,
        byteOffset: this.base + this.pos,
      });
    }
  }

  #string(length: number): string {
    this.#checkLength(length, length);
    if (length === 0) return "";
    const bytes = this.bytes;
    const start = this.pos;
    const end = start + length;
    this.pos = end;
    if (!isAscii(bytes, this.#view, start, end)) return this.#unicode(start, end);
    if (length > CUT) return latin1(bytes, start, end);
    if (start < this.#textStart || end > this.#textEnd) {
      if (this.#view === undefined) return shortAscii(bytes, start, length);
      this.#textStart = start;
      this.#textEnd = Math.min(this.end, start + WINDOW);
      this.#text = latin1(bytes, start, this.#textEnd);
    }
    return this.#text.substring(start - this.#textStart, end - this.#textStart);
  }

  #unicode(start: number, end: number): string {
    try {
      return utf8(this.bytes, start, end, this.#fatal);
    } catch (cause) {
      throw new MsgpackError(
        `Cannot decode a string of ${end - start} bytes: it is not UTF-8 (fatal: false accepts it)`,
        { byteOffset: this.base + start, cause },
      );
    }
  }

  /** The next `length` bytes. */
  #take(length: number): Uint8Array {
    this.#checkLength(length, length);
    const start = this.pos;
    this.pos = start + length;
    return this.#borrow ? this.bytes.subarray(start, this.pos) : this.bytes.slice(start, this.pos);
  }

  #binary(length: number): Uint8Array {
    return this.#take(length);
  }

  #array(length: number): unknown[] {
    this.#checkLength(length, length);
    this.#enter(length);
    const array: unknown[] = length <= NULLS.length ? NULLS.slice(0, length) : new Array(length);
    const bytes = this.bytes;
    const view = this.#view;
    const last = this.end - 9;
    for (let i = 0; i < length; i++) {
      const pos = this.pos;
      if (view !== undefined && pos <= last && bytes[pos] === 0xcb) {
        this.pos = pos + 9;
        array[i] = view.getFloat64(pos + 1);
      } else {
        array[i] = this.read();
      }
    }
    this.depth--;
    return array;
  }

  #map(length: number): unknown {
    this.#checkLength(length, length * 2);
    this.#enter(length * 2);
    const value = this.#maps === "object" ? this.#object(length) : this.#entries(length);
    this.depth--;
    return this.#hook === undefined ? value : this.#hook(value);
  }

  #object(length: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    // So many keys are data, not the fields of a record: remembering them would not pay.
    const fields = length <= RECORD;
    for (let i = 0; i < length; i++) {
      const key = fields ? this.#key() : this.#rareKey();
      if (key === "__proto__") defineOwn(object, key, this.read());
      else object[key] = this.read();
    }
    return object;
  }

  /** A key that must be a string. */
  #key(): string {
    const pos = this.pos;
    const byte = pos < this.end ? this.bytes[pos]! : 0xa0;
    const length = byte & 0x1f;
    if ((byte & 0xe0) !== 0xa0 || length === 0 || pos + 1 + length > this.end) {
      return this.#rareKey();
    }
    const start = pos + 1;
    const slot = keySlot(this.bytes, start, length);
    const cached = cachedKey(slot, this.bytes, start, length);
    this.pos = start;
    if (cached === undefined) {
      const key = this.#string(length);
      // What `fatal: false` made of malformed bytes must not come back for a reader that is strict.
      if (this.#fatal || !key.includes("\ufffd")) cacheKey(slot, this.bytes, start, length, key);
      return key;
    }
    this.pos = start + length;
    return cached;
  }

  /** A key that is long, empty, new or wrong. */
  #rareKey(): string {
    const byte = this.pos < this.end ? this.bytes[this.pos]! : 0xa0;
    if ((byte & 0xe0) !== 0xa0 && (byte < 0xd9 || byte > 0xdb)) {
      throw new MsgpackError(
        'Cannot decode a map with a key that is no string into an object (maps: "map" or "auto" does)',
        { byteOffset: this.base + this.pos },
      );
    }
    return this.read() as string;
  }

  /** A map whose keys may be anything. */
  #entries(length: number): Map<unknown, unknown> | Record<string, unknown> {
    const entries: [unknown, unknown][] = [];
    let plain = this.#maps === "auto";
    for (let i = 0; i < length; i++) {
      const key = this.read();
      plain &&= typeof key === "string";
      entries.push([key, this.read()]);
    }
    if (!plain) return new Map(entries);
    const object: Record<string, unknown> = {};
    for (const [key, value] of entries as [string, unknown][]) {
      if (key === "__proto__") defineOwn(object, key, value);
      else object[key] = value;
    }
    return object;
  }

  #ext(length: number): unknown {
    const type = this.#uint8() << 24 >> 24;
    const start = this.base + this.pos;
    const entry = this.#extensions?.get(type);
    if (entry !== undefined) {
      const data = this.#take(length);
      this.#enter(0);
      const depth = this.depth;
      const value = entry.decode(
        data,
        (bytes) => readWhole(asBytes(bytes), this.#configured, depth),
      );
      this.depth--;
      return value;
    }
    if (type !== TIMESTAMP_TYPE) return new Ext(type, this.#take(length));
    this.#checkLength(length, length);
    try {
      const time = timestampFrom(this.bytes.subarray(this.pos, this.pos += length));
      return this.#times === "timestamp"
        ? time
        : this.#times === "date"
        ? time.toDate()
        : time.toInstant();
    } catch (cause) {
      throw new MsgpackError(
        `Cannot decode a timestamp: ${(cause as RangeError).message}`,
        { byteOffset: start, cause },
      );
    }
  }
}

/** Input as plain bytes; a subclass such as `Buffer` would pass itself on to every slice. */
export function asBytes(input: unknown): Uint8Array {
  if (input instanceof Uint8Array) {
    return Object.getPrototypeOf(input) === Uint8Array.prototype
      ? input
      : new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  }
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  throw new TypeError(`Cannot decode ${typeof input}: a Uint8Array or an ArrayBuffer is needed`);
}

const shared = new Reader();

/** Reads bytes that are exactly one value; `depth` is the nesting around them. */
export function readWhole(
  bytes: Uint8Array,
  options: DecodeOptions | undefined,
  depth: number = 0,
): unknown {
  // A hook or an extension that decodes in the middle of a message gets a reader of its own.
  const reader = shared.busy ? new Reader() : shared;
  reader.busy = true;
  try {
    reader.configure(options);
    reader.open(bytes, 0, depth);
    const value = reader.read();
    if (reader.pos < reader.end) {
      throw new MsgpackError(
        `Cannot decode one value: ${
          reader.end - reader.pos
        } bytes follow it (decodeMulti reads several)`,
        { byteOffset: reader.pos },
      );
    }
    return value;
  } catch (error) {
    throw stackEnd(error, reader) ?? error;
  } finally {
    reader.close();
    reader.busy = false;
  }
}

/** A stack that ends before `maxDepth` does is the same fault. */
export function stackEnd(error: unknown, reader: Reader): MsgpackLimitError | undefined {
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return new MsgpackLimitError("a value nested so deep that the stack ended", {
      limit: "maxDepth",
      maximum: reader.depth,
      byteOffset: reader.base + reader.pos,
    });
  }
}
