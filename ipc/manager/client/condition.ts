import type { Connection } from "../../../net/connection/mod.ts";
import { TimeoutError } from "../../errors.ts";
import { BaseProxy, type ProxyWaitOptions, type ProxyWaitSyncOptions } from "./base_proxy.ts";
import { guardOf, isFalse, type ManagedGuard, type ManagedSyncGuard, syncGuardOf } from "./lock.ts";
import { nothing } from "./replies.ts";

/**
 * A condition in a manager's server, Python's `Condition`. It has an `RLock` of its own unless a lock is given, whose owner is
 * the client, so that one task of a client uses it at a time; give it a plain `lock()` if several do.
 */
export class ConditionProxy extends BaseProxy {
  /** The channel of CPython's through which its lock is held. */
  readonly #held: (Connection | undefined)[] = [];

  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "ConditionProxy";
  }

  /**
   * Acquires its lock.
   *
   * @param options How long to wait.
   * @throws {TimeoutError} If it could not be had in time.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async acquire(options: ProxyWaitOptions = {}): Promise<ManagedGuard> {
    const channel = await this.transport.lease();
    let acquired = false;
    try {
      acquired = await this.callWaiting("acquire", [true], options, isFalse, channel) === true;
    } finally {
      if (channel !== undefined) {
        if (acquired) this.#held.push(channel);
        else this.transport.giveBack(channel);
      }
    }
    if (acquired) return guardOf(() => this.release());
    throw new TimeoutError("acquire a managed Condition", options.timeout ?? Infinity);
  }

  /**
   * Acquires its lock, blocking the thread. See {@linkcode ConditionProxy.acquire}.
   *
   * @throws {TimeoutError} If it could not be had in time.
   */
  acquireSync(options: ProxyWaitSyncOptions = {}): ManagedSyncGuard {
    if (this.callWaitingSync("acquire", [true], options) === true) {
      return syncGuardOf(() => this.releaseSync());
    }
    throw new TimeoutError("acquire a managed Condition", options.timeout ?? Infinity);
  }

  /**
   * Releases its lock.
   *
   * @throws {PyException} A `"RuntimeError"`, if this client does not hold it.
   */
  async release(): Promise<void> {
    const channel = this.#held.pop();
    try {
      await this.callOn(channel, "release", [], nothing);
    } finally {
      if (channel !== undefined) this.transport.giveBack(channel);
    }
  }

  /** Releases its lock, blocking the thread. See {@linkcode ConditionProxy.release}. */
  releaseSync(): void {
    this.invokeSync("release", [], nothing);
  }

  /**
   * Releases the lock, waits to be notified, and acquires it again, also when the signal aborts.
   *
   * @param options How long.
   * @throws {TimeoutError} If nobody notified in time; the lock is held again by then.
   * @throws {PyException} A `"RuntimeError"`, if this client does not hold the lock.
   * @throws {Deno.errors.NotSupported} If there is a signal and the server is CPython's.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async wait(options: ProxyWaitOptions = {}): Promise<void> {
    // Asked for a little at a time, it would miss a notify that comes between.
    if (options.signal !== undefined && !this.transport.cancels) {
      throw new Deno.errors.NotSupported(
        "Cannot wait for a condition of CPython with a signal: needed a timeout",
      );
    }
    // Others may acquire it meanwhile, through channels of theirs.
    const channel = this.#held.pop();
    try {
      if (await this.callWaiting("wait", [], options, isFalse, channel) === true) return;
    } finally {
      if (channel !== undefined) this.#held.push(channel);
    }
    throw new TimeoutError("wait for a managed Condition", options.timeout ?? Infinity);
  }

  /**
   * Releases the lock, blocks the thread until it is notified, and acquires the lock again. See
   * {@linkcode ConditionProxy.wait}.
   *
   * @throws {TimeoutError} If nobody notified in time; the lock is held again by then.
   */
  waitSync(options: ProxyWaitSyncOptions = {}): void {
    if (this.callWaitingSync("wait", [], options) === true) return;
    throw new TimeoutError("wait for a managed Condition", options.timeout ?? Infinity);
  }

  /**
   * Wakes some of those who wait.
   *
   * @param count How many.
   * @throws {PyException} A `"RuntimeError"`, if this client does not hold the lock.
   */
  notify(count = 1): Promise<void> {
    return this.callOn(this.#held.at(-1), "notify", [count], nothing);
  }

  /**
   * Wakes some of those who wait, blocking the thread. See {@linkcode ConditionProxy.notify}.
   *
   * @throws {PyException} A `"RuntimeError"`, if this client does not hold the lock.
   */
  notifySync(count = 1): void {
    this.invokeSync("notify", [count], nothing);
  }

  /**
   * Wakes all who wait.
   *
   * @throws {PyException} A `"RuntimeError"`, if this client does not hold the lock.
   */
  notifyAll(): Promise<void> {
    return this.callOn(this.#held.at(-1), "notify_all", [], nothing);
  }

  /**
   * Wakes all who wait, blocking the thread.
   *
   * @throws {PyException} A `"RuntimeError"`, if this client does not hold the lock.
   */
  notifyAllSync(): void {
    this.invokeSync("notify_all", [], nothing);
  }
}
