/**
 * The server of `connect`, or of CPython's `Client`.
 *
 * @module
 */
import { checkOptions, pickOptions, type RulesOf } from "../../persist/options.ts";
import {
  type Address,
  ClosedError,
  formatAddress,
  type NetErrorInit,
  TimeoutError,
  toNetError,
} from "../errors.ts";
import type { SocketOptions } from "../native/socket_options.ts";
import { SOCKET_RULES } from "../native/dial.ts";
import { checkShape, pathError } from "../native/check_address.ts";
import { acceptLoop, checkPort } from "../native/listen.ts";
import { plainAddress, type RawConn } from "../native/raw_conn.ts";
import { Deadline } from "../time/mod.ts";
import { checkTlsServer, tlsServer } from "../tls/handshake.ts";
import type { TlsServerOptions } from "../tls/mod.ts";
import { TLS_SERVER_RULES } from "../tls/options.ts";
import { checkWait } from "../wait_options.ts";
import { type Waitable, type Watch, watchable } from "../watch.ts";
import { Connection } from "./connection.ts";
import { type Guest, Handshakes } from "./_handshakes.ts";
import { authenticate, keyOf } from "./handshake.ts";
import {
  type AuthKey,
  CONNECTION_RULES,
  type ConnectionOptions,
  HANDSHAKE_RULES,
  type HandshakeOptions,
  type ReceiveOptions,
} from "./options.ts";

/** Where a {@linkcode Listener} listens. */
export type ListenAddress =
  | {
    /**
     * A name or an address of this machine.
     *
     * @default {"127.0.0.1"}
     */
    hostname?: string;
    /** The port; 0 lets the system choose. */
    port: number;
  }
  | {
    /** The path of a Unix socket; on Linux one that starts with `"\0"` is abstract. */
    path: string;
  };

/** Options of a {@linkcode Listener}. */
export interface ListenerOptions
  extends ConnectionOptions, SocketOptions, Omit<HandshakeOptions, "signal"> {
  /** The key of both sides; without one there is no handshake, and anybody who can connect is let in. */
  authKey?: AuthKey;
  /**
   * Speaks TLS: certificate and key. The key of both sides is asked for nevertheless. CPython's `Client` knows no TLS.
   *
   * @default {undefined}
   */
  tls?: TlsServerOptions | undefined;
  /**
   * Connections that the system holds until they are accepted.
   *
   * @default {511}
   */
  backlog?: number | undefined;
  /**
   * Most connections that wait for {@linkcode Listener.accept}: while there are so many, no more than the one that is next
   * leaves the backlog.
   *
   * @default {128}
   */
  maxPending?: number | undefined;
  /**
   * Most handshakes at once. One more is begun nevertheless, and another one is dropped: of the address that has the most, the
   * oldest. So those who do not come to an end keep nobody waiting, however many they are.
   *
   * @default {1024}
   */
  maxHandshakes?: number | undefined;
  /**
   * Is told of every connection that was dropped in its handshake.
   *
   * @default {undefined}
   */
  onRefused?: (error: unknown, peer: Address | undefined) => void;
  /**
   * Is told that there are no file descriptors for another connection; accepting goes on after `pause` ms. A quarter of the
   * handshakes was dropped then, which frees their descriptors.
   *
   * @default {undefined}
   */
  onShortage?: ((error: Error, pause: number) => void) | undefined;
}

const { signal: _none, ...HANDSHAKE } = HANDSHAKE_RULES;

const RULES: RulesOf<ListenerOptions> = {
  ...CONNECTION_RULES,
  ...SOCKET_RULES,
  ...HANDSHAKE,
  authKey: "any",
  tls: "object",
  backlog: "number",
  maxPending: "number",
  maxHandshakes: "number",
  onRefused: "function",
  onShortage: "function",
};

interface Waiter<T> {
  resolve(connection: Connection<T>): void;
  reject(error: unknown): void;
}

const DEFAULT_PENDING = 128;
const DEFAULT_HANDSHAKES = 1024;

