/**
 * The way to objects on Redis. What speaks with Redis is loaded when it is first used.
 *
 * @module
 */
import type { InetAddress } from "../../../net/errors.ts";
import { Global, tuple } from "../../../persist/types/mod.ts";
import { dumps, loads } from "../../../persist/pickle/mod.ts";
import { TimeoutError } from "../../errors.ts";
import { makeProxy, registerProxyWriters } from "../client/make_proxy.ts";
import type { SendOptions, Transport } from "../client/transport.ts";
import { resultOf } from "../client/replies.ts";
import { asList, messageOptions, type Reply, type Request, Token } from "../wire.ts";
import type { RedisObjects } from "./objects.ts";
import { addressOf, type CheckedOptions } from "./options.ts";
import { REDIS_PROXIES } from "./proxies.ts";
import type { Pickles } from "./remote.ts";

/** What is known of a proxy beside its object. */
interface What {
  readonly exposed: readonly string[];
  readonly proxyType?: string;
  readonly counted?: Promise<unknown>;
}

/** What is sent of the way to Redis, to other agents of this program. */
export type SentRedis = readonly [url: string, options: CheckedOptions];

/** To a server of Redis or Valkey. */
export class RedisTransport implements Transport {
  /** The server's URL, with its password. */
  readonly url: string;
  readonly options: CheckedOptions;
  readonly address: InetAddress;
  readonly #pickles: Pickles;
  #opening: Promise<RedisObjects> | undefined;
  #objects: RedisObjects | undefined;
  #closing: Promise<void> | undefined;

  readonly local = undefined;
  readonly cancels = true;
  readonly proxies: typeof REDIS_PROXIES = REDIS_PROXIES;

  constructor(url: string, options: CheckedOptions) {
    this.url = url;
    this.options = options;
    this.address = addressOf(new URL(url));
    const { dump, load, registry } = messageOptions(options.registry);
    registerProxyWriters(registry);
    registry.register("multiprocessing.managers", "RebuildProxy", {
      load: ([type, token, , kwargs]) => this.#rebuild(type, token, kwargs),
    });
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
  get closed(): boolean {
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

  async send(request: Request, options?: SendOptions): Promise<Reply> {
    return await (this.#objects ?? await this.open()).send(request, options);
  }

  /** A signal that aborts when what a session holds is lost. */
  watch(session: string, attempted: string): { signal: AbortSignal; forget: () => void } {
    return this.#objects!.watch(session, attempted);
  }

  /** No method of an object on Redis gives one. */
  adopt({ kind }: Reply): never {
    throw new TypeError(`Cannot read a reply: needed a value, received ${kind}`);
  }

  takeBack(): void {}

  lease(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  giveBack(): void {}

  /** Ends the session: what it holds goes to others. Once it has, the promise resolves. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const objects = await this.#opening?.catch(() => undefined);
    await objects?.close();
  }

  /** A proxy for an object that is counted already. */
  proxy(token: Token, what: What, released?: () => void): unknown {
    const { counted } = what;
    const args = [token.ident];
    return makeProxy({
      transport: this,
      token,
      exposed: what.exposed,
      // Without `this` proxy, or it would never be collected.
      release: async () => {
        try {
          await counted?.catch(() => {});
          if (this.closed) return;
          await this.send({ ident: null, method: "decref", args, kwargs: undefined });
        } catch {
          // The server forgets this client with its lease.
        } finally {
          released?.();
        }
      },
      ...(counted === undefined ? {} : { counted }),
    }, what.proxyType);
  }

  /** A proxy for an object that others have made: it has to be counted, too. */
  proxyOf(token: Token, what: What, released?: () => void): unknown {
    const request = { ident: null, method: "incref", args: [token.ident], kwargs: undefined };
    const counted = this.send(request).then((reply) => {
      resultOf(`refer to a managed ${token.typeId}`, reply);
    });
    // Whoever uses the proxy is told.
    counted.catch(() => {});
    return this.proxy(token, { ...what, counted }, released);
  }

  /** A proxy that came in a value. */
  #rebuild(type: unknown, token: unknown, kwargs: unknown): unknown {
    if (!(type instanceof Global) || !(token instanceof Token)) {
      throw new TypeError("Cannot read a proxy: needed its class and a Token");
    }
    const exposed = (kwargs as { exposed?: unknown } | undefined)?.exposed;
    return this.proxyOf(token, {
      exposed: exposed === undefined ? [] : asList(exposed).map(String),
      proxyType: type.qualname,
    });
  }
}

/** The address in tokens of objects on Redis. */
export function tokenAddress({ hostname, port }: InetAddress): unknown {
  return tuple(hostname, port);
}

/** Transports for proxies that were sent here, with how many proxies use each. */
const elsewhere = new Map<string, { transport: RedisTransport; proxies: number }>();

/** A proxy that was sent here by another agent. Its connection ends with the last proxy that uses it. */
export function redisProxyElsewhere(
  url: string,
  options: CheckedOptions,
  token: Token,
  what: { exposed: readonly string[]; proxyType: string },
): unknown {
  const key = JSON.stringify([url, options.prefix]);
  let found = elsewhere.get(key);
  if (found === undefined || found.transport.closed) {
    found = { transport: new RedisTransport(url, options), proxies: 0 };
    elsewhere.set(key, found);
  }
  const used = found;
  used.proxies++;
  return used.transport.proxyOf(token, what, () => {
    if (--used.proxies > 0) return;
    void used.transport.close();
    if (elsewhere.get(key) === used) elsewhere.delete(key);
  });
}

function closedError(): Error {
  return new Deno.errors.BadResource("The manager's connection is closed");
}
