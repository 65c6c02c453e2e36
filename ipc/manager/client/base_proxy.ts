import type { Connection } from "../../../net/connection/mod.ts";
import { PyException } from "../../../persist/types/mod.ts";
import { asList, ProxyReference, Token } from "../wire.ts";
import { isPython, resultOf } from "./replies.ts";
import type { Transport } from "./transport.ts";

/** What a proxy is made of. */
export interface ProxyParts {
  readonly transport: Transport;
  readonly token: Token;
  readonly exposed: readonly string[];
  /** Makes a proxy of what a method gave that stays in the server. */
  readonly adopt: (token: Token, exposed: readonly string[]) => BaseProxy;
  /** Settles when the server counts this proxy. */
  readonly counted?: Promise<unknown>;
}

/** Options of calls that wait. */
export interface ProxyWaitOptions {
  /** Gives up waiting; the call rejects with the signal's reason. What was taken by then is given back as the result. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds to wait; 0 is one try.
   *
   * @default {Infinity}
   */
  timeout?: number | undefined;
}

/** How long a wait is, at CPython's, before it is asked whether the caller still wants it. */
const SLICE = 250;

/** Proxies that were dropped without being disposed of give their reference back. */
const dropped = new FinalizationRegistry<() => void>((release) => release());

/**
 * An object that lives in a manager's server: its methods are called there. A proxy holds a reference, which disposing of it
 * gives back; without any the server forgets the object. As an argument or an item of another proxy's it stands for the object.
 */
export class BaseProxy implements AsyncDisposable {
  readonly #parts: ProxyParts;
  readonly #release: () => Promise<void>;
  #disposed = false;

  /**
   * Made by a `Manager`.
   *
   * @param parts What it is made of.
   */
  constructor(parts: ProxyParts) {
    if (parts?.token === undefined) {
      throw new TypeError("Cannot make a proxy: needed one of the methods of a Manager");
    }
    this.#parts = parts;
    const { transport, token: { ident } } = parts;
    let held = true;
    this.#release = async () => {
      if (!held) return;
      held = false;
      dropped.unregister(this);
      await parts.counted?.catch(() => {});
      await transport.send({ ident: null, method: "decref", args: [ident], kwargs: {} });
    };
    // The callback must not hold the proxy itself.
    const { counted } = parts;
    dropped.register(this, () => {
      void Promise.resolve(counted).then(() =>
        transport.send({ ident: null, method: "decref", args: [ident], kwargs: {} })
      ).catch(() => {});
    }, this);
  }

  /** The name of the object's type. */
  get typeId(): string {
    return this.#parts.token.typeId;
  }

  /** The object's number in the server: proxies of one object have the same. */
  get ident(): string {
    return this.#parts.token.ident;
  }

  /** The methods that may be called, by Python's names. */
  get exposed(): readonly string[] {
    return this.#parts.exposed;
  }

  /**
   * Calls a method of the object by its name.
   *
   * @param method The name.
   * @param args Positional arguments.
   * @param kwargs Arguments by name.
   * @returns What the method gives; a proxy, if that stays in the server.
   * @throws {PyException} What the method raised.
   * @throws {RemoteError} If there is no such method, or the result cannot be sent.
   * @throws {Deno.errors.BadResource} If the proxy is disposed of, or the manager closed.
   */
  async call(
    method: string,
    args: readonly unknown[] = [],
    kwargs: Readonly<Record<string, unknown>> = {},
  ): Promise<unknown> {
    return await this.callOn(undefined, method, args, kwargs);
  }

  /**
   * A copy of the object, where it can be sent: CPython's `_getvalue()`.
   *
   * @throws {RemoteError} If it cannot.
   */
  async getValue(): Promise<unknown> {
    return await this.call("#GETVALUE");
  }

  /** Gives the reference back. A second call does nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    try {
      await this.#release();
    } catch (error) {
      // With the server, its references are gone.
      if (!(error instanceof Deno.errors.BadResource) && !isConnectionError(error)) throw error;
    }
  }

  /**
   * How a proxy is pickled.
   *
   * @param proxy The proxy.
   */
  static referenceOf(proxy: BaseProxy): ProxyReference {
    const { token, exposed } = proxy.#parts;
    return new ProxyReference(token, proxy.proxyType, exposed);
  }

  /** The class of CPython's proxy for it. */
  protected get proxyType(): string {
    return "AutoProxy";
  }

  /**
   * The way to the server.
   *
   * @internal
   */
  protected get transport(): Transport {
    return this.#parts.transport;
  }

  /** Calls a method through a channel of its own. */
  protected async callOn(
    channel: Connection | undefined,
    method: string,
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>> = {},
    signal?: AbortSignal,
  ): Promise<unknown> {
    if (this.#disposed) {
      throw new Deno.errors.BadResource(
        `Cannot call ${method} of a ${this.typeId}: the proxy is disposed of`,
      );
    }
    const { transport, token, counted } = this.#parts;
    if (counted !== undefined) await counted;
    const request = { ident: token.ident, method, args, kwargs };
    const reply = await transport.send(request, { signal, channel });
    const result = resultOf(`call ${method}`, reply);
    if (reply.kind !== "#PROXY") return result;
    const [exposed, made] = asList(result);
    if (!(made instanceof Token)) throw new TypeError("Cannot read a reply: needed a Token");
    return this.#parts.adopt(made, asList(exposed).map(String));
  }

  /**
   * Calls a method that waits, with Python's seconds for the time.
   *
   * @param method The name.
   * @param before Arguments before the time.
   * @param options How long, and what gives up.
   * @param isOver Whether a result says that the time was over.
   * @param channel The channel of CPython's to use.
   */
  protected async callWaiting(
    method: string,
    before: readonly unknown[],
    { signal, timeout }: ProxyWaitOptions,
    isOver: (outcome: { result: unknown } | { error: unknown }) => boolean,
    channel?: Connection,
  ): Promise<unknown> {
    if (timeout !== undefined && !(timeout >= 0)) {
      throw new RangeError(
        `Cannot call ${method}: timeout must be milliseconds of 0 or more, received ${timeout}`,
      );
    }
    signal?.throwIfAborted();
    const limit = timeout === undefined || timeout === Infinity ? undefined : timeout;
    // Left out, since what stands for no limit is not the same for all methods of Python.
    const time = limit === undefined ? [] : [limit / 1000];
    if (signal === undefined || this.transport.cancels) {
      try {
        return await this.callOn(channel, method, [...before, ...time], {}, signal);
      } catch (error) {
        if (isPython(error, "Cancelled")) throw signal!.reason;
        throw error;
      }
    }
    // A thread of CPython's cannot be told that nobody waits any more, so it is asked for a little at a time.
    const end = performance.now() + (limit ?? Infinity);
    for (;;) {
      const left = Math.max(0, Math.min(SLICE, end - performance.now()));
      const outcome = await this.callOn(channel, method, [...before, left / 1000]).then(
        (result) => ({ result }),
        (error) => ({ error }),
      );
      if (!isOver(outcome) || performance.now() >= end) {
        if ("error" in outcome) throw outcome.error;
        return outcome.result;
      }
      signal.throwIfAborted();
    }
  }
}

function isConnectionError(error: unknown): boolean {
  return error instanceof Error && !(error instanceof PyException) &&
    /^(Closed|Connection|UnexpectedEof|BrokenPipe|IncompleteRead)/.test(error.name);
}
