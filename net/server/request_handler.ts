/**
 * Handler classes, in the manner of Python's socketserver: one object for each request.
 *
 * @module
 */
import type { Address } from "../errors.ts";
import type { DatagramEndpoint } from "../datagram/datagram_endpoint.ts";
import type { StreamConnection, StreamReader, StreamWriter } from "../streams/mod.ts";

/** What the server of a handler offers it. */
export interface HandlerServer {
  /** Where the server listens. */
  readonly address: Address;
  /** Aborts when the server begins to shut down. */
  readonly signal: AbortSignal;
}

/**
 * Handles a connection: `setup`, `handle`, `finish`, one after the other. `finish` is called whenever `setup` has succeeded.
 *
 * @example A counter of words
 * ```ts
 * import { openConnection, StreamRequestHandler, TcpServer } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * class CountWords extends StreamRequestHandler {
 *   override async handle() {
 *     for await (const line of this.reader.lines()) {
 *       this.writer.write(`${line.split(" ").length}\n`);
 *     }
 *   }
 * }
 *
 * await using server = await TcpServer.start({ hostname: "127.0.0.1", port: 0 }, CountWords);
 * await using client = await openConnection(server.address);
 * client.writer.write("one two three\n");
 * assertEquals(new TextDecoder().decode((await client.reader.readLine())!), "3");
 * ```
 */
export abstract class StreamRequestHandler {
  /** The connection. */
  readonly connection: StreamConnection;
  /** Reads what the client sends; Python's `rfile`. */
  readonly reader: StreamReader;
  /** Writes to the client; Python's `wfile`. */
  readonly writer: StreamWriter;
  /** The address of the client. */
  readonly clientAddress: Address;
  /** The server. */
  readonly server: HandlerServer;

  /**
   * Makes a handler.
   *
   * @param connection The connection.
   * @param server The server.
   */
  constructor(connection: StreamConnection, server: HandlerServer) {
    this.connection = connection;
    this.reader = connection.reader;
    this.writer = connection.writer;
    this.clientAddress = connection.remoteAddress;
    this.server = server;
  }

  /** Called first. */
  setup(): void | Promise<void> {}

  /** Does the work. When it is done, what was written is sent and the connection closed. */
  abstract handle(): void | Promise<void>;

  /** Called last, also after an error of `handle`. */
  finish(): void | Promise<void> {}
}

/**
 * Handles a datagram: `setup`, `handle`, `finish`, one after the other.
 *
 * @example Adds up the bytes of a datagram
 * ```ts
 * import { createDatagramEndpoint, DatagramRequestHandler, UdpServer } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * class Sum extends DatagramRequestHandler {
 *   override async handle() {
 *     await this.reply(`${this.data.reduce((a, b) => a + b, 0)}`);
 *   }
 * }
 * const here = { hostname: "127.0.0.1", port: 0 };
 * await using server = await UdpServer.start(here, Sum);
 * using client = await createDatagramEndpoint(here);
 * await client.send(new Uint8Array([1, 2, 3]), server.address);
 * const { data } = await client.receive({ timeout: 10_000 });
 * assertEquals(new TextDecoder().decode(data), "6");
 * ```
 */
export abstract class DatagramRequestHandler {
  /** The datagram's bytes. */
  readonly data: Uint8Array;
  /** Who sent it. */
  readonly clientAddress: Address;
  /** The server. */
  readonly server: HandlerServer;
  readonly #endpoint: DatagramEndpoint;

  /**
   * Makes a handler.
   *
   * @param data The datagram's bytes.
   * @param clientAddress Who sent it.
   * @param server The server.
   * @param endpoint Where it came from.
   */
  constructor(
    data: Uint8Array,
    clientAddress: Address,
    server: HandlerServer,
    endpoint: DatagramEndpoint,
  ) {
    this.data = data;
    this.clientAddress = clientAddress;
    this.server = server;
    this.#endpoint = endpoint;
  }

  /**
   * Answers the client.
   *
   * @param data The bytes, or text to send as UTF-8.
   * @returns When the system has taken it.
   */
  reply(data: Uint8Array | string): Promise<void> {
    return this.#endpoint.send(data, this.clientAddress);
  }

  /** Called first. */
  setup(): void | Promise<void> {}

  /** Does the work. */
  abstract handle(): void | Promise<void>;

  /** Called last, also after an error of `handle`. */
  finish(): void | Promise<void> {}
}

/** A class of handlers for connections. */
export type StreamHandlerClass = new (
  connection: StreamConnection,
  server: HandlerServer,
) => StreamRequestHandler;

/** A class of handlers for datagrams. */
export type DatagramHandlerClass = new (
  data: Uint8Array,
  clientAddress: Address,
  server: HandlerServer,
  endpoint: DatagramEndpoint,
) => DatagramRequestHandler;

/**
 * Runs a handler from beginning to end.
 *
 * @param handler The handler.
 * @returns When `finish` is done.
 * @throws {unknown} What `setup`, `handle` or `finish` threw.
 *
 * @example A handler without a server, for a test
 * ```ts
 * import { runHandler, socketPair, StreamRequestHandler } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * class Greet extends StreamRequestHandler {
 *   override handle() {
 *     this.writer.write("hello\n");
 *   }
 * }
 * const [client, server] = socketPair();
 * const { signal } = new AbortController();
 * await runHandler(new Greet(server.connection, { address: { path: null }, signal }));
 * assertEquals(new TextDecoder().decode((await client.reader.readLine())!), "hello");
 * client.close();
 * server.close();
 * ```
 */
export async function runHandler(
  handler: StreamRequestHandler | DatagramRequestHandler,
): Promise<void> {
  await handler.setup();
  try {
    await handler.handle();
  } finally {
    await handler.finish();
  }
}
