/**
 * Servers with handler classes: `TcpServer`, `UnixServer`, `UdpServer`.
 *
 * | Python | here |
 * |---|---|
 * | `TCPServer(address, Handler)` | `await TcpServer.start(address, Handler, { concurrency: "serial" })` |
 * | `ThreadingTCPServer(address, Handler)` | `await TcpServer.start(address, Handler)` |
 * | `UnixStreamServer(path, Handler)` | `await UnixServer.start({ path }, Handler)` |
 * | `UDPServer(address, Handler)` | `await UdpServer.start(address, Handler)` |
 * | `server.serve_forever()` | `await server.waitClosed()` |
 * | `server.shutdown(); server.server_close()` | `await server.shutdown()` |
 * | `verify_request(request, client_address)` | the option `verifyRequest` |
 * | `handle_error(request, client_address)` | the option `onError` |
 *
 * @module
 */
import { checkOptions, pickOptions, type RulesOf } from "../../persist/options.ts";
import { checkClass } from "../function_argument.ts";
import { type Address, type InetAddress, NetError, type UnixAddress } from "../errors.ts";
import {
  createDatagramEndpoint,
  type Datagram,
  DATAGRAM_RULES,
  type DatagramEndpoint,
  type DatagramOptions,
} from "../datagram/datagram_endpoint.ts";
import { checkShape } from "../native/check_address.ts";
import type { StreamConnection } from "../streams/mod.ts";
import { Deadline } from "../time/mod.ts";
import { Admission, type Concurrency } from "./concurrency.ts";
import {
  type DatagramHandlerClass,
  runHandler,
  type StreamHandlerClass,
} from "./request_handler.ts";
import {
  checkServer,
  checkShutdown,
  type Server,
  SERVER_RULES,
  type ServerOptions,
  type ShutdownOptions,
  type ShutdownReport,
  startServer,
} from "./server.ts";

/** How a server with handler classes works. */
export interface HandlerServerOptions extends ServerOptions {
  /** Whether a connection is to be handled; else it is closed. */
  verifyRequest?: ((connection: StreamConnection) => boolean | Promise<boolean>) | undefined;
}

/**
 * What `TcpServer` and `UnixServer` share.
 *
 * @example What a handler sees of its server
 * ```ts
 * import { openConnection, StreamHandlerServer, StreamRequestHandler, TcpServer } from "@ferry/std/net";
 * import { assert, assertEquals } from "@std/assert";
 *
 * class Address extends StreamRequestHandler {
 *   override handle() {
 *     this.writer.write(JSON.stringify(this.server.address));
 *   }
 * }
 * await using server = await TcpServer.start({ hostname: "127.0.0.1", port: 0 }, Address);
 * assert(server instanceof StreamHandlerServer);
 * await using client = await openConnection(server.address);
 * const answer = new TextDecoder().decode(await client.reader.readAll());
 * assertEquals(JSON.parse(answer), server.address);
 * ```
 */
export abstract class StreamHandlerServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #stop: AbortController;

  /**
   * Wraps a server.
   *
   * @param server The server.
   * @param stop Aborted when it begins to shut down.
   */
  constructor(server: Server, stop: AbortController) {
    this.#server = server;
    this.#stop = stop;
  }

  /** Where it listens, with the port the system chose. */
  get address(): Address {
    return this.#server.address;
  }

  /** Aborts when the server begins to shut down. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** The connections that are being handled. */
  get connections(): ReadonlySet<StreamConnection> {
    return this.#server.connections;
  }

  /** Stops listening. Connections go on. Can be called again. */
  close(): void {
    this.#server.close();
  }

  /**
   * Stops listening and brings all connections to an end.
   *
   * @param options `grace`, and a `signal` to cut it short.
   * @returns What became of the connections.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async shutdown(options?: ShutdownOptions): Promise<ShutdownReport> {
    checkShutdown(options);
    this.#stop.abort();
    return await this.#server.shutdown(options);
  }

  /**
   * Waits until it has stopped listening and all handlers are done.
   *
   * @returns When that is so.
   */
  waitClosed(): Promise<void> {
    return this.#server.waitClosed();
  }

  /** Shuts it down. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

const HANDLER_RULES: RulesOf<HandlerServerOptions> = { ...SERVER_RULES, verifyRequest: "function" };

async function startHandlers(
  address: { hostname: string; port: number } | { path: string },
  Handler: StreamHandlerClass,
  options: HandlerServerOptions,
): Promise<[Server, AbortController]> {
  checkClass("start a server", "a class that handles a connection", Handler);
  checkServer("Cannot start a server", options, HANDLER_RULES);
  const stop = new AbortController();
  const server = await startServer(async (connection) => {
    const { verifyRequest } = options;
    if (verifyRequest && !await verifyRequest(connection)) return;
    await runHandler(new Handler(connection, { address: server.address, signal: stop.signal }));
  }, { ...pickOptions<ServerOptions>(options, SERVER_RULES), ...address });
  return [server, stop];
}

/** An address without what the runtime's own have besides. */
function inet(address: InetAddress): InetAddress {
  checkShape("start a server", address);
  const { hostname, port } = address;
  return { hostname, port };
}

