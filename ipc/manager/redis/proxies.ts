import { assertWait } from "../../wait/options.ts";
import { PyException } from "../../../persist/types/mod.ts";
import { QueueEmptyError, TimeoutError } from "../../errors.ts";
import type { BaseProxy, Outcome, ProxyParts, ProxyWaitOptions } from "../client/base_proxy.ts";
import { isFalse, LockProxy, type ManagedGuard } from "../client/lock.ts";
import { QueueProxy } from "../client/queue.ts";
import { isPython } from "../client/replies.ts";
import { LeaseLostError } from "../errors.ts";
import type { Grant } from "./types/locks.ts";
import type { Taken } from "./types/queue.ts";

/** What these proxies need of the way to Redis. */
interface Way {
  readonly options: { readonly lease: number };
  /** A signal that aborts when what a session holds is lost. */
  watch(session: string, attempted: string): { signal: AbortSignal; forget: () => void };
}

const isEmpty = (outcome: Outcome): boolean =>
  "error" in outcome && isPython(outcome.error, "Empty");

/** A lock or semaphore on Redis. Its guards have a token, and a signal for when the lease is lost. */
export class RedisLockProxy extends LockProxy {
  override async acquire(options: ProxyWaitOptions = {}): Promise<ManagedGuard> {
    const grant = await this.callWaiting("#acquire", [true], options, isFalse) as Grant | false;
    if (grant !== false) return this.#guard(grant);
    throw new TimeoutError(`acquire a managed ${this.typeId}`, options.timeout ?? Infinity);
  }

  override async tryAcquire(): Promise<ManagedGuard | undefined> {
    const grant = await this.call("#acquire", [false]) as Grant | false;
    return grant === false ? undefined : this.#guard(grant);
  }

  override async release(): Promise<void> {
    await this.call("release");
  }

  #guard({ token, session }: Grant): ManagedGuard {
    const attempted = `hold a managed ${this.typeId}`;
    const { signal, forget } = (this.transport as unknown as Way).watch(session, attempted);
    let held = true;
    const release = async () => {
      if (!held) return;
      held = false;
      forget();
      await this.call("#release", [token, session]);
    };
    return { token, signal, release, [Symbol.asyncDispose]: release };
  }
}

/**
 * A queue on Redis. An item that was taken is in hand until it is done: of a `joinableQueue` when `taskDone` says so, of a plain
 * queue also when the next one is asked for.
 */
export class RedisQueueProxy<T = unknown> extends QueueProxy<T> {
  readonly #hand: Taken[] = [];
  /** Items that were done by asking for the next one: `taskDone` may still be said of them. */
  #untold = 0;

  override async get(options: ProxyWaitOptions = {}): Promise<T> {
    assertWait(options, "call get");
    try {
      this.#next();
      return this.#takes(await this.callWaiting("#take", [true], options, isEmpty) as Taken);
    } catch (error) {
      if (isPython(error, "Empty")) throw new QueueEmptyError(options.timeout ?? Infinity);
      throw error;
    }
  }

  override async tryGet(): Promise<T | undefined> {
    try {
      this.#next();
      return this.#takes(await this.call("#take", [false]) as Taken);
    } catch (error) {
      if (isPython(error, "Empty")) return undefined;
      throw error;
    }
  }

  override async taskDone(item?: T): Promise<void> {
    const named = arguments.length > 0;
    const at = named ? this.#hand.findIndex(({ value }) => Object.is(value, item)) : 0;
    const [done] = at < 0 ? [] : this.#hand.splice(at, 1);
    if (done === undefined) {
      if (this.#untold-- > 0) return;
      this.#untold = 0;
      throw new PyException("ValueError", ["task_done() called too many times"]);
    }
    if (await this.call("#done", [[done.id]]) !== 1) {
      const { lease } = (this.transport as unknown as Way).options;
      throw new LeaseLostError("say that an item is done", lease);
    }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    const ids = this.#hand.splice(0).map(({ id }) => id);
    if (ids.length > 0) {
      await this.call(this.typeId === "Queue" ? "#done" : "#back", [ids]).catch(() => {
        // They go back with the lease.
      });
    }
    await super[Symbol.asyncDispose]();
  }

  /** Of a plain queue the oldest item in hand is done when the next one is asked for. */
  #next(): void {
    if (this.typeId !== "Queue") return;
    const oldest = this.#hand.shift();
    if (oldest === undefined) return;
    this.#untold++;
    this.call("#done", [[oldest.id]]).catch(() => {
      // It comes again, once the lease is over: at least once.
    });
  }

  #takes(taken: Taken): T {
    this.#hand.push(taken);
    return taken.value as T;
  }
}

/** Which proxies stand for objects on Redis, where they are not those of other managers. */
export const REDIS_PROXIES: ReadonlyMap<string, new (parts: ProxyParts) => BaseProxy> = new Map<
  string,
  new (parts: ProxyParts) => BaseProxy
>([
  ["BoundedSemaphore", RedisLockProxy],
  ["JoinableQueue", RedisQueueProxy],
  ["Lock", RedisLockProxy],
  ["Queue", RedisQueueProxy],
  ["RLock", RedisLockProxy],
  ["Semaphore", RedisLockProxy],
]);
