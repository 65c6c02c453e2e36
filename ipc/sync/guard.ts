/**
 * What holding a lock looks like.
 *
 * @module
 */
import type { WaitOptions, WaitSyncOptions } from "../wait/options.ts";

export { LockNotHeldError } from "../errors.ts";

/** A lock that is held: dispose of it to release. */
export interface Guard extends Disposable {
  /**
   * Whether the last owner died holding the lock, so that what it protects may be half changed. The lock itself is sound,
   * and yours.
   */
  readonly abandoned: boolean;
  /**
   * Releases the lock, as leaving the scope of a `using` declaration does. A guard releases once: whatever is called after
   * that does nothing.
   *
   * @throws {LockNotHeldError} If the lock was released past the guard: it may be somebody else's by now.
   */
  release(): void;
}

/** What can be acquired and released: `Lock`, `RLock`, the semaphores, and the locks of shared values and arrays. */
export interface Lockable {
  /** Whether an attempt to acquire it would have to wait, for a worker that does not hold it. */
  readonly locked: boolean;
  /**
   * Takes it, waiting without blocking the thread.
   *
   * @param options A signal that gives up, a timeout.
   * @returns What to release it with.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  acquire(options?: WaitOptions): Promise<Guard>;
  /**
   * Takes it, blocking the thread.
   *
   * @param options A timeout.
   * @returns What to release it with.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  acquireSync(options?: WaitSyncOptions): Guard;
  /**
   * Takes it if that needs no waiting.
   *
   * @returns What to release it with, `undefined` if it is taken.
   */
  tryAcquire(): Guard | undefined;
  /** Releases it and wakes one waiter. */
  release(): void;
}

/**
 * A lock that has one owner at a time: a `Lock`, an `RLock`, or the lock of a shared value, array or condition. That is
 * what can guard a shared value; a semaphore, which anybody may release, cannot.
 */
export interface ExclusiveLock extends Lockable {
  /** Whether the worker that holds it may acquire it again. */
  readonly recursive: boolean;
}
