/**
 * A socket that listens.
 *
 * @module
 */
import { pickOptions, type RulesOf } from "../../persist/options.ts";
import { type Address, BusyError, ClosedError, TimeoutError, toNetError } from "../errors.ts";
import { setOptions } from "../native/dial.ts";
import { listen, LISTEN_RULES, type ListenOptions } from "../native/listen.ts";
import { plainAddress, type RawConn, type RawListener } from "../native/raw_conn.ts";
import { StreamConnection, type StreamOptions, type WaitOptions } from "../streams/mod.ts";
import { checkStreamOptions, STREAM_RULES } from "../streams/options.ts";
import { Deadline } from "../time/mod.ts";
import { checkWait } from "../wait_options.ts";
import { type Waitable, type Watch, watchable } from "../watch.ts";
import { Socket } from "./socket.ts";

/** How to listen, and the limits of accepted sockets. */
export interface CreateServerOptions extends ListenOptions, StreamOptions {}

const RULES: RulesOf<CreateServerOptions> = { ...LISTEN_RULES, ...STREAM_RULES };

/**
 * A socket that listens. Made by {@linkcode createServer}.
 *
 * `accept` takes a timeout and a signal, and loses no connection to them: one that comes too late is given to the next call.
 *
 * @example One connection after the other
 * ```ts
 * import { createConnection, createServer } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = await createServer({ hostname: "127.0.0.1", port: 0 });
 * await using client = await createConnection(listener.address);
 * for await (const socket of listener) {
 *   assertEquals(socket.remoteAddress, client.localAddress);
 *   await socket.sendAll("hello");
 *   socket.close();
 *   listener.close();
 * }
 * assertEquals(new TextDecoder().decode(await client.recvExactly(5)), "hello");
 * ```
 */
export class ServerSocket implements AsyncIterable<Socket>, Disposable, Waitable {
  readonly #listener: RawListener;
  readonly #options: CreateServerOptions;
  readonly #streams: StreamOptions;
  #pending = false;
  #ready: RawConn | undefined;
  #failure: Error | undefined;
  #closed = false;
  #wake: (() => void) | undefined;
  readonly #watchers = new Set<() => void>();

  /**
   * Made by `createServer`, of a listener.
   *
   * @param listener The listener.
   * @param options Limits of accepted sockets.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(listener: RawListener, options: CreateServerOptions = {}) {
    checkStreamOptions("Cannot make a server socket", options, RULES);
    this.#listener = listener;
    this.#options = options;
    this.#streams = pickOptions<StreamOptions>(options, STREAM_RULES);
  }

  /** Where it listens, with the port the system chose. */
  get address(): Address {
    return plainAddress(this.#listener.addr);
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Accepts a connection.
   *
   * @param options `signal` and `timeout`.
   * @returns The socket.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {ClosedError} If the listener is closed, also meanwhile.
   * @throws {BusyError} If another call is accepting.
   * @throws {NetError} If the system refuses, as with too many open files (`code` is `EMFILE`); later calls may succeed.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async accept(options: WaitOptions = {}): Promise<Socket> {
    checkWait("accept", options);
    const { signal, timeout = Infinity } = options;
    if (this.#wake) throw new BusyError(this.#init());
    signal?.throwIfAborted();
    let timedOut = timeout <= 0;
    const wake = () => this.#wake?.();
    const expire = () => {
      timedOut = true;
      wake();
    };
    using timer = new Deadline(expire);
    timer.arm(timeout);
    signal?.addEventListener("abort", wake);
    try {
      for (;;) {
        const raw = this.#take();
        if (raw) return new Socket(new StreamConnection(raw, this.#streams));
        if (this.#closed) throw new ClosedError(this.#init());
        signal?.throwIfAborted();
        // Also without time to wait: who asks again and again is to find what has come meanwhile.
        this.#pull();
        if (timedOut) throw new TimeoutError(this.#init(), timeout);
        await new Promise<void>((resolve) => this.#wake = resolve);
        this.#wake = undefined;
      }
    } finally {
      this.#wake = undefined;
      signal?.removeEventListener("abort", wake);
    }
  }

  #take(): RawConn | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
    const raw = this.#ready;
    this.#ready = undefined;
    if (raw && "setNoDelay" in raw) setOptions(raw as Deno.TcpConn, this.#options);
    return raw;
  }

  /** Accepts once, for whoever asks next. */
  #pull(): void {
    if (this.#pending || this.#ready || this.#closed) return;
    this.#pending = true;
    this.#listener.accept().then((raw) => {
      this.#ready = raw;
    }, (cause) => {
      if (!this.#closed) this.#failure = toNetError(cause, this.#init());
    }).finally(() => {
      this.#pending = false;
      if (this.#closed) this.#drop();
      this.#wake?.();
      for (const each of this.#watchers) each();
    });
  }

  /**
   * Accepts connections until it is closed.
   *
   * @returns The sockets.
   */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Socket> {
    while (!this.#closed) {
      let socket: Socket;
      try {
        socket = await this.accept();
      } catch (error) {
        if (this.#closed) return;
        throw error;
      }
      yield socket;
    }
  }

  /**
   * Says when a connection can be accepted.
   *
   * @param notify Called whenever one may have come.
   * @returns The watch.
   */
  watch(notify: () => void): Watch {
    const own = () => notify();
    this.#watchers.add(own);
    return {
      ready: () => {
        this.#pull();
        return this.#closed || this.#ready !== undefined || this.#failure !== undefined;
      },
      stop: () => void this.#watchers.delete(own),
    };
  }

  static {
    watchable(ServerSocket);
  }

  /** Stops listening; a pending `accept` rejects. Accepted sockets go on. Can be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
    this.#drop();
    this.#wake?.();
    for (const each of this.#watchers) each();
  }

  #drop(): void {
    this.#ready?.close();
    this.#ready = undefined;
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    this.close();
  }

  #init(): { op: string; local: Address } {
    return { op: "accept", local: this.address };
  }
}

/**
 * Listens.
 *
 * @param address Where: `{ hostname, port }`, or `{ path }` of a Unix socket. Port 0 lets the system choose; `"::"` is IPv6
 * and IPv4.
 * @param options How, and the limits of accepted sockets.
 * @returns The listening socket.
 * @throws {AddressInUseError} If another socket listens there.
 * @throws {NetError} If the address cannot be had.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example Accept with a timeout
 * ```ts
 * import { createServer, TimeoutError } from "@ferry/std/net";
 * import { assertRejects } from "@std/assert";
 *
 * using listener = await createServer({ hostname: "127.0.0.1", port: 0 });
 * await assertRejects(() => listener.accept({ timeout: 10 }), TimeoutError);
 * ```
 */
export async function createServer(
  address: Address,
  options: CreateServerOptions = {},
): Promise<ServerSocket> {
  checkStreamOptions("Cannot listen", options, RULES);
  return new ServerSocket(await listen(address, options), options);
}
