import { FRAME } from "../opcodes.ts";

/** A frame is closed at the first object boundary after this many bytes. */
const FRAME_TARGET = 65536;
/** Anything shorter goes without a frame. */
const FRAME_MINIMUM = 4;
/** Opcode and 64-bit length. */
const FRAME_HEADER = 9;

/** First size of the buffer. */
const SIZE = 4096;

/** Up to this size a buffer is kept for good, a larger one only until memory is collected. */
const KEPT = 1 << 16;

/** The buffer of the last pickle, for the next one: fresh memory costs more than all that is written into it. */
let scratch: Uint8Array<ArrayBuffer> | WeakRef<Uint8Array<ArrayBuffer>> | undefined;

function takeScratch(): Uint8Array<ArrayBuffer> {
  const buffer = scratch instanceof WeakRef ? scratch.deref() : scratch;
  // Two writers may be at work at once, if a hook pickles something: the second gets a buffer of its own.
  scratch = undefined;
  return buffer ?? new Uint8Array(SIZE);
}

/**
 * The output of a pickler: a growing buffer, cut into frames as CPython's C pickler cuts them.
 *
 * A frame is opened by the first byte written when none is open, with its header left blank, and closed at the first
 * object boundary past 64 KiB. A payload of 64 KiB or more stands between two frames.
 *
 * Layout of the checks, which are on the path of every object: `room` is the end of the buffer while a frame is open (or
 * frames are off) and 0 when one must be opened, so that the single comparison `pos + n > room` covers both.
 */
export class Output {
  /** The bytes; valid up to `pos`. */
  buf: Uint8Array<ArrayBuffer>;
  /** A view of the same buffer. */
  view: DataView<ArrayBuffer>;
  /** Where the next byte goes. */
  pos: number = 0;
  /** See above. */
  room: number;
  /** Position past which `boundary` must be called between two objects. */
  full: number = Infinity;
  #framing: boolean = false;
  #frameStart: number = -1;

  /** What stands before the buffer, in pieces. */
  readonly #segments: Uint8Array[] = [];
  /** The length of those pieces. */
  #behind: number = 0;

  constructor() {
    this.buf = takeScratch();
    this.view = new DataView(this.buf.buffer);
    this.room = this.buf.length;
  }

  /** Makes sure of `n` bytes, and of an open frame if frames are on. */
  need(n: number): void {
    if (this.pos + n > this.room) this.#more(n);
  }

  /** Writes one byte. */
  byte(value: number): void {
    if (this.pos + 1 > this.room) this.#more(1);
    this.buf[this.pos++] = value;
  }

  /** Writes an opcode and an unsigned byte. */
  byte2(opcode: number, value: number): void {
    if (this.pos + 2 > this.room) this.#more(2);
    this.buf[this.pos++] = opcode;
    this.buf[this.pos++] = value;
  }

  /** Writes an opcode and a little-endian 32-bit integer. */
  int32(opcode: number, value: number): void {
    if (this.pos + 5 > this.room) this.#more(5);
    const { buf, pos } = this;
    buf[pos] = opcode;
    buf[pos + 1] = value;
    buf[pos + 2] = value >> 8;
    buf[pos + 3] = value >> 16;
    buf[pos + 4] = value >> 24;
    this.pos = pos + 5;
  }

  /** Writes ASCII text. */
  ascii(text: string): void {
    this.need(text.length);
    for (let i = 0; i < text.length; i++) this.buf[this.pos++] = text.charCodeAt(i);
  }

  /** Writes an opcode, a 64-bit length and nothing else. */
  length64(opcode: number, length: number): void {
    this.need(9);
    this.buf[this.pos] = opcode;
    this.view.setUint32(this.pos + 1, length % 0x1_0000_0000, true);
    this.view.setUint32(this.pos + 5, Math.floor(length / 0x1_0000_0000), true);
    this.pos += 9;
  }

  /**
   * Writes bytes after the header that `header` writes; 64 KiB or more stand outside frames, header included, and are
   * copied once, into the result.
   */
  payload(bytes: Uint8Array, header: (output: Output, length: number) => void): void {
    const { length } = bytes;
    if (length < FRAME_TARGET) {
      header(this, length);
      this.need(length);
      this.buf.set(bytes, this.pos);
      this.pos += length;
      return;
    }
    const framing = this.#framing;
    this.commit();
    this.#framing = false;
    this.room = this.buf.length;
    header(this, length);
    this.#segments.push(this.buf.slice(0, this.pos), bytes);
    this.#behind += this.pos + length;
    this.pos = 0;
    this.#framing = framing;
    if (framing) this.room = 0;
    else this.full = Infinity;
  }

  /** All that was written, in an array of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    this.commit();
    const last = this.buf.subarray(0, this.pos);
    scratch = this.buf.length <= KEPT ? this.buf : new WeakRef(this.buf);
    if (this.#segments.length === 0) return last.slice();
    const out = new Uint8Array(this.#behind + this.pos);
    let at = 0;
    for (const segment of [...this.#segments, last]) {
      out.set(segment, at);
      at += segment.length;
    }
    return out;
  }

  /** Turns frames on, for what comes after the PROTO opcode. */
  startFraming(): void {
    this.#framing = true;
    this.#frameStart = -1;
    this.room = 0;
  }

  /** Closes the open frame. */
  commit(): void {
    if (!this.#framing || this.#frameStart < 0) return;
    const start = this.#frameStart;
    const length = this.pos - start - FRAME_HEADER;
    if (length >= FRAME_MINIMUM) {
      this.buf[start] = FRAME;
      this.view.setUint32(start + 1, length, true);
      this.view.setUint32(start + 5, Math.floor(length / 0x1_0000_0000), true);
    } else {
      this.buf.copyWithin(start, start + FRAME_HEADER, this.pos);
      this.pos -= FRAME_HEADER;
    }
    this.#frameStart = -1;
    this.room = 0;
    this.full = Infinity;
  }

  #more(n: number): void {
    const opening = this.#framing && this.#frameStart < 0;
    const needed = this.pos + n + (opening ? FRAME_HEADER : 0);
    if (needed > this.buf.length) {
      const grown = new Uint8Array(Math.max(needed, this.buf.length * 2));
      grown.set(this.buf.subarray(0, this.pos));
      this.buf = grown;
      this.view = new DataView(grown.buffer);
    }
    if (opening) {
      this.#frameStart = this.pos;
      this.pos += FRAME_HEADER;
      this.full = this.pos + FRAME_TARGET;
    }
    this.room = this.buf.length;
  }
}
