/**
 * Reading bytes in the portions a protocol needs: lines, exact counts, up to a separator, messages.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import {
  PeekCall,
  ReadAllCall,
  ReadCall,
  ReadExactlyCall,
  ReadFrameCall,
  ReadIntoCall,
  ReadLineCall,
  ReadUntilCall,
  SkipLineCall,
  takeFrame,
  takeLine,
  takeUntil,
} from "./_calls.ts";
import { type Call, Intake } from "./_intake.ts";
import { textLines } from "./_lines.ts";
import { Link } from "./_link.ts";
import { needle, type Separator } from "./_needle.ts";
import { checkLimit, settingsOf } from "./_settings.ts";
import {
  type ByteSource,
  checkStreamOptions,
  type Framing,
  type LimitOptions,
  type StreamOptions,
  type WaitOptions,
} from "./options.ts";
import { checkWait, type OwnNames, waitError } from "../wait_options.ts";
import { type Waitable, type Watch, watchable } from "../watch.ts";

const DEFAULT_ALL = 64 * 1024 * 1024;

/** How to read text line by line. */
export interface LinesOptions extends LimitOptions {
  /**
   * The name of the encoding, one that contains ASCII.
   *
   * @default {"utf-8"}
   */
  encoding?: string | undefined;
  /**
   * Whether bytes that are no text are an error, instead of `U+FFFD`.
   *
   * @default {false}
   */
  fatal?: boolean | undefined;
}

const LIMIT_NAMES: OwnNames = { limit: true };
const LIMIT_RULES: RulesOf<Pick<LimitOptions, "limit">> = { limit: "bytes" };
const LINES_RULES: RulesOf<LinesOptions> = {
  ...LIMIT_RULES,
  signal: "signal",
  timeout: "milliseconds",
  encoding: "string",
  fatal: "boolean",
};

/**
 * Reads from a connection or any other source of bytes.
 *
 * The arrays it gives are views of memory that is not written again: they stay valid, no copy is needed. One that is kept
 * for long keeps up to 128 KiB alive; `slice()` it then. Where much data passes through, fresh memory is what costs most:
 * {@linkcode StreamReader.release} gives it back, {@linkcode StreamReader.readInto} needs none.
 *
 * Only one call may wait at a time; a second one rejects with {@linkcode BusyError}. A call that times out or is aborted has
 * taken nothing. The `try…` forms look only at what has arrived.
 *
 * @example From any source
 * ```ts
 * import { StreamReader } from "@ferry/std/net/streams";
 * import { assertEquals } from "@std/assert";
 *
 * const text = new Blob(["one\r\ntwo\n", "rest"]).stream();
 * const reader = StreamReader.from(text);
 * const decoder = new TextDecoder();
 * assertEquals(decoder.decode((await reader.readLine())!), "one");
 * assertEquals(decoder.decode(await reader.readExactly(2)), "tw");
 * assertEquals(decoder.decode(await reader.readAll()), "o\nrest");
 * ```
 */
export class StreamReader implements AsyncIterable<Uint8Array>, Waitable {
  readonly #intake: Intake;

  /**
   * Made by `openConnection`, servers and {@linkcode StreamReader.from}.
   *
   * @param source Where the bytes come from.
   * @param options Limits of length and time.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(source: ByteSource, options: StreamOptions = {}) {
    const lasting = source instanceof Link;
    // Those of a connection are checked once.
    if (!lasting) checkStreamOptions("Cannot make a reader", options);
    const link = lasting ? source : new Link(source as never);
    this.#intake = new Intake(link, lasting, settingsOf(options));
  }

  /**
   * Reads from a stream or from bytes.
   *
   * @param source A stream of bytes, or the bytes.
   * @param options Limits of length and time.
   * @returns The reader.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  static from(
    source: ReadableStream<Uint8Array> | Uint8Array,
    options: StreamOptions = {},
  ): StreamReader {
    if (source instanceof Uint8Array) {
      const reader = new StreamReader({ read: () => Promise.resolve(null) }, options);
      reader.feed(source);
      return reader;
    }
    return new StreamReader(fromStream(source), options);
  }

  /** The most bytes of a line, or before a separator, where a call gives no limit of its own. */
  get limit(): number {
    return this.#intake.settings.limit;
  }

