import { Ext } from "./ext.ts";
import type { EncodeOptions } from "./options.ts";
import type { Extension, ExtensionRegistry } from "./extension_registry.ts";
import {
  ENTRY_BYTES,
  findKey,
  keyFollowers,
  keySizes,
  keyTexts,
  keyWords,
  renewKeys,
  storeKey,
  WORDS,
} from "./_key_table.ts";
import { Output } from "./_output.ts";
import { isInstant, nameOf, refuseSurrogate } from "./_refusal.ts";
import { Timestamp, TIMESTAMP_TYPE, timestampBytes } from "./timestamp.ts";

/** Up to this length a loop over the characters beats the call of `TextEncoder.encodeInto` (measured). */
const SHORT = 64;
/** Keys beyond so many in one object are data, not the fields of a record: remembering them would not pay. */
const RECORD = 64;
const encoder = new TextEncoder();

/** Writes values one after another. */
export class Writer extends Output {
  depth = 0;
  /** A message is being written: hooks and getters that encode need another writer. */
  busy = false;
  #key = 0;
  /** Objects are not written as they are: keys are sorted, left out, or inherited ones are in the way. */
  #special = false;
  #maxDepth = 1024;
  #sortKeys = false;
  #fatal = true;
  #omit = false;
  #strictUndefined = false;
  #float32: boolean | "exact" = false;
  #binaryArrays = false;
  #extensions: ExtensionRegistry | undefined = undefined;
  #default: ((value: unknown) => unknown) | undefined = undefined;
  #options: EncodeOptions | undefined = undefined;

