/**
 * Messages out: whole, in order, and as few writes as possible.
 *
 * ```text
 *   small messages   copied behind one another into a block      [hdr|body|hdr|body|hdr|body|    ]
 *   large messages   header into the block, body by reference    [hdr] body
 * ```
 *
 * One write is under way at a time. What is sent meanwhile is collected and goes out with the next one: a program that does
 * not await each message gets large writes by itself. All messages of one write share a promise; it is fulfilled when the
 * system has taken all of them.
 */
import { headerSize, LONG_HEADER, writeHeader } from "./_header.ts";

/** Above this a body is written from where it lies, as in CPython. */
const LARGE = 16 * 1024;
const FIRST_BLOCK = 4 * 1024;
const LARGEST_BLOCK = 64 * 1024;

/** Writes some of the bytes; returns how many. */
export type Write = (bytes: Uint8Array) => Promise<number>;

/** The sending half of a connection. */
export class Outbox {
  readonly #write: Write;
  /** Complete pieces, in order; then those in the block from `#from` to `#to`. */
  #pieces: Uint8Array[] = [];
  #block: Uint8Array = new Uint8Array(0);
  #from = 0;
  #to = 0;
  /** A block whose bytes have all been written. */
  #spare: Uint8Array | undefined;
  /** Those who wait for what is collected now. */
  #next: PromiseWithResolvers<void> | undefined;
  /** Those whose messages are being written. */
  #current: PromiseWithResolvers<void> | undefined;
  #busy = false;
  #failure: { readonly error: unknown } | undefined;

  /** Bytes that the system has not taken. */
  pending = 0;

  constructor(write: Write) {
    this.#write = write;
  }

  /**
   * Adds a message.
   *
   * @returns The promise of the write that it goes out with.
   */
  push(body: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    // Optimised code reads `length` as 32 bits, and 2 GiB as negative; `byteLength` is read whole.
    const length = body.byteLength;
    const small = length <= LARGE;
    this.#reserve(small ? length + LONG_HEADER : LONG_HEADER);
    this.#to = writeHeader(this.#block, this.#to, length);
    if (small) {
      this.#block.set(body, this.#to);
      this.#to += length;
    } else {
      this.#cut();
      this.#pieces.push(body);
    }
    this.pending += headerSize(length) + length;
    this.#next ??= Promise.withResolvers();
    const { promise } = this.#next;
    if (!this.#busy) {
      this.#busy = true;
      // After this turn of the program, so that what it sends together goes out together.
      queueMicrotask(() => this.#run());
    }
    return promise;
  }

  /** Settles when everything that was added so far has been taken, or cannot be. */
  async flush(): Promise<void> {
    while (this.#busy) await (this.#next ?? this.#current)?.promise;
    this.throwIfFailed();
  }

  /** Throws why nothing more can be sent, if that is so. */
  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Nothing more can be sent. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#pieces = [];
    this.#from = this.#to;
    this.pending = 0;
    for (const waiting of [this.#current, this.#next]) {
      // Also when nobody awaits it: the next call says so again.
      waiting?.promise.catch(() => {});
      waiting?.reject(this.#failure.error);
    }
    this.#next = undefined;
  }

  async #run(): Promise<void> {
    while (this.#next !== undefined) {
      const current = this.#current = this.#next;
      this.#next = undefined;
      this.#cut();
      const pieces = this.#pieces;
      const block = this.#block;
      this.#pieces = [];
      this.#block = this.#spare ?? new Uint8Array(0);
      this.#spare = undefined;
      this.#from = this.#to = 0;
      try {
        for (const piece of pieces) await this.#writeAll(piece);
      } catch (error) {
        this.fail(error);
      }
      if (this.#failure !== undefined) break;
      if (block.length > 0) this.#spare = block;
      current.resolve();
    }
    this.#current = undefined;
    this.#busy = false;
  }

  async #writeAll(piece: Uint8Array): Promise<void> {
    // Its length has been announced; nothing else is ever empty.
    if (piece.byteLength === 0) {
      throw new TypeError("Cannot send bytes: the buffer was detached before it was sent");
    }
    for (let done = 0; done < piece.byteLength && this.#failure === undefined;) {
      const count = await this.#write(done === 0 ? piece : piece.subarray(done));
      done += count;
      if (this.#failure === undefined) this.pending -= count;
    }
  }

  /** What is in the block so far becomes a piece. */
  #cut(): void {
    if (this.#to > this.#from) this.#pieces.push(this.#block.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }

  #reserve(size: number): void {
    if (this.#block.length - this.#to >= size) return;
    this.#cut();
    // A block that was filled is followed by a larger one.
    let length = this.#to === 0
      ? FIRST_BLOCK
      : Math.min(Math.max(this.#block.length * 4, FIRST_BLOCK), LARGEST_BLOCK);
    while (length < size) length *= 4;
    this.#block = new Uint8Array(length);
    this.#from = this.#to = 0;
  }
}
