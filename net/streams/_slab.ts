/**
 * Received bytes, in order, in slabs: no byte of them is written twice, but those that nobody has a view of.
 *
 * ```
 *   0        handed      start          end                length
 *   |---------|-----------|==============|------------------|
 *    views of          copied out,        the pending read
 *    users             free again         writes here
 * ```
 * What a user holds a view of stays as it is: bytes before `handed` are never written again, unless the user releases the
 * view, which takes `handed` back. A slab that runs out of room is left to its views, and a new one takes the bytes that were
 * not read. Slabs start at 256 bytes, for connections that are silent, grow to 4 KiB when they are used up, since a new one
 * costs more than the messages in it, and to 128 KiB while reads fill them.
 *
 * Fresh memory is what a large read costs: the engine clears it, no cache has it, and only a collection frees it.
 */
import { scan } from "./_scan.ts";

const FIRST = 256;
const BUSY = 4096;
const LARGEST = 128 * 1024;
const EMPTY = new ArrayBuffer(0);
const NOTHING = new Uint8Array(EMPTY);

export class Slab {
  /** The memory. */
  bytes: Uint8Array<ArrayBuffer> = NOTHING;
  /** The buffer of `bytes`: asking a typed array for it costs more. */
  #buffer = EMPTY;
  /** The same memory in words, made with the first search. */
  #words: Int32Array | undefined;
  /** The first byte that was not read. */
  start = 0;
  /** Behind the last byte that was received. */
  end = 0;
  /** Counts how often bytes were moved or put back, or their places given to others. */
  epoch = 0;
  /** Behind the last byte that a view was given of. */
  #handed = 0;
  /** Where the view lies that was given last, -1 if it cannot be released; and what `handed` was before. */
  #from = -1;
  #to = 0;
  #before = 0;
  /** Whether the same place may have been given twice: then it is the view itself that counts, which costs more to note. */
  #twice = false;
  #last: Uint8Array | undefined;
  #size = FIRST;
  /** Where a pending read writes, once its slab was left behind. */
  #late: Uint8Array<ArrayBuffer> | undefined;

  /** Bytes that were not read yet. */
  get length(): number {
    return this.end - this.start;
  }

  /**
   * Room for the next read: at least one byte.
   *
   * @param wanted Bytes that a caller waits for in all: a hint, memory grows only with what has come.
   */
  room(wanted: number): Uint8Array {
    if (this.start === this.end && this.start !== this.#handed) {
      this.start = this.end = this.#handed;
      this.epoch++;
    }
    const free = this.bytes.length - this.end;
    // One that is free again as a whole is replaced when reads have filled it.
    const small = this.end === 0 && this.bytes.length < this.#size;
    if (small || free === 0 || free < this.#needed(wanted)) this.#renew(wanted);
    return this.end === 0 ? this.bytes : this.#view(this.end, this.bytes.length);
  }

  /** A view. Made by the constructor, which is cheaper than `subarray`. */
  #view(from: number, to: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer, from, to - from);
  }