  /** Takes options over; must be called before the first value of a message. */
  configure(options: EncodeOptions | undefined): void {
    renewKeys();
    const inherits = hasEnumerable(Object.prototype);
    if (options === undefined && this.#options === undefined && !inherits && !this.#special) return;
    this.#options = options;
    this.#maxDepth = options?.maxDepth ?? 1024;
    this.#sortKeys = options?.sortKeys ?? false;
    this.#fatal = options?.fatal ?? true;
    this.#omit = options?.undefined === "omit";
    this.#special = this.#sortKeys || this.#omit || inherits;
    this.#strictUndefined = options?.undefined === "error";
    this.#float32 = options?.float32 ?? false;
    this.#binaryArrays = options?.typedArrays === "binary";
    this.#extensions = options?.extensions;
    this.#default = options?.default;
  }

  /** Forgets the message, also one that failed half-way. */
  override reset(): void {
    super.reset();
    this.depth = 0;
    this.#key = 0;
  }

  write(value: unknown): void {
    // A chain of comparisons: the compiler inlines these, but calls out for `switch (typeof value)`.
    if (typeof value === "string") return this.#string(value);
    if (typeof value === "number") return this.#number(value);
    if (value === null) return this.#byte(0xc0);
    if (typeof value === "boolean") return this.#byte(value ? 0xc3 : 0xc2);
    if (typeof value === "object") return this.#object(value);
    if (typeof value === "bigint") return this.#bigint(value);
    if (value === undefined && !this.#strictUndefined) return this.#byte(0xc0);
    this.#foreign(value);
  }

  #byte(byte: number): void {
    if (this.pos === this.bytes.length) this.reserve(1);
    this.bytes[this.pos++] = byte;
  }

  #number(value: number): void {
    if (this.pos + 9 > this.bytes.length) this.reserve(9);
    const bytes = this.bytes;
    const pos = this.pos;
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      if (value >= 0) {
        if (value < 0x80) {
          bytes[pos] = value;
          this.pos = pos + 1;
        } else if (value < 0x100) {
          bytes[pos] = 0xcc;
          bytes[pos + 1] = value;
          this.pos = pos + 2;
        } else if (value < 0x10000) {
          bytes[pos] = 0xcd;
          bytes[pos + 1] = value >> 8;
          bytes[pos + 2] = value;
          this.pos = pos + 3;
        } else {
          bytes[pos] = 0xce;
          this.view.setInt32(pos + 1, value);
          this.pos = pos + 5;
        }
      } else if (value >= -0x20) {
        bytes[pos] = value;
        this.pos = pos + 1;
      } else if (value >= -0x80) {
        bytes[pos] = 0xd0;
        bytes[pos + 1] = value;
        this.pos = pos + 2;
      } else if (value >= -0x8000) {
        bytes[pos] = 0xd1;
        bytes[pos + 1] = value >> 8;
        bytes[pos + 2] = value;
        this.pos = pos + 3;
      } else {
        bytes[pos] = 0xd2;
        this.view.setInt32(pos + 1, value);
        this.pos = pos + 5;
      }
    } else if (Number.isSafeInteger(value) && value !== 0) {
      if (value > 0 && value <= 0xffffffff) {
        bytes[pos] = 0xce;
        this.view.setUint32(pos + 1, value);
        this.pos = pos + 5;
      } else {
        const high = Math.floor(value / 0x1_0000_0000);
        bytes[pos] = value > 0 ? 0xcf : 0xd3;
        this.view.setInt32(pos + 1, high);
        this.view.setUint32(pos + 5, value - high * 0x1_0000_0000);
        this.pos = pos + 9;
      }
    } else {
      this.#float(value);
    }
  }

  #float(value: number): void {
    const single = this.#float32;
    if (single === true || (single === "exact" && Object.is(Math.fround(value), value))) {
      this.bytes[this.pos] = 0xca;
      this.view.setFloat32(this.pos + 1, value);
      this.pos += 5;
    } else {
      this.bytes[this.pos] = 0xcb;
      this.view.setFloat64(this.pos + 1, value);
      this.pos += 9;
    }
  }

  #bigint(value: bigint): void {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return this.#number(number);
    if (value < -0x8000_0000_0000_0000n || value > 0xffff_ffff_ffff_ffffn) {
      return this.#foreign(value);
    }
    this.reserve(9);
    this.bytes[this.pos] = value < 0n ? 0xd3 : 0xcf;
    this.view.setBigUint64(this.pos + 1, BigInt.asUintN(64, value));
    this.pos += 9;
  }

  #string(text: string): void {
    const length = text.length;
    if (length > SHORT) return this.#longString(text);
    if (this.pos + length * 3 + 5 > this.bytes.length) this.reserve(length * 3 + 5);
    const bytes = this.bytes;
    const start = this.pos;
    let pos = start + (length < 32 ? 1 : 2);
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return this.#shortUnicode(text, i, start, pos);
      bytes[pos++] = unit;
    }
    if (length < 32) {
      bytes[start] = 0xa0 | length;
    } else {
      bytes[start] = 0xd9;
      bytes[start + 1] = length;
    }
    this.pos = pos;
  }

  /** Goes on with a short string from its first character that is not ASCII. */
  #shortUnicode(text: string, from: number, start: number, pos: number): void {
    const bytes = this.bytes;
    for (let i = from; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) {
        bytes[pos++] = unit;
      } else if (unit < 0x800) {
        bytes[pos++] = 0xc0 | unit >> 6;
        bytes[pos++] = 0x80 | unit & 0x3f;
      } else {
        let point = text.codePointAt(i)!;
        if (point > 0xffff) {
          bytes[pos++] = 0xf0 | point >> 18;
          bytes[pos++] = 0x80 | point >> 12 & 0x3f;
          i++;
        } else {
          if ((point & 0xf800) === 0xd800) {
            if (this.#fatal) refuseSurrogate(text);
            point = 0xfffd;
          }
          bytes[pos++] = 0xe0 | point >> 12;
        }
        bytes[pos++] = 0x80 | point >> 6 & 0x3f;
        bytes[pos++] = 0x80 | point & 0x3f;
      }
    }
    const guess = text.length < 32 ? 1 : 2;
    const size = pos - start - guess;
    if (guess === 1 && size > 31) bytes.copyWithin(start + 2, start + 1, pos++);
    this.#stringHeader(start, size);
    this.pos = pos;
  }

  #longString(text: string): void {
    // Room for the worst case is taken only where it is small, else the bytes are counted first.
    const most = text.length < 0x1000 ? text.length * 3 : byteLength(text);
    this.reserve(most + 5);
    const start = this.pos;
    const guess = headerSize(text.length);
    const size = encoder.encodeInto(text, this.bytes.subarray(start + guess)).written;
    if (size !== text.length && this.#fatal && !text.isWellFormed()) refuseSurrogate(text);
    const real = headerSize(size);
    if (real !== guess) {
      this.bytes.copyWithin(start + real, start + guess, start + guess + size);
    }
    this.#stringHeader(start, size);
    this.pos = start + real + size;
  }

  #stringHeader(start: number, size: number): void {
    if (size < 0x20) {
      this.bytes[start] = 0xa0 | size;
    } else if (size < 0x100) {
      this.bytes[start] = 0xd9;
      this.bytes[start + 1] = size;
    } else if (size < 0x10000) {
      this.bytes[start] = 0xda;
      this.view.setUint16(start + 1, size);
    } else {
      this.bytes[start] = 0xdb;
      this.view.setUint32(start + 1, size);
    }
  }

  #object(value: object): void {
    const extensions = this.#extensions;
    if (extensions !== undefined) {
      const entry = extensions.find(value);
      if (entry !== undefined) return this.#extension(entry, value);
    }
    if (Array.isArray(value)) return this.#array(value);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return this.#plain(value as Record<string, unknown>);
    }
    if (value instanceof Uint8Array) return this.#binary(value);
    if (value instanceof Map) return this.#map(value);
    if (value instanceof Date) return this.#timestamp(Timestamp.fromDate(value));
    if (value instanceof Timestamp) return this.#timestamp(value);
    if (value instanceof Ext) return this.#ext(value.type, value.data);
    if (ArrayBuffer.isView(value)) return this.#view(value);
    if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
      return this.#binary(new Uint8Array(value));
    }
    if (isInstant(value)) return this.#timestamp(Timestamp.fromInstant(value));
    // A plain object of another realm, such as a node:vm context.
    if (Object.getPrototypeOf(prototype) === null && prototype.constructor?.name === "Object") {
      return this.#plain(value as Record<string, unknown>);
    }
    this.#foreign(value);
  }

  #enter(): void {
    if (++this.depth > this.#maxDepth) {
      throw new RangeError(
        `Cannot encode a value nested deeper than maxDepth (${this.#maxDepth}); does it contain itself?`,
      );
    }
  }

  #array(array: ArrayLike<unknown>): void {
    const length = array.length;
    this.#enter();
    this.#count(length, 0x90, 0xdc);
    for (let i = 0; i < length; i++) {
      const value = array[i];
      // Without the way through `write`, arrays of numbers stay in registers.
      if (typeof value === "number") this.#number(value);
      else this.write(value);
    }
    this.depth--;
  }

  /** Header of an array or map. */
  #count(count: number, fix: number, wide: number): void {
    this.reserve(5);
    if (count < 16) {
      this.bytes[this.pos++] = fix | count;
    } else if (count < 0x10000) {
      this.bytes[this.pos] = wide;
      this.view.setUint16(this.pos + 1, count);
      this.pos += 3;
    } else {
      this.bytes[this.pos] = wide + 1;
      this.view.setUint32(this.pos + 1, count);
      this.pos += 5;
    }
  }

  /** An object of string keys. Its header is written last, when the entries have been counted. */
  #plain(object: Record<string, unknown>): void {
    if (this.#special) return this.#chosen(object, this.#keys(object));
    this.#enter();
    const start = this.pos;
    if (start === this.bytes.length) this.reserve(1);
    this.pos = start + 1;
    let count = 0;
    for (const key in object) {
      // Most objects are small; in others what has been written moves up for a longer header.
      if (count === 15 || count === 0xffff) this.#shift(start + 1);
      if (count++ < RECORD) this.#keyText(key);
      else this.#string(key);
      this.write(object[key]);
    }
    const end = this.pos;
    this.pos = start;
    this.#count(count, 0x80, 0xde);
    this.pos = end;
    this.depth--;
  }

  /** Moves the message from `start` on up by two bytes. */
  #shift(start: number): void {
    this.reserve(2);
    this.bytes.copyWithin(start + 2, start, this.pos);
    this.pos += 2;
  }

  /** The keys that the options choose, in the order that they choose. */
  #keys(object: Record<string, unknown>): string[] {
    const keys = Object.keys(object);
    if (this.#sortKeys) keys.sort();
    return this.#omit ? keys.filter((key) => object[key] !== undefined) : keys;
  }

  #chosen(object: Record<string, unknown>, keys: string[]): void {
    this.#enter();
    this.#count(keys.length, 0x80, 0xde);
    for (const key of keys) {
      this.#keyText(key);
      this.write(object[key]);
    }
    this.depth--;
  }

  #map(map: Map<unknown, unknown>): void {
    let entries = [...map];
    if (this.#sortKeys && entries.every(([key]) => typeof key === "string")) {
      entries = entries.sort(([a], [b]) => a as string < (b as string) ? -1 : 1);
    }
    this.#enter();
    this.#count(entries.length, 0x80, 0xde);
    for (const [key, value] of entries) {
      if (typeof key === "string") this.#string(key);
      else this.write(key);
      this.write(value);
    }
    this.depth--;
  }

  /** A string that is a map key: see `_key_table.ts`. */
  #keyText(key: string): void {
    let index = keyFollowers[this.#key]!;
    if (keyTexts[index] !== key) {
      index = findKey(key);
      if (index === 0) {
        const start = this.pos;
        this.#string(key);
        // What `fatal: false` made of a lone surrogate must not come back for a writer that is strict.
        if (this.#fatal || key.isWellFormed()) index = storeKey(key, this.bytes, start, this.pos);
        if (index !== 0) keyFollowers[this.#key] = index;
        this.#key = index;
        return;
      }
      keyFollowers[this.#key] = index;
    }
    this.#key = index;
    if (this.pos + ENTRY_BYTES > this.bytes.length) this.reserve(ENTRY_BYTES);
    const view = this.view;
    const pos = this.pos;
    const size = keySizes[index]!;
    const word = index * WORDS;
    // Whole words, beyond the end of the key too: what follows it has not been written yet.
    view.setInt32(pos, keyWords[word]!, true);
    view.setInt32(pos + 4, keyWords[word + 1]!, true);
    if (size > 8) {
      view.setInt32(pos + 8, keyWords[word + 2]!, true);
      view.setInt32(pos + 12, keyWords[word + 3]!, true);
      for (let i = 4; i << 2 < size; i++) view.setInt32(pos + i * 4, keyWords[word + i]!, true);
    }
    this.pos = pos + size;
  }

  #view(view: ArrayBufferView): void {
    if (
      this.#binaryArrays || view instanceof DataView || view instanceof Uint8ClampedArray
    ) {
      this.#binary(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    } else {
      this.#array(view as unknown as ArrayLike<unknown>);
    }
  }

  #binary(data: Uint8Array): void {
    const size = data.length;
    this.reserve(size + 5);
    if (size < 0x100) {
      this.bytes[this.pos] = 0xc4;
      this.bytes[this.pos + 1] = size;
      this.pos += 2;
    } else if (size < 0x10000) {
      this.bytes[this.pos] = 0xc5;
      this.view.setUint16(this.pos + 1, size);
      this.pos += 3;
    } else {
      this.#checkSize(size);
      this.bytes[this.pos] = 0xc6;
      this.view.setUint32(this.pos + 1, size);
      this.pos += 5;
    }
    this.bytes.set(data, this.pos);
    this.pos += size;
  }

  #ext(type: number, data: Uint8Array): void {
    const size = data.length;
    this.reserve(size + 6);
    const fix = FIXEXT.indexOf(size);
    if (fix >= 0) {
      this.bytes[this.pos++] = 0xd4 + fix;
    } else if (size < 0x100) {
      this.bytes[this.pos] = 0xc7;
      this.bytes[this.pos + 1] = size;
      this.pos += 2;
    } else if (size < 0x10000) {
      this.bytes[this.pos] = 0xc8;
      this.view.setUint16(this.pos + 1, size);
      this.pos += 3;
    } else {
      this.#checkSize(size);
      this.bytes[this.pos] = 0xc9;
      this.view.setUint32(this.pos + 1, size);
      this.pos += 5;
    }
    this.bytes[this.pos++] = type;
    this.bytes.set(data, this.pos);
    this.pos += size;
  }

  #checkSize(size: number): void {
    if (size > 0xffffffff) {
      throw new RangeError(`Cannot encode ${size} bytes in one value: the format ends at 2^32 - 1`);
    }
  }

  #timestamp(time: Timestamp): void {
    this.#ext(TIMESTAMP_TYPE, timestampBytes(time));
  }

  /** A value that the application's registry claims. */
  #extension(entry: Extension<unknown>, value: unknown): void {
    this.#enter();
    let open = true;
    const nested = (inner: unknown): Uint8Array => {
      if (!open) throw new TypeError("Cannot encode within an extension value that is finished");
      const { pos, depth } = this;
      try {
        this.write(inner);
        return this.bytes.slice(pos, this.pos);
      } finally {
        this.pos = pos;
        this.depth = depth;
      }
    };
    let data: unknown;
    try {
      data = entry.encode(value, nested);
    } finally {
      open = false;
    }
    if (!(data instanceof Uint8Array)) {
      throw new TypeError(
        `Cannot encode extension type ${entry.type}: its encode must return a Uint8Array, received ${typeof data}`,
      );
    }
    this.#ext(entry.type, data);
    this.depth--;
  }

  /** A value that MessagePack has no form for. */
  #foreign(value: unknown): void {
    if (typeof value !== "object") {
      const entry = this.#extensions?.find(value);
      if (entry !== undefined) return this.#extension(entry, value);
    }
    if (this.#default !== undefined) {
      this.#enter();
      this.write(this.#default(value));
      this.depth--;
      return;
    }
    if (typeof value === "bigint") {
      throw new RangeError(`Cannot encode a bigint outside int64 and uint64: ${value}`);
    }
    throw new TypeError(
      `Cannot encode ${
        nameOf(value)
      }: give options.default or register its class in options.extensions`,
    );
  }
}

const FIXEXT = [1, 2, 4, 8, 16];

function headerSize(size: number): number {
  return size < 0x20 ? 1 : size < 0x100 ? 2 : size < 0x10000 ? 3 : 5;
}

/** Is an enumerable property to be met on every object? `for in` would list it, `Object.keys` does not. */
function hasEnumerable(object: object): boolean {
  for (const _ in object) return true;
  return false;
}

/** The bytes of a text as UTF-8, or how many they are at most. */
function byteLength(text: string): number {
  const Buffer: typeof import("node:buffer").Buffer | undefined = Reflect.get(globalThis, "Buffer");
  return Buffer === undefined ? text.length * 3 : Buffer.byteLength(text);
}
