/**
 * Protocols for datagrams, as asyncio's `DatagramProtocol`: an object that is called with each datagram.
 *
 * @module
 */
import { type Address, ClosedError, NetError } from "../errors.ts";
import {
  createDatagramEndpoint,
  type DatagramEndpoint,
  type DatagramOptions,
} from "../datagram/mod.ts";
import { checkFunction } from "../function_argument.ts";
import { reportLate, watched } from "./_watched.ts";

/**
 * What is called for datagrams. Every method may be left out. None is waited for, also if it is asynchronous; one that fails
 * closes the socket.
 */
export interface DatagramProtocol {
  /** The socket is bound. */
  connectionMade?(transport: DatagramTransport): void;
  /** A datagram came. The bytes stay valid. */
  datagramReceived?(data: Uint8Array, from: Address): void;
  /** A datagram could not be sent: the system refused it, or it was none. The socket goes on. */
  errorReceived?(error: Error): void;
  /** The socket is closed; `error` says why, unless it was closed as intended. */
  connectionLost?(error: Error | undefined): void;
  /** More than 64 KiB wait to be sent. */
  pauseWriting?(): void;
  /** No more than 16 KiB wait to be sent. */
  resumeWriting?(): void;
}

const HIGH_WATER = 64 * 1024;
const LOW_WATER = 16 * 1024;

/**
 * What a protocol for datagrams sends with. It receives on its own and calls the protocol.
 *
 * @example Counts what comes
 * ```ts
 * import { createDatagramEndpoint, DatagramTransport } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * const endpoint = await createDatagramEndpoint({ hostname: "127.0.0.1", port: 0 });
 * let bytes = 0;
 * const transport = new DatagramTransport(endpoint, {
 *   datagramReceived(data) {
 *     bytes += data.length;
 *     transport.close();
 *   },
 * });
 * transport.sendTo("to myself", endpoint.address);
 * await transport.finished;
 * assertEquals(bytes, 9);
 * ```
 */
export class DatagramTransport implements AsyncDisposable {
  readonly #endpoint: DatagramEndpoint;
  readonly #done: Promise<void>;
  #protocol: DatagramProtocol;
  #sending = 0;
  #buffered = 0;
  #holding = false;
  #closing = false;
  #ended = false;
  /** What the protocol threw. */
  #thrown: { error: unknown } | undefined;

