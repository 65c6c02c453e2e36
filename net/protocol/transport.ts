/**
 * Protocols, objects that are called with what arrives, and their connections, as asyncio has them.
 *
 * @module
 */
import type { Address } from "../errors.ts";
import type { StreamConnection, TlsInfo } from "../streams/mod.ts";

/** What is called for a connection. Every method may be left out. */
export interface Protocol {
  /** The connection is there. */
  connectionMade?(transport: Transport): void;
  /** Bytes arrived. They are valid during the call only. */
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

const BUFFER = 64 * 1024;

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
export class Transport {
  readonly #connection: StreamConnection;
  readonly #done: Promise<void>;
  #protocol: Protocol | BufferedProtocol;
  #paused = false;
  #resume: (() => void) | undefined;
  #holding = false;

  /**
   * Joins a connection and a protocol, and begins to read.
   *
   * @param connection The connection.
   * @param protocol What is called.
   */
  constructor(connection: StreamConnection, protocol: Protocol | BufferedProtocol) {
    this.#connection = connection;
    this.#protocol = protocol;
    protocol.connectionMade?.(this);
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
    return !this.#paused && !this.isClosing;
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
    this.#protocol.pauseWriting?.();
    writer.drain().then(() => {
      this.#holding = false;
      this.#protocol.resumeWriting?.();
    }, () => {});
  }

  /** Stops calling the protocol with bytes; they stay with the system, which holds the peer back. */
  pauseReading(): void {
    this.#paused = true;
  }

  /** Goes on calling the protocol with bytes. */
  resumeReading(): void {
    this.#paused = false;
    this.#resume?.();
  }

  /**
   * Gives the bytes that arrive from now on to another protocol.
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

  /** Closes it once everything is sent. */
  close(): void {
    this.#connection.writer.close();
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
    this.#protocol.connectionLost?.(intended ? undefined : cause);
    if (cause !== undefined && cause === this.#thrown) throw cause;
  }

  #thrown: unknown;

  async #read(): Promise<void> {
    const { reader, writer } = this.#connection;
    let own: Uint8Array | undefined;
    for (;;) {
      if (this.#paused) {
        await new Promise<void>((resolve) => {
          this.#resume = resolve;
          void writer.waitClosed().then(resolve);
        });
        this.#resume = undefined;
        if (this.#connection.closed) return;
        continue;
      }
      const into = "getBuffer" in this.#protocol
        ? this.#protocol.getBuffer()
        : own ??= new Uint8Array(BUFFER);
      const count = await reader.readInto(into);
      try {
        if (count === null) {
          if (!this.#protocol.eofReceived?.()) writer.close();
          return;
        }
        if ("getBuffer" in this.#protocol) this.#protocol.bufferUpdated(count);
        else this.#protocol.dataReceived?.(into.subarray(0, count));
      } catch (error) {
        this.#thrown = error;
        throw error;
      }
    }
  }
}
