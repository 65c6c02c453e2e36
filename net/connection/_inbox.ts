/**
 * Bytes in, messages out. Does no reading itself.
 *
 * ```text
 *   slab   [ given out | dropped | received, not yet taken | room for the next read ]
 *                      ^ given   ^ start                   ^ end
 * ```
 *
 * - What was given out as a view is not written again: the view stays valid. When a slab is full a new one is made and the
 *   message that has begun is moved there. While nothing was given out, or all of it was released, the same slab is used
 *   again.
 * - A slab begins at 4 KiB and grows fourfold to 64 KiB while reads fill it: an idle connection costs little. Messages of 64
 *   to 256 KiB have slabs of 256 KiB: one read brings several of them, and few are copied.
 * - A larger message is collected in a buffer of its own. That grows with what has been received,
 *   never with what was announced: a header of four bytes cannot reserve memory. One of up to 1 MiB that is released is kept
 *   for the next such message: fresh memory is what receiving it costs.
 */
import { HEADER, LONG_HEADER, readLong, readWord } from "./_header.ts";

const FIRST_SLAB = 4 * 1024;
const LARGEST_SLAB = 64 * 1024;
/** A message of up to this size, header included, lies in a slab, which grows beyond the usual size for it. */
const LARGEST_IN_SLAB = 256 * 1024;
/** Less room than this is not worth a read. */
const LEAST_ROOM = 1024;
/** The largest buffer that is kept for later. */
const LARGEST_SPARE = 1024 * 1024;

const NOTHING = new Uint8Array(0);

/** The next message is not complete. */
export const INCOMPLETE = -1;
/** The next bytes are no header. */
export const MALFORMED = -2;

/** The part of {@linkcode Connection} that knows how messages lie in a stream of bytes. */
export class Inbox {
  /** Made with the first read. */
  #slab: Uint8Array<ArrayBuffer> = NOTHING;
  /** The buffer of the slab: asking a typed array for it costs more. */
  #buffer: ArrayBuffer = this.#slab.buffer;
  #start = 0;
  #end = 0;
  /** Behind the last message in the slab that was given out as a view. */
  #given = 0;
  /** The view that was given out last, and what `given` was before. */
  #last: Uint8Array | undefined;
  #before = 0;
  /** The buffer of a large message that was released. */
  #spare: Uint8Array<ArrayBuffer> | undefined;
  /** Whether the last read took all the room there was. */
  #filled = false;
  /** A message too large for a slab: what has been received of it, and its length. */
  #large: Uint8Array<ArrayBuffer> | undefined;
  #received = 0;
  #length = 0;

