/**
 * A connection with its reader and its writer.
 *
 * @module
 */
import { type Address, ConnectionAbortedError } from "../errors.ts";
import type { RawConn } from "../native/raw_conn.ts";
import { guard } from "../time/mod.ts";
import { Link } from "./_link.ts";
import { type StreamOptions, type Watch, type Watchable, watchable } from "./options.ts";
import { StreamReader } from "./stream_reader.ts";
import { StreamWriter } from "./stream_writer.ts";

/**
 * A connection: `reader` and `writer`, and what concerns both.
 *
 * `await using` closes it: everything written is sent first.
 *
 * @example A client
 * ```ts
 * import { openConnection, startServer } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await startServer(({ writer }) => writer.write("220 ready\r\n"), { port: 0 });
 * await using connection = await openConnection(server.address);
 * const { reader } = connection;
 * assertEquals(new TextDecoder().decode((await reader.readLine())!), "220 ready");
 * assertEquals(await reader.readLine(), null);
 * ```
 */
export class StreamConnection implements Watchable, AsyncDisposable {
  /** Reads what the peer sends. */
  readonly reader: StreamReader;
  /** Writes to the peer. */
  readonly writer: StreamWriter;
  readonly #link: Link;
  #stop: AbortController | undefined;

  /**
   * Makes the reader and the writer of a connection.
   *
   * @param raw The connection: a `Deno.Conn`, or anything that has the same methods.
   * @param options Limits of length and time.
   */
  constructor(raw: RawConn, options: StreamOptions = {}) {
    const link = this.#link = new Link(raw);
    const reader = this.reader = new StreamReader(link as never, options);
    this.writer = new StreamWriter(link as never, options);
    const watched = {
      get received() {
        return link.received;
      },
      get sent() {
        return link.sent;
      },
      get pendingMessage() {
        return reader.pendingMessage;
      },
    };
    const watch = guard(watched, options, (reason) => link.close(reason));
    if (watch) link.onClose(() => watch[Symbol.dispose]());
  }

  /** The address on this side. */
  get localAddress(): Address {
    return this.#link.local ?? { path: null };
  }

  /** The address of the peer. */
  get remoteAddress(): Address {
    return this.#link.peer ?? { path: null };
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.#link.closed;
  }

  /** Bytes received so far. */
  get bytesReceived(): number {
    return this.#link.received;
  }

  /** Bytes sent so far. */
  get bytesSent(): number {
    return this.#link.sent;
  }

  /** Aborts when the connection is closed, and when its server begins to shut down. */
  get signal(): AbortSignal {
    if (!this.#stop) {
      const stop = this.#stop = new AbortController();
      this.#link.onClose(() => stop.abort(this.#link.reason));
    }
    return this.#stop.signal;
  }

  /**
   * Asks for the end: {@linkcode StreamConnection.signal} aborts, and a read between two messages gives the end.
   *
   * @param reason The signal's reason.
   */
  finish(reason?: unknown): void {
    this.#stop?.abort(reason);
    this.reader.finish();
  }

  /** Whether nothing is under way: a read waits for the first byte of a message, and nothing is to be sent. */
  get idle(): boolean {
    return this.reader.waiting && this.reader.buffered === 0 && this.writer.buffered === 0;
  }

  /**
   * Closes it once everything is sent.
   *
   * @returns When it is closed.
   */
  async close(): Promise<void> {
    this.writer.close();
    await this.writer.waitClosed();
  }

  /**
   * Closes it at once; what was not sent is dropped.
   *
   * @param reason What pending and later calls reject with.
   */
  abort(reason?: Error): void {
    this.#link.close(
      reason ??
        new ConnectionAbortedError({ ...this.#link.init("read"), reason: "it was aborted" }),
    );
  }

  /**
   * Says when there is something to read.
   *
   * @param notify Called whenever it may have become ready.
   * @returns Whether it is ready: a byte has arrived, or the end, or the connection broke.
   */
  watch(notify: () => void): Watch {
    return this.reader.watch(notify);
  }

  static {
    watchable(this.prototype);
  }

  /**
   * Goes on over another connection that wraps this one: TLS, compression.
   *
   * @param wrap Makes the new connection of the old one.
   * @returns When it is in place.
   * @throws {BusyError} If bytes are buffered in either direction, or a read is pending.
   */
  async upgrade(wrap: (raw: RawConn, buffered: Uint8Array) => Promise<RawConn>): Promise<void> {
    await this.writer.flush();
    this.#link.replace(await wrap(this.#link.raw, this.reader.tryRead() ?? new Uint8Array(0)));
  }

  /** The connection below. Whoever reads from it takes the bytes from the reader. */
  get raw(): RawConn {
    return this.#link.raw;
  }

  /** Closes it once everything is sent. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
