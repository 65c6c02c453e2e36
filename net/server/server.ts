/**
 * A server: it accepts, hands out connections, and comes to an end.
 *
 * @module
 */
import {
  checkOptions,
  type OptionRules,
  pickOptions,
  type RulesOf,
} from "../../persist/options.ts";
import { checkFunction } from "../function_argument.ts";
import { type Address, ConnectionAbortedError, NetError } from "../errors.ts";
import {
  acceptLoop,
  hasUnstableNet,
  listen,
  LISTEN_RULES,
  type ListenOptions,
} from "../native/listen.ts";
import { plainAddress, type RawConn, type RawListener } from "../native/raw_conn.ts";
import { StreamConnection, type StreamOptions } from "../streams/mod.ts";
import { checkStreamOptions, STREAM_RULES } from "../streams/options.ts";
import {
  acceptProxied,
  isTrusted,
  noteHeader,
  PROXY_RULES,
  type ProxyProtocolOptions,
} from "../proxy_protocol/accept.ts";
import type { ProxyHeader } from "../proxy_protocol/header.ts";
import { checkTlsServer, listensNatively, tlsServer } from "../tls/handshake.ts";
import type { TlsServerOptions } from "../tls/mod.ts";
import { TLS_SERVER_RULES } from "../tls/options.ts";
import { Deadline } from "../time/mod.ts";
import { Admission, type Concurrency } from "./concurrency.ts";

/** Handles a connection. When it returns, what was written is sent and the connection is closed. */
export type ConnectionHandler = (connection: StreamConnection) => unknown;

/** How a server works. */
export interface ServerOptions extends ListenOptions, StreamOptions {
  /**
   * How many connections are handled at once.
   *
   * @default {"concurrent"}
   */
  concurrency?: Concurrency | undefined;
  /** Speaks TLS. */
  tls?: TlsServerOptions | undefined;
  /** Reads the header that a balancer puts before the client's bytes; `connection.remoteAddress` is the client's then. */
  proxyProtocol?: ProxyProtocolOptions | undefined;
  /** Shuts the server down when aborted. */
  signal?: AbortSignal | undefined;
  /**
   * Told of each error that ends a handler.
   *
   * @default {a {@linkcode NetError} is ignored: the peer is gone; anything else goes to `reportError`}
   */
  onError?: ((error: unknown, connection: StreamConnection | undefined) => void) | undefined;
  /** Told that there are no file descriptors for another connection; accepting goes on after `pause` ms. */
  onShortage?: ((error: Error, pause: number) => void) | undefined;
  /** Told of a connection that was turned away by `overflow: "reject"`. */
  onReject?: ((peer: Address) => void) | undefined;
}

/** What {@linkcode ServerOptions} may be. */
export const SERVER_RULES: RulesOf<ServerOptions> = {
  ...LISTEN_RULES,
  ...STREAM_RULES,
  concurrency: "any",
  tls: "object",
  proxyProtocol: "object",
  signal: "signal",
  onError: "function",
  onShortage: "function",
  onReject: "function",
};

/** How to shut down. */
export interface ShutdownOptions {
  /**
   * Milliseconds for handlers that are busy to come to their end. Then their connections are aborted.
   *
   * @default {10000}
   */
  grace?: number | undefined;
  /** Ends the grace at once when aborted. */
  signal?: AbortSignal | undefined;
}

const SHUTDOWN_RULES: RulesOf<ShutdownOptions> = { grace: "milliseconds", signal: "signal" };

/**
 * Checks how to shut down.
 *
 * @throws {TypeError} If an option does not exist or is of another type.
 * @throws {RangeError} If the grace is NaN.
 */
export function checkShutdown(options: ShutdownOptions | undefined): void {
  if (options !== undefined) checkOptions("Cannot shut down", options, SHUTDOWN_RULES);
}

/** What became of the connections. */
export interface ShutdownReport {
  /** Connections that waited for a request, and were closed. */
  idle: number;
  /** Connections that were busy, and came to their end. */
  drained: number;
  /** Connections that were busy when the grace was over, and were aborted. */
  aborted: number;
}

