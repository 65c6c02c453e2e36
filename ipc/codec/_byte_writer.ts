/** The primitives of a message, written into memory of a given size or into a buffer that grows. */
import type { Bytes } from "./bytes.ts";
import { writeUtf8 } from "./text.ts";
import * as T from "./_tags.ts";

/** Thrown when the memory given is too small. */
export const FULL: symbol = Symbol("full");
/** Strings up to this length are written by a loop; beyond, TextEncoder is worth its call. */
const LOOP_LENGTH = 48;
/** First size of the encoder's own buffer, and the size above which it is dropped when it is not needed again. */
const OWN_SIZE = 1024;
const OWN_KEEP = 1 << 20;

/** Every method that writes takes the offset to write at and returns the offset after. */
export abstract class ByteWriter {
  protected bytes: Uint8Array;
  protected view: DataView;
  protected end = 0;
  #growing = false;
  /** The writer's own buffer. */
  #own: Uint8Array<ArrayBuffer> = new Uint8Array(OWN_SIZE);
  #ownView: DataView<ArrayBuffer> = new DataView(this.#own.buffer);

  constructor() {
    this.bytes = this.#own;
    this.view = this.#ownView;
  }

  /** Writes into `memory` from now on, not beyond `end`. */
  protected aim(memory: Bytes, end: number): void {
    this.bytes = memory.bytes;
    this.view = memory.view;
    this.end = end;
    this.#growing = false;
  }

  /** Writes into the own buffer from now on. */
  protected aimAtOwn(): void {
    if (this.#own.length > OWN_KEEP) this.#adopt(new Uint8Array(OWN_SIZE));
    this.release();
    this.end = this.#own.length;
    this.#growing = true;
  }

  /** Lets go of the memory. */
  protected release(): void {
    this.bytes = this.#own;
    this.view = this.#ownView;
  }

  /** The first `length` bytes of the own buffer. */
  protected written(length: number): Uint8Array<ArrayBuffer> {
    return this.#own.subarray(0, length);
  }

  #adopt(own: Uint8Array<ArrayBuffer>): void {
    this.#own = own;
    this.#ownView = new DataView(own.buffer);
  }

  /** Makes sure that `size` bytes fit at `pos`; returns `pos`. */
  protected room(pos: number, size: number): number {
    if (pos + size > this.end) this.grow(pos, size);
    return pos;
  }

