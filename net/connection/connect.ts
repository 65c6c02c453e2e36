/**
 * The client of a `Listener`, or of CPython's.
 *
 * @module
 */
import type { Address } from "../errors.ts";
import { dial } from "../native/dial.ts";
import type { SocketOptions } from "../native/socket_options.ts";
import { Connection } from "./connection.ts";
import { authenticate, keyOf } from "./handshake.ts";
import type { AuthKey, ConnectionOptions, HandshakeOptions } from "./options.ts";

/** Options of {@linkcode connect}. */
export interface ConnectOptions extends ConnectionOptions, HandshakeOptions, SocketOptions {
  /** The key of both sides; without one there is no handshake. */
  authKey?: AuthKey;
  /**
   * Milliseconds for name resolution and all attempts to connect; the handshake has its own limit.
   *
   * @default {30000}
   */
  timeout?: number;
}

/**
 * Connects to a `Listener`, as `multiprocessing.connection.Client`.
 *
 * @typeParam T What the objects are.
 * @param address `{ hostname, port }`, or `{ path }` of a Unix socket; on Linux a path that starts with `"\0"` is abstract.
 * @param options Key, limits, and how objects are pickled.
 * @returns The connection. Both sides have shown that they have the key, if one was given.
 * @throws {ConnectionRefusedError} If nobody listens there.
 * @throws {AuthenticationError} If the other side has another key, or none.
 * @throws {TimeoutError} If connecting, or the handshake, takes too long.
 *
 * @example With a key
 * ```ts
 * import { connect, Listener } from "@ferry/std/net/connection";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = new Listener({ port: 0 }, { authKey: "secret" });
 * using client = await connect(listener.address, { authKey: "secret" });
 * using server = await listener.accept();
 * await client.send(["hello", 1]);
 * assertEquals(await server.recv(), ["hello", 1]);
 * ```
 */
export async function connect<T = unknown>(
  address: Address,
  options: ConnectOptions = {},
): Promise<Connection<T>> {
  // The caller's mistakes show before anything is opened.
  const key = options.authKey === undefined ? undefined : keyOf(options.authKey);
  const connection = new Connection<T>(await dial(address, options), options);
  try {
    if (key !== undefined) await authenticate(connection as Connection, key, "client", options);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