  /** The least room that is worth a read. */
  #needed(wanted: number): number {
    // What is large comes in large portions, and one that is cut in two costs twice.
    if (this.#size === LARGEST) return LARGEST >> 1;
    return Math.min(this.#size >> 2, Math.max(1, wanted - this.length));
  }

  #renew(wanted: number): void {
    const { length } = this;
    // While nobody has a view of it, what is left moves to the front.
    if (this.#handed === 0 && this.bytes.length >= Math.max(this.#size, 2 * length, 1)) {
      this.bytes.copyWithin(0, this.start, this.end);
      this.start = 0;
      this.end = length;
      this.epoch++;
      return;
    }
    if (this.bytes !== NOTHING && this.#size < BUSY) this.#size *= 4;
    // Twice what has come is enough for any promise of a peer, and keeps the copying linear.
    const size = Math.max(this.#size, Math.min(2 * length, wanted));
    const whole = (length < size ? size : length + this.#size) + 3 & ~3;
    const bytes = new Uint8Array(whole);
    if (length > 0) bytes.set(this.#view(this.start, this.end));
    this.bytes = bytes;
    this.epoch++;
    this.#buffer = bytes.buffer;
    this.#words = undefined;
    this.#forget();
    this.start = 0;
    this.end = length;
    this.#handed = 0;
  }

  /** Notes what a read brought. */
  filled(count: number): void {
    if (this.#late !== undefined) {
      const late = this.#late.subarray(0, count);
      this.#late = undefined;
      return this.append(late);
    }
    const room = this.bytes.length - this.end;
    this.end += count;
    if (this.#size < LARGEST && count >= room >> 1 && count >= this.#size >> 1) {
      this.#size = Math.min(4 * this.#size, LARGEST);
    }
  }

  /** Adds bytes as if they had been received. No read may be pending. */
  append(chunk: Uint8Array): void {
    // What fills the first place there was is followed by more.
    if (this.bytes === NOTHING && chunk.length >= FIRST) this.#size = BUSY;
    for (let at = 0; at < chunk.length;) {
      const room = this.room(this.length + chunk.length - at);
      const part = chunk.subarray(at, at + room.length);
      room.set(part);
      this.end += part.length;
      at += part.length;
    }
  }

  /**
   * Puts bytes back in front. Those that were just taken stay where they are, and nothing is copied.
   *
   * @param pending Whether a read writes behind `end`.
   */
  prepend(chunk: Uint8Array, pending: boolean): void {
    this.#twice = true;
    this.#forget();
    const from = this.start - chunk.length;
    if (chunk.buffer === this.#buffer && chunk.byteOffset === from) {
      this.start = from;
      this.epoch++; // They may have been changed.
      return;
    }
    if (from >= this.#handed) {
      this.bytes.set(chunk, from);
      this.start = from;
      this.epoch++;
      return;
    }
    const { length } = this;
    const bytes = new Uint8Array(chunk.length + length + this.#size + 3 & ~3);
    bytes.set(chunk);
    if (length > 0) bytes.set(this.#view(this.start, this.end), chunk.length);
    if (pending) this.#late ??= this.#view(this.end, this.bytes.length);
    this.bytes = bytes;
    this.epoch++;
    this.#buffer = bytes.buffer;
    this.#words = undefined;
    this.#forget();
    this.start = 0;
    this.end = chunk.length + length;
    this.#handed = 0;
  }

  /** Takes bytes as a view; drops some before and behind them. */
  take(count: number, behind = 0, before = 0): Uint8Array {
    const from = this.#from = this.start + before;
    const to = this.#to = from + count;
    this.start = to + behind;
    this.#before = this.#handed;
    if (this.#handed < to) this.#handed = to;
    const view = this.#view(from, to);
    if (this.#twice) this.#last = view;
    return view;
  }

  /** Takes back the memory of the view that was given last. `false` if it is another one. */
  release(view: Uint8Array): boolean {
    if (this.#from < 0 || view.length === 0) return false;
    const last = this.#twice ? view === this.#last : view.buffer === this.#buffer &&
      view.byteOffset === this.#from && view.length === this.#to - this.#from;
    if (!last) return false;
    this.#forget();
    this.#twice = true;
    this.#handed = this.#before;
    return true;
  }

  #forget(): void {
    this.#from = -1;
    this.#last = undefined;
  }

  /** Takes bytes into a buffer of the user's. */
  copy(into: Uint8Array): number {
    const count = Math.min(into.length, this.length);
    into.set(this.#view(this.start, this.start + count));
    this.start += count;
    return count;
  }

  /** Drops bytes. */
  skip(count: number): void {
    this.start += count;
  }

  /** Gives the next bytes as a view and leaves them. */
  peek(count: number): Uint8Array {
    const to = this.start + Math.min(count, this.length);
    if (this.#handed < to) this.#handed = to;
    this.#forget();
    return this.#view(this.start, to);
  }

  /** Gives the next bytes as a view that is valid until something is read. */
  look(count: number): Uint8Array {
    return this.#view(this.start, this.start + count);
  }

  /** Where a byte is, from `from` on, or -1. */
  indexOf(byte: number, from: number): number {
    this.#words ??= new Int32Array(this.#buffer);
    return scan(this.bytes, this.#words, byte, from, this.end);
  }
}