/**
 * A server that is listening. Made by {@linkcode startServer}.
 *
 * `await using` shuts it down.
 *
 * @example A shutdown tells what became of the connections
 * ```ts
 * import { openConnection, startServer } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * const server = await startServer(async ({ reader, writer }) => {
 *   for await (const line of reader.lines()) writer.write(`${line}\n`);
 * }, { port: 0 });
 * await using client = await openConnection(server.address);
 * client.writer.write("hello\n");
 * await client.reader.readLine();
 * // It waits for the next line: idle.
 * const { idle, aborted } = await server.shutdown({ grace: 10_000 });
 * assertEquals([idle, aborted, server.isServing], [1, 0, false]);
 * assertEquals(await client.reader.readLine(), null);
 * ```
 */
export class Server implements AsyncDisposable {
  readonly #listener: RawListener;
  readonly #handler: ConnectionHandler;
  readonly #options: ServerOptions;
  /** Those of each connection. */
  readonly #streams: StreamOptions;
  readonly #admission: Admission;
  readonly #connections = new Set<StreamConnection>();
  /** Connections that have not come to their handler yet. */
  readonly #greeting = new Set<RawConn>();
  /** Settles when the listener is gone: its port is free only when the pending accept has ended. */
  readonly #accepting: Promise<void>;
  #accepted = false;
  #closed = false;
  #shutdown: Promise<ShutdownReport> | undefined;
  /** Ends the grace sooner, while there is one. */
  #hasten: ((grace: number) => void) | undefined;
  #onClosed: (() => void)[] = [];

  /**
   * Made by `startServer`. Begins to accept.
   *
   * @param listener Where from.
   * @param handler Handles each connection.
   * @param options How.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(
    listener: RawListener,
    handler: ConnectionHandler,
    options: ServerOptions = {},
  ) {
    checkFunction("make a server", HANDLER, handler);
    checkServer("Cannot make a server", options, SERVER_RULES);
    this.#admission = new Admission(options.concurrency ?? "concurrent");
    // A list that is wrong is found now, not with the first connection.
    isTrusted({ hostname: "::", port: 0 }, options.proxyProtocol?.trusted ?? []);
    this.#listener = listener;
    this.#handler = handler;
    this.#options = options = pickOptions<ServerOptions>(options, SERVER_RULES);
    this.#streams = pickOptions<StreamOptions>(options, STREAM_RULES);
    const { signal } = options;
    if (signal) {
      const abort = () => void this.shutdown();
      signal.addEventListener("abort", abort, { once: true });
      this.#onClosed.push(() => signal.removeEventListener("abort", abort));
    }
    this.#accepting = acceptLoop(listener, {
      ...options,
      isClosed: () => this.#closed,
      admit: () => this.#admission.rejects || this.#admission.open || this.#room(),
      onConnection: (raw) => this.#serve(raw),
    }).catch((error) => {
      this.close();
      this.#report(error, undefined);
    }).finally(() => {
      this.#accepted = true;
      this.#settle();
    });
    if (signal?.aborted) void this.shutdown();
  }

  /** Where it listens, with the port the system chose. */
  get address(): Address {
    return plainAddress(this.#listener.addr);
  }

  /** Whether it accepts. */
  get isServing(): boolean {
    return !this.#closed;
  }

  /** The connections that are being handled. */
  get connections(): ReadonlySet<StreamConnection> {
    return this.#connections;
  }

  async #room(): Promise<boolean> {
    while (!this.#closed && !this.#admission.open) await this.#admission.wait();
    return !this.#closed;
  }

  /** What runs for each connection is no async function: one that waits for a handler would hold half a kilobyte. */
  #serve(raw: RawConn): void {
    if (!this.#admission.open) return this.#reject(raw);
    this.#admission.enter();
    if (!this.#plain) {
      const handle = (connection: StreamConnection) => this.#handle(connection);
      this.#greet(raw).then(handle, (error) => this.#turnAway(raw, error));
      return;
    }
    let connection: StreamConnection;
    try {
      connection = new StreamConnection(raw, this.#streams);
    } catch (error) {
      return this.#turnAway(raw, error);
    }
    this.#handle(connection);
  }

  #handle(connection: StreamConnection): void {
    this.#connections.add(connection);
    if (this.#shutdown) connection.finish();
    const fail = (error: unknown) => this.#fail(connection, error);
    let handled: unknown;
    try {
      handled = this.#handler(connection);
    } catch (error) {
      return fail(error);
    }
    Promise.resolve(handled).then(() => this.#finish(connection), fail);
  }

  /** The handler has returned: what was written is sent first. */
  #finish(connection: StreamConnection): void {
    const closing = connection.close();
    if (connection.closed) this.#leave(connection);
    else void closing.then(() => this.#leave(connection));
  }

  #fail(connection: StreamConnection, error: unknown): void {
    connection.abort();
    this.#report(error, connection);
    this.#leave(connection);
  }

  #reject(raw: RawConn): void {
    const peer = plainAddress(raw.remoteAddr);
    raw.close();
    quietly(() => this.#options.onReject?.(peer));
  }

  /** Something went wrong before there was a connection for the handler. */
  #turnAway(raw: RawConn, error: unknown): void {
    closeQuietly(raw);
    this.#report(error, undefined);
    this.#leave(undefined);
  }

  #leave(connection: StreamConnection | undefined): void {
    if (connection) this.#connections.delete(connection);
    this.#admission.leave();
    this.#settle();
  }

