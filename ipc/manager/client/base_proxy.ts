import { assertWait } from "../../wait/options.ts";
import type { Connection } from "../../../net/connection/mod.ts";
import { PyException } from "../../../persist/types/mod.ts";
import { ProxyReference, type Reply, type Token } from "../wire.ts";
import { asIs, isPython } from "./replies.ts";
import type { Read, Transport } from "./transport.ts";

/** What a proxy is made of. */
export interface ProxyParts {
  readonly transport: Transport;
  readonly token: Token;
  readonly exposed: readonly string[];
  /** Gives the reference back. It must not hold the proxy. */
  readonly release: () => unknown;
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

/** Options of calls that block the thread. */
export interface ProxyWaitSyncOptions {
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
const dropped = new FinalizationRegistry<() => unknown>((release) => release());

/** How a wait ended. */
export type Outcome = { result: unknown } | { error: unknown };

/** What a proxy is made of, for those who send it elsewhere. */
export let partsOf: (proxy: BaseProxy) => ProxyParts;

/**
 * An object that lives in a manager's server: its methods are called there. A proxy holds a reference, which disposing of it
 * gives back; without any the server forgets the object. As an argument or an item of another proxy's it stands for the object.
 *
 * It can be an argument of a `Process`, and be sent through pipes and queues: where it arrives it is a proxy of the same
 * object, with a reference of its own.
 *
 * Methods that end in `Sync` block the thread until the server has answered, for agents of the program that started it with
 * `Manager.start`: workers mostly. On the main thread they block everything that it does, its timers and callbacks, for as
 * long as the call takes; the server goes on, it has a thread of its own. Through a socket there are none:
 * `Deno.errors.NotSupported`.
 */
export class BaseProxy implements AsyncDisposable, Disposable {
  readonly #parts: ProxyParts;
  /** The object's number, for servers of this program. */
  readonly #object: number;
  #disposed = false;

  static {
    partsOf = (proxy) => {
      if (proxy.#disposed) {
        throw new TypeError(`Cannot send this ${proxy.constructor.name}: it is disposed of`);
      }
      return proxy.#parts;
    };
  }

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
    this.#object = Number.parseInt(parts.token.ident, 16);
    dropped.register(this, parts.release, this);
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
   * Calls a method of the object by its name. A function among the arguments stays here; a server of Ferry can call it.
   *
   * @param method The name.
   * @param args Positional arguments.
   * @param kwargs Arguments by name.
   * @returns What the method gives; a proxy, if that stays in the server.
   * @throws {PyException} What the method raised.
   * @throws {RemoteError} If there is no such method, or the result cannot be sent.
   * @throws {Deno.errors.BadResource} If the proxy is disposed of, or the manager closed.
   * @throws {Deno.errors.NotSupported} If a function is to go to a server of CPython.
   */
  call(
    method: string,
    args: readonly unknown[] = [],
    kwargs?: Readonly<Record<string, unknown>>,
  ): Promise<unknown> {
    return this.invoke(method, args, asIs, kwargs);
  }

  /**
   * Calls a method of the object by its name, blocking the thread. See {@linkcode BaseProxy.call}.
   *
   * @throws {Deno.errors.NotSupported} If the server is not one of this program's.
   */
  callSync(
    method: string,
    args: readonly unknown[] = [],
    kwargs?: Readonly<Record<string, unknown>>,
  ): unknown {
    return this.invokeSync(method, args, asIs, kwargs);
  }

  /**
   * A copy of the object, where it can be sent: CPython's `_getvalue()`.
   *
   * @throws {RemoteError} If it cannot.
   */
  async getValue(): Promise<unknown> {
    return await this.call("#GETVALUE");
  }

  /** A copy of the object, blocking the thread. See {@linkcode BaseProxy.getValue}. */
  getValueSync(): unknown {
    return this.callSync("#GETVALUE");
  }

