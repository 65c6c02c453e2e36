/**
 * A connection with its reader and its writer.
 *
 * @module
 */
import { type Address, BusyError, ConnectionAbortedError, ProtocolError } from "../errors.ts";
import { tlsClient, tlsInfo, tlsServer } from "../tls/handshake.ts";
import type { TlsInfo } from "../tls/mod.ts";
import type { RawConn } from "../native/raw_conn.ts";
import { guard } from "../time/mod.ts";
import { Link } from "./_link.ts";
import {
  checkStartTls,
  checkStreamOptions,
  type StartTlsOptions,
  type StreamOptions,
} from "./options.ts";
import { type Waitable, type Watch, watchable } from "../watch.ts";
import { StreamReader } from "./reader.ts";
import { StreamWriter } from "./writer.ts";

const CLOSED = Promise.resolve();

function hostOf(address: Address | undefined): string {
  return address && "hostname" in address ? address.hostname : "localhost";
}

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
export class StreamConnection implements Waitable, AsyncDisposable {
  /** Reads what the peer sends. */
  readonly reader: StreamReader;
  /** Writes to the peer. */
  readonly writer: StreamWriter;
  readonly #link: Link;
  #stop: AbortController | undefined;

  /**
   * Made by `openConnection` and servers: the reader and the writer of a connection.
   *
   * @param raw The connection: a `Deno.Conn`, or anything that has the same methods.
   * @param options Limits of length and time.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(raw: RawConn, options: StreamOptions = {}) {
    checkStreamOptions("Cannot make a connection", options);
    const link = this.#link = new Link(raw);
    const reader = this.reader = new StreamReader(link as never, options);
    this.writer = new StreamWriter(link as never, options);
    link.owner = this;
    if (options.idleTimeout === undefined && options.minRate === undefined) return;
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
    const { idleTimeout, minRate } = options;
    const watch = guard(watched, { idleTimeout, minRate }, (reason) => link.close(reason));
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
  close(): Promise<void> {
    this.writer.close();
    return this.#link.closed ? CLOSED : this.writer.waitClosed();
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
    watchable(StreamConnection);
  }

  /** What was agreed on, if it speaks TLS. */
  get tls(): TlsInfo | undefined {
    return tlsInfo(this.#link.raw);
  }

  /**
   * Goes on in TLS. What was written before is sent first; the reader and the writer stay the same. Nobody may read or write
   * meanwhile: what is written in plain text while TLS is being agreed on would be a leak.
   *
   * As a client: bytes that came before the handshake could have been slipped in by anyone, and would be taken for bytes of the
   * server, so they are an error (CVE-2021-23222). As a server: they are the beginning of the client's handshake.
   *
   * @param options How: `{ cert, key }` and `side: "server"`, or those of a client with `serverName`.
   * @returns When the handshake is done.
   * @throws {ProtocolError} If a client has bytes buffered. The connection is aborted.
   * @throws {BusyError} If a read is pending, also one whose call has timed out, or another `startTls` is.
   * @throws {TlsError} If the handshake fails. The connection is closed.
   * @throws {TimeoutError} If the handshake takes too long. The connection is closed.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async startTls(options: StartTlsOptions): Promise<void> {
    checkStartTls(options);
    const link = this.#link;
    const { reader } = this;
    const init = link.init("startTls");
    if (reader.reading || reader.waiting) {
      throw new BusyError({ ...init, reason: "a read is pending" });
    }
    if (options.side !== "server" && reader.buffered > 0) {
      const reason = `${reader.buffered} bytes came before the handshake`;
      const error = new ProtocolError({ ...init, reason });
      link.close(error);
      throw error;
    }
    // From here on the bytes belong to TLS: nobody may read or write until it is in place.
    const releaseWriter = this.writer.hold();
    const first = reader.tryRead() ?? new Uint8Array(0);
    const releaseReader = reader.hold();
    try {
      await this.writer.flush();
      link.replace(
        options.side === "server"
          ? await tlsServer(link.raw, first, options)
          : await tlsClient(link.raw, hostOf(link.peer), options),
      );
    } catch (error) {
      link.close(error as Error);
      throw error;
    } finally {
      releaseWriter();
      releaseReader();
    }
  }

  /** Closes it once everything is sent. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
