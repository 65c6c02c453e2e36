/**
 * Messages instead of bytes on a connection.
 *
 * @module
 */
import type { StreamConnection, WaitOptions } from "../streams/mod.ts";
import { checkWait } from "../wait_options.ts";
import { type Waitable, type Watch, watchable } from "../watch.ts";
import type { MessageFraming } from "./length_prefixed.ts";

/**
 * Sends and receives whole messages over a connection.
 *
 * @example There and back
 * ```ts
 * import { FramedConnection, LengthPrefixed, openConnection, startServer } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * const framing = new LengthPrefixed({ headerBytes: 2 });
 * await using server = await startServer(async (connection) => {
 *   for await (const message of new FramedConnection(connection, framing)) {
 *     await new FramedConnection(connection, framing).send(message.toReversed());
 *   }
 * }, { port: 0 });
 *
 * await using connection = await openConnection(server.address);
 * const messages = new FramedConnection(connection, framing);
 * await messages.send(new Uint8Array([1, 2, 3]));
 * assertEquals(await messages.recv(), new Uint8Array([3, 2, 1]));
 * ```
 */
export class FramedConnection implements AsyncIterable<Uint8Array>, AsyncDisposable, Waitable {
  /** The connection below. */
  readonly connection: StreamConnection;
  /** How messages are told apart. */
  readonly framing: MessageFraming;

  /**
   * Wraps a connection.
   *
   * @example Make one
   * ```ts
   * import { FramedConnection, LengthPrefixed, startServer } from "@ferry/std/net";
   *
   * const framing = new LengthPrefixed({ headerBytes: 2 });
   * await using server = await startServer(async (connection) => {
   *   for await (const message of new FramedConnection(connection, framing)) {
   *     await new FramedConnection(connection, framing).send(message.toReversed());
   *   }
   * }, { port: 0 });
   * ```
   *
   * @param connection The connection.
   * @param framing How messages are told apart.
   */
  constructor(connection: StreamConnection, framing: MessageFraming) {
    this.connection = connection;
    this.framing = framing;
  }

  /**
   * Receives a message.
   *
   * @param options `signal` and `timeout`.
   * @returns The payload, a view that stays valid; `null` when the peer has finished.
   * @throws {IncompleteReadError} If the peer finished within a message.
   * @throws {LimitOverrunError} If the message is too long: it cannot be skipped, close the connection.
   * @throws {NetError} If the connection broke.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  recv(options?: WaitOptions): Promise<Uint8Array | null> {
    return this.connection.reader.readFrame(this.framing, options);
  }

  /**
   * Receives a message that has arrived.
   *
   * @returns The payload; `undefined` if none is complete.
   * @throws {LimitOverrunError} If the message is too long.
   */
  tryRecv(): Uint8Array | undefined {
    return this.connection.reader.tryReadFrame(this.framing);
  }

  /**
   * Writes a message without waiting.
   *
   * @param payload The payload.
   * @throws {LimitOverrunError} If it is too long.
   * @throws {NetError} If the connection broke.
   */
  write(payload: Uint8Array): void {
    const head = this.framing.head(payload);
    const { writer } = this.connection;
    if (head.length > 0) writer.write(head);
    writer.write(payload);
    if (this.framing.tail) writer.write(this.framing.tail);
  }

  /**
   * Sends a message, and waits while the peer is slow.
   *
   * @param payload The payload.
   * @param options `signal` and `timeout`. Giving up takes nothing back.
   * @returns When there is room for the next one.
   * @throws {LimitOverrunError} If it is too long.
   * @throws {NetError} If the connection broke.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async send(payload: Uint8Array, options?: WaitOptions): Promise<void> {
    checkWait("send a message", options);
    this.write(payload);
    await this.connection.writer.drain(options);
  }

  /**
   * Receives messages until the peer has finished.
   *
   * @returns The payloads.
   */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    for (let message; (message = await this.recv()) !== null;) yield message;
  }

  /**
   * Says when there is something to receive.
   *
   * @param notify Called whenever it may have become ready.
   * @returns The watch.
   */
  watch(notify: () => void): Watch {
    return this.connection.watch(notify);
  }

  static {
    watchable(FramedConnection);
  }

  /**
   * Closes the connection once everything is sent.
   *
   * @returns When it is closed.
   */
  close(): Promise<void> {
    return this.connection.close();
  }

  /** Closes the connection once everything is sent. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.connection.close();
  }
}