  /** Bytes that have arrived and were not read. */
  get buffered(): number {
    return this.#intake.slab.length;
  }

  /** Whether everything was read and no more will come. */
  get atEof(): boolean {
    return this.#intake.atEof;
  }

  /** Whether a call waits for bytes. */
  get waiting(): boolean {
    return this.#intake.waiting;
  }

  /** Whether the source is being read from: `startTls` is not possible then. */
  get reading(): boolean {
    return this.#intake.pending;
  }

  /** The number of the message of which a part is there and the rest is waited for; 0 if there is none. */
  get pendingMessage(): number {
    return this.#intake.pendingMessage;
  }

  /**
   * Reads what has arrived, at least one byte.
   *
   * @param max The most bytes to read.
   * @param options `signal` and `timeout`.
   * @returns The bytes; `null` at the end.
   * @throws {NetError} If the connection broke.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {BusyError} If another call waits.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  read(max: number = Infinity, options?: WaitOptions): Promise<Uint8Array | null> {
    if (!isCount(max)) return Promise.reject(countError("read", max, 1));
    const wrong = waitError("read", options);
    if (wrong !== undefined) return Promise.reject(wrong);
    const { slab, busy } = this.#intake;
    if (slab.length > 0 && !busy) return Promise.resolve(slab.take(Math.min(max, slab.length)));
    return this.#intake.wait(new ReadCall(max), options);
  }

  /**
   * Reads into a buffer, at least one byte. The fastest way for much data: no memory is allocated, and nothing is copied
   * unless it had arrived before, or the call has a timeout or signal.
   *
   * @param into The buffer. Until the promise settles it belongs to the reader.
   * @param options `signal` and `timeout`.
   * @returns How many bytes; `null` at the end.
   * @throws {NetError} If the connection broke.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {BusyError} If another call waits.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  readInto(into: Uint8Array, options?: WaitOptions): Promise<number | null> {
    const wrong = waitError("read", options);
    if (wrong !== undefined) return Promise.reject(wrong);
    if (into.length === 0) return Promise.resolve(0);
    const intake = this.#intake;
    if (intake.slab.length > 0 && !intake.busy) return Promise.resolve(intake.slab.copy(into));
    if (intake.direct(options)) return intake.readDirect(into);
    return intake.wait(new ReadIntoCall(into), options);
  }

  /**
   * Reads an exact number of bytes.
   *
   * Memory grows with what arrives, not with what was asked for.
   *
   * @param count How many.
   * @param options `signal` and `timeout`.
   * @returns The bytes.
   * @throws {IncompleteReadError} If the stream ends first; it carries what there was.
   * @throws {NetError} If the connection broke.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {BusyError} If another call waits.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  readExactly(count: number, options?: WaitOptions): Promise<Uint8Array> {
    if (!isSize(count)) return Promise.reject(countError("readExactly", count, 0));
    const wrong = waitError("read", options);
    if (wrong !== undefined) return Promise.reject(wrong);
    const { slab, busy } = this.#intake;
    if (slab.length >= count && !busy) return Promise.resolve(slab.take(count));
    return this.#intake.wait(new ReadExactlyCall(count), options);
  }

  /**
   * Reads a line, without its end (`\n` or `\r\n`).
   *
   * @param options `limit`, `signal` and `timeout`.
   * @returns The line; the rest, if the last line has no end; `null` at the end.
   * @throws {LimitOverrunError} If the line is longer than the limit, whether or not its end has arrived. It is left there:
   * read it with a larger limit, or drop it with {@linkcode StreamReader.skipLine}.
   * @throws {NetError} If the connection broke.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {BusyError} If another call waits.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  readLine(options?: LimitOptions): Promise<Uint8Array | null> {
    const intake = this.#intake;
    try {
      const limit = this.#limitOf(options, "read a line");
      const line = intake.slab.length > 0 && !intake.busy ? takeLine(intake, limit, 0) : undefined;
      if (line !== undefined) return Promise.resolve(line);
      return intake.wait(new ReadLineCall(limit), options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Reads a line that has arrived.
   *
   * @param options `limit`.
   * @returns The line without its end; `undefined` if no complete line is there.
   * @throws {LimitOverrunError} If the line is longer than the limit.
   * @throws {BusyError} If a call waits.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  tryReadLine(options?: Pick<LimitOptions, "limit">): Uint8Array | undefined {
    const intake = this.#intake;
    if (intake.busy) throw intake.busyError();
    return intake.slab.length === 0 ? undefined : takeLine(intake, this.#tryLimitOf(options), 0);
  }

  /**
   * Drops everything up to the end of the line, however long it is.
   *
   * @param options `signal` and `timeout`.
   * @returns How many bytes were dropped, the end of the line among them.
   * @throws {NetError} If the connection broke.
   * @throws {TimeoutError} If the timeout passes first; what was dropped by then stays dropped.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  skipLine(options?: WaitOptions): Promise<number> {
    const wrong = waitError("skip a line", options);
    if (wrong !== undefined) return Promise.reject(wrong);
    return this.#intake.wait(new SkipLineCall(), options);
  }

  /**
   * Reads up to a separator.
   *
   * @param separator The separator, or several of which the first to end counts.
   * @param options `limit`, `signal` and `timeout`.
   * @returns The bytes with the separator.
   * @throws {LimitOverrunError} If more than `limit` bytes come before the separator, whether or not it has arrived. They
   * are left there.
   * @throws {IncompleteReadError} If the stream ends first; it carries what there was.
   * @throws {NetError} If the connection broke.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {BusyError} If another call waits.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  readUntil(separator: Separator, options?: LimitOptions): Promise<Uint8Array> {
    let call: Call<Uint8Array>;
    try {
      call = new ReadUntilCall(needle(separator), this.#limitOf(options, "read"));
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#intake.wait(call, options);
  }

  /**
   * Reads up to a separator that has arrived.
   *
   * @param separator The separator, or several of which the first to end counts.
   * @param options `limit`.
   * @returns The bytes with the separator; `undefined` if it is not there.
   * @throws {LimitOverrunError} If more than `limit` bytes come before the separator.
   * @throws {BusyError} If a call waits.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  tryReadUntil(
    separator: Separator,
    options?: Pick<LimitOptions, "limit">,
  ): Uint8Array | undefined {
    if (this.#intake.busy) throw this.#intake.busyError();
    return takeUntil(this.#intake, needle(separator), this.#tryLimitOf(options), 0);
  }

  /**
   * Reads what has arrived.
   *
   * @param max The most bytes to read.
   * @returns The bytes, at least one; `undefined` if none are there.
   * @throws {BusyError} If a call waits.
   */
  tryRead(max: number = Infinity): Uint8Array | undefined {
    if (!isCount(max)) throw countError("tryRead", max, 1);
    const { slab, busy } = this.#intake;
    if (busy) throw this.#intake.busyError();
    return slab.length === 0 ? undefined : slab.take(Math.min(max, slab.length));
  }

