/**
 * A counter of permits.
 *
 * @module
 */
import { type Block, isBlock, Kind } from "../memory/arena.ts";
import { TimeoutError } from "../errors.ts";
import type { Guard, Lockable } from "./guard.ts";
import { type Held, HeldGuard } from "./_held_guard.ts";
import { registerKind } from "../memory/kinds.ts";
import type { Hold } from "../memory/references.ts";
import { newPermits, Permits } from "./_permits.ts";
import { waitPinned } from "../memory/pinned.ts";
import { assertHeld, holdOf, SharedObject } from "../memory/shared_object.ts";
import {
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../wait/options.ts";
import { TIMED_OUT, waitSync } from "../wait/wait.ts";

/**
 * A number of permits that workers acquire and release; to acquire one waits while there is none (as Python's
 * `multiprocessing.Semaphore`). Anybody may release, so it can also count events.
 *
 * Not fair: a permit goes to whoever comes first. Nobody owns a permit: one that a worker had when it was killed is lost.
 *
 * @example At most two at a time
 * ```ts
 * import { Semaphore } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * const seats = new Semaphore(2);
 * {
 *   using _seat = await seats.acquire();
 *   assertEquals(seats.value, 1);
 * }
 * assertEquals(seats.value, 2);
 * ```
 *
 * @example One worker waits until three have come so far (a `CountDownLatch` elsewhere)
 * ```ts
 * import { Process, Semaphore } from "@ferry/std/ipc";
 *
 * const done = new Semaphore(0);
 * const workers = [1, 2, 3].map(() => new Process((done: Semaphore) => done.release(), { args: [done] }));
 * for (const worker of workers) worker.start();
 * for (const { signal } of workers) await done.acquire({ signal });
 * for (const worker of workers) await worker.join();
 * ```
 */
export class Semaphore extends SharedObject implements Lockable {
  readonly #permits: Permits;
  readonly #hold: Hold = holdOf(this);
  readonly #held: Held = { giveUp: () => this.release() };

  /**
   * Makes a semaphore.
   *
   * @example Make one
   * ```ts
   * import { Semaphore } from "@ferry/std/ipc";
   *
   * const seats = new Semaphore(2);
   * ```
   *
   * @param value How many permits there are at first.
   * @throws {TypeError} If `value` is no whole number.
   * @throws {RangeError} If `value` is negative or above 2,147,483,647.
   */
  constructor(value?: number);
  constructor(value: number | Block = 1) {
    const block = isBlock(value) ? value : newPermits(value, false);
    super(block);
    this.#permits = new Permits(block);
  }

  /** Permits that are free right now. */
  get value(): number {
    assertHeld(this.#hold, this);
    return this.#permits.free;
  }

  /** Whether no permit is free. */
  get locked(): boolean {
    return this.value === 0;
  }

  /**
   * Takes a permit, waiting without blocking the thread.
   *
   * @param options A signal that gives up, a timeout.
   * @returns What to give it back with.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Semaphore, TimeoutError } from "@ferry/std/ipc";
   * import { assertRejects } from "@std/assert";
   *
   * const items = new Semaphore(0);
   * await assertRejects(() => items.acquire({ timeout: 1 }), TimeoutError);
   * ```
   */
  async acquire(options?: WaitOptions): Promise<Guard> {
    const deadline = deadlineIn(options, "acquire the semaphore");
    const signal = signalIn(options, "acquire the semaphore");
    assertHeld(this.#hold, this);
    if (
      !this.#permits.tryTake() &&
      await waitPinned(this, this.#permits, deadline, signal) === TIMED_OUT
    ) {
      throw new TimeoutError("acquire the semaphore", options!.timeout!);
    }
    return new HeldGuard(this.#held, false);
  }

  /**
   * Takes a permit, blocking the thread.
   *
   * @param options A timeout.
   * @returns What to give it back with.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Semaphore } from "@ferry/std/ipc";
   *
   * const seats = new Semaphore(2);
   * using _seat = seats.acquireSync({ timeout: 1000 });
   * ```
   */
  acquireSync(options?: WaitSyncOptions): Guard {
    const deadline = deadlineInSync(options, "acquire the semaphore");
    assertHeld(this.#hold, this);
    if (!this.#permits.tryTake() && waitSync(this.#permits, deadline) === TIMED_OUT) {
      throw new TimeoutError("acquire the semaphore", options!.timeout!);
    }
    return new HeldGuard(this.#held, false);
  }

  /**
   * Takes a permit if one is free.
   *
   * @returns What to give it back with, `undefined` if there is none.
   *
   * @example Usage
   * ```ts
   * import { Semaphore } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new Semaphore(0).tryAcquire(), undefined);
   * ```
   */
  tryAcquire(): Guard | undefined {
    assertHeld(this.#hold, this);
    return this.#permits.tryTake() ? new HeldGuard(this.#held, false) : undefined;
  }

  /**
   * Gives a permit back, or adds a new one, and wakes one waiter.
   *
   * @throws {RangeError} If there would be too many.
   *
   * @example Usage
   * ```ts
   * import { Semaphore } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const items = new Semaphore(0);
   * items.release();
   * assertEquals(items.value, 1);
   * ```
   */
  release(): void {
    assertHeld(this.#hold, this);
    if (this.#permits.release() === "too many") {
      throw new RangeError(
        `Cannot release the semaphore: all its ${this.#permits.free} permits are free already ` +
          "(released too many times)",
      );
    }
  }
}

const SemaphoreOf = Semaphore as unknown as new (block: Block) => Semaphore;
registerKind(Kind.semaphore, {
  attach: (block) => new SemaphoreOf(block),
  wake: Permits.wakeAll,
  show: ({ value }: Semaphore) => ({ value }),
});
