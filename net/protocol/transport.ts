/**
 * Protocols, objects that are called with what arrives, and their connections, as asyncio has them.
 *
 * @module
 */
import type { Address } from "../errors.ts";
import type { StreamConnection, TlsInfo } from "../streams/mod.ts";
import { reportLate, watched } from "./_watched.ts";

/**
 * What is called for a connection. Every method may be left out. None is waited for, also if it is asynchronous; one that fails
 * ends the connection.
 */
export interface Protocol {
  /** The connection is there. */
  connectionMade?(transport: Transport): void;
  /** Bytes arrived. They stay valid, and can be written to any transport as they are. */
  dataReceived?(data: Uint8Array): void;
  /** The peer has finished. Return `true` to go on writing; else the transport closes. */
  eofReceived?(): boolean | void;
  /** The connection is gone; `error` says why, unless it was closed as intended. */
  connectionLost?(error: Error | undefined): void;
  /** More is waiting to be sent than the high water allows. */
  pauseWriting?(): void;
  /** What is waiting to be sent has come down to the low water. */
  resumeWriting?(): void;
}

/** A protocol that brings its own memory. */
export interface BufferedProtocol extends Omit<Protocol, "dataReceived"> {
  /** Where the next bytes go: at least one byte of room. */
  getBuffer(): Uint8Array;
  /** So many bytes are in the buffer. */
  bufferUpdated(count: number): void;
}

/**
 * What a protocol writes with. It reads on its own and calls the protocol; {@linkcode Transport.pauseReading} stops that.
 *
 * @example Answers with what came, in upper case
 * ```ts
 * import { socketPair, Transport } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * const [client, server] = socketPair();
 * const transport = new Transport(server.connection, {
 *   dataReceived(data) {
 *     transport.write(new TextDecoder().decode(data).toUpperCase());
 *   },
 * });
 * await client.sendAll("hello");
 * assertEquals(new TextDecoder().decode(await client.recvExactly(5)), "HELLO");
 * client.close();
 * await transport.finished;
 * ```
 */
export class Transport implements AsyncDisposable {
  readonly #connection: StreamConnection;
  readonly #done: Promise<void>;
  #protocol: Protocol | BufferedProtocol;
  #paused = false;
  #resume: (() => void) | undefined;
  #holding = false;
  #closing = false;
  #ended = false;
  /** What the protocol threw. */
  #thrown: { error: unknown } | undefined;

  /**
   * Joins a connection and a protocol, and begins to read.
   *
   * @example Make one
   * ```ts
   * import { socketPair, Transport } from "@ferry/std/net";
   *
   * const [client, server] = socketPair();
   * const transport = new Transport(server.connection, {
   *   dataReceived(data) {
   *     transport.write(new TextDecoder().decode(data).toUpperCase());
   *   },
   * });
   * ```
   *
   * @param connection The connection.
   * @param protocol What is called.
   */
  constructor(connection: StreamConnection, protocol: Protocol | BufferedProtocol) {
    this.#connection = connection;
    this.#protocol = protocol;
    this.#call(() => protocol.connectionMade?.(this));
    this.#done = this.#run();
    this.#done.catch(() => {});
  }

  /** The address on this side. */
  get localAddress(): Address {
    return this.#connection.localAddress;
  }

  /** The address of the peer. */
  get remoteAddress(): Address {
    return this.#connection.remoteAddress;
  }

  /** What was agreed on, if it speaks TLS. */
  get tls(): TlsInfo | undefined {
    return this.#connection.tls;
  }

  /** Bytes that wait to be sent. */
  get writeBufferSize(): number {
    return this.#connection.writer.buffered;
  }

  /** Whether it is closing or closed. */
  get isClosing(): boolean {
    return this.#connection.writer.isClosing;
  }

  /** Whether it reads. */
  get isReading(): boolean {
    return !this.#paused && !this.#closing && !this.#connection.closed;
  }