  /** Gives the reference back. A second call does nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    dropped.unregister(this);
    try {
      await this.#parts.release();
    } catch (error) {
      // With the server, its references are gone.
      if (!(error instanceof Deno.errors.BadResource) && !isConnectionError(error)) throw error;
    }
  }

  /** Gives the reference back without waiting until the server knows. A second call does nothing. */
  [Symbol.dispose](): void {
    this[Symbol.asyncDispose]().catch(() => {
      // The server says that it does not count this reference: it is given back.
    });
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

  /**
   * Calls a method.
   *
   * @param method The name.
   * @param args Positional arguments.
   * @param read What the reply comes to.
   * @param kwargs Arguments by name.
   * @internal
   */
  protected invoke<T>(
    method: string,
    args: readonly unknown[],
    read: Read<T>,
    kwargs?: Readonly<Record<string, unknown>>,
  ): Promise<T> {
    const { local } = this.#parts.transport;
    if (local === undefined || this.#disposed) {
      return this.#invokeThrough(undefined, method, args, read, kwargs);
    }
    return local.request(this.#object, method, args, kwargs, read, this);
  }

  /**
   * Calls a method, blocking the thread.
   *
   * @param method The name.
   * @param args Positional arguments.
   * @param read What the reply comes to.
   * @param kwargs Arguments by name.
   * @internal
   */
  protected invokeSync<T>(
    method: string,
    args: readonly unknown[],
    read: Read<T>,
    kwargs?: Readonly<Record<string, unknown>>,
  ): T {
    if (this.#disposed) throw this.#disposedError(method);
    const { local } = this.#parts.transport;
    if (local === undefined) {
      throw new Deno.errors.NotSupported(
        `Cannot call ${method} while blocking: needed a manager that this program has started with Manager.start(), ` +
          "received one that is reached by a socket",
      );
    }
    return local.requestSync(this.#object, method, args, kwargs, read);
  }

  /**
   * Calls a method through a channel of its own.
   *
   * @internal
   */
  protected callOn<T>(
    channel: Connection | undefined,
    method: string,
    args: readonly unknown[],
    read: Read<T>,
  ): Promise<T> {
    if (channel === undefined) return this.invoke(method, args, read);
    return this.#invokeThrough(channel, method, args, read);
  }

  async #invokeThrough<T>(
    channel: Connection | undefined,
    method: string,
    args: readonly unknown[],
    read: Read<T>,
    kwargs?: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): Promise<T> {
    if (this.#disposed) throw this.#disposedError(method);
    const { transport, token, counted } = this.#parts;
    if (counted !== undefined) await counted;
    const request = { ident: token.ident, method, args, kwargs };
    const reply = await transport.send(request, { signal, channel });
    if (reply.kind !== "#PROXY") return read(reply, method);
    return read({ kind: "#RETURN", result: transport.adopt(reply) }, method);
  }

  #disposedError(method: string): Error {
    return new Deno.errors.BadResource(
      `Cannot call ${method} of a ${this.typeId}: the proxy is disposed of`,
    );
  }

  /**
   * Calls a method that waits, with Python's seconds for the time.
   *
   * @param method The name.
   * @param before Arguments before the time.
   * @param options How long, and what gives up.
   * @param isOver Whether a result says that the time was over.
   * @param channel The channel of CPython's to use.
   * @internal
   */
  protected async callWaiting(
    method: string,
    before: readonly unknown[],
    options: ProxyWaitOptions,
    isOver: (outcome: Outcome) => boolean,
    channel?: Connection,
  ): Promise<unknown> {
    assertWait(options, `call ${method}`);
    const { signal, timeout } = options;
    signal?.throwIfAborted();
    const time = secondsIn(method, timeout);
    if (signal === undefined && channel === undefined) {
      return await this.invoke(method, [...before, ...time], asIs);
    }
    if (signal === undefined || this.transport.cancels) {
      try {
        const args = [...before, ...time];
        return await this.#invokeThrough(channel, method, args, asIs, undefined, signal);
      } catch (error) {
        if (isPython(error, "Cancelled")) throw signal!.reason;
        throw error;
      }
    }
    // A thread of CPython's cannot be told that nobody waits any more, so it is asked for a little at a time.
    const end = performance.now() + 1000 * (time[0] ?? Infinity);
    for (;;) {
      const left = Math.max(0, Math.min(SLICE, end - performance.now()));
      const args = [...before, left / 1000];
      const outcome: Outcome = await this.callOn(channel, method, args, asIs).then(
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

  /**
   * Calls a method that waits, blocking the thread.
   *
   * @param method The name.
   * @param before Arguments before the time.
   * @param options How long.
   * @internal
   */
  protected callWaitingSync(
    method: string,
    before: readonly unknown[],
    options: ProxyWaitSyncOptions,
  ): unknown {
    assertWait(options, `call ${method}`, true);
    if ((options as ProxyWaitOptions).signal !== undefined) {
      throw new TypeError(
        `Cannot call ${method} while blocking: no signal can end a call that blocks its thread; give it { timeout }`,
      );
    }
    const { timeout } = options;
    return this.invokeSync(method, [...before, ...secondsIn(method, timeout)], asIs);
  }
}

/** Python's seconds. Left out for no limit, as what stands for that is not the same for all methods of Python. */
function secondsIn(method: string, timeout: number | undefined): number[] {
  if (timeout === undefined || timeout === Infinity) return [];
  if (!(timeout >= 0)) {
    throw new RangeError(
      `Cannot call ${method}: timeout must be milliseconds of 0 or more, received ${timeout}`,
    );
  }
  return [timeout / 1000];
}

function isConnectionError(error: unknown): boolean {
  return error instanceof Error && !(error instanceof PyException) &&
    /^(Closed|Connection|UnexpectedEof|BrokenPipe|IncompleteRead)/.test(error.name);
}

/** A reply as it is, for those who look at its kind themselves. */
export type { Reply };
