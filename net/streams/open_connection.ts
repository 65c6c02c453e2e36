/**
 * Connecting, with a reader and a writer.
 *
 * @module
 */
import { pickOptions, type RulesOf } from "../../persist/options.ts";
import type { Address } from "../errors.ts";
import { checkLocalAddress, dial, type DialOptions, isInet, SOCKET_RULES } from "../native/dial.ts";
import { checkTls, tlsClient } from "../tls/handshake.ts";
import type { TlsClientOptions } from "../tls/mod.ts";
import { checkStreamOptions, STREAM_RULES, type StreamOptions } from "./options.ts";
import { StreamConnection } from "./connection.ts";

/** How to connect, and the limits of the streams. */
export interface OpenOptions extends Omit<DialOptions, "timeout">, StreamOptions {
  /**
   * Milliseconds for name resolution and all attempts together.
   *
   * @default {30000}
   */
  connectTimeout?: number | undefined;
  /** Speaks TLS: `true` for the system's authorities and the host name of the address. */
  tls?: boolean | TlsClientOptions | undefined;
}

/** What {@linkcode OpenOptions} may be. */
const RULES: RulesOf<OpenOptions> = {
  ...SOCKET_RULES,
  ...STREAM_RULES,
  signal: "signal",
  attemptDelay: "milliseconds",
  allErrors: "boolean",
  localAddress: "object",
  connectTimeout: "milliseconds",
  tls: "any",
};

/**
 * Connects.
 *
 * @param address Where to: `{ hostname, port }`, or `{ path }` of a Unix socket.
 * @param options How, and the limits of the streams.
 * @returns The connection.
 * @throws {NetError} If it cannot be made: with the address and the cause.
 * @throws {TimeoutError} If `connectTimeout` passes first, or the handshake takes too long.
 * @throws {TlsError} If the handshake fails or the server's certificate is not accepted.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example One request, one answer
 * ```ts
 * import { openConnection, startServer } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await startServer(async ({ reader, writer }) => {
 *   writer.write((await reader.readLine())!.toReversed());
 * }, { port: 0 });
 *
 * await using connection = await openConnection(server.address);
 * connection.writer.write("ferry\n");
 * assertEquals(new TextDecoder().decode(await connection.reader.readAll()), "yrref");
 * ```
 */
export async function openConnection(
  address: Address,
  options: OpenOptions = {},
): Promise<StreamConnection> {
  checkStreamOptions("Cannot connect", options, RULES);
  checkLocalAddress("Cannot connect", options);
  checkTls("Cannot connect", options.tls);
  let raw = await dial(address, {
    ...pickOptions<OpenOptions>(options, RULES),
    timeout: options.connectTimeout,
  });
  try {
    const { tls } = options;
    if (tls) {
      const host = isInet(address) ? address.hostname : "localhost";
      raw = await tlsClient(raw, host, tls === true ? {} : tls, options.signal);
    }
    return new StreamConnection(raw, pickOptions<StreamOptions>(options, STREAM_RULES));
  } catch (error) {
    try {
      raw.close();
    } catch {
      // A handshake that fails closes it.
    }
    throw error;
  }
}