  /**
   * Joins a socket and a protocol, and begins to receive.
   *
   * @example Make one
   * ```ts
   * import { createDatagramEndpoint, DatagramTransport } from "@ferry/std/net";
   *
   * const endpoint = await createDatagramEndpoint({ hostname: "127.0.0.1", port: 0 });
   * let bytes = 0;
   * const transport = new DatagramTransport(endpoint, {
   *   datagramReceived(data) {
   *     bytes += data.length;
   *     transport.close();
   *   },
   * });
   * transport.close();
   * await transport.finished;
   * ```
   *
   * @param endpoint The socket. It belongs to the transport from now on.
   * @param protocol What is called.
   */
  constructor(endpoint: DatagramEndpoint, protocol: DatagramProtocol) {
    this.#endpoint = endpoint;
    this.#protocol = protocol;
    watched(protocol.connectionMade?.(this), this.#fail);
    this.#done = this.#run();
    this.#done.catch(() => {});
  }

  /** Where the socket is bound. */
  get localAddress(): Address {
    return this.#endpoint.address;
  }

  /** The only address it talks with, if it was made so. */
  get remoteAddress(): Address | undefined {
    return this.#endpoint.remote;
  }

  /** Bytes that wait to be sent. */
  get writeBufferSize(): number {
    return this.#buffered;
  }

  /** Whether it is closing or closed. */
  get isClosing(): boolean {
    return this.#closing || this.#endpoint.closed;
  }

  /**
   * Sends a datagram, without waiting. What comes of it nobody says, but `errorReceived` if it is refused here.
   *
   * @param data The bytes, which must not change until they are sent, or text to send as UTF-8.
   * @param to Where to; the remote address if there is one.
   * @throws {ClosedError} If it is closing or closed.
   */
  sendTo(data: Uint8Array | string, to?: Address): void {
    if (this.isClosing) throw new ClosedError({ op: "send", local: this.localAddress, peer: to });
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    const { length } = bytes;
    this.#sending++;
    this.#buffered += length;
    this.#endpoint.send(bytes, to).catch((error) => this.#refused(error)).finally(() => {
      this.#sending--;
      this.#buffered -= length;
      if (this.#holding && this.#buffered <= LOW_WATER) {
        this.#holding = false;
        watched(this.#protocol.resumeWriting?.(), this.#fail);
      }
    }).catch(this.#fail).finally(() => {
      if (this.#closing && this.#sending === 0) this.#endpoint.close();
    });
    if (this.#holding || this.#buffered <= HIGH_WATER) return;
    this.#holding = true;
    watched(this.#protocol.pauseWriting?.(), this.#fail);
  }

  readonly #fail = (error: unknown): void => {
    if (this.#ended) return reportLate(error);
    this.#thrown ??= { error };
    this.#endpoint.close();
  };

  #refused(error: Error): void {
    if (this.#endpoint.closed) return;
    if (this.#protocol.errorReceived) watched(this.#protocol.errorReceived(error), this.#fail);
    else if (!(error instanceof NetError)) reportError(error);
  }

  /**
   * Gives the datagrams that come from now on to another protocol.
   *
   * @param protocol The other protocol. Its `connectionMade` is not called.
   */
  setProtocol(protocol: DatagramProtocol): void {
    this.#protocol = protocol;
  }

  /** Closes it once everything is sent. The protocol is called with no more datagrams. Can be called again. */
  close(): void {
    this.#closing = true;
    if (this.#sending === 0) this.#endpoint.close();
  }

  /** Closes it at once. */
  abort(): void {
    this.#closing = true;
    this.#endpoint.close();
  }

  /**
   * Waits for the end.
   *
   * @returns When `connectionLost` was called.
   * @throws {unknown} What the protocol threw; the socket is closed then.
   */
  get finished(): Promise<void> {
    return this.#done;
  }

  /** Closes it once everything is sent, and waits until `connectionLost` was called. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#done;
  }

  async #run(): Promise<void> {
    let cause: Error | undefined;
    try {
      for (;;) {
        const { data, from } = await this.#endpoint.receive();
        if (!this.#closing) this.#received(data, from);
      }
    } catch (error) {
      cause = error as Error;
    }
    const intended = this.#endpoint.closed;
    this.abort();
    if (this.#thrown) cause = this.#thrown.error as Error;
    this.#ended = true;
    const why = intended && !this.#thrown ? undefined : cause;
    watched(this.#protocol.connectionLost?.(why), this.#fail);
    if (this.#thrown) throw cause;
  }

  #received(data: Uint8Array, from: Address): void {
    try {
      watched(this.#protocol.datagramReceived?.(data, from), this.#fail);
    } catch (error) {
      this.#thrown ??= { error };
      throw error;
    }
  }
}

/**
 * Binds a protocol to a socket for datagrams, as asyncio's `loop.create_datagram_endpoint` does.
 *
 * @typeParam P The protocol.
 * @param factory Makes the protocol.
 * @param address Where: `{ hostname, port }`, port 0 lets the system choose; `{ path }` of a Unix socket.
 * @param options `remote`, `broadcast`, `multicast` …
 * @returns The transport and the protocol.
 * @throws {AddressInUseError} If another socket is bound there.
 * @throws {Deno.errors.NotSupported} If it is a Unix socket and `--unstable-net` is missing.
 * @throws {NetError} If the address cannot be had.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example Echo, and who asks for it
 * ```ts
 * import { bindProtocol, type DatagramTransport } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * const here = { hostname: "127.0.0.1", port: 0 };
 * const server = await bindProtocol(() => ({
 *   transport: undefined as DatagramTransport | undefined,
 *   connectionMade(transport: DatagramTransport) {
 *     this.transport = transport;
 *   },
 *   datagramReceived(data: Uint8Array, from: Deno.NetAddr) {
 *     this.transport!.sendTo(data, from);
 *   },
 * }), here);
 *
 * const { promise, resolve } = Promise.withResolvers<string>();
 * const client = await bindProtocol(() => ({
 *   datagramReceived: (data: Uint8Array) => resolve(new TextDecoder().decode(data)),
 * }), here, { remote: server.transport.localAddress });
 * client.transport.sendTo("ferry");
 * assertEquals(await promise, "ferry");
 * client.transport.close();
 * server.transport.close();
 * ```
 */
export async function bindProtocol<P extends DatagramProtocol>(
  factory: () => P,
  address: Address,
  options: DatagramOptions = {},
): Promise<{ transport: DatagramTransport; protocol: P }> {
  checkFunction("bind", "a function that makes a protocol", factory);
  const endpoint = await createDatagramEndpoint(address, options);
  try {
    const protocol = factory();
    return { transport: new DatagramTransport(endpoint, protocol), protocol };
  } catch (error) {
    endpoint.close();
    throw error;
  }
}