  /** Makes the buffer larger, for callers that found `size` bytes not to fit. */
  protected grow(pos: number, size: number): void {
    if (!this.#growing) throw FULL;
    const grown = new Uint8Array(Math.max(this.#own.length * 2, pos + size + 64));
    grown.set(this.#own.subarray(0, pos));
    this.#adopt(grown);
    this.bytes = grown;
    this.view = this.#ownView;
    this.end = grown.length;
  }

  protected writeTag(tag: number, pos: number): number {
    if (pos >= this.end) this.grow(pos, 1);
    this.bytes[pos] = tag;
    return pos + 1;
  }

  /** At most 10 bytes: numbers below 2^53. */
  protected writeVarint(value: number, pos: number): number {
    if (pos + 10 > this.end) this.room(pos, varintSize(value));
    const bytes = this.bytes;
    while (value >= 0x80) {
      bytes[pos++] = value % 0x80 | 0x80;
      value = Math.floor(value / 0x80);
    }
    bytes[pos] = value;
    return pos + 1;
  }

  protected writeNumber(value: number, pos: number): number {
    const int = value | 0;
    if (int === value && (int !== 0 || 1 / value > 0)) {
      if (pos + 5 > this.end) this.room(pos, intSize(int));
      const bytes = this.bytes;
      if (int >= 0 && int < 0x40) {
        bytes[pos] = int;
        return pos + 1;
      }
      if (int >= -0x80 && int < 0x80) {
        bytes[pos] = T.INT8;
        bytes[pos + 1] = int;
        return pos + 2;
      }
      if (int >= -0x8000 && int < 0x8000) {
        bytes[pos] = T.INT16;
        this.view.setInt16(pos + 1, int, true);
        return pos + 3;
      }
      bytes[pos] = T.INT32;
      this.view.setInt32(pos + 1, int, true);
      return pos + 5;
    }
    if (pos + 9 > this.end) this.grow(pos, 9);
    this.bytes[pos] = T.FLOAT64;
    this.view.setFloat64(pos + 1, value, true);
    return pos + 9;
  }

  protected writeString(text: string, pos: number): number {
    const length = text.length;
    if (length > T.STRING_INLINE_MAX) return this.#writeLong(text, pos);
    if (pos + 1 + length > this.end) this.grow(pos, 1 + length);
    const bytes = this.bytes;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0xff) return this.#writeLong(text, pos);
      bytes[pos + 1 + i] = unit;
    }
    bytes[pos] = T.STRING_BASE | length;
    return pos + 1 + length;
  }

  /** Strings that are long or not Latin-1. */
  #writeLong(text: string, pos: number): number {
    const length = text.length;
    if (length > T.STRING_INLINE_MAX && length <= LOOP_LENGTH) {
      this.room(pos, 2 + length);
      const bytes = this.bytes;
      let i = 0;
      for (; i < length; i++) {
        const unit = text.charCodeAt(i);
        if (unit > 0xff) break;
        bytes[pos + 2 + i] = unit;
      }
      if (i === length) {
        bytes[pos] = T.LATIN1;
        bytes[pos + 1] = length;
        return pos + 2 + length;
      }
    }
    if (!text.isWellFormed()) return this.#writeUtf16(text, pos);
    this.room(pos, 5 + length);
    let written = writeUtf8(text, this.bytes, pos + 5, this.end);
    if (written < 0) {
      this.grow(pos, 5 + 3 * length);
      written = writeUtf8(text, this.bytes, pos + 5, this.end);
    }
    this.bytes[pos] = written === length ? T.ASCII : T.UTF8;
    this.view.setUint32(pos + 1, written, true);
    return pos + 5 + written;
  }

  #writeUtf16(text: string, pos: number): number {
    pos = this.writeVarint(text.length, this.writeTag(T.UTF16, pos));
    this.room(pos, 2 * text.length);
    const view = this.view;
    for (let i = 0; i < text.length; i++, pos += 2) view.setUint16(pos, text.charCodeAt(i), true);
    return pos;
  }

  protected writeBigInt(value: bigint, pos: number): number {
    if (BigInt.asIntN(64, value) === value) {
      this.room(pos, 9);
      this.bytes[pos] = T.BIGINT64;
      this.view.setBigInt64(pos + 1, value, true);
      return pos + 9;
    }
    const negative = value < 0n;
    // Hexadecimal digits cost linear time in both directions.
    const hex = (negative ? -value : value).toString(16);
    const size = (hex.length + 1) >> 1;
    pos = this.writeTag(negative ? T.BIGINT_NEGATIVE : T.BIGINT_POSITIVE, pos);
    pos = this.writeVarint(size, pos);
    this.room(pos, size);
    const bytes = this.bytes;
    for (let last = hex.length; last > 0; last -= 2) {
      bytes[pos++] = parseInt(hex.slice(last < 2 ? 0 : last - 2, last), 16);
    }
    return pos;
  }

  protected writeBulk(source: Uint8Array, pos: number): number {
    const length = source.length;
    pos = this.writeVarint(length, pos);
    const padding = length < 64 ? 0 : 7 - pos % 8;
    this.room(pos, 1 + padding + length);
    this.bytes[pos] = padding;
    pos += 1 + padding;
    this.bytes.set(source, pos);
    return pos + length;
  }
}

function varintSize(value: number): number {
  let size = 1;
  while (value >= 0x80) {
    value = Math.floor(value / 0x80);
    size++;
  }
  return size;
}

function intSize(int: number): number {
  if (int >= 0 && int < 0x40) return 1;
  if (int >= -0x80 && int < 0x80) return 2;
  return int >= -0x8000 && int < 0x8000 ? 3 : 5;
}
