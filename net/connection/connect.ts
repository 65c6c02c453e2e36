/**
 * The client of a `Listener`, or of CPython's.
 *
 * @module
 */
import { checkOptions, pickOptions, type RulesOf } from "../../persist/options.ts";
import type { Address } from "../errors.ts";
import { dial, SOCKET_RULES } from "../native/dial.ts";
import type { SocketOptions } from "../native/socket_options.ts";
import { checkTls, tlsClient } from "../tls/handshake.ts";
import type { TlsClientOptions } from "../tls/mod.ts";
import { Connection } from "./connection.ts";
import { authenticate, keyOf } from "./handshake.ts";
import {
  type AuthKey,
  CONNECTION_RULES,
  type ConnectionOptions,
  HANDSHAKE_RULES,
  type HandshakeOptions,
} from "./options.ts";

/** Options of {@linkcode connect}. */
export interface ConnectOptions extends ConnectionOptions, HandshakeOptions, SocketOptions {
  /** The key of both sides; without one there is no handshake. */
  authKey?: AuthKey;
  /**
   * Speaks TLS. The key of both sides is shown through it. CPython's `Listener` knows no TLS.
   *
   * @default {false}
   */
  tls?: boolean | TlsClientOptions | undefined;
  /**
   * Milliseconds for name resolution and all attempts to connect; the handshake has its own limit.
   *
   * @default {30000}
   */
  timeout?: number | undefined;
}

const RULES: RulesOf<ConnectOptions> = {
  ...CONNECTION_RULES,
  ...HANDSHAKE_RULES,
  ...SOCKET_RULES,
  authKey: "any",
  tls: "any",
  timeout: "milliseconds",
};

/**
 * Connects to a `Listener`, as `multiprocessing.connection.Client`.
 *
 * @typeParam T What the objects are.
 * @param address `{ hostname, port }`, or `{ path }` of a Unix socket; on Linux a path that starts with `"\0"` is abstract.
 * @param options Key, limits, and how objects are pickled.
 * @returns The connection. Both sides have shown that they have the key, if one was given.
 * @throws {ConnectionRefusedError} If nobody listens there.
 * @throws {AuthenticationError} If the other side has another key, or none.
 * @throws {TlsError} If the server's certificate is not accepted.
 * @throws {TimeoutError} If connecting, or the handshake, takes too long.
 * @throws {TypeError} If an option does not exist, or is of another type.
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
  checkOptions("Cannot connect", options, RULES);
  checkTls("Cannot connect", options.tls);
  const key = options.authKey === undefined ? undefined : keyOf(options.authKey);
  let raw = await dial(address, options);
  const { tls } = options;
  // A handshake that fails closes it.
  if (tls) {
    const host = "hostname" in address ? address.hostname : "localhost";
    raw = await tlsClient(raw, host, tls === true ? {} : tls, options.signal);
  }
  const connection = new Connection<T>(
    raw,
    pickOptions<ConnectionOptions>(options, CONNECTION_RULES),
  );
  try {
    if (key !== undefined) {
      const how = pickOptions<HandshakeOptions>(options, HANDSHAKE_RULES);
      await authenticate(connection as Connection, key, "client", how);
    }
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
