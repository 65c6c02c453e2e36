/**
 * The client of a `Listener`, or of CPython's.
 *
 * @module
 */
import { type Address, formatAddress, TimeoutError, toNetError } from "../errors.ts";
import { Connection } from "./connection.ts";
import { authenticate, keyOf } from "./handshake.ts";
import type { AuthKey, ConnectionOptions, HandshakeOptions } from "./options.ts";

/** Options of {@linkcode connect}. */
export interface ConnectOptions extends ConnectionOptions, HandshakeOptions {
  /** The key of both sides; without one there is no handshake. */
  authKey?: AuthKey;
  /**
   * Milliseconds until the peer has accepted the connection; the handshake has its own limit.
   *
   * @default {10000}
   */
  timeout?: number;
}

const DEFAULT_TIMEOUT = 10_000;

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

async function dial(address: Address, options: ConnectOptions): Promise<Deno.Conn> {
  const { signal, timeout = DEFAULT_TIMEOUT } = options;
  const where = { op: "connect", peer: address };
  signal?.throwIfAborted();
  const limit = new AbortController();
  const follow = () => limit.abort(signal!.reason);
  signal?.addEventListener("abort", follow, { once: true });
  const late = () => limit.abort(new TimeoutError(where, timeout));
  const timer = timeout === Infinity ? undefined : setTimeout(late, timeout);
  try {
    if (!("path" in address)) {
      const connection = await Deno.connect({ ...address, signal: limit.signal });
      // CPython leaves Nagle's algorithm on, and pays 40 ms for a small message behind another.
      connection.setNoDelay(true);
      return connection;
    }
    if (!address.path) {
      throw new TypeError(
        `Cannot connect to ${formatAddress(address)}: the path of a socket is needed`,
      );
    }
    return await Deno.connect({ transport: "unix", path: address.path });
  } catch (error) {
    if (limit.signal.aborted) throw limit.signal.reason;
    throw toNetError(error, where);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", follow);
  }
}
