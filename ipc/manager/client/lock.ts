import type { Connection } from "../../../net/connection/mod.ts";
import { TimeoutError } from "../../errors.ts";
import {
  BaseProxy,
  type Outcome,
  type ProxyWaitOptions,
  type ProxyWaitSyncOptions,
} from "./base_proxy.ts";
import { nothing } from "./replies.ts";

/** A managed lock that is held: dispose of it to release. */
export interface ManagedGuard extends AsyncDisposable {
  /** Releases it. A second call does nothing. */
  release(): Promise<void>;
  /**
   * On Redis: a number, larger than that of all acquisitions before. What the lock protects can refuse a smaller one than it has
   * seen, from a client that was stopped for so long that the lock went to another.
   */
  readonly token?: number;
  /** On Redis: aborts when the lock is lost, as Redis did not hear of this client for its lease. */
  readonly signal?: AbortSignal;
}

/** A managed lock that was acquired by a call that blocked: dispose of it to release, which blocks, too. */
export interface ManagedSyncGuard extends Disposable {
  /** Releases it. A second call does nothing. */
  release(): void;
}

/** Whether a wait ended without what was waited for. */
export const isFalse = (outcome: Outcome): boolean =>
  "result" in outcome && outcome.result === false;

/** A guard that releases once. */
export function guardOf(release: () => Promise<void>): ManagedGuard {
  let held = true;
  const once = async () => {
    if (!held) return;
    held = false;
    await release();
  };
  return { release: once, [Symbol.asyncDispose]: once };
}

/** A guard that releases once, blocking the thread. */
export function syncGuardOf(release: () => void): ManagedSyncGuard {
  let held = true;
  const once = () => {
    if (!held) return;
    held = false;
    release();
  };
  return { release: once, [Symbol.dispose]: once };
}

/**
 * A lock in a manager's server, Python's `Lock`, `RLock`, `Semaphore` or `BoundedSemaphore`. When the connection of a client
 * ends that holds it, a server of Ferry gives it to the next; CPython's server leaves it taken for ever.
 *
 * The owner of an `RLock` is this client, not the task that acquired it: in a program with `Manager.start`, the agent.
 *
 * @example One at a time
 * ```ts
 * import { Manager, ManagerServer } from "@ferry/std/ipc/manager";
 * import { assert, assertFalse } from "@std/assert";
 *
 * await using server = new ManagerServer({ port: 0 }, { authKey: "secret" });
 * await using manager = await Manager.connect(server.address, { authKey: "secret" });
 * const lock = await manager.lock();
 * {
 *   await using _held = await lock.acquire();
 *   assertFalse(await lock.tryAcquire());
 * }
 * assert(await lock.tryAcquire());
 * ```
 */
export class LockProxy extends BaseProxy {
  /** Channels of CPython's through which it is held: there a thread is the owner. */
  readonly #held: (Connection | undefined)[] = [];

  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "AcquirerProxy";
  }

  /**
   * Acquires it.
   *
   * @param options How long to wait.
   * @throws {TimeoutError} If it could not be had in time.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async acquire(options: ProxyWaitOptions = {}): Promise<ManagedGuard> {
    if (await this.#acquire(options)) return guardOf(() => this.release());
    throw this.#timeoutError(options);
  }

  /**
   * Acquires it, blocking the thread. See {@linkcode LockProxy.acquire}.
   *
   * @throws {TimeoutError} If it could not be had in time.
   */
  acquireSync(options: ProxyWaitSyncOptions = {}): ManagedSyncGuard {
    if (this.callWaitingSync("acquire", [true], options) === true) {
      return syncGuardOf(() => this.releaseSync());
    }
    throw this.#timeoutError(options);
  }

  /** Acquires it if that is possible now; else `undefined`. */
  async tryAcquire(): Promise<ManagedGuard | undefined> {
    return await this.#acquire({ timeout: 0 }) ? guardOf(() => this.release()) : undefined;
  }

  /** Acquires it if that is possible now, blocking the thread; else `undefined`. */
  tryAcquireSync(): ManagedSyncGuard | undefined {
    if (this.callWaitingSync("acquire", [true], { timeout: 0 }) !== true) return undefined;
    return syncGuardOf(() => this.releaseSync());
  }

  /**
   * Releases it.
   *
   * @throws {PyException} If nobody holds it: a `"RuntimeError"`, of a bounded semaphore a `"ValueError"`.
   */
  async release(): Promise<void> {
    const channel = this.#held.pop();
    try {
      await this.callOn(channel, "release", [], nothing);
    } finally {
      this.#giveBack(channel);
    }
  }

  /** Releases it, blocking the thread. See {@linkcode LockProxy.release}. */
  releaseSync(): void {
    this.invokeSync("release", [], nothing);
  }

  async #acquire(options: ProxyWaitOptions): Promise<boolean> {
    // An RLock that is held is acquired again by its owner.
    const owner = this.typeId === "RLock" ? this.#held.at(-1) : undefined;
    const channel = owner ?? await this.transport.lease();
    let acquired = false;
    try {
      acquired = await this.callWaiting("acquire", [true], options, isFalse, channel) === true;
    } finally {
      if (channel !== undefined) {
        if (acquired) this.#held.push(channel);
        else this.#giveBack(channel);
      }
    }
    return acquired;
  }

  #timeoutError({ timeout = Infinity }: ProxyWaitSyncOptions): TimeoutError {
    return new TimeoutError(`acquire a managed ${this.typeId}`, timeout);
  }

  #giveBack(channel: Connection | undefined): void {
    if (channel !== undefined && !this.#held.includes(channel)) this.transport.giveBack(channel);
  }
}
