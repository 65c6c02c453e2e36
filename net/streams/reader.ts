/**
 * Reading bytes in the portions a protocol needs: lines, exact counts, up to a separator, messages.
 *
 * @module
 */
import { BusyError, IncompleteReadError, LimitOverrunError, TimeoutError } from "../errors.ts";
import { Deadline } from "../time/mod.ts";
import { Link } from "./_link.ts";
import { type TextLines, textLines } from "./_lines.ts";
import { Slab } from "./_slab.ts";
import { type Needle, needle, type Separator } from "./_needle.ts";
import type {
  ByteSource,
  Framing,
  LimitOptions,
  Span,
  StreamOptions,
  WaitOptions,
} from "./options.ts";
import { type Waitable, type Watch, watchable } from "../watch.ts";

/** What a step says that needs more bytes; how many goes into `#wanted`. */
const MORE: unique symbol = Symbol("more");
const RESOLVED = Promise.resolve();
const LF = 10;
const CR = 13;
const DEFAULT_LIMIT = 65536;
const DEFAULT_ALL = 64 * 1024 * 1024;
/** Milliseconds a stream that is asked to finish waits for bytes that are already on their way through the kernel. */
const LAST_CALL = 20;

/** How the message that is being looked for lies: one for all readers, a search never waits. */
const span: Span = { head: 0, length: 0, tail: 0, seen: 0 };

/** A call that waits for bytes. */
interface Call {
  step(): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

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
  /** The most bytes of a line, or before a separator, where a call gives no limit of its own. */
  readonly limit: number;
  readonly #link: Link;
  readonly #slab = new Slab();
  readonly #readTimeout: number;
  readonly #lasting: boolean;
  #wanted = 0;
  #busy = false;
  #held = false;
  #calls = 0;
  #pending = false;
  #ended = false;
  #failure: Error | undefined;
  #call: Call | undefined;
  #deadline: Deadline | undefined;
  #last: Deadline | undefined;
  #timedOut = false;
  #finishing: "no" | "soon" | "now" = "no";
  #watchers: Set<() => void> | undefined;

  /**
   * Makes a reader.
   *
   * @param source Where the bytes come from.
   * @param options Limits of length and time.
   */
  constructor(source: ByteSource, options: StreamOptions = {}) {
    this.#link = source instanceof Link ? source : new Link(source as never);
    this.#lasting = source instanceof Link;
    this.limit = checkLimit(options.limit ?? DEFAULT_LIMIT);
    this.#readTimeout = options.readTimeout ?? Infinity;
    this.#link.reader = this;
  }

  /**
   * Reads from a stream or from bytes.
   *
   * @param source A stream of bytes, or the bytes.
   * @param options Limits of length and time.
   * @returns The reader.
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
    const chunks = source.getReader();
    let left = new Uint8Array(0);
    return new StreamReader({
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
    }, options);
  }

  /** Bytes that have arrived and were not read. */
  get buffered(): number {
    return this.#slab.length;
  }

  /** Whether everything was read and no more will come. */
  get atEof(): boolean {
    return this.#slab.length === 0 && this.#over;
  }

  /** Whether a call waits for bytes. */
  get waiting(): boolean {
    return this.#busy && !this.#held;
  }

  /** Whether the source is being read from: `startTls` is not possible then. */
  get reading(): boolean {
    return this.#pending;
  }

  /** The number of the message of which a part is there and the rest is waited for; 0 if there is none. */
  get pendingMessage(): number {
    return this.#busy && this.#slab.length > 0 ? this.#calls : 0;
  }

  get #over(): boolean {
    return this.#ended || this.#finishing === "now" && this.#slab.length === 0;
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
   */
  read(max: number = Infinity, options?: WaitOptions): Promise<Uint8Array | null> {
    if (!isCount(max)) return Promise.reject(countError("read", max, 1));
    const slab = this.#slab;
    if (slab.length > 0 && !this.#busy) {
      return Promise.resolve(slab.take(Math.min(max, slab.length)));
    }
    return this.#waitRead(max, options);
  }