  /**
   * Reads an exact number of bytes that have arrived.
   *
   * @param count How many.
   * @returns The bytes; `undefined` if there are fewer.
   * @throws {BusyError} If a call waits.
   */
  tryReadExactly(count: number): Uint8Array | undefined {
    if (!isSize(count)) throw countError("tryReadExactly", count, 0);
    const { slab, busy } = this.#intake;
    if (busy) throw this.#intake.busyError();
    return slab.length < count ? undefined : slab.take(count);
  }

  /**
   * Reads all there is up to the end.
   *
   * @param options `limit`, by default 64 MiB, `signal` and `timeout`.
   * @returns The bytes.
   * @throws {LimitOverrunError} If there are more than `limit` bytes. They are left there.
   * @throws {NetError} If the connection broke.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  readAll(options?: LimitOptions): Promise<Uint8Array> {
    let call: Call<Uint8Array>;
    try {
      checkWait("read", options, LIMIT_NAMES);
      call = new ReadAllCall(checkLimit(options?.limit ?? DEFAULT_ALL));
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#intake.wait(call, options);
  }

  /**
   * Waits for bytes and leaves them there.
   *
   * @param count How many are needed at least.
   * @param options `signal` and `timeout`.
   * @returns A view of all that has arrived; fewer than `count` bytes only at the end.
   * @throws {NetError} If the connection broke.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  peek(count: number = 1, options?: WaitOptions): Promise<Uint8Array> {
    if (!isSize(count)) return Promise.reject(countError("peek", count, 0));
    const wrong = waitError("peek", options);
    if (wrong !== undefined) return Promise.reject(wrong);
    return this.#intake.wait(new PeekCall(count), options);
  }

  /**
   * Reads a message.
   *
   * @param framing Finds it.
   * @param options `signal` and `timeout`.
   * @returns Its payload; `null` at the end between two messages.
   * @throws {IncompleteReadError} If the stream ends within a message.
   * @throws {LimitOverrunError} If the message is too long.
   * @throws {ProtocolError} If the bytes are no message.
   * @throws {NetError} If the connection broke.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  readFrame(framing: Framing, options?: WaitOptions): Promise<Uint8Array | null> {
    const intake = this.#intake;
    const wrong = waitError("read a frame", options);
    if (wrong !== undefined) return Promise.reject(wrong);
    if (!intake.busy && intake.slab.length > 0) {
      try {
        const frame = takeFrame(intake, framing, 0);
        if (frame !== undefined) return Promise.resolve(frame);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return intake.wait(new ReadFrameCall(framing), options);
  }

  /**
   * Reads a message that has arrived.
   *
   * @param framing Finds it.
   * @returns Its payload; `undefined` if it is not complete.
   * @throws {LimitOverrunError} If the message is too long.
   * @throws {ProtocolError} If the bytes are no message.
   * @throws {BusyError} If a call waits.
   */
  tryReadFrame(framing: Framing): Uint8Array | undefined {
    const intake = this.#intake;
    if (intake.busy) throw intake.busyError();
    return intake.slab.length === 0 ? undefined : takeFrame(intake, framing, 0);
  }