  /**
   * Writes, without waiting. After `pauseWriting` a protocol should write no more until `resumeWriting`.
   *
   * @param data The bytes, or text to send as UTF-8.
   * @throws {NetError} If the connection broke, or writing was finished.
   */
  write(data: Uint8Array | string): void {
    const { writer } = this.#connection;
    writer.write(data);
    if (this.#holding || writer.buffered <= writer.highWater) return;
    this.#holding = true;
    watched(this.#protocol.pauseWriting?.(), this.#fail);
    writer.drain().then(() => {
      this.#holding = false;
      this.#call(() => this.#protocol.resumeWriting?.());
    }).catch((error) => {
      if (writer.isClosing && this.#connection.closed) return;
      this.#fail(error);
    });
  }

  /** Stops calling the protocol with bytes, at once; they stay with the system, which holds the peer back. */
  pauseReading(): void {
    this.#paused = true;
  }

  /** Goes on calling the protocol with bytes. */
  resumeReading(): void {
    this.#paused = false;
    this.#resume?.();
  }

  /**
   * Gives the bytes that it is not yet called with to another protocol.
   *
   * @param protocol The other protocol. Its `connectionMade` is not called.
   */
  setProtocol(protocol: Protocol | BufferedProtocol): void {
    this.#protocol = protocol;
  }

  /** Finishes writing once everything is sent. */
  writeEof(): void {
    this.#connection.writer.writeEof().catch(() => {});
  }

  /** Closes it once everything is sent. The protocol is called with no more bytes. */
  close(): void {
    this.#closing = true;
    this.#connection.writer.close();
    this.#resume?.();
  }

  /** Closes it at once. */
  abort(): void {
    this.#connection.abort();
  }

  /**
   * Waits for the end.
   *
   * @returns When `connectionLost` was called.
   * @throws {unknown} What the protocol threw; the connection is aborted then.
   */
  get finished(): Promise<void> {
    return this.#done;
  }

  /** Closes it once everything is sent, and waits until `connectionLost` was called. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#done;
  }

  async #run(): Promise<void> {
    const connection = this.#connection;
    let cause: Error | undefined;
    try {
      await this.#read();
      await connection.writer.waitClosed();
    } catch (error) {
      cause = error as Error;
    }
    const intended = cause === undefined || connection.writer.isClosing && connection.closed;
    connection.abort();
    if (this.#thrown) cause = this.#thrown.error as Error;
    this.#ended = true;
    this.#call(() =>
      this.#protocol.connectionLost?.(intended && !this.#thrown ? undefined : cause)
    );
    if (this.#thrown) throw cause;
  }

  async #read(): Promise<void> {
    const { reader, writer } = this.#connection;
    for (;;) {
      const protocol = this.#protocol;
      const into = "getBuffer" in protocol ? this.#call(() => bufferOf(protocol)) : undefined;
      const count = into && await reader.readInto(into);
      const bytes = into ? count === null ? null : into.subarray(0, count) : await reader.read();
      // What was under way when it was paused or closed, or when the protocol changed, is not lost.
      while (this.#paused && !this.#closing && !this.#connection.closed) await this.#resumed();
      if (this.#closing) return;
      if (bytes === null) {
        if (!this.#call(() => this.#protocol.eofReceived?.())) writer.close();
        return;
      }
      if (this.#protocol !== protocol) reader.unread(bytes);
      else if ("getBuffer" in protocol) this.#call(() => protocol.bufferUpdated(bytes.length));
      else this.#call(() => protocol.dataReceived?.(bytes));
    }
  }

  async #resumed(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
      void this.#connection.writer.waitClosed().then(resolve);
    });
    this.#resume = undefined;
  }

  readonly #fail = (error: unknown): void => {
    if (this.#ended) return reportLate(error);
    this.#thrown ??= { error };
    this.#connection.abort();
  };

  /** Calls the protocol, and keeps in mind that it was the protocol that threw. */
  #call<T>(what: () => T): T {
    try {
      return watched(what(), this.#fail);
    } catch (error) {
      this.#thrown ??= { error };
      throw error;
    }
  }
}

function bufferOf(protocol: BufferedProtocol): Uint8Array {
  const buffer = protocol.getBuffer();
  if (buffer.length > 0) return buffer;
  throw new RangeError("Cannot receive: a buffer of at least one byte is needed, received none");
}
