/**
 * The way to objects on Redis. What speaks with Redis is loaded when it is first used.
 *
 * @module
 */
import type { InetAddress } from "../../../net/errors.ts";
import { tuple } from "../../../persist/types/mod.ts";
import { dumps, loads } from "../../../persist/pickle/mod.ts";
import { TimeoutError } from "../../errors.ts";
import {
  closedError,
  ProxiesElsewhere,
  ProxyingTransport,
  type ProxyKind,
} from "../client/proxying_transport.ts";
import type { SendOptions } from "../client/transport.ts";
import type { Reply, Request, Token } from "../wire.ts";
import type { RedisObjects } from "./objects.ts";
import { addressOf, type CheckedOptions } from "./options.ts";
import { REDIS_PROXIES } from "./proxies.ts";
import type { Pickles } from "./remote.ts";

/** What is sent of the way to Redis, to other agents of this program. */
export type SentRedis = readonly [url: string, options: CheckedOptions];

/** To a server of Redis or Valkey. */
export class RedisTransport extends ProxyingTransport {
  /** The server's URL, with its password. */
  readonly url: string;
  readonly options: CheckedOptions;
  readonly address: InetAddress;
  readonly #pickles: Pickles;
  #opening: Promise<RedisObjects> | undefined;
  #objects: RedisObjects | undefined;
  #closing: Promise<void> | undefined;

  override readonly cancels = true;
  readonly proxies: typeof REDIS_PROXIES = REDIS_PROXIES;

  constructor(url: string, options: CheckedOptions) {
    super();
    this.url = url;
    this.options = options;
    this.address = addressOf(new URL(url));
    const { dump, load } = this.pickling(options.registry);
    this.#pickles = {
      dump: (value) => dumps(value, dump),
      load: (bytes) => loads(bytes, load),
    };
  }

  /** What is sent of it. */
  get sent(): SentRedis {
    const { registry: _, signal: _signal, ...options } = this.options;
    return [this.url, options];
  }

  /** Whether it was closed. */
  override get closed(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Connects, if that was not done before.
   *
   * @throws {Deno.errors.BadResource} If it was closed.
   */
  async open(): Promise<RedisObjects> {
    if (this.#closing !== undefined) throw closedError();
    this.#opening ??= this.#open();
    try {
      return this.#objects = await this.#opening;
    } catch (error) {
      // The next one tries again.
      this.#opening = undefined;
      throw error;
    }
  }

  async #open(): Promise<RedisObjects> {
    const { prefix, lease, patience, timeout, signal, tls } = this.options;
    const late = new AbortController();
    const limit = timeout > 2 ** 31 - 1 ? undefined : setTimeout(() => {
      late.abort(new TimeoutError(`connect to Redis at ${this.address.hostname}`, timeout));
    }, timeout);
    try {
      const { openRedis } = await import("./open.ts");
      const url = this.url;
      const either = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]);
      return await openRedis({ url, prefix, lease, patience, tls }, this.#pickles, either);
    } finally {
      clearTimeout(limit);
    }
  }

  override async send(request: Request, options?: SendOptions): Promise<Reply> {
    return await (this.#objects ?? await this.open()).send(request, options);
  }

  /** A signal that aborts when what a session holds is lost. */
  watch(session: string, attempted: string): { signal: AbortSignal; forget: () => void } {
    return this.#objects!.watch(session, attempted);
  }

  /** No method of an object on Redis gives one. */
  override adopt({ kind }: Reply): never {
    throw new TypeError(`Cannot read a reply: needed a value, received ${kind}`);
  }

  override takeBack(): void {}

  override lease(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  override giveBack(): void {}

  /** Ends the session: what it holds goes to others. Once it has, the promise resolves. */
  override close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const objects = await this.#opening?.catch(() => undefined);
    await objects?.close();
  }
}

/** The address in tokens of objects on Redis. */
export function tokenAddress({ hostname, port }: InetAddress): unknown {
  return tuple(hostname, port);
}

const elsewhere = new ProxiesElsewhere<RedisTransport>();

/** A proxy that was sent here by another agent. */
export function redisProxyElsewhere(
  url: string,
  options: CheckedOptions,
  token: Token,
  kind: ProxyKind,
): unknown {
  const key = JSON.stringify([url, options.prefix]);
  return elsewhere.proxy(key, () => new RedisTransport(url, options), token, kind);
}