  // The forms that wait are functions of their own: a function with a closure in it allocates on every call, and most calls
  // find what they want.
  #waitRead(max: number, options: WaitOptions | undefined): Promise<Uint8Array | null> {
    const slab = this.#slab;
    return this.#wait(() => {
      if (slab.length > 0) return slab.take(Math.min(max, slab.length));
      return this.#over ? null : this.#need(1);
    }, options);
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
   */
  readInto(into: Uint8Array, options?: WaitOptions): Promise<number | null> {
    if (into.length === 0) return Promise.resolve(0);
    const slab = this.#slab;
    if (slab.length > 0 && !this.#busy) return Promise.resolve(slab.copy(into));
    const direct = !this.#busy && !this.#pending && !this.#over && !this.#failure &&
      !options?.signal && this.#finishing === "no" && !this.#watchers?.size &&
      (options?.timeout ?? this.#readTimeout) === Infinity;
    if (direct) return this.#readDirect(into);
    return this.#waitReadInto(into, options);
  }

  #waitReadInto(into: Uint8Array, options: WaitOptions | undefined): Promise<number | null> {
    const slab = this.#slab;
    return this.#wait(() => {
      if (slab.length > 0) return slab.copy(into);
      return this.#over ? null : this.#need(1);
    }, options);
  }

  async #readDirect(into: Uint8Array): Promise<number | null> {
    this.#busy = this.#pending = true;
    try {
      const count = await this.#link.raw.read(into);
      if (count === null) this.#ended = true;
      else this.#link.received += count;
      return count;
    } catch (cause) {
      this.#failure = this.#link.error(cause, "read");
      if (this.#finishing !== "no") return null;
      throw this.#failure;
    } finally {
      this.#busy = this.#pending = false;
      this.#notify();
    }
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
   */
  readExactly(count: number, options?: WaitOptions): Promise<Uint8Array> {
    if (!Number.isSafeInteger(count) || count < 0) {
      return Promise.reject(countError("readExactly", count, 0));
    }
    if (this.#slab.length >= count && !this.#busy) return Promise.resolve(this.#slab.take(count));
    return this.#waitExactly(count, options);
  }

  #waitExactly(count: number, options: WaitOptions | undefined): Promise<Uint8Array> {
    return this.#wait(() => {
      if (this.#slab.length >= count) return this.#slab.take(count);
      if (this.#over) throw this.#incomplete(count);
      return this.#need(count);
    }, options);
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
   */
  readLine(options?: LimitOptions): Promise<Uint8Array | null> {
    if (!this.#busy && this.#slab.length > 0) {
      try {
        const line = this.#line(this.#limitOf(options), 0);
        if (line !== undefined) return Promise.resolve(line);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return this.#waitLine(options);
  }

  #waitLine(options: LimitOptions | undefined): Promise<Uint8Array | null> {
    let seen = 0;
    return this.#wait(() => {
      const limit = this.#limitOf(options);
      const line = this.#line(limit, seen);
      if (line !== undefined) return line;
      seen = this.#slab.length;
      if (!this.#over) return this.#need(seen + 1);
      if (seen === 0) return null;
      if (seen > limit) throw this.#overrun(limit, "line");
      return this.#slab.take(seen);
    }, options);
  }

  /**
   * Reads a line that has arrived.
   *
   * @param options `limit`.
   * @returns The line without its end; `undefined` if no complete line is there.
   * @throws {LimitOverrunError} If the line is longer than the limit.
   * @throws {BusyError} If a call waits.
   */
  tryReadLine(options?: Pick<LimitOptions, "limit">): Uint8Array | undefined {
    if (this.#busy) throw this.#busyError();
    return this.#slab.length === 0 ? undefined : this.#line(this.#limitOf(options), 0);
  }

  /** The line at the start; `undefined` if its end is not there. `seen` bytes were searched before. */
  #line(limit: number, seen: number): Uint8Array | undefined {
    const slab = this.#slab;
    const at = slab.indexOf(LF, slab.start + seen);
    if (at >= 0) {
      const end = at > slab.start && slab.bytes[at - 1] === CR ? at - 1 : at;
      const length = end - slab.start;
      if (length > limit) throw this.#overrun(limit, "line");
      return slab.take(length, at + 1 - end);
    }
    // A line of exactly `limit` bytes may have its "\r" here and its "\n" not yet.
    if (slab.length > limit + 1) throw this.#overrun(limit, "line");
    if (slab.length === limit + 1 && slab.bytes[slab.end - 1] !== CR) {
      throw this.#overrun(limit, "line");
    }
    return undefined;
  }

  /**
   * Drops everything up to the end of the line, however long it is.
   *
   * @param options `signal` and `timeout`.
   * @returns How many bytes were dropped, the end of the line among them.
   * @throws {NetError} If the connection broke.
   * @throws {TimeoutError} If the timeout passes first; what was dropped by then stays dropped.
   */
  skipLine(options?: WaitOptions): Promise<number> {
    let dropped = 0;
    return this.#wait(() => {
      const slab = this.#slab;
      const at = slab.indexOf(LF, slab.start);
      const count = at < 0 ? slab.length : at + 1 - slab.start;
      slab.skip(count);
      dropped += count;
      return at >= 0 || this.#over ? dropped : this.#need(1);
    }, options);
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
   */
  readUntil(separator: Separator, options?: LimitOptions): Promise<Uint8Array> {
    let find: Needle;
    try {
      find = needle(separator);
    } catch (error) {
      return Promise.reject(error);
    }
    let seen = 0;
    return this.#wait(() => {
      const found = this.#until(find, this.#limitOf(options), seen);
      if (found !== undefined) return found;
      seen = Math.max(0, this.#slab.length - find.longest + 1);
      if (this.#over) throw this.#incomplete();
      return this.#need(this.#slab.length + 1);
    }, options);
  }

  /**
   * Reads up to a separator that has arrived.
   *
   * @param separator The separator, or several of which the first to end counts.
   * @param options `limit`.
   * @returns The bytes with the separator; `undefined` if it is not there.
   * @throws {LimitOverrunError} If more than `limit` bytes come before the separator.
   * @throws {BusyError} If a call waits.
   */
  tryReadUntil(
    separator: Separator,
    options?: Pick<LimitOptions, "limit">,
  ): Uint8Array | undefined {
    if (this.#busy) throw this.#busyError();
    return this.#until(needle(separator), this.#limitOf(options), 0);
  }

  #until(find: Needle, limit: number, seen: number): Uint8Array | undefined {
    const slab = this.#slab;
    const at = find.search(slab, slab.start + seen);
    if (at >= 0 && at - slab.start <= limit) return slab.take(at - slab.start + find.found);
    // Without the longest separator's last byte, nothing within the limit can be one.
    if (at >= 0 || slab.length - find.longest >= limit) throw this.#overrun(limit, "separator");
    return undefined;
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
    if (this.#busy) throw this.#busyError();
    const { length } = this.#slab;
    return length === 0 ? undefined : this.#slab.take(Math.min(max, length));
  }

  /**
   * Reads an exact number of bytes that have arrived.
   *
   * @param count How many.
   * @returns The bytes; `undefined` if there are fewer.
   * @throws {BusyError} If a call waits.
   */
  tryReadExactly(count: number): Uint8Array | undefined {
    if (!Number.isSafeInteger(count) || count < 0) throw countError("tryReadExactly", count, 0);
    if (this.#busy) throw this.#busyError();
    return this.#slab.length < count ? undefined : this.#slab.take(count);
  }

  /**
   * Reads all there is up to the end.
   *
   * @param options `limit`, by default 64 MiB, `signal` and `timeout`.
   * @returns The bytes.
   * @throws {LimitOverrunError} If there are more than `limit` bytes. They are left there.
   * @throws {NetError} If the connection broke.
   * @throws {TimeoutError} If the timeout passes first.
   */
  readAll(options?: LimitOptions): Promise<Uint8Array> {
    return this.#wait(() => {
      const limit = checkLimit(options?.limit ?? DEFAULT_ALL);
      const { length } = this.#slab;
      if (length > limit) throw this.#overrun(limit, "end");
      return this.#over ? this.#slab.take(length) : this.#need(2 * length + 1);
    }, options);
  }

  /**
   * Waits for bytes and leaves them there.
   *
   * @param count How many are needed at least.
   * @param options `signal` and `timeout`.
   * @returns A view of all that has arrived; fewer than `count` bytes only at the end.
   * @throws {NetError} If the connection broke.
   * @throws {TimeoutError} If the timeout passes first.
   */
  peek(count: number = 1, options?: WaitOptions): Promise<Uint8Array> {
    if (!Number.isSafeInteger(count) || count < 0) {
      return Promise.reject(countError("peek", count, 0));
    }
    return this.#wait(() => {
      const { length } = this.#slab;
      return length >= count || this.#over ? this.#slab.peek(length) : this.#need(count);
    }, options);
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
   */
  readFrame(framing: Framing, options?: WaitOptions): Promise<Uint8Array | null> {
    if (!this.#busy && this.#slab.length > 0) {
      try {
        span.seen = 0;
        const frame = this.#frame(framing);
        if (frame !== undefined) return Promise.resolve(frame);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return this.#waitFrame(framing, options);
  }

  #waitFrame(framing: Framing, options: WaitOptions | undefined): Promise<Uint8Array | null> {
    let seen = 0;
    return this.#wait(() => {
      const { length } = this.#slab;
      span.seen = seen;
      const frame = length === 0 ? undefined : this.#frame(framing);
      if (frame !== undefined) return frame;
      seen = span.seen;
      if (!this.#over) return length === 0 ? this.#need(1) : MORE;
      if (length === 0) return null;
      throw this.#incomplete(Math.max(this.#wanted, length + 1));
    }, options);
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
    if (this.#busy) throw this.#busyError();
    span.seen = 0;
    return this.#slab.length === 0 ? undefined : this.#frame(framing);
  }

  #frame(framing: Framing): Uint8Array | undefined {
    const slab = this.#slab;
    const needed = framing.find(slab.bytes, slab.start, slab.end, span);
    if (needed > 0) {
      this.#wanted = needed;
      return undefined;
    }
    span.seen = 0;
    slab.skip(span.head);
    return slab.take(span.length, span.tail);
  }

  /**
   * Reads text line by line, each without its end. Faster than {@linkcode StreamReader.readLine}: all lines that have
   * arrived are decoded at once. Each is read only when it is given: what follows can be read by other calls, in the loop or
   * after it.
   *
   * @param options `encoding`, `fatal`, and for each line `limit`, `signal` and `timeout`.
   * @returns The lines.
   * @throws {RangeError} If the encoding is unknown, or none that contains ASCII.
   */
  lines(options: LinesOptions = {}): AsyncIterableIterator<string> {
    const limit = this.#limitOf(options);
    const slab = this.#slab;
    // Where the rest of the batch lies, while that is its place.
    let epoch = -1;
    let at = -1;
    const source: TextLines = {
      batch: () => {
        // Within the limit no line can be too long; what lies behind it is for the next batch.
        const until = Math.min(slab.end, slab.start + limit) - 1;
        if (this.#busy || until < slab.start) return undefined;
        const last = slab.bytes.lastIndexOf(LF, until);
        if (last < slab.start) return undefined;
        ({ epoch, start: at } = slab);
        return slab.look(last + 1 - at);
      },
      advance: (count) => {
        if (this.#busy || slab.epoch !== epoch || slab.start !== at) return false;
        slab.skip(count);
        at += count;
        return true;
      },
      next: () => this.readLine({ ...options, limit }),
    };
    return textLines(source, options);
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
    return this.#slab.release(view);
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

  /** Called when the connection was closed. Not for users. */
  linkClosed(): void {
    this.#deadline?.[Symbol.dispose]();
    this.#last?.[Symbol.dispose]();
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
    if (this.#pending) throw this.#busyError();
    this.#slab.append(chunk);
    this.#notify();
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
    if (this.#busy) throw this.#busyError();
    if (chunk.length === 0) return;
    this.#slab.prepend(chunk, this.#pending);
    this.#notify();
  }

  /**
   * Keeps everybody from reading, while the connection becomes another one.
   *
   * @returns What lets them again.
   * @throws {BusyError} If a call waits.
   */
  hold(): () => void {
    if (this.#busy) throw this.#busyError();
    this.#busy = this.#held = true;
    return () => {
      this.#busy = this.#held = false;
      this.#notify();
    };
  }

  /**
   * Ends the stream where it is idle: a call that waits without a byte of what it waits for reads the end, now or when one
   * next does. Bytes that the kernel has already received still come.
   */
  finish(): void {
    if (this.#finishing !== "no" || this.#link.closed) return;
    this.#finishing = "soon";
    if (this.waiting && this.#slab.length === 0) this.#callLast();
  }

  /** Gives bytes that are already on their way a moment, then ends the wait for a message. */
  #callLast(): void {
    this.#last ??= new Deadline(() => {
      if (!this.#busy || this.#held || this.#slab.length > 0) return;
      this.#finishing = "now";
      if (this.#call) this.#notify();
      // A read into the user's own buffer can only be ended with the connection.
      else this.#link.close();
    });
    if (!this.#last.armed) this.#last.arm(LAST_CALL);
  }

  /**
   * Says when there is something to read: what `wait` of this area and `waitAny` of `ipc` call.
   *
   * @param notify Called whenever it may have become ready.
   * @returns Whether it is ready: a byte has arrived, or the end, or the connection broke.
   */
  watch(notify: () => void): Watch {
    const watchers = this.#watchers ??= new Set();
    // Each watch has a function of its own: the same one may be given twice.
    const own = () => notify();
    watchers.add(own);
    return {
      ready: () => {
        if (this.#slab.length > 0 || this.#over || this.#failure !== undefined) return true;
        if (!this.#pending) this.#pull(1);
        return false;
      },
      stop: () => void watchers.delete(own),
    };
  }

  /** Takes a step now, or again whenever something has happened, until it gives a result. */
  #wait<T>(step: () => T | typeof MORE, options: WaitOptions | undefined): Promise<T> {
    if (this.#busy) return Promise.reject(this.#busyError());
    const signal = options?.signal;
    const timeout = options?.timeout ?? this.#readTimeout;
    try {
      const out = step();
      if (out !== MORE) return Promise.resolve(out);
      if (this.#failure) throw this.#failure;
      signal?.throwIfAborted();
      if (Number.isNaN(timeout)) {
        throw new RangeError(
          `Cannot read: a timeout in milliseconds is needed, received ${timeout}`,
        );
      }
      if (timeout <= 0) {
        // Asking again and again comes to something: what arrives meanwhile is there the next time.
        if (!this.#pending) this.#pull(this.#wanted);
        throw new TimeoutError(this.#link.init("read"), timeout);
      }
    } catch (error) {
      return Promise.reject(error);
    }
    this.#busy = true;
    this.#calls++;
    return new Promise<T>((resolve, reject) => {
      this.#call = { step, resolve: resolve as (value: unknown) => void, reject, timeout, signal };
      this.#timedOut = false;
      if (timeout !== Infinity) this.#arm(timeout);
      signal?.addEventListener("abort", this.#onAbort);
      this.#more();
    });
  }

  /** Sees to it that something will happen. What was written in this turn goes out first: the peer may be waiting for it. */
  #more(): void {
    if (!this.#pending) {
      if (this.#link.scheduled) RESOLVED.then(this.#pullLater ??= () => this.#pullAfterWrites());
      else this.#pull(this.#wanted);
    }
    if (this.#finishing === "soon" && this.#slab.length === 0) this.#callLast();
  }

  #pullLater: (() => void) | undefined;

  #pullAfterWrites(): void {
    if (this.waiting && !this.#pending) this.#pull(this.#wanted);
  }

  /** The listener of signals, made when one is needed. */
  get #onAbort(): () => void {
    return this.#abortListener ??= () => this.#advance();
  }
  #abortListener: (() => void) | undefined;

  /** Something has happened: the call that waits takes its step again. */
  #advance(): void {
    const call = this.#call;
    if (call === undefined) return;
    try {
      const out = call.step();
      if (out === MORE) {
        if (this.#failure) throw this.#failure;
        call.signal?.throwIfAborted();
        if (this.#timedOut) throw new TimeoutError(this.#link.init("read"), call.timeout);
        this.#more();
        return;
      }
      this.#leave(call);
      call.resolve(out);
    } catch (error) {
      this.#leave(call);
      call.reject(error);
    }
  }

  #leave(call: Call): void {
    this.#busy = false;
    this.#call = undefined;
    call.signal?.removeEventListener("abort", this.#onAbort);
    if (call.timeout === Infinity) return;
    // A connection is closed one day, and frees the place of its deadline; another source may not be.
    if (this.#lasting) this.#deadline?.disarm();
    else this.#deadline?.[Symbol.dispose]();
  }

  #arm(timeout: number): void {
    this.#deadline ??= new Deadline(() => {
      this.#timedOut = true;
      this.#advance();
    });
    this.#deadline.arm(timeout);
  }

  /** Reads from the source once. What comes is kept, whoever still waits for it. */
  #pull(wanted: number): void {
    this.#pending = true;
    let reading: Promise<number | null>;
    try {
      reading = this.#link.raw.read(this.#slab.room(wanted));
    } catch (cause) {
      reading = Promise.reject(cause);
    }
    reading.then(
      this.#received ??= (count) => this.#onReceived(count),
      this.#failed ??= (cause) => this.#onFailed(cause),
    );
  }

  // Made once, with the first read.
  #received: ((count: number | null) => void) | undefined;
  #failed: ((cause: unknown) => void) | undefined;

  #onReceived(count: number | null): void {
    this.#pending = false;
    if (count === null) this.#ended = true;
    else {
      this.#slab.filled(count);
      this.#link.received += count;
    }
    this.#notify();
  }

  #onFailed(cause: unknown): void {
    this.#pending = false;
    if (this.#finishing !== "no" && this.#link.closed && !this.#link.reason) this.#ended = true;
    else this.#failure = this.#link.error(cause, "read");
    this.#notify();
  }

  #notify(): void {
    this.#advance();
    if (this.#watchers) { for (const each of this.#watchers) each(); }
  }

  #need(count: number): typeof MORE {
    this.#wanted = count;
    return MORE;
  }

  #busyError(): BusyError {
    return new BusyError({ ...this.#link.init("read"), reason: "another call is reading" });
  }

  #incomplete(expected?: number): Error {
    if (this.#failure) return this.#failure;
    const partial = this.#slab.take(this.#slab.length);
    return new IncompleteReadError(this.#link.init("read"), partial, expected);
  }

  #overrun(limit: number, what: "line" | "separator" | "end"): LimitOverrunError {
    const hint = what === "line" ? "drop the line with skipLine() or give" : "give";
    const before = what === "line" ? "the line is longer" : `the ${what} does not come sooner`;
    const reason = `${before} than the limit of ${limit} bytes; ${hint} a larger { limit }`;
    return new LimitOverrunError({ ...this.#link.init("read"), reason }, limit + 1, limit);
  }

  static {
    watchable(StreamReader);
  }

  /** The limit of a call: its own, or the reader's. */
  #limitOf(options: { limit?: number | undefined } | undefined): number {
    return options?.limit === undefined ? this.limit : checkLimit(options.limit);
  }
}

function checkBytes(chunk: unknown, method: string): void {
  if (chunk instanceof Uint8Array) return;
  const received = chunk === null ? "null" : typeof chunk;
  throw new TypeError(`Cannot ${method}: a Uint8Array is needed, received ${received}`);
}

function checkLimit(limit: number): number {
  if (limit >= 0) return limit;
  throw new RangeError(`Cannot read: a limit of at least 0 is needed, received ${limit}`);
}

/** Whether it can be the most bytes to read. */
function isCount(max: number): boolean {
  return max >= 1 && (Number.isInteger(max) || max === Infinity);
}

function countError(method: string, received: number, least: number): RangeError {
  return new RangeError(
    `Cannot ${method}: a count of at least ${least} bytes is needed, received ${received}`,
  );
}
