/**
 * A lock that its owner may take again.
 *
 * @module
 */
import { agent } from "../memory/agent.ts";
import { type Block, isBlock, Kind } from "../memory/arena.ts";
import type { ExclusiveLock, Guard } from "./guard.ts";
import { registerKind } from "../memory/kinds.ts";
import { LOCK_WORD, LockCore, RecursiveLock } from "./lock_core.ts";
import { newBlock, SharedObject } from "../memory/shared_object.ts";
import type { WaitOptions, WaitSyncOptions } from "../wait/options.ts";

/**
 * A recursive lock: the worker that holds it may acquire it again, and must release it as often (as Python's
 * `multiprocessing.RLock`). Only its owner may release it.
 *
 * The owner is the worker, not the function: two async functions of one worker both get in. To keep those apart, use a
 * `Lock`.
 *
 * @example Usage
 * ```ts
 * import { RLock } from "@ferry/std/ipc";
 * import { assert } from "@std/assert";
 *
 * const lock = new RLock();
 * {
 *   using _outer = lock.acquireSync();
 *   using _inner = lock.acquireSync();
 *   assert(lock.locked);
 * }
 * assert(!lock.locked);
 * ```
 */
export class RLock extends SharedObject implements ExclusiveLock {
  readonly #lock: RecursiveLock;

  /**
   * Makes an unlocked lock.
   *
   * @example Make one
   * ```ts
   * import { RLock } from "@ferry/std/ipc";
   *
   * const lock = new RLock();
   * ```
   */
  constructor();
  constructor(block?: Block) {
    super(block = isBlock(block) ? block : newBlock(Kind.rlock, 8));
    this.#lock = new RecursiveLock(new LockCore(block.words, true, agent().id), this);
  }

  /** Whether the worker that holds it may acquire it again: yes. */
  get recursive(): true {
    return true;
  }

  /** Whether somebody holds the lock right now. */
  get locked(): boolean {
    return this.#lock.locked;
  }

  /**
   * Takes the lock, waiting without blocking the thread; at once when this worker holds it.
   *
   * @param options A signal that gives up, a timeout.
   * @returns The held lock.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { RLock } from "@ferry/std/ipc";
   *
   * const lock = new RLock();
   * using _held = await lock.acquire({ timeout: 1000 });
   * ```
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    return this.#lock.acquire(options);
  }

  /**
   * Takes the lock, blocking the thread; at once when this worker holds it.
   *
   * @param options A timeout.
   * @returns The held lock.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { RLock } from "@ferry/std/ipc";
   *
   * const lock = new RLock();
   * using _held = lock.acquireSync();
   * ```
   */
  acquireSync(options?: WaitSyncOptions): Guard {
    return this.#lock.acquireSync(options);
  }

  /**
   * Takes the lock if it is free or this worker's already.
   *
   * @returns The held lock, `undefined` if another worker has it.
   *
   * @example Usage
   * ```ts
   * import { RLock } from "@ferry/std/ipc";
   * import { assertExists } from "@std/assert";
   *
   * const lock = new RLock();
   * using held = lock.tryAcquire();
   * assertExists(held);
   * ```
   */
  tryAcquire(): Guard | undefined {
    return this.#lock.tryAcquire();
  }

  /**
   * Undoes one acquire; the last one lets the lock go and wakes one waiter.
   *
   * @throws {LockNotHeldError} If this worker does not hold the lock.
   *
   * @example Usage
   * ```ts
   * import { RLock } from "@ferry/std/ipc";
   *
   * const lock = new RLock();
   * lock.acquireSync();
   * lock.release();
   * ```
   */
  release(): void {
    this.#lock.release();
  }
}

const RLockOf = RLock as unknown as new (block: Block) => RLock;
registerKind(Kind.rlock, {
  attach: (block) => new RLockOf(block),
  locks: [LOCK_WORD],
  show: ({ locked }: RLock) => ({ locked }),
});
