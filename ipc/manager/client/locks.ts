import type { Connection } from "../../../net/connection/mod.ts";
import { TimeoutError } from "../../errors.ts";
import { BaseProxy, type ProxyWaitOptions } from "./base_proxy.ts";

/** A managed lock that is held: dispose of it to release. */
export interface ManagedGuard extends AsyncDisposable {
  /** Releases it. A second call does nothing. */
  release(): Promise<void>;
}

const isFalse = (outcome: { result: unknown } | { error: unknown }): boolean =>
  "result" in outcome && outcome.result === false;

/**
 * A lock in a manager's server, Python's `Lock`, `RLock`, `Semaphore` or `BoundedSemaphore`. When the connection of a client
 * ends that holds it, a server of Ferry gives it to the next; CPython's server leaves it taken for ever.
 *
 * The owner of an `RLock` is this client, not the task that acquired it.
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
   */
  async acquire(options: ProxyWaitOptions = {}): Promise<ManagedGuard> {
    if (await this.#acquire(options)) return this.#guard();
    throw new TimeoutError(`acquire a managed ${this.typeId}`, options.timeout ?? Infinity);
  }

  /** Acquires it if that is possible now; else `undefined`. */
  async tryAcquire(): Promise<ManagedGuard | undefined> {
    return await this.#acquire({ timeout: 0 }) ? this.#guard() : undefined;
  }

  /**
   * Releases it.
   *
   * @throws {PyException} If nobody holds it: a `"RuntimeError"`, of a bounded semaphore a `"ValueError"`.
   */
  async release(): Promise<void> {
    const channel = this.#held.pop();
    try {
      await this.callOn(channel, "release", []);
    } finally {
      this.#giveBack(channel);
    }
  }

  async #acquire(options: ProxyWaitOptions): Promise<boolean> {
    // An RLock that is held is acquired again by its owner.
    const owner = this.typeId === "RLock" ? this.#held.at(-1) : undefined;
    const channel = owner ?? await this.transport.lease();
    let acquired = false;
    try {
      acquired = await this.callWaiting("acquire", [true], options, isFalse, channel) === true;
    } finally {
      if (acquired) this.#held.push(channel);
      else this.#giveBack(channel);
    }
    return acquired;
  }

  #guard(): ManagedGuard {
    let held = true;
    const release = async () => {
      if (!held) return;
      held = false;
      await this.release();
    };
    return { release, [Symbol.asyncDispose]: release };
  }

  #giveBack(channel: Connection | undefined): void {
    if (channel !== undefined && !this.#held.includes(channel)) this.transport.giveBack(channel);
  }
}

/** An event in a manager's server, Python's `Event`. */
export class EventProxy extends BaseProxy {
  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "EventProxy";
  }

  /** Sets it and wakes all who wait. */
  async set(): Promise<void> {
    await this.call("set");
  }

  /** Clears it. */
  async clear(): Promise<void> {
    await this.call("clear");
  }

  /** Whether it is set. */
  async isSet(): Promise<boolean> {
    return await this.call("is_set") as boolean;
  }

  /**
   * Waits until it is set.
   *
   * @param options How long.
   * @throws {TimeoutError} If it was not set in time.
   */
  async wait(options: ProxyWaitOptions = {}): Promise<void> {
    if (await this.callWaiting("wait", [], options, isFalse) === true) return;
    throw new TimeoutError("wait for a managed Event", options.timeout ?? Infinity);
  }
}

/**
 * A condition in a manager's server, Python's `Condition`. One task of a client uses it at a time: the owner of its lock is
 * the client.
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
   */
  async acquire(options: ProxyWaitOptions = {}): Promise<ManagedGuard> {
    const channel = await this.transport.lease();
    let acquired = false;
    try {
      acquired = await this.callWaiting("acquire", [true], options, isFalse, channel) === true;
    } finally {
      if (acquired) this.#held.push(channel);
      else if (channel !== undefined) this.transport.giveBack(channel);
    }
    if (!acquired) {
      throw new TimeoutError("acquire a managed Condition", options.timeout ?? Infinity);
    }
    let held = true;
    const release = async () => {
      if (!held) return;
      held = false;
      await this.release();
    };
    return { release, [Symbol.asyncDispose]: release };
  }

  /**
   * Releases its lock.
   *
   * @throws {PyException} A `"RuntimeError"`, if this client does not hold it.
   */
  async release(): Promise<void> {
    const channel = this.#held.pop();
    try {
      await this.callOn(channel, "release", []);
    } finally {
      if (channel !== undefined) this.transport.giveBack(channel);
    }
  }

  /**
   * Releases the lock, waits to be notified, and acquires it again.
   *
   * @param options How long.
   * @throws {TimeoutError} If nobody notified in time; the lock is held again by then.
   * @throws {PyException} A `"RuntimeError"`, if this client does not hold the lock.
   */
  async wait(options: ProxyWaitOptions = {}): Promise<void> {
    // Others may acquire it meanwhile, through channels of theirs.
    const channel = this.#held.pop();
    try {
      if (await this.callWaiting("wait", [], options, isFalse, channel) === true) return;
    } finally {
      this.#held.push(channel);
    }
    throw new TimeoutError("wait for a managed Condition", options.timeout ?? Infinity);
  }

  /**
   * Wakes some of those who wait.
   *
   * @param count How many.
   * @throws {PyException} A `"RuntimeError"` of CPython's server, if this client does not hold the lock.
   */
  async notify(count = 1): Promise<void> {
    await this.callOn(this.#held.at(-1), "notify", [count]);
  }

  /** Wakes all who wait. */
  async notifyAll(): Promise<void> {
    await this.callOn(this.#held.at(-1), "notify_all", []);
  }
}

/** A barrier in a manager's server, Python's `Barrier`. */
export class BarrierProxy extends BaseProxy {
  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "BarrierProxy";
  }

  /**
   * Waits for the other parties.
   *
   * @param options How long; when that is over the barrier is broken.
   * @returns A number from 0 on, another one for each party.
   * @throws {BrokenBarrierError} If it is or was broken.
   */
  async wait(options: ProxyWaitOptions = {}): Promise<number> {
    if (options.signal !== undefined && !this.transport.cancels) {
      throw new Deno.errors.NotSupported(
        "Cannot wait for a barrier of CPython with a signal: needed a timeout, or abort()",
      );
    }
    return await this.callWaiting("wait", [], options, () => false) as number;
  }

  /** Breaks it: all who wait are told. */
  async abort(): Promise<void> {
    await this.call("abort");
  }

  /** Makes it whole again; those who wait are told that it was broken. */
  async reset(): Promise<void> {
    await this.call("reset");
  }

  /** How many parties it waits for. */
  async parties(): Promise<number> {
    return await this.call("__getattribute__", ["parties"]) as number;
  }

  /** How many wait. */
  async waiting(): Promise<number> {
    return await this.call("__getattribute__", ["n_waiting"]) as number;
  }

  /** Whether it is broken. */
  async broken(): Promise<boolean> {
    return await this.call("__getattribute__", ["broken"]) as boolean;
  }
}