  /**
   * Reads text line by line, each without its end. Faster than {@linkcode StreamReader.readLine}: all lines that have
   * arrived are decoded at once. Each is read only when it is given: what follows can be read by other calls, in the loop or
   * after it.
   *
   * @param options `encoding`, `fatal`, and for each line `limit`, `signal` and `timeout`.
   * @returns The lines.
   * @throws {RangeError} If the encoding is unknown, or none that contains ASCII.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  lines(options: LinesOptions = {}): AsyncIterableIterator<string> {
    checkOptions("Cannot read lines", options, LINES_RULES);
    const { signal, timeout, limit = this.limit } = options;
    checkLimit(limit);
    const wait = { signal, timeout, limit };
    return textLines(this.#intake, limit, () => this.readLine(wait), options);
  }

  /**
   * Gives back the memory of the bytes that were read last: the next read may write there. Large reads are up to twice as fast
   * then. Bytes that were given to a writer are still in use until its `drain()` has resolved.
   *
   * @param view What the last call that read bytes gave, itself. It must not be used any more.
   * @returns Whether it was taken back. Anything but what was read last is left alone, and so is what was released before.
   *
   * @example Passing on without garbage
   * ```ts
   * import { openConnection, startServer } from "@ferry/std/net";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = await startServer(async ({ reader, writer }) => {
   *   for await (const chunk of reader) {
   *     writer.write(chunk);
   *     await writer.drain();
   *     reader.release(chunk);
   *   }
   * }, { port: 0 });
   *
   * await using connection = await openConnection(server.address);
   * connection.writer.write("hello\n");
   * assertEquals(new TextDecoder().decode((await connection.reader.readLine())!), "hello");
   * ```
   */
  release(view: Uint8Array): boolean {
    return this.#intake.slab.release(view);
  }

