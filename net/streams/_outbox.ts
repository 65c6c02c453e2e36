/**
 * Bytes that wait to be sent: small chunks are copied together, large ones are sent from the caller's memory.
 *
 * ```
 *   #full                        #tail
 *   [64 KiB] [large chunk] ...   [ chunk | chunk | free ]
 *    copied    borrowed            copied, still growing
 * ```
 */

/** From here on copying costs more than a call of the system. */
const LARGE = 16 * 1024;
const FIRST = 256;
const LARGEST = 64 * 1024;
const NOTHING = new Uint8Array(0);
/** Shared by all that have nothing yet: idle connections are many. Never written to. */
const NO_SEGMENTS: Segment[] = [];
const NO_BUFFERS: Uint8Array[] = [];
const NO_SEGMENT: Segment = { bytes: NOTHING, memory: undefined };
const encoder = new TextEncoder();

/** Text that is encoded unit by unit, if it is ASCII: shorter than that a call costs more. */
const SHORT = 64;

/** Bytes to send. */
interface Segment {
  bytes: Uint8Array;
  /** The buffer they are the beginning of, for the next tails; `undefined` if it is the caller's memory. */
  memory: Uint8Array | undefined;
}

export class Outbox {
  #full: Segment[] = NO_SEGMENTS;
  #tail: Uint8Array = NOTHING;
  #used = 0;
  #last: Segment = NO_SEGMENT;
  /** Buffers that were sent, for the next tails. */
  #spare: Uint8Array[] = NO_BUFFERS;
  #size = FIRST;
  /** What is being sent, and what is left of it once a part was sent. */
  #sending: Segment | undefined;
  #rest: Uint8Array | undefined;
  /** Bytes in it, those that are being sent included. */
  length = 0;
  /** Chunks of the caller's own memory in it. */
  borrowed = 0;

  add(chunk: Uint8Array): void {
    const { length } = chunk;
    if (length === 0) return;
    this.length += length;
    if (length >= LARGE) {
      this.#finishTail();
      this.#push({ bytes: chunk, memory: undefined });
      this.borrowed++;
      return;
    }
    if (this.#used + length > this.#tail.length) this.#reserve(length);
    this.#tail.set(chunk, this.#used);
    this.#used += length;
  }

  addText(text: string): void {
    // Three bytes for each unit of UTF-16 are always enough.
    const most = text.length * 3;
    if (most > LARGE) {
      this.add(encoder.encode(text));
      return;
    }
    if (this.#used + most > this.#tail.length) this.#reserve(most);
    if (text.length <= SHORT && this.#addAscii(text)) return;
    const { written } = encoder.encodeInto(text, this.#tail.subarray(this.#used));
    this.#used += written;
    this.length += written;
  }

  /** Adds text of ASCII; `false`, and nothing is added, if it is not. */
  #addAscii(text: string): boolean {
    const { length } = text;
    const tail = this.#tail;
    const used = this.#used;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) return false;
      tail[used + i] = unit;
    }
    this.#used += length;
    this.length += length;
    return true;
  }

  #reserve(count: number): void {
    if (this.#used + count > LARGEST) this.#finishTail();
    while (this.#size < this.#used + count) this.#size *= 4;
    let next = this.#spare.length > 0 ? this.#spare.pop() : undefined;
    if (next === undefined || next.length < this.#size) next = new Uint8Array(this.#size);
    if (this.#used > 0) next.set(this.#tail.subarray(0, this.#used));
    this.#tail = next;
  }

  #finishTail(): void {
    if (this.#used === 0) return;
    this.#push(this.#seal());
    this.#tail = NOTHING;
    this.#used = 0;
  }

  /** The tail as a segment. Messages of one size in turn share one view. */
  #seal(): Segment {
    const { memory, bytes } = this.#last;
    if (memory === this.#tail && bytes.length === this.#used) return this.#last;
    return this.#last = { bytes: this.#tail.subarray(0, this.#used), memory: this.#tail };
  }

  #push(segment: Segment): void {
    if (this.#full === NO_SEGMENTS) this.#full = [segment];
    else this.#full.push(segment);
  }

  /** The next bytes to send; `undefined` if there are none. They stay next until `sent` says that they went. */
  next(): Uint8Array | undefined {
    if (this.#rest !== undefined) return this.#rest;
    const first = this.#full.length > 0 ? this.#full.shift() : undefined;
    this.#sending = first;
    if (first === undefined && this.#used > 0) {
      this.#sending = this.#seal();
      this.#tail = (this.#spare.length > 0 ? this.#spare.pop() : undefined) ?? NOTHING;
      this.#used = 0;
    }
    return this.#sending?.bytes;
  }

  /** Takes note of how many of the next bytes were sent. */
  sent(count: number): void {
    const segment = this.#sending;
    // It was cleared meanwhile.
    if (segment === undefined) return;
    const { bytes, memory } = segment;
    const next = this.#rest ?? bytes;
    if (count < next.length) {
      this.#rest = next.subarray(count);
      return;
    }
    this.#sending = this.#rest = undefined;
    this.length -= bytes.length;
    if (memory === undefined) this.borrowed--;
    else if (this.#tail === NOTHING) this.#tail = memory;
    else if (this.#spare === NO_BUFFERS) this.#spare = [memory];
    else if (this.#spare.length < 2) this.#spare.push(memory);
  }

  /** Forgets everything. */
  clear(): void {
    this.#full = NO_SEGMENTS;
    this.#spare = NO_BUFFERS;
    this.#tail = NOTHING;
    this.#last = NO_SEGMENT;
    this.#sending = this.#rest = undefined;
    this.#used = this.length = this.borrowed = 0;
  }
}