  /** How many bytes the next message has; {@linkcode INCOMPLETE} while its header is, {@linkcode MALFORMED} if it is none. */
  get announced(): number {
    if (this.#large !== undefined) return this.#length;
    const size = this.#end - this.#start;
    if (size < HEADER) return INCOMPLETE;
    const word = readWord(this.#slab, this.#start);
    if (word >= 0) return word;
    if (word !== -1) return MALFORMED;
    return size < LONG_HEADER ? INCOMPLETE : readLong(this.#slab, this.#start + HEADER);
  }

  /** What has been received of a message that is not complete: of its header, then of its body. */
  get partial(): Uint8Array {
    if (this.#large !== undefined) return this.#large.subarray(0, this.#received);
    const header = this.announced < 0 ? 0 : this.#headerSize;
    return this.#slab.subarray(this.#start + header, this.#end);
  }

  /**
   * Takes the next message if it is complete and has at most `limit` bytes: a view that stays valid.
   *
   * The caller asks {@linkcode Inbox.announced} when there is none.
   */
  take(limit: number): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.peek(limit);
    if (bytes === undefined) return undefined;
    this.#last = bytes;
    this.#before = this.#given;
    if (this.#large === undefined) this.#given = this.#start + this.#headerSize + bytes.length;
    this.drop(bytes.length);
    return bytes;
  }

  /** Takes back the memory of the message that was taken last. `false` if it is another one. */
  release(bytes: Uint8Array): boolean {
    if (bytes !== this.#last || bytes.length === 0) return false;
    this.#last = undefined;
    if (bytes.buffer === this.#buffer) this.#given = this.#before;
    else if (bytes.buffer.byteLength <= LARGEST_SPARE) {
      this.#spare = new Uint8Array(bytes.buffer as ArrayBuffer);
    }
    return true;
  }

  /** The next message, as a view that is valid until more is received, or {@linkcode Inbox.drop}. */
  peek(limit: number): Uint8Array<ArrayBuffer> | undefined {
    if (this.#large !== undefined) {
      return this.#received === this.#length && this.#length <= limit ? this.#large : undefined;
    }
    const start = this.#start;
    const size = this.#end - start;
    if (size < HEADER) return undefined;
    const word = readWord(this.#slab, start);
    if (word < 0) return this.#peekLong(limit);
    if (size - HEADER < word || word > limit) return undefined;
    // Made by the constructor, which is cheaper than `subarray`.
    return new Uint8Array(this.#buffer, start + HEADER, word);
  }

  /** The long form of a header is legal for short messages too. */
  #peekLong(limit: number): Uint8Array<ArrayBuffer> | undefined {
    const length = this.announced;
    const from = this.#start + LONG_HEADER;
    if (length < 0 || length > limit || this.#end - from < length) return undefined;
    return new Uint8Array(this.#buffer, from, length);
  }

  /** Forgets the message of `length` bytes that was looked at. */
  drop(length: number): void {
    if (this.#large !== undefined) {
      this.#large = undefined;
      return;
    }
    this.#start += this.#headerSize + length;
  }

  /**
   * Where the next bytes are to be read to.
   *
   * @param limit A message that announces more is not collected: its bytes stay with the system.
   */
  room(limit: number): Uint8Array<ArrayBuffer> {
    if (this.#large === undefined) {
      const length = this.announced;
      const header = this.#headerSize;
      if (length <= limit && header + length > LARGEST_IN_SLAB) this.#collect(header, length);
      else return this.#slabRoom(header + Math.max(0, length));
    }
    return this.#largeRoom();
  }

  /** Bytes were read to the start of {@linkcode Inbox.room}. */
  received(count: number): void {
    if (this.#large !== undefined) {
      this.#received += count;
      return;
    }
    this.#filled = this.#end + count === this.#slab.length;
    this.#end += count;
  }

  /** Of the message that has begun; only -1 is a legal negative number. */
  get #headerSize(): number {
    return this.#end > this.#start && this.#slab[this.#start]! >= 0x80 ? LONG_HEADER : HEADER;
  }

  /** `needed` bytes are those of the message that has begun: at most a slab of the largest size. */
  #slabRoom(needed: number): Uint8Array<ArrayBuffer> {
    if (this.#start === this.#end) this.#start = this.#end = this.#given;
    const { length } = this.#slab;
    const room = length - this.#end;
    const fits = this.#start + needed <= length;
    const small = this.#filled && this.#end === 0 && length < LARGEST_SLAB;
    if (!fits || small || (room < LEAST_ROOM && (this.#start > 0 || room === 0))) {
      this.#renew(needed);
    }
    const { length: size } = this.#slab;
    return this.#end === 0 ? this.#slab : new Uint8Array(this.#buffer, this.#end, size - this.#end);
  }

  /** Moves what has begun to the start of a slab with room for more. */
  #renew(needed: number): void {
    const slab = this.#slab;
    const begun = this.#end - this.#start;
    let size = this.#filled ? Math.min(slab.length * 4, LARGEST_SLAB) : slab.length;
    size = Math.max(size, FIRST_SLAB);
    while (size < needed) size *= 4;
    if (this.#given > 0 || size !== slab.length) this.#replace(size);
    this.#slab.set(slab.subarray(this.#start, this.#end));
    this.#start = 0;
    this.#end = begun;
  }

  /** Leaves the slab to its views. */
  #replace(size: number): void {
    this.#slab = new Uint8Array(size);
    this.#buffer = this.#slab.buffer;
    this.#given = this.#before = 0;
    this.#last = undefined;
  }

  /** Begins a message that has a buffer of its own. */
  #collect(header: number, length: number): void {
    const have = this.#slab.subarray(this.#start + header, this.#end);
    const spare = this.#spare;
    this.#spare = undefined;
    // No less than there is, and no more than twice of it.
    const size = Math.min(length, Math.max(LARGEST_SLAB * 2, have.length * 2));
    this.#large = spare !== undefined && spare.length >= size
      ? spare.subarray(0, length)
      : new Uint8Array(size);
    this.#large.set(have);
    this.#received = have.length;
    this.#length = length;
    this.#start = this.#end = this.#given;
  }

  /** The room for no more than the message, so that the next one's header lands in the slab. */
  #largeRoom(): Uint8Array<ArrayBuffer> {
    const large = this.#large!;
    if (this.#received === large.byteLength && large.byteLength < this.#length) {
      const grown = new Uint8Array(Math.min(this.#length, large.byteLength * 2));
      grown.set(large);
      this.#large = grown;
    }
    return this.#large!.subarray(this.#received);
  }
}
