/**
 * Writing bytes: at once, gathered, and held back when the peer is slow.
 *
 * @module
 */
import { BrokenPipeError, BusyError, type NetErrorInit, TimeoutError } from "../errors.ts";
import { Deadline } from "../time/mod.ts";
import { Link } from "./_link.ts";
import { Outbox } from "./_outbox.ts";
import { type Settings, settingsOf } from "./_settings.ts";
import {
  checkStreamOptions,
  type StartTlsOptions,
  type StreamOptions,
  type WaitOptions,
} from "./options.ts";
import { waitError } from "../wait_options.ts";
import type { RawConn } from "../native/raw_conn.ts";

const RESOLVED = Promise.resolve();
/** Bytes that are sent before the end of the turn. */
const AT_ONCE = 64 * 1024;

/** Writers that were written to in this turn: one microtask sends for all of them. */
let written: StreamWriter[] = [];

/** A call that waits for the peer to take bytes. */
interface Waiter {
  /** Bytes left at which it goes on. */
  readonly level: number;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Writes to a connection.
 *
 * `write` never waits and never fails half-way: chunks that are written in one turn go out together, in order. `drain` holds
 * back a writer that is faster than its peer. Chunks of 16 KiB or more are not copied: leave them alone until `drain` (or
 * `flush`) has resolved.
 *
 * @example A loop that cannot run away
 * ```ts
 * import { openConnection, startServer } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await startServer(async ({ reader, writer }) => {
 *   for await (const chunk of reader) {
 *     writer.write(chunk);
 *     await writer.drain();
 *   }
 * }, { hostname: "127.0.0.1", port: 0 });
 *
 * await using connection = await openConnection(server.address);
 * connection.writer.write("hello ");
 * connection.writer.write("world\n");
 * assertEquals(new TextDecoder().decode((await connection.reader.readLine())!), "hello world");
 * ```
 */
export class StreamWriter implements AsyncDisposable {
  readonly #link: Link;
  /** Made with the first write: most idle connections have not written yet. */
  #outbox: Outbox | undefined;
  readonly #settings: Settings;
  #pumping = false;
  #ending: "no" | "half" | "close" = "no";
  #ended: PromiseWithResolvers<void> | undefined;
  #held = false;
  #failure: Error | undefined;
  #waiters: Waiter[] | undefined;

  /**
   * Made by `openConnection` and servers.
   *
   * @param connection What to write to.
   * @param options High and low water, limits of time.
   * @throws {RangeError} If the low water is above the high water.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(connection: RawConn, options: StreamOptions = {}) {
    if (connection instanceof Link) this.#link = connection;
    else {
      checkStreamOptions("Cannot make a writer", options);
      this.#link = new Link(connection);
    }
    this.#settings = settingsOf(options);
    this.#link.writer = this;
  }

  /** Bytes waiting to be sent above which `drain()` waits. */
  get highWater(): number {
    return this.#settings.highWater;
  }

  /** Bytes that were written and not sent yet. */
  get buffered(): number {
    return this.#outbox === undefined ? 0 : this.#outbox.length;
  }

  /** Whether nothing more can be written. */
  get isClosing(): boolean {
    return this.#ending !== "no" || this.#link.closed;
  }

