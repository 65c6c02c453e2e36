/**
 * What transports to servers outside of this program have in common: they make proxies, and have the server count them.
 *
 * @module
 */
import { Global } from "../../../persist/types/mod.ts";
import type { DumpOptions, LoadOptions, Registry } from "../../../persist/pickle/mod.ts";
import type { Connection } from "../../../net/connection/mod.ts";
import { asList, messageOptions, type Reply, type Request, Token } from "../wire.ts";
import { makeProxy, registerProxyWriters } from "./make_proxy.ts";
import { resultOf } from "./replies.ts";
import type { SendOptions, Transport } from "./transport.ts";

/** What is known of a proxy beside its object. */
export interface ProxyKind {
  /** Methods that it may call. */
  readonly exposed: readonly string[];
  /** CPython's class of proxy. */
  readonly proxyType?: string;
}

/** Such a transport. */
export abstract class ProxyingTransport implements Transport {
  readonly local = undefined;
  abstract readonly cancels: boolean;
  /** Whether it was closed. */
  abstract readonly closed: boolean;

  abstract send(request: Request, options?: SendOptions): Promise<Reply>;
  abstract adopt(reply: Reply): unknown;
  abstract takeBack(given: (...args: never[]) => unknown): void;
  abstract lease(): Promise<Connection | undefined>;
  abstract giveBack(channel: Connection): void;
  abstract close(): void | Promise<void>;

  /** How messages are pickled and read. A proxy in one is made by {@linkcode arrived}. */
  pickling(parent: Registry | undefined): { dump: DumpOptions; load: LoadOptions } {
    const { dump, load, registry } = messageOptions(parent);
    registerProxyWriters(registry);
    registry.register("multiprocessing.managers", "RebuildProxy", {
      load: ([type, token, , kwargs]) => {
        if (!(type instanceof Global) || !(token instanceof Token)) {
          throw new TypeError("Cannot read a proxy: needed its class and a Token");
        }
        const exposed = (kwargs as { exposed?: unknown } | undefined)?.exposed;
        return this.arrived(token, {
          exposed: exposed === undefined ? [] : asList(exposed).map(String),
          proxyType: type.qualname,
        });
      },
    });
    return { dump, load };
  }

  /** The proxy for an object that a message names. */
  arrived(token: Token, kind: ProxyKind): unknown {
    return this.proxyOf(token, kind);
  }

  /**
   * A proxy for an object that the server counts already, or is about to; see {@linkcode makeProxy}.
   *
   * @param released Called when the proxy has been released.
   * @param counted Resolves when the server counts it.
   */
  proxy(
    token: Token,
    { exposed, proxyType }: ProxyKind,
    released?: () => void,
    counted?: Promise<unknown>,
  ): unknown {
    const request = { ident: null, method: "decref", args: [token.ident], kwargs: undefined };
    return makeProxy({
      transport: this,
      token,
      exposed,
      // Without `this` proxy, or it would never be collected.
      release: async () => {
        try {
          await counted?.catch(() => {});
          if (!this.closed) await this.send(request);
        } catch {
          // The server forgets what a client refers to when it forgets the client.
        } finally {
          released?.();
        }
      },
      ...(counted === undefined ? {} : { counted }),
    }, proxyType);
  }

  /** A proxy for an object that others have made: the server has to count it, too. */
  proxyOf(token: Token, kind: ProxyKind, released?: () => void): unknown {
    const request = { ident: null, method: "incref", args: [token.ident], kwargs: undefined };
    const counted = this.send(request).then((reply) => {
      resultOf(`refer to a managed ${token.typeId}`, reply);
    });
    // Whoever uses the proxy is told.
    counted.catch(() => {});
    return this.proxy(token, kind, released, counted);
  }
}

/** Transports for proxies of servers that nothing here has connected to, with how many proxies use each. */
export class ProxiesElsewhere<T extends ProxyingTransport> {
  readonly #used = new Map<string, { transport: T; proxies: number }>();

  /**
   * A proxy of an object of a server somewhere. Its connection ends with the last proxy that uses it.
   *
   * @param key Which server.
   * @param make Makes a way to it.
   */
  proxy(key: string, make: () => T, token: Token, kind: ProxyKind): unknown {
    let found = this.#used.get(key);
    if (found === undefined || found.transport.closed) {
      found = { transport: make(), proxies: 0 };
      this.#used.set(key, found);
    }
    const used = found;
    used.proxies++;
    return used.transport.proxyOf(token, kind, () => {
      if (--used.proxies > 0) return;
      void used.transport.close();
      if (this.#used.get(key) === used) this.#used.delete(key);
    });
  }
}

/** What a transport that was closed says. */
export function closedError(): Error {
  return new Deno.errors.BadResource("The manager's connection is closed");
}