/**
 * A server on TCP with a handler object for each connection.
 *
 * @example Two at once, the others turned away
 * ```ts
 * import { openConnection, StreamRequestHandler, TcpServer } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * class Greet extends StreamRequestHandler {
 *   override handle() {
 *     this.writer.write("hello");
 *   }
 * }
 * await using server = await TcpServer.start({ hostname: "127.0.0.1", port: 0 }, Greet, {
 *   concurrency: { max: 2, overflow: "reject" },
 * });
 * await using client = await openConnection(server.address);
 * assertEquals(new TextDecoder().decode(await client.reader.readAll()), "hello");
 * ```
 */
export class TcpServer extends StreamHandlerServer {
  /**
   * Starts a server.
   *
   * @param address Where it listens; port 0 lets the system choose.
   * @param Handler The class of its handlers.
   * @param options How it works.
   * @returns The server, listening.
   * @throws {NetError} If the address cannot be had.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  static async start(
    address: InetAddress,
    Handler: StreamHandlerClass,
    options: HandlerServerOptions = {},
  ): Promise<TcpServer> {
    return new TcpServer(...await startHandlers(inet(address), Handler, options));
  }
}

/**
 * A server on a Unix socket with a handler object for each connection.
 *
 * @example On a path
 * ```ts
 * import { openConnection, StreamRequestHandler, UnixServer } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * class Greet extends StreamRequestHandler {
 *   override handle() {
 *     this.writer.write("hello");
 *   }
 * }
 * const path = `${await Deno.makeTempDir()}/greet.sock`;
 * await using server = await UnixServer.start({ path }, Greet);
 * await using client = await openConnection(server.address);
 * assertEquals(new TextDecoder().decode(await client.reader.readAll()), "hello");
 * ```
 */
export class UnixServer extends StreamHandlerServer {
  /**
   * Starts a server. A socket file that nobody listens on is replaced; closing removes it.
   *
   * @param address The path.
   * @param Handler The class of its handlers.
   * @param options How it works.
   * @returns The server, listening.
   * @throws {NetError} If the path cannot be had.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  static async start(
    address: UnixAddress & { path: string },
    Handler: StreamHandlerClass,
    options: HandlerServerOptions = {},
  ): Promise<UnixServer> {
    checkShape("start a server", address);
    const { path } = address;
    if (typeof path !== "string") {
      throw new TypeError(`Cannot start a server: needed the path of a socket, received ${path}`);
    }
    return new UnixServer(...await startHandlers({ path }, Handler, options));
  }
}

/** How a server of datagrams works. */
export interface UdpServerOptions extends Omit<DatagramOptions, "remote"> {
  /**
   * How many datagrams are handled at once. With `{ overflow: "reject" }` one too many is dropped; else it waits.
   *
   * @default {"serial"}
   */
  concurrency?: Concurrency | undefined;
  /** Whether a datagram is to be handled. */
  verifyRequest?: ((datagram: Datagram) => boolean) | undefined;
  /**
   * Told of each error of a handler.
   *
   * @default {a {@linkcode NetError} is ignored; anything else goes to `reportError`}
   */
  onError?: ((error: unknown, datagram: Datagram) => void) | undefined;
}

const { remote: _none, ...OF_ENDPOINT } = DATAGRAM_RULES;
const OF_ENDPOINT_RULES: RulesOf<Omit<DatagramOptions, "remote">> = OF_ENDPOINT;
const UDP_RULES: RulesOf<UdpServerOptions> = {
  ...OF_ENDPOINT_RULES,
  concurrency: "any",
  verifyRequest: "function",
  onError: "function",
};

/**
 * A server of datagrams with a handler object for each.
 *
 * @example Upper case
 * ```ts
 * import { DatagramRequestHandler, UdpServer, UdpSocket } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * class Upper extends DatagramRequestHandler {
 *   override async handle() {
 *     await this.reply(new TextDecoder().decode(this.data).toUpperCase());
 *   }
 * }
 * await using server = await UdpServer.start({ hostname: "127.0.0.1", port: 0 }, Upper);
 * using client = await UdpSocket.bind({ hostname: "127.0.0.1", port: 0 });
 * await client.sendTo("ferry", server.address);
 * const [data] = await client.recvFrom({ timeout: 10_000 });
 * assertEquals(new TextDecoder().decode(data), "FERRY");
 * ```
 */
export class UdpServer implements AsyncDisposable {
  readonly #endpoint: DatagramEndpoint;
  readonly #Handler: DatagramHandlerClass;
  readonly #options: UdpServerOptions;
  readonly #admission: Admission;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #idle: (() => void) | undefined;