  get #plain(): boolean {
    return !this.#options.tls && !this.#options.proxyProtocol;
  }

  /** What comes before the client's first byte: the balancer's header, the handshake. Each has its own deadline. */
  async #greet(raw: RawConn): Promise<StreamConnection> {
    const { tls, proxyProtocol } = this.#options;
    this.#greeting.add(raw);
    try {
      let conn = raw;
      let rest: Uint8Array = new Uint8Array(0);
      let header: ProxyHeader | undefined;
      if (proxyProtocol) ({ conn, rest, header } = await acceptProxied(raw, proxyProtocol));
      if (tls) {
        conn = await tlsServer(conn, rest, tls);
        rest = new Uint8Array(0);
      }
      const connection = new StreamConnection(conn, this.#streams);
      if (header) noteHeader(connection, header);
      if (rest.length > 0) connection.reader.feed(rest);
      return connection;
    } finally {
      this.#greeting.delete(raw);
    }
  }

  #report(error: unknown, connection: StreamConnection | undefined): void {
    const { onError } = this.#options;
    if (onError) quietly(() => onError(error, connection));
    else if (!(error instanceof NetError) && error !== this.#options.signal?.reason) {
      reportError(error);
    }
  }

  #settle(): void {
    if (!this.#accepted || this.#admission.active > 0) return;
    for (const each of this.#onClosed.splice(0)) each();
  }

  /** Stops listening. Connections go on. Can be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeQuietly(this.#listener);
    this.#admission.wake();
  }

  /** Closes all connections once what they wrote is sent. */
  closeClients(): void {
    for (const each of this.#connections) each.writer.close();
  }

  /** Closes all connections at once. */
  abortClients(): void {
    for (const each of this.#connections) each.abort();
  }

  /**
   * Stops listening and brings all connections to an end: those that are idle at once, those that are busy when their handler
   * has finished or next waits for a request, at the latest after the grace.
   *
   * `connection.signal` aborts at the beginning, and a read between two messages gives the end of the stream.
   *
   * @param options `grace`, and a `signal` to cut it short. Another call with a grace that ends sooner cuts it short, too.
   * @returns What became of the connections. It always settles, also when a handler never returns.
   * @throws {TypeError} If an option does not exist or is of another type.
   * @throws {RangeError} If the grace is NaN.
   */
  shutdown(options: ShutdownOptions = {}): Promise<ShutdownReport> {
    try {
      checkShutdown(options);
    } catch (error) {
      return Promise.reject(error);
    }
    const { grace } = options;
    if (grace !== undefined) this.#hasten?.(grace);
    return this.#shutdown ??= this.#bringToEnd(options);
  }

  async #bringToEnd({ grace = 10_000, signal }: ShutdownOptions): Promise<ShutdownReport> {
    const all = [...this.#connections];
    const idle = all.filter((each) => each.idle).length;
    this.close();
    for (const each of all) each.finish();
    const busy = all.length - idle;
    await this.#drained(grace, signal);
    for (const raw of this.#greeting) closeQuietly(raw);
    await this.#accepting;
    const aborted = this.#connections.size;
    for (const each of [...this.#connections]) {
      const reason = "the server shut down and the grace was over";
      const [local, peer] = [each.localAddress, each.remoteAddress];
      each.abort(new ConnectionAbortedError({ op: "read", local, peer, reason }));
    }
    return { idle, drained: Math.max(0, busy - aborted), aborted };
  }

  /** Waits until all handlers are done, at most the grace. */
  #drained(grace: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (this.#admission.active === 0 || signal?.aborted) return resolve();
      const done = () => {
        timer[Symbol.dispose]();
        this.#hasten = undefined;
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = new Deadline(done);
      let end = performance.now() + grace;
      timer.arm(grace);
      this.#hasten = (other) => {
        if (performance.now() + other >= end) return;
        end = performance.now() + other;
        timer.arm(other);
      };
      signal?.addEventListener("abort", done);
      this.#onClosed.push(done);
    });
  }

  /**
   * Waits until it has stopped listening and all handlers are done.
   *
   * @returns When that is so. {@linkcode Server.shutdown} bounds the time.
   */
  waitClosed(): Promise<void> {
    return new Promise((resolve) => {
      this.#onClosed.push(resolve);
      this.#settle();
    });
  }

  /** Lets the server keep the program alive, as it does at first. */
  ref(): void {
    this.#listener.ref?.();
  }

  /** Lets the program end while the server listens. */
  unref(): void {
    this.#listener.unref?.();
  }

  /** Shuts it down. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

/** What is needed, for errors. */
const HANDLER = "a function that handles a connection";

/** Calls what a user has given: an error of its own is an uncaught one, and the server goes on. */
function quietly(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    reportError(error);
  }
}

function closeQuietly(what: { close(): void }): void {
  try {
    what.close();
  } catch {
    // It was closed already.
  }
}

/** Where to listen. */
export interface ListenAddress {
  /**
   * The address to listen on; `"::"` is IPv6 and IPv4.
   *
   * @default {"127.0.0.1"}
   */
  hostname?: string | undefined;
  /** The port; 0 lets the system choose. */
  port: number;
}

/** Where to listen, among the options of those who start servers; the port is checked when it is listened on. */
export const ADDRESS_RULES: RulesOf<ListenAddress & { path: string }> = {
  hostname: "string",
  port: "any",
  path: "string",
};

const START_RULES: OptionRules = {
  ...SERVER_RULES,
  ...ADDRESS_RULES,
};

/** Checks the options of a server, and those within them. */
export function checkServer(
  attempt: string,
  options: StreamOptions & Pick<ServerOptions, "tls" | "proxyProtocol">,
  rules: OptionRules,
): void {
  checkStreamOptions(attempt, options, rules);
  if (options.tls !== undefined) checkOptions(attempt, options.tls, TLS_SERVER_RULES);
  if (options.proxyProtocol !== undefined) {
    checkOptions(attempt, options.proxyProtocol, PROXY_RULES);
  }
}

/**
 * Starts a server: one task for each connection.
 *
 * @param handler Handles a connection. When it returns, what was written is sent and the connection is closed.
 * @param options Where to listen, and how: `{ port }` or `{ path }`.
 * @returns The server, listening.
 * @throws {NetError} If the address cannot be had.
 * @throws {TypeError} If `tls` has no certificate with its key, there is no port, or an option does not exist or is of another
 * type.
 *
 * @example An echo server
 * ```ts
 * import { openConnection, startServer } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await startServer(async ({ reader, writer }) => {
 *   for (let line; (line = await reader.readLine()) !== null;) {
 *     writer.write(line);
 *     writer.write("\n");
 *     await writer.drain();
 *   }
 * }, { port: 0 });
 *
 * await using connection = await openConnection(server.address);
 * connection.writer.write("hello\n");
 * assertEquals(new TextDecoder().decode((await connection.reader.readLine())!), "hello");
 * ```
 */
export async function startServer(
  handler: ConnectionHandler,
  options: ServerOptions & (ListenAddress | { path: string }),
): Promise<Server> {
  checkFunction("start a server", HANDLER, handler);
  checkServer("Cannot start a server", options, START_RULES);
  const address: Address = "path" in options
    ? { path: options.path }
    : { hostname: options.hostname ?? "127.0.0.1", port: options.port };
  const { tls, proxyProtocol } = options;
  const possible = !proxyProtocol && !("path" in options) &&
    (!options.reusePort || hasUnstableNet());
  const native = tls && listensNatively(tls, possible);
  if (tls) await checkTlsServer(tls);
  const listener = await listen(address, options, native ? tls : undefined);
  try {
    return new Server(listener, handler, pickOptions<ServerOptions>(options, SERVER_RULES));
  } catch (error) {
    listener.close();
    throw error;
  }
}
