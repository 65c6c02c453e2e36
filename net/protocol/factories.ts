/**
 * Connections and servers whose peers talk to protocols.
 *
 * @module
 */
import type { Address } from "../errors.ts";
import { checkFunction } from "../function_argument.ts";
import {
  type ListenAddress,
  type Server,
  type ServerOptions,
  startServer,
} from "../server/server.ts";
import { openConnection, type OpenOptions } from "../streams/mod.ts";
import { type BufferedProtocol, type Protocol, Transport } from "./transport.ts";

/** What is needed, for errors. */
const FACTORY = "a function that makes a protocol";

/**
 * Connects a protocol, as asyncio's `loop.create_connection` does.
 *
 * @typeParam P The protocol.
 * @param factory Makes the protocol.
 * @param address Where to.
 * @param options How.
 * @returns The transport and the protocol.
 * @throws {NetError} If the connection cannot be made.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example An echo, and who asks for it
 * ```ts
 * import { connectProtocol, serveProtocol, type Transport } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * class Echo {
 *   transport!: Transport;
 *   connectionMade(transport: Transport) {
 *     this.transport = transport;
 *   }
 *   dataReceived(data: Uint8Array) {
 *     this.transport.write(data);
 *   }
 * }
 * await using server = await serveProtocol(() => new Echo(), { port: 0 });
 *
 * const { promise, resolve } = Promise.withResolvers<string>();
 * const { transport } = await connectProtocol(() => ({
 *   dataReceived: (data: Uint8Array) => resolve(new TextDecoder().decode(data)),
 * }), server.address);
 * transport.write("ferry");
 * assertEquals(await promise, "ferry");
 * transport.close();
 * await transport.finished;
 * ```
 */
export async function connectProtocol<P extends Protocol | BufferedProtocol>(
  factory: () => P,
  address: Address,
  options: OpenOptions = {},
): Promise<{ transport: Transport; protocol: P }> {
  checkFunction("connect", FACTORY, factory);
  const connection = await openConnection(address, options);
  try {
    const protocol = factory();
    return { transport: new Transport(connection, protocol), protocol };
  } catch (error) {
    connection.abort();
    throw error;
  }
}

/**
 * Starts a server with a protocol for each connection, as asyncio's `loop.create_server` does.
 *
 * @param factory Makes a protocol for a connection.
 * @param options Where to listen, and how.
 * @returns The server.
 * @throws {NetError} If the address cannot be had.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example A server that greets
 * ```ts
 * import { openConnection, serveProtocol } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serveProtocol(() => ({
 *   connectionMade(transport) {
 *     transport.write("hello");
 *     transport.close();
 *   },
 * }), { port: 0 });
 * await using client = await openConnection(server.address);
 * assertEquals(new TextDecoder().decode(await client.reader.readAll()), "hello");
 * ```
 */
export async function serveProtocol(
  factory: () => Protocol | BufferedProtocol,
  options: ServerOptions & (ListenAddress | { path: string }),
): Promise<Server> {
  checkFunction("start a server", FACTORY, factory);
  return await startServer((connection) => new Transport(connection, factory()).finished, options);
}