  /**
   * Made by {@linkcode UdpServer.start}. Begins to receive.
   *
   * @param endpoint Where from.
   * @param Handler The class of its handlers.
   * @param options How it works.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(
    endpoint: DatagramEndpoint,
    Handler: DatagramHandlerClass,
    options: UdpServerOptions = {},
  ) {
    checkOptions("Cannot make a server of datagrams", options, UDP_RULES);
    this.#admission = new Admission(options.concurrency ?? "serial");
    this.#endpoint = endpoint;
    this.#Handler = Handler;
    this.#options = options;
    this.#loop = this.#receive();
  }

  /**
   * Starts a server.
   *
   * @param address Where it is bound; port 0 lets the system choose.
   * @param Handler The class of its handlers.
   * @param options How it works.
   * @returns The server, receiving.
   * @throws {NetError} If the address cannot be had.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  static async start(
    address: Address,
    Handler: DatagramHandlerClass,
    options: UdpServerOptions = {},
  ): Promise<UdpServer> {
    checkClass("start a server of datagrams", "a class that handles a datagram", Handler);
    checkOptions("Cannot start a server of datagrams", options, UDP_RULES);
    const own = pickOptions<Omit<DatagramOptions, "remote">>(options, OF_ENDPOINT_RULES);
    const endpoint = await createDatagramEndpoint(address, own);
    try {
      return new UdpServer(endpoint, Handler, options);
    } catch (error) {
      endpoint.close();
      throw error;
    }
  }

  /** Where it is bound. */
  get address(): Address {
    return this.#endpoint.address;
  }

  /** Aborts when the server begins to shut down. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  async #receive(): Promise<void> {
    const { verifyRequest } = this.#options;
    for await (const datagram of this.#endpoint) {
      while (!this.#admission.open && !this.#admission.rejects && !this.signal.aborted) {
        await this.#admission.wait();
      }
      if (!this.#admission.open || this.signal.aborted) continue;
      if (verifyRequest && !verifyRequest(datagram)) continue;
      void this.#handle(datagram);
    }
  }

  async #handle(datagram: Datagram): Promise<void> {
    this.#admission.enter();
    try {
      const { data, from } = datagram;
      await runHandler(new this.#Handler(data, from, this, this.#endpoint));
    } catch (error) {
      const { onError } = this.#options;
      if (onError) onError(error, datagram);
      else if (!(error instanceof NetError)) reportError(error);
    } finally {
      this.#admission.leave();
      if (this.#admission.active === 0) this.#idle?.();
    }
  }

  /**
   * Stops receiving, and waits for the handlers that are at work, at most the grace.
   *
   * @param options `grace`, and a `signal` to cut it short.
   * @returns When it is closed.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    checkShutdown(options);
    const { grace = 10_000, signal } = options;
    this.#stop.abort();
    this.#admission.wake();
    if (this.#admission.active > 0 && !signal?.aborted) {
      await new Promise<void>((resolve) => {
        const timer = new Deadline(resolve);
        timer.arm(grace);
        this.#idle = () => {
          timer[Symbol.dispose]();
          resolve();
        };
        signal?.addEventListener("abort", this.#idle, { once: true });
      });
    }
    this.#endpoint.close();
    await this.#loop;
  }

  /** Shuts it down. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }
}
