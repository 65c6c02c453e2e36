/**
 * Messages out: whole, in order, and as few writes as possible.
 *
 * ```text
 *   small messages   copied behind one another into a block      [hdr|body|hdr|body|hdr|body|    ]
 *   large messages   all but the beginning by reference          [hdr|beginning] rest
 * ```
 *
 * One write is under way at a time. What is sent meanwhile is collected and goes out with the next one: a program that does
 * not await each message gets large writes by itself. All messages of one write share a promise; it is fulfilled when the
 * system has taken all of them.
 */
import { headerSize, LONG_HEADER, writeHeader } from "./_header.ts";

/** Above this a body is written from where it lies: copying costs more than another write then. */
const LARGE = 16 * 1024;
/** That much of it is copied, so that no write, and no read of the peer's, is for a header alone. */
const BEGINNING = 16 * 1024;
const FIRST_BLOCK = 1024;
const LARGEST_BLOCK = 64 * 1024;
const NOTHING = new Uint8Array(0);
const RESOLVED = Promise.resolve();

/** Writes some of the bytes; returns how many. */
export type Write = (bytes: Uint8Array) => Promise<number>;

/** Why nothing more can be sent; the error may be made when somebody asks for it. */
export interface Failure {
  readonly error: unknown;
}

/** The sending half of a connection. */
export class Outbox {
  readonly #write: Write;
  readonly #toError: (cause: unknown) => unknown;
  /** Complete pieces, in order; then those in the block from `#from` to `#to`. */
  #pieces: Uint8Array[] = [];
  #block: Uint8Array = NOTHING;
  #from = 0;
  #to = 0;
  /** A block whose bytes have all been written. */
  #spare: Uint8Array | undefined;
  /** Those who wait for what is collected now. */
  #next: PromiseWithResolvers<void> | undefined;
  /** Those whose messages are being written; the pieces, which of them, and the block they are in. */
  #current: PromiseWithResolvers<void> | undefined;
  #writing: Uint8Array[] = [];
  #at = 0;
  #writingBlock: Uint8Array = NOTHING;
  /** What is left of the piece that is being written. */
  #rest: Uint8Array = NOTHING;
  #busy = false;
  #failure: Failure | undefined;

  /** Bytes that the system has not taken. */
  pending = 0;

  /**
   * @param write Writes to the stream.
   * @param toError Makes what it threw into an error of this package.
   */
  constructor(write: Write, toError: (cause: unknown) => unknown) {
    this.#write = write;
    this.#toError = toError;
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
    const copied = length <= LARGE ? length : BEGINNING;
    this.#reserve(copied + LONG_HEADER);
    this.#to = writeHeader(this.#block, this.#to, length);
    this.#block.set(copied === length ? body : body.subarray(0, copied), this.#to);
    this.#to += copied;
    if (copied < length) {
      this.#cut();
      this.#pieces.push(body.subarray(copied));
    }
    this.pending += headerSize(length) + length;
    const next = this.#next ??= Promise.withResolvers();
    if (!this.#busy) {
      this.#busy = true;
      // After this turn of the program, so that what it sends together goes out together.
      RESOLVED.then(this.#start ??= () => this.#run());
    }
    return next.promise;
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
  fail(failure: Failure): void {
    this.#failure ??= failure;
    this.#pieces = [];
    this.#from = this.#to;
    this.pending = 0;
    for (const waiting of [this.#current, this.#next]) {
      // Also when nobody awaits it: the next call says so again.
      if (waiting === undefined) continue;
      waiting.promise.catch(() => {});
      waiting.reject(this.#failure.error);
    }
    this.#next = undefined;
  }

  // Callbacks that are made once: an async function makes new ones for every message.
  #start: (() => void) | undefined;
  #onWritten: ((count: number) => void) | undefined;
  #onFailed: ((cause: unknown) => void) | undefined;

  /** Begins to write what was collected. */
  #run(): void {
    if (this.#next === undefined || this.#failure !== undefined) {
      this.#current = undefined;
      this.#busy = false;
      return;
    }
    this.#current = this.#next;
    this.#next = undefined;
    this.#cut();
    this.#writing = this.#pieces;
    this.#writingBlock = this.#block;
    this.#pieces = [];
    this.#block = this.#spare ?? NOTHING;
    this.#spare = undefined;
    this.#from = this.#to = 0;
    this.#at = 0;
    this.#writePiece();
  }

  #writePiece(): void {
    const piece = this.#rest = this.#writing[this.#at++]!;
    // Its length has been announced; nothing else is ever empty.
    if (piece.byteLength > 0) return this.#writeRest();
    const message = "Cannot send bytes: the buffer was detached before it was sent";
    this.fail({ error: new TypeError(message) });
    this.#run();
  }

  #writeRest(): void {
    let writing: Promise<number>;
    try {
      writing = this.#write(this.#rest);
    } catch (cause) {
      writing = Promise.reject(cause);
    }
    writing.then(
      this.#onWritten ??= (count) => this.#written(count),
      this.#onFailed ??= (cause) => {
        this.fail({ error: this.#toError(cause) });
        this.#run();
      },
    );
  }

  #written(count: number): void {
    if (this.#failure !== undefined) return this.#run();
    this.pending -= count;
    if (count < this.#rest.byteLength) {
      this.#rest = this.#rest.subarray(count);
      return this.#writeRest();
    }
    if (this.#at < this.#writing.length) return this.#writePiece();
    const current = this.#current!;
    this.#spare = this.#writingBlock;
    // Nothing of the callers' is kept alive.
    this.#rest = NOTHING;
    this.#writing = [];
    current.resolve();
    this.#run();
  }

  /** What is in the block so far becomes a piece. */
  #cut(): void {
    if (this.#to > this.#from) this.#pieces.push(this.#block.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }

  #reserve(size: number): void {
    const block = this.#block;
    const to = this.#to;
    if (block.length - to >= size) return;
    // While all of it is still to be sent, a larger block takes it along: one write then. One that was filled is left.
    const moves = this.#from === 0 && to + size <= LARGEST_BLOCK;
    if (!moves) this.#cut();
    const needed = moves ? to + size : size;
    let length = to === 0
      ? FIRST_BLOCK
      : Math.min(Math.max(block.length * 4, FIRST_BLOCK), LARGEST_BLOCK);
    while (length < needed) length *= 4;
    this.#block = new Uint8Array(length);
    this.#from = 0;
    this.#to = moves ? to : 0;
    if (moves && to > 0) this.#block.set(block.subarray(0, to));
  }
}