  /**
   * Writes, without waiting. What is written in one turn goes out together.
   *
   * @param data The bytes, or text to send as UTF-8.
   * @throws {NetError} If the connection broke: with the first cause.
   * @throws {BrokenPipeError} If this side has finished writing.
   * @throws {BusyError} If `startTls` is under way.
   * @throws {TypeError} If the data is neither.
   */
  write(data: Uint8Array | string): void {
    if (this.#failure) throw this.#failure;
    if (this.isClosing) throw this.#finished();
    if (this.#held) throw this.#busy();
    const outbox = this.#outbox ??= new Outbox();
    if (typeof data === "string") outbox.addText(data);
    else if (data instanceof Uint8Array) outbox.add(data);
    else throw noBytes(data);
    if (this.#pumping || this.#link.scheduled) return;
    if (outbox.length >= AT_ONCE) this.#pump();
    else {
      this.#link.scheduled = true;
      if (written.push(this) === 1) RESOLVED.then(StreamWriter.#sendWritten);
    }
  }

  /**
   * Writes several chunks.
   *
   * @param chunks The chunks.
   * @throws {NetError} If the connection broke.
   */
  writeLines(chunks: Iterable<Uint8Array | string>): void {
    for (const chunk of chunks) this.write(chunk);
  }

  static #sendWritten(): void {
    const all = written;
    written = [];
    for (const each of all) {
      each.#link.scheduled = false;
      if (!each.#pumping && each.buffered > 0) each.#pump();
      each.#link.reader?.wrote();
    }
  }

  /**
   * Waits until the peer keeps up: at once if less than `highWater` is waiting to be sent, else until only `lowWater` is. When
   * it resolves, no large chunk of the caller's is in use any more.
   *
   * @param options `signal` and `timeout`. Giving up takes nothing back: what was written is still sent.
   * @returns When there is room.
   * @throws {NetError} If the connection broke: with the first cause.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  drain(options?: WaitOptions): Promise<void> {
    const wrong = waitError("write", options);
    if (wrong !== undefined) return Promise.reject(wrong);
    if (this.#failure) return Promise.reject(this.#failure);
    const outbox = this.#outbox;
    if (outbox === undefined) return RESOLVED;
    if (!this.#pumping && outbox.length > 0) this.#pump();
    const { highWater, lowWater } = this.#settings;
    if (outbox.length <= highWater && outbox.borrowed === 0) return RESOLVED;
    return this.#wait(outbox.length <= highWater ? highWater : lowWater, options);
  }

  /**
   * Waits until everything written has been handed to the system.
   *
   * @param options `signal` and `timeout`.
   * @returns When nothing is left.
   * @throws {NetError} If the connection broke.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  flush(options?: WaitOptions): Promise<void> {
    const wrong = waitError("write", options);
    if (wrong !== undefined) return Promise.reject(wrong);
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.buffered === 0) return RESOLVED;
    if (!this.#pumping) this.#pump();
    return this.#wait(0, options);
  }

  #wait(level: number, options: WaitOptions | undefined): Promise<void> {
    const signal = options?.signal;
    const timeout = options?.timeout ?? this.#settings.writeTimeout;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (Number.isNaN(timeout)) return Promise.reject(noTimeout(timeout));
    const waiters = this.#waiters ??= [];
    return new Promise((resolve, reject) => {
      if (!signal && timeout === Infinity) {
        waiters.push({ level, resolve, reject });
        return;
      }
      const deadline = new Deadline(() =>
        give(new TimeoutError(this.#link.init("write"), timeout))
      );
      const abort = () => give(signal!.reason);
      const done = () => {
        deadline[Symbol.dispose]();
        signal?.removeEventListener("abort", abort);
        const at = waiters.indexOf(waiter);
        if (at >= 0) waiters.splice(at, 1);
      };
      const waiter: Waiter = {
        level,
        resolve: () => (done(), resolve()),
        reject: (error) => (done(), reject(error)),
      };
      const give = waiter.reject;
      waiters.push(waiter);
      signal?.addEventListener("abort", abort);
      deadline.arm(timeout);
    });
  }

  /**
   * Sends the next segment, until nothing is left. One at a time: that is what keeps messages whole and in order.
   *
   * Callbacks that are made once, because this runs for every message: an async function makes new ones each time.
   */
  #pump(): void {
    this.#link.scheduled = false;
    const bytes = this.#outbox!.next();
    this.#pumping = bytes !== undefined;
    if (bytes !== undefined) this.#send(bytes);
    else if (this.#ending !== "no") this.#finish();
  }

  #onSent: ((count: number) => void) | undefined;
  #onFailed: ((cause: unknown) => void) | undefined;

  #send(bytes: Uint8Array): void {
    let sending: Promise<number>;
    try {
      sending = this.#link.raw.write(bytes);
    } catch (cause) {
      sending = Promise.reject(cause);
    }
    sending.then(
      this.#onSent ??= (count) => this.#sent(count),
      this.#onFailed ??= (cause) => this.#lost(cause),
    );
  }

  #sent(count: number): void {
    this.#link.sent += count;
    this.#outbox!.sent(count);
    if (this.#waiters !== undefined && this.#waiters.length > 0) this.#release(this.#waiters);
    this.#pump();
  }

  #lost(cause: unknown): void {
    this.#fail(this.#link.error(cause, "write"));
    this.#pumping = false;
    if (this.#ending !== "no") this.#finish();
  }

  #release(waiters: Waiter[]): void {
    const { length, borrowed } = this.#outbox!;
    for (const each of [...waiters]) {
      if (length > each.level || borrowed > 0 && each.level > 0) continue;
      const at = waiters.indexOf(each);
      if (at >= 0) waiters.splice(at, 1);
      each.resolve();
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#outbox?.clear();
    for (const each of this.#waiters?.splice(0) ?? []) each.reject(this.#failure);
  }

  /** Called when the connection was closed: what was not sent never will be. Not for users. */
  linkClosed(): void {
    if (this.buffered > 0 || this.#waiters?.length) {
      this.#fail(this.#link.error(undefined, "write"));
    } else if (this.#link.reason) this.#failure ??= this.#link.reason;
    this.#ended?.resolve();
  }

  /**
   * Finishes writing once everything is sent: the peer reads the end, this side goes on reading.
   *
   * @returns When the end was sent.
   * @throws {NetError} If the connection broke.
   * @throws {BusyError} If `startTls` is under way.
   */
  writeEof(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#link.closed) return this.#ended?.promise ?? RESOLVED;
    if (this.#held) return Promise.reject(this.#busy());
    if (this.#ending === "no") this.#ending = "half";
    this.#ended ??= Promise.withResolvers();
    if (!this.#pumping) {
      if (this.buffered > 0) this.#pump();
      else this.#finish();
    }
    return this.#ended.promise.then(() => {
      if (this.#failure) throw this.#failure;
    });
  }

  /** Closes the connection in both directions once everything is sent. Can be called again. */
  close(): void {
    if (this.#ending === "close" || this.#link.closed) return;
    this.#ending = "close";
    if (this.#failure || this.buffered === 0) {
      if (!this.#pumping) this.#finish();
      return;
    }
    const { closeTimeout } = this.#settings;
    const deadline = new Deadline(() => {
      const reason =
        `the peer did not take the last ${this.buffered} bytes within ${closeTimeout} ms`;
      this.abort(new TimeoutError({ ...this.#link.init("write"), reason }, closeTimeout));
    });
    deadline.arm(closeTimeout);
    this.#link.onClose(() => deadline[Symbol.dispose]());
    if (!this.#pumping) this.#pump();
  }

  #finish(): void {
    if (this.#ending === "close") {
      const { raw } = this.#link;
      if (raw.finish) void raw.finish().finally(() => this.#link.close());
      else this.#link.close();
      return;
    }
    // The end of writing can only be a failure if there is no connection: its reads say so.
    this.#link.raw.closeWrite().catch(() => {}).finally(() => this.#ended?.resolve());
  }

  /**
   * Goes on in TLS: {@linkcode StreamConnection.startTls}, where asyncio has it.
   *
   * @param options How.
   * @returns When the handshake is done.
   * @throws {TlsError} If the handshake fails.
   * @throws {TypeError} If the writer is not one of a {@linkcode StreamConnection}.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  startTls(options: StartTlsOptions): Promise<void> {
    const { owner } = this.#link;
    if (owner) return owner.startTls(options as never);
    return Promise.reject(
      new TypeError("Cannot start TLS: the writer of a StreamConnection is needed"),
    );
  }

  /**
   * Waits until the connection is closed, whoever closes it.
   *
   * @returns When it is closed. It never rejects: a peer that is gone has closed it too.
   */
  waitClosed(): Promise<void> {
    return new Promise((resolve) => this.#link.onClose(resolve));
  }

  /**
   * Closes the connection at once; what was not sent is dropped.
   *
   * @param reason What pending and later calls reject with.
   * @default {a ConnectionAbortedError}
   */
  abort(reason?: Error): void {
    this.#link.close(reason);
  }

  /**
   * Keeps everybody from writing, while the connection becomes another one. What was written before is still sent.
   *
   * @returns What lets them again.
   * @throws {BusyError} If it is held already.
   */
  hold(): () => void {
    if (this.#held) throw this.#busy();
    this.#held = true;
    return () => void (this.#held = false);
  }

  #busy(): BusyError {
    return new BusyError({ ...this.#link.init("write"), reason: "startTls is under way" });
  }

  #finished(): BrokenPipeError {
    const init: NetErrorInit = {
      ...this.#link.init("write"),
      reason: "this side has finished writing",
    };
    return new BrokenPipeError(init);
  }

  /**
   * The writer as a stream of the web.
   *
   * @returns The stream. Closing it finishes writing, aborting it aborts the connection.
   */
  toWritable(): WritableStream<Uint8Array> {
    return new WritableStream<Uint8Array>({
      write: (chunk) => {
        this.write(chunk);
        return this.drain();
      },
      close: () => this.writeEof(),
      abort: (reason) => this.abort(reason instanceof Error ? reason : undefined),
    });
  }

  /** Closes the connection in both directions once everything is sent, and waits until it is closed. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return this.waitClosed();
  }
}

function noTimeout(timeout: number): RangeError {
  return new RangeError(
    `Cannot write: a timeout in milliseconds is needed, received ${timeout}`,
  );
}

function noBytes(data: unknown): TypeError {
  const received = data === null ? "null" : (data as object)?.constructor?.name ?? typeof data;
  return new TypeError(`Cannot write: a Uint8Array or a string is needed, received ${received}`);
}