/**
 * Accepts connections, as `multiprocessing.connection.Listener`.
 *
 * Handshakes run beside one another: a peer that is slow, or silent, keeps nobody else waiting, and is dropped when its time
 * is over, or when there are too many of its kind (see `maxHandshakes`). Only connections that have shown the key come out of {@linkcode Listener.accept}; nothing that a peer sends is
 * read as a pickle before that.
 *
 * @typeParam T What the objects are.
 *
 * @example A server
 * ```ts
 * import { connect, Listener } from "@ferry/std/net/connection";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = new Listener<number>({ port: 0 }, { authKey: "secret" });
 * const serving = (async () => {
 *   for await (const connection of listener) {
 *     using _connection = connection;
 *     for await (const n of connection) await connection.send(n * n);
 *   }
 * })();
 *
 * const client = await connect<number>(listener.address, { authKey: "secret" });
 * await client.send(7);
 * assertEquals(await client.recv(), 49);
 * client.close();
 * listener.close();
 * await serving;
 * ```
 */
export class Listener<T = unknown>
  implements AsyncIterable<Connection<T>>, Waitable, Disposable, AsyncDisposable {
  readonly #listener: Deno.Listener;
  readonly #options: ListenerOptions;
  /** Those of each connection. */
  readonly #ofConnections: ConnectionOptions;
  readonly #key: Uint8Array | undefined;
  readonly #closing = new AbortController();
  readonly #ready: Connection<T>[] = [];
  readonly #waiting = new Set<Waiter<T>>();
  readonly #watchers = new Set<() => void>();
  readonly #maxPending: number;
  readonly #handshakes: Handshakes;
  readonly #ended: Promise<void>;
  #room: PromiseWithResolvers<void> | undefined;
  #refused = 0;
  #lastAccepted: Address | undefined;

  static {
    watchable(Listener);
  }

  /** Where this listens, with the port that the system chose. */
  readonly address: Address;

  /**
   * Begins to listen.
   *
   * @example Make one
   * ```ts
   * import { Listener } from "@ferry/std/net/connection";
   *
   * using listener = new Listener<number>({ port: 0 }, { authKey: "secret" });
   * ```
   *
   * @param address `{ port }`, `{ hostname, port }` or `{ path }`.
   * @param options Key, limits, and how objects are pickled.
   * @throws {AddressInUseError} If somebody listens there.
   * @throws {TypeError} If TLS is to be spoken by Deno's own engine. What is wrong with the certificate is thrown by
   * {@linkcode Listener.accept}.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(address: ListenAddress, options: ListenerOptions = {}) {
    checkOptions("Cannot listen", options, RULES);
    if (options.tls !== undefined) checkOptions("Cannot listen", options.tls, TLS_SERVER_RULES);
    this.#options = options = pickOptions<ListenerOptions>(options, RULES);
    this.#ofConnections = pickOptions<ConnectionOptions>(options, CONNECTION_RULES);
    this.#key = options.authKey === undefined ? undefined : keyOf(options.authKey);
    if (options.tls?.engine === "deno") {
      throw new TypeError('Cannot listen: TLS with the engine "node" is needed, received "deno"');
    }
    this.#maxPending = Math.max(1, options.maxPending ?? DEFAULT_PENDING);
    this.#handshakes = new Handshakes(Math.max(1, options.maxHandshakes ?? DEFAULT_HANDSHAKES));
    this.#listener = listen(address, options.backlog);
    this.address = plainAddress(this.#listener.addr);
    this.#ended = this.#run();
  }

  /** Whether the listener was closed. */
  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** How many connections were dropped in their handshake. */
  get refused(): number {
    return this.#refused;
  }

  /** Where the last connection that was accepted came from. */
  get lastAccepted(): Address | undefined {
    return this.#lastAccepted;
  }

  /**
   * Waits for the next connection that has shown the key.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns The connection.
   * @throws {ClosedError} If the listener is closed.
   * @throws {TimeoutError} If the time is over first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Nobody comes
   * ```ts
   * import { Listener } from "@ferry/std/net/connection";
   * import { TimeoutError } from "@ferry/std/net/errors";
   * import { assertRejects } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * await assertRejects(() => listener.accept({ timeout: 1 }), TimeoutError);
   * ```
   */
  async accept(options: ReceiveOptions = {}): Promise<Connection<T>> {
    checkWait("accept", options);
    const { signal, timeout = Infinity } = options;
    signal?.throwIfAborted();
    if (this.closed) throw this.#closing.signal.reason;
    const ready = this.#ready.shift();
    if (ready !== undefined) return this.#handOver(ready);
    const waiter = Promise.withResolvers<Connection<T>>();
    this.#waiting.add(waiter);
    const giveUp = (error: unknown) => this.#waiting.delete(waiter) && waiter.reject(error);
    const abort = () => giveUp(signal!.reason);
    signal?.addEventListener("abort", abort, { once: true });
    using deadline = new Deadline(() => giveUp(new TimeoutError(this.#where(), timeout)));
    deadline.arm(Math.max(timeout, 0));
    try {
      return await waiter.promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /**
   * Takes a connection if one is ready.
   *
   * @returns The connection, or `undefined`.
   * @throws {ClosedError} If the listener is closed.
   *
   * @example Never waits
   * ```ts
   * import { Listener } from "@ferry/std/net/connection";
   * import { assertEquals } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * assertEquals(listener.tryAccept(), undefined);
   * ```
   */
  tryAccept(): Connection<T> | undefined {
    if (this.closed) throw this.#closing.signal.reason;
    const ready = this.#ready.shift();
    return ready && this.#handOver(ready);
  }

  /**
   * Stops listening: connections that nobody has accepted are closed, those that were accepted are left alone. A Unix
   * socket is removed. More than once is the same as once. The address is free when {@linkcode Listener.waitClosed} says so.
   *
   * @example Who waits, is told
   * ```ts
   * import { Listener } from "@ferry/std/net/connection";
   * import { ClosedError } from "@ferry/std/net/errors";
   * import { assertRejects } from "@std/assert";
   *
   * const listener = new Listener({ port: 0 });
   * const accepting = listener.accept();
   * listener.close();
   * await assertRejects(() => accepting, ClosedError);
   * ```
   */
  close(): void {
    this.#close(new ClosedError(this.#where()));
  }

  #close(error: unknown): void {
    if (this.closed) return;
    this.#closing.abort(error);
    this.#listener.close();
    this.#room?.resolve();
    for (const connection of this.#ready.splice(0)) connection.close();
    for (const waiter of this.#waiting) waiter.reject(error);
    this.#waiting.clear();
    this.#notify();
  }

  /**
   * Waits until a listener that was closed has let go of its address: the system does so when the last `accept` has ended.
   *
   * @example The same port again
   * ```ts
   * import { Listener } from "@ferry/std/net/connection";
   * import { assertEquals } from "@std/assert";
   *
   * const first = new Listener({ port: 0 });
   * first.close();
   * await first.waitClosed();
   * const { port } = first.address as Deno.NetAddr;
   * using second = new Listener({ port });
   * assertEquals(second.address, first.address);
   * ```
   */
  async waitClosed(): Promise<void> {
    await this.#ended;
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Stops listening, and waits until the address is free. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#ended;
  }

  /** The connections that have shown the key, until the listener is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Connection<T>, void, void> {
    while (!this.closed) {
      let connection: Connection<T>;
      try {
        connection = await this.accept();
      } catch (error) {
        if (error === this.#closing.signal.reason) return;
        throw error;
      }
      yield connection;
    }
  }

  /**
   * Takes part in waiting for several things at once: `waitAny` of `@ferry/std/ipc` calls this.
   *
   * @param notify Called when a connection may be ready.
   * @returns The watch.
   *
   * @example A connection, or nothing for a while
   * ```ts
   * import { waitAny } from "@ferry/std/ipc/wait-any";
   * import { connect, Listener } from "@ferry/std/net/connection";
   * import { assertEquals } from "@std/assert";
   *
   * using listener = new Listener({ port: 0 });
   * assertEquals(await waitAny([listener], { timeout: 1 }), []);
   * using _client = await connect(listener.address);
   * assertEquals(await waitAny([listener]), [listener]);
   * using _server = listener.tryAccept();
   * ```
   */
  watch(notify: () => void): Watch {
    const watcher = () => notify();
    this.#watchers.add(watcher);
    return {
      ready: () => this.#ready.length > 0 || this.closed,
      stop: () => void this.#watchers.delete(watcher),
    };
  }

  async #run(): Promise<void> {
    try {
      if (this.#options.tls !== undefined) await checkTlsServer(this.#options.tls);
      await acceptLoop(this.#listener, {
        ...this.#options,
        isClosed: () => this.closed,
        admit: () => this.#ready.length < this.#maxPending || this.#roomFor(),
        onShortage: (error, pause) => {
          const few = Math.ceil(this.#handshakes.size / 4);
          this.#handshakes.drop(few, "there are no file descriptors left");
          this.#options.onShortage?.(error, pause);
        },
        onConnection: (stream) => void this.#admit(stream),
      });
    } catch (error) {
      this.#close(error);
    }
  }

  async #roomFor(): Promise<boolean> {
    while (!this.closed && this.#ready.length >= this.#maxPending) {
      this.#room = Promise.withResolvers();
      await this.#room.promise;
    }
    return !this.closed;
  }

  async #admit(stream: RawConn): Promise<void> {
    if (this.closed) return stream.close();
    const { tls } = this.#options;
    if (this.#key === undefined && tls === undefined) {
      return this.#enter(new Connection<T>(stream, this.#ofConnections));
    }
    const guest = guestOf(stream);
    const handshake = this.#handshakes.begin(guest);
    let connection: Connection<T>;
    try {
      if (tls !== undefined) {
        const stop = () => guest.close();
        this.#closing.signal.addEventListener("abort", stop, { once: true });
        try {
          stream = await tlsServer(stream, new Uint8Array(0), tls);
        } finally {
          this.#closing.signal.removeEventListener("abort", stop);
        }
      }
      connection = new Connection<T>(stream, this.#ofConnections);
      handshake.connection = connection;
      if (handshake.dropped) throw handshake.dropped;
      if (this.closed) throw this.#closing.signal.reason;
      if (this.#key !== undefined) {
        const { signal } = this.#closing;
        const { handshakeTimeout, allowMd5 } = this.#options;
        const options: HandshakeOptions = { signal };
        if (handshakeTimeout !== undefined) options.handshakeTimeout = handshakeTimeout;
        if (allowMd5 !== undefined) options.allowMd5 = allowMd5;
        await authenticate(connection as Connection, this.#key, "server", options);
      }
      if (handshake.dropped) throw handshake.dropped;
    } catch (error) {
      await this.#refuse(handshake.connection, handshake.dropped ?? error);
      return;
    } finally {
      this.#handshakes.end(handshake);
    }
    this.#enter(connection);
  }

  async #refuse(connection: Guest, error: unknown): Promise<void> {
    // A last #FAILURE# may be under way; the peer that does not take it is closed in any case.
    connection.close();
    await Promise.resolve();
    if (this.closed) return;
    this.#refused++;
    this.#options.onRefused?.(error, connection.remoteAddress);
  }

  #enter(connection: Connection<T>): void {
    if (this.closed) return connection.close();
    for (const waiter of this.#waiting) {
      this.#waiting.delete(waiter);
      waiter.resolve(this.#handOver(connection));
      return;
    }
    this.#ready.push(connection);
    this.#notify();
  }

  #handOver(connection: Connection<T>): Connection<T> {
    this.#lastAccepted = connection.remoteAddress;
    this.#room?.resolve();
    return connection;
  }

  #notify(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #where(): NetErrorInit {
    return { op: "accept", local: this.address };
  }
}

function listen(address: ListenAddress, backlog = 511): Deno.Listener {
  checkShape("listen", address);
  if ("path" in address) {
    const where = { op: "listen", local: { path: address.path } };
    if (!address.path) {
      throw new TypeError(
        `Cannot listen on ${formatAddress(where.local)}: the path of a socket is needed`,
      );
    }
    try {
      return Deno.listen({ transport: "unix", path: address.path });
    } catch (error) {
      throw toNetError(pathError("listen", address.path, error), where);
    }
  }
  const { hostname = "127.0.0.1", port } = address;
  checkPort(port);
  try {
    return Deno.listen({ hostname, port, tcpBacklog: backlog });
  } catch (error) {
    throw toNetError(error, { op: "listen", local: { hostname, port } });
  }
}

/** A connection before it is one. */
function guestOf(stream: RawConn): Guest {
  const { localAddr, remoteAddr } = stream;
  return {
    localAddress: localAddr && plainAddress(localAddr),
    remoteAddress: remoteAddr && plainAddress(remoteAddr),
    close() {
      try {
        stream.close();
      } catch {
        // A handshake that fails closes it.
      }
    },
  };
}
