/**
 * Waiting for a state that a lock protects.
 *
 * @module
 */
import { agent } from "../memory/agent.ts";
import { type Block, BLOCK_BODY, isBlock, Kind } from "../memory/arena.ts";
import { LockNotHeldError } from "../errors.ts";
import type { ExclusiveLock, Guard, Lockable } from "./guard.ts";
import { registerKind } from "../memory/kinds.ts";
import { LOCK_WORD, type LockCore } from "./lock_core.ts";
import { linkLock, lockHome, LockRef, unlinkLock } from "./linked_lock.ts";
import { type Grant, GRANTED_ABANDONED } from "../memory/lock_word.ts";
import { pinned, WhileUsable } from "../memory/pinned.ts";
import { assertUsable, newBlock, SharedObject } from "../memory/shared_object.ts";
import {
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../wait/options.ts";
import { waitAsync, waitSync } from "../wait/wait.ts";
import { Outcome, type Waiter, waiterBytes, Waiters } from "./_waiters.ts";

// Roles: whoever holds the lock waits and notifies.
//
// | word | holds | written by |
// |---|---|---|
// | 5, 6, 10 | the lock (linked_lock.ts) | |
// | 7 | the next waiter's ticket | waiters, under the lock |
// | 9, 12… | the waiters (_waiters.ts) | |
//
// A waiter takes its entry before it releases the lock, so that it misses no notify. It frees its entry only after it has
// acquired the lock again, and only then is it known whether it was notified: a notify counts that came before the timeout
// was noticed; an abort or a death passes the notify on. So notify(n) wakes n of those who wait now, oldest first, and
// never one that begins to wait later.
const TICKETS = BLOCK_BODY + 2;
const OWN_WAITERS = 10;

/**
 * Lets workers wait until another one changes something that a lock protects, and notifies them (as Python's
 * `multiprocessing.Condition`).
 *
 * It has a recursive lock of its own, unless a lock is given. A recursive lock belongs to a worker, not to a function: give
 * a `Lock` if several async functions of one worker use the condition.
 *
 * @example One worker waits, another notifies
 * ```ts
 * import { Condition, Lock, SharedValue } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * const condition = new Condition(new Lock()); // two functions of one worker use it
 * const items = new SharedValue("int32", 0, { lock: condition.lock });
 *
 * async function consume(): Promise<number> {
 *   using _held = await condition.acquire();
 *   await condition.waitFor(() => items.value > 0);
 *   return items.sub(1);
 * }
 * async function produce(): Promise<void> {
 *   using _held = await condition.acquire();
 *   items.value += 1;
 *   condition.notify();
 * }
 * const [had] = await Promise.all([consume(), produce()]);
 * assertEquals(had, 1);
 * ```
 */
export class Condition extends SharedObject implements Lockable {
  readonly #words: Int32Array;
  readonly #ref: LockRef;
  readonly #core: LockCore;
  readonly #waiters: Waiters;
  readonly #me: number;
  #abandoned = false;

  /**
   * Makes a condition.
   *
   * @example Make one
   * ```ts
   * import { Condition, Lock } from "@ferry/std/ipc";
   *
   * const condition = new Condition(new Lock()); // two functions of one worker use it
   * ```
   *
   * @param lock The lock to work under: a `Lock`, an `RLock`, or the lock of a shared value or array; by default a
   * recursive one of its own.
   * @throws {TypeError} If it is none of these.
   */
  constructor(lock?: ExclusiveLock);
  constructor(lock?: ExclusiveLock | Block) {
    const block = isBlock(lock) ? lock : create(lock);
    super(block);
    this.#words = block.words;
    this.#me = agent().id;
    this.#ref = new LockRef(block, this);
    this.#core = this.#ref.core!;
    this.#waiters = new Waiters(block);
  }

  /** The lock it works under. */
  get lock(): ExclusiveLock {
    return this.#ref.lock!;
  }

  /** Whether somebody holds the lock right now. */
  get locked(): boolean {
    assertUsable(this);
    return this.#core.locked;
  }

  /**
   * Whether the last wait of this worker acquired a lock whose owner had died holding it, so that what it protects may be
   * half changed: what `abandoned` of a guard says, for the acquire inside a wait.
   */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /**
   * Takes the lock, waiting without blocking the thread.
   *
   * @param options A signal that gives up, a timeout.
   * @returns The held lock.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Condition } from "@ferry/std/ipc";
   *
   * const condition = new Condition();
   * using _held = await condition.acquire();
   * condition.notifyAll();
   * ```
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    return this.lock.acquire(options);
  }

  /**
   * Takes the lock, blocking the thread.
   *
   * @param options A timeout.
   * @returns The held lock.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Condition } from "@ferry/std/ipc";
   *
   * const condition = new Condition();
   * using _held = condition.acquireSync();
   * condition.notify(2);
   * ```
   */
  acquireSync(options?: WaitSyncOptions): Guard {
    return this.lock.acquireSync(options);
  }

  /**
   * Takes the lock if that needs no waiting.
   *
   * @returns The held lock, `undefined` if it is taken.
   *
   * @example Usage
   * ```ts
   * import { Condition } from "@ferry/std/ipc";
   *
   * using held = new Condition().tryAcquire();
   * ```
   */
  tryAcquire(): Guard | undefined {
    return this.lock.tryAcquire();
  }

  /**
   * Releases the lock.
   *
   * @throws {LockNotHeldError} If this worker does not hold it.
   *
   * @example Usage
   * ```ts
   * import { Condition } from "@ferry/std/ipc";
   *
   * const condition = new Condition();
   * condition.acquireSync();
   * condition.release();
   * ```
   */
  release(): void {
    this.lock.release();
  }

  /**
   * Releases the lock, waits to be notified without blocking the thread, and acquires the lock again. Whatever the outcome,
   * also if it throws, the lock is then held as deep as before.
   *
   * @param options A signal that gives up, a timeout; neither ends the wait for the lock.
   * @returns Whether it was notified; `false` if the timeout passes first.
   * @throws {LockNotHeldError} If this worker does not hold the lock.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Condition } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const condition = new Condition();
   * using _held = await condition.acquire();
   * assertEquals(await condition.wait({ timeout: 1 }), false);
   * ```
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    const deadline = deadlineIn(options, "wait on the condition");
    const signal = signalIn(options, "wait on the condition");
    this.#needLock("wait on the condition");
    return await pinned(this, () => this.#waitInQueue(deadline, signal));
  }

  /**
   * As {@linkcode Condition.wait}, blocking the thread.
   *
   * @param options A timeout.
   * @returns Whether it was notified; `false` if the timeout passes first.
   * @throws {LockNotHeldError} If this worker does not hold the lock.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Condition } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const condition = new Condition();
   * using _held = condition.acquireSync();
   * assertEquals(condition.waitSync({ timeout: 1 }), false);
   * ```
   */
  waitSync(options?: WaitSyncOptions): boolean {
    const deadline = deadlineInSync(options, "wait on the condition");
    this.#needLock("wait on the condition");
    const waiter = this.#newWaiter();
    const depth = this.#core.releaseAll();
    waitSync(waiter, deadline);
    const grant = waitSync(this.#core.attempt(), Infinity);
    this.#core.restore(depth);
    return this.#leave(waiter, grant as Grant);
  }

  /**
   * Waits until a predicate is true. It is asked first, and after each notification.
   *
   * @typeParam V What the predicate gives.
   * @param predicate Asked under the lock.
   * @param options A signal that gives up, a timeout for all of it.
   * @returns What the predicate gave last: falsy if the timeout passes first.
   * @throws {LockNotHeldError} If this worker does not hold the lock.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Condition, SharedValue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const condition = new Condition();
   * const left = new SharedValue("int32", 0, { lock: condition.lock });
   * using _held = await condition.acquire();
   * assertEquals(await condition.waitFor(() => left.value === 0), true);
   * ```
   */
  async waitFor<V>(predicate: () => V | Promise<V>, options?: WaitOptions): Promise<V> {
    const deadline = deadlineIn(options, "wait on the condition");
    const signal = signalIn(options, "wait on the condition");
    this.#needLock("wait on the condition");
    let result = await predicate();
    while (!result) {
      const left = deadline - performance.now();
      if (left <= 0) break;
      await this.wait({ timeout: left, signal });
      result = await predicate();
    }
    return result;
  }

  /**
   * As {@linkcode Condition.waitFor}, blocking the thread.
   *
   * @typeParam V What the predicate gives.
   * @param predicate Asked under the lock.
   * @param options A timeout for all of it.
   * @returns What the predicate gave last: falsy if the timeout passes first.
   * @throws {LockNotHeldError} If this worker does not hold the lock.
   * @throws {TypeError} If the predicate returns a promise: use `waitFor`.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Condition } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const condition = new Condition();
   * using _held = condition.acquireSync();
   * assertEquals(condition.waitForSync(() => 0, { timeout: 1 }), 0);
   * ```
   */
  waitForSync<V>(predicate: () => V, options?: WaitSyncOptions): V {
    const deadline = deadlineInSync(options, "wait on the condition");
    this.#needLock("wait on the condition");
    let result = sync(predicate());
    while (!result) {
      const left = deadline - performance.now();
      if (left <= 0) break;
      this.waitSync({ timeout: left });
      result = sync(predicate());
    }
    return result;
  }

  /**
   * Wakes some of those who wait, oldest first. They go on once the lock is released.
   *
   * @param count How many at most.
   * @returns How many there were to wake.
   * @throws {LockNotHeldError} If this worker does not hold the lock.
   * @throws {RangeError} If `count` is negative or has a fraction.
   *
   * @example Usage
   * ```ts
   * import { Condition } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const condition = new Condition();
   * using _held = condition.acquireSync();
   * assertEquals(condition.notify(), 0);
   * ```
   */
  notify(count: number = 1): number {
    if (!(Number.isInteger(count) && count >= 0)) {
      throw new RangeError(`Cannot notify ${String(count)} waiters: a whole number is needed`);
    }
    this.#needLock("notify");
    let woken = 0;
    while (woken < count && this.#waiters.wakeFirst()) woken++;
    return woken;
  }

  /**
   * Wakes all who wait. They go on, one after the other, once the lock is released.
   *
   * @returns How many there were to wake.
   * @throws {LockNotHeldError} If this worker does not hold the lock.
   *
   * @example Usage
   * ```ts
   * import { Condition } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const condition = new Condition();
   * using _held = condition.acquireSync();
   * assertEquals(condition.notifyAll(), 0);
   * ```
   */
  notifyAll(): number {
    this.#needLock("notify");
    return this.#waiters.wakeAll(Outcome.woken);
  }

  /** Ends this worker's use of the condition. Tasks of this worker that wait get an error, and do not hold the lock. */
  override [Symbol.dispose](): void {
    if (this.disposed) return;
    // They try again after this turn.
    this.#waiters.wakeSleepers();
    super[Symbol.dispose]();
  }

  async #waitInQueue(deadline: number, signal: AbortSignal | undefined): Promise<boolean> {
    const waiter = this.#newWaiter();
    const depth = this.#core.releaseAll();
    let aborted = false;
    let reason: unknown;
    try {
      await waitAsync(new WhileUsable(this, waiter), deadline, signal);
    } catch (cause) {
      aborted = true;
      reason = cause;
    }
    if (this.disposed) {
      // This worker has no lock any more that it could acquire.
      this.#passOn(waiter);
      waiter.leave();
      if (aborted) throw reason;
      assertUsable(this);
    }
    const grant = this.#core.tryTake() || await waitAsync(this.#core.attempt(), Infinity);
    this.#core.restore(depth);
    if (aborted) this.#passOn(waiter);
    const notified = this.#leave(waiter, grant as Grant);
    if (!aborted) return notified;
    throw reason;
  }

  /** Passes on the notify that has reached a waiter which gives up. Before its entry is freed, so that a kill loses none. */
  #passOn(waiter: Waiter): void {
    if (waiter.attempt() === Outcome.woken) this.#waiters.wakeFirst();
  }

  #needLock(attempted: string): void {
    assertUsable(this);
    if (!this.#core.mine) throw new LockNotHeldError(attempted);
  }

  #newWaiter(): Waiter {
    const ticket = this.#words[TICKETS]!;
    this.#words[TICKETS] = ticket + 1;
    return this.#waiters.take(this.#me, ticket);
  }

  #leave(waiter: Waiter, grant: Grant): boolean {
    this.#abandoned = grant === GRANTED_ABANDONED;
    return waiter.leave() === Outcome.woken;
  }
}

/** Refuses a predicate that returns a promise, which is always true. */
function sync<V>(result: V): V {
  if (typeof (result as Partial<PromiseLike<unknown>> | null | undefined)?.then !== "function") {
    return result;
  }
  throw new TypeError(
    "Cannot await the predicate in waitForSync(): it returned a promise, use waitFor()",
  );
}

function create(lock: ExclusiveLock | undefined): Block {
  const home = lockHome(lock, "a condition");
  if (home < 0) throw new TypeError("Cannot make a condition: it needs a lock");
  const block = newBlock(Kind.condition, waiterBytes(OWN_WAITERS));
  linkLock(block, home);
  return block;
}

const ConditionOf = Condition as unknown as new (block: Block) => Condition;
registerKind(Kind.condition, {
  attach: (block) => new ConditionOf(block),
  locks: [LOCK_WORD],
  destroy(block) {
    new Waiters(block).free();
    unlinkLock(block);
  },
  wake: Waiters.wake,
  show: ({ locked }: Condition) => ({ locked }),
  ownerDied(block, dead) {
    const waiters = new Waiters(block);
    waiters.reap(dead, () => waiters.wakeFirst());
  },
});