  /**
   * Gives the chunks as they arrive.
   *
   * @returns The chunks.
   */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    for (let chunk; (chunk = await this.read()) !== null;) yield chunk;
  }

  /**
   * The rest as a stream of the web.
   *
   * @returns The stream. Cancelling it leaves the connection open.
   */
  toReadable(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const chunk = await this.read();
        if (chunk === null) controller.close();
        else controller.enqueue(chunk);
      },
    }, { highWaterMark: 0 });
  }

  /**
   * Adds bytes behind those that have arrived, as if they had been received: what another layer had read too much.
   *
   * @param chunk The bytes.
   * @throws {BusyError} If the source is being read from.
   * @throws {TypeError} If they are no bytes.
   */
  feed(chunk: Uint8Array): void {
    checkBytes(chunk, "feed");
    this.#intake.append(chunk);
  }

  /**
   * Puts bytes back: the next call reads them first. What was read last goes back without a copy.
   *
   * @param chunk The bytes.
   * @throws {BusyError} If a call waits.
   * @throws {TypeError} If they are no bytes.
   *
   * @example Looks at the first line to see whose it is
   * ```ts
   * import { StreamReader } from "@ferry/std/net/streams";
   * import { assertEquals } from "@std/assert";
   *
   * const reader = StreamReader.from(new TextEncoder().encode("GET / HTTP/1.1\n"));
   * const first = await reader.readExactly(3);
   * reader.unread(first);
   * assertEquals(new TextDecoder().decode((await reader.readLine())!), "GET / HTTP/1.1");
   * ```
   */
  unread(chunk: Uint8Array): void {
    checkBytes(chunk, "unread");
    this.#intake.prepend(chunk);
  }

  /**
   * Keeps everybody from reading, while the connection becomes another one.
   *
   * @returns What lets them again.
   * @throws {BusyError} If a call waits.
   */
  hold(): () => void {
    return this.#intake.hold();
  }

  /**
   * Ends the stream where it is idle: a call that waits without a byte of what it waits for reads the end, now or when one
   * next does. Bytes that the kernel has already received still come.
   */
  finish(): void {
    this.#intake.finish();
  }

  /**
   * Says when there is something to read: what `wait` of this area and `waitAny` of `ipc` call.
   *
   * @param notify Called whenever it may have become ready.
   * @returns Whether it is ready: a byte has arrived, or the end, or the connection broke.
   */
  watch(notify: () => void): Watch {
    const stop = this.#intake.watch(notify);
    return { ready: () => this.#intake.ready(), stop };
  }

  static {
    watchable(StreamReader);
  }

  /** The limit of a call that waits: its own, or the reader's. */
  #limitOf(options: LimitOptions | undefined, op: string): number {
    if (options === undefined) return this.limit;
    checkWait(op, options, LIMIT_NAMES);
    return options.limit === undefined ? this.limit : checkLimit(options.limit);
  }

  /** The same of a call that does not wait. */
  #tryLimitOf(options: Pick<LimitOptions, "limit"> | undefined): number {
    if (options === undefined) return this.limit;
    checkOptions("Cannot read", options, LIMIT_RULES);
    return options.limit === undefined ? this.limit : checkLimit(options.limit);
  }
}

function checkBytes(chunk: unknown, method: string): void {
  if (chunk instanceof Uint8Array) return;
  const received = chunk === null ? "null" : typeof chunk;
  throw new TypeError(`Cannot ${method}: a Uint8Array is needed, received ${received}`);
}

/** Whether it can be the most bytes to read. */
function isCount(max: number): boolean {
  return max >= 1 && (Number.isInteger(max) || max === Infinity);
}

/** Whether it can be a number of bytes. */
function isSize(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 0;
}

function countError(method: string, received: number, least: number): RangeError {
  return new RangeError(
    `Cannot ${method}: a count of at least ${least} bytes is needed, received ${received}`,
  );
}

/** A stream of the web as a source. */
function fromStream(stream: ReadableStream<Uint8Array>): ByteSource {
  const chunks = stream.getReader();
  let left = new Uint8Array(0);
  return {
    async read(into) {
      while (left.length === 0) {
        const { done, value } = await chunks.read();
        if (done) return null;
        left = value as Uint8Array<ArrayBuffer>;
      }
      const count = Math.min(left.length, into.length);
      into.set(left.subarray(0, count));
      left = left.subarray(count);
      return count;
    },
  };
}
