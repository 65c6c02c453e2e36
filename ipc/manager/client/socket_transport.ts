/**
 * The way to a server through sockets: of ours, or of CPython.
 *
 * @module
 */
import type { Address } from "../../../net/errors.ts";
import type { Connection, ConnectOptions } from "../../../net/connection/mod.ts";
import type { Registry } from "../../../persist/pickle/mod.ts";
import { asList, type Reply, type Request, Token } from "../wire.ts";
import { type Channels, openChannels } from "./channels/channels.ts";
import {
  closedError,
  ProxiesElsewhere,
  ProxyingTransport,
  type ProxyKind,
} from "./proxying_transport.ts";
import type { SendOptions } from "./transport.ts";

/** What a socket transport is opened with. */
export interface SocketTransportOptions extends Omit<ConnectOptions, "dump" | "load"> {
  /** Classes that may be in messages beside built-in ones. */
  readonly registry?: Registry | undefined;
}

/** To a server in another program. */
export class SocketTransport extends ProxyingTransport {
  readonly address: Address;
  readonly options: SocketTransportOptions;
  readonly #connectOptions: ConnectOptions;
  #channels: Promise<Channels> | undefined;
  #opened: Channels | undefined;
  #closed = false;
  #cancels: boolean;

  /**
   * @param cancels Whether the server is one of ours, as far as that is known.
   */
  constructor(address: Address, options: SocketTransportOptions, cancels = true) {
    super();
    this.address = address;
    this.options = options;
    this.#cancels = cancels;
    const { registry, ...connecting } = options;
    this.#connectOptions = { ...connecting, ...this.pickling(registry) };
  }

  override get cancels(): boolean {
    return this.#opened?.cancels ?? this.#cancels;
  }

  /** Whether it was closed. */
  override get closed(): boolean {
    return this.#closed;
  }

  /**
   * Connects, if that was not done before.
   *
   * @throws {Deno.errors.BadResource} If it was closed.
   */
  async open(): Promise<Channels> {
    if (this.#closed) throw closedError();
    this.#channels ??= openChannels(this.address, this.#connectOptions);
    let channels: Channels;
    try {
      channels = await this.#channels;
    } catch (error) {
      // The next one tries again.
      this.#channels = undefined;
      throw error;
    }
    this.#opened = channels;
    if (!this.#closed) return channels;
    channels.close();
    throw closedError();
  }

  override async send(request: Request, options?: SendOptions): Promise<Reply> {
    return await (this.#opened ?? await this.open()).send(request, options);
  }

  override async lease(): Promise<Connection | undefined> {
    return await (this.#opened ?? await this.open()).lease();
  }

  override giveBack(channel: Connection): void {
    this.#opened?.giveBack(channel);
  }

  override takeBack(given: (...args: never[]) => unknown): void {
    this.#opened?.takeBack(given);
  }

  override close(): void {
    this.#closed = true;
    this.#opened?.close();
  }

  /** The proxy for an object that this client has made: the server counts it already. */
  override adopt({ result }: Reply): unknown {
    const [exposed, token] = asList(result);
    if (!(token instanceof Token)) throw new TypeError("Cannot read a reply: needed a Token");
    return this.proxy(token, { exposed: asList(exposed).map(String) });
  }

  override arrived(token: Token, kind: ProxyKind): unknown {
    const address = addressOf(token.address);
    if (address === undefined || isSame(address, this.address)) return this.proxyOf(token, kind);
    // Of another server, which has the same key: a pickle has none.
    return proxyElsewhere(address, this.options, true, token, kind);
  }
}

const elsewhere = new ProxiesElsewhere<SocketTransport>();

/** A proxy of an object of a server that nothing here has connected to. */
export function proxyElsewhere(
  address: Address,
  options: SocketTransportOptions,
  cancels: boolean,
  token: Token,
  kind: ProxyKind,
): unknown {
  const key = JSON.stringify([address, String(options.authKey)]);
  return elsewhere.proxy(key, () => new SocketTransport(address, options, cancels), token, kind);
}

/** The address in a token. */
export function addressOf(token: unknown): Address | undefined {
  if (typeof token === "string") return { path: token } as Address;
  if (!Array.isArray(token)) return undefined;
  const [hostname, port] = token;
  return { hostname: String(hostname), port: Number(port) } as Address;
}

const ANY_HOST = /^(127\.|0\.0\.0\.0$|localhost$|::1?$|\[::1?\]$)/;

/** Whether two addresses are of one server: it may know itself by another name than its clients. */
function isSame(a: Address, b: Address): boolean {
  if ("path" in a || "path" in b) {
    return (a as { path?: unknown }).path === (b as { path?: unknown }).path;
  }
  return a.port === b.port &&
    (a.hostname === b.hostname || ANY_HOST.test(a.hostname) || ANY_HOST.test(b.hostname));
}
