/**
 * At most so many at a time, on one thread.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import { TimeoutError } from "../errors.ts";
import { Deadline } from "../time/mod.ts";
import { checkWait } from "../wait_options.ts";

/** Options of {@linkcode Semaphore.acquire}. */
export interface AcquireOptions {
  /** Gives up waiting; the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds to wait; 0 or less tries once.
   *
   * @default {Infinity}
   */
  timeout?: number | undefined;
}

/**
 * The right to be one of so many; `using` gives it back. Made by {@linkcode Semaphore.acquire}.
 *
 * @example Given back once
 * ```ts
 * import { Semaphore } from "@ferry/std/net/tasks";
 * import { assertEquals } from "@std/assert";
 *
 * const semaphore = new Semaphore(1);
 * const permit = await semaphore.acquire();
 * permit[Symbol.dispose]();
 * permit[Symbol.dispose]();
 * assertEquals(semaphore.value, 1);
 * ```
 */
export class Permit implements Disposable {
  #semaphore: Semaphore | undefined;

  /**
   * Made by {@linkcode Semaphore}.
   *
   * @param semaphore Where to give it back.
   */
  constructor(semaphore: Semaphore) {
    this.#semaphore = semaphore;
  }

  /** Gives the permit back; more than once is the same as once. */
  [Symbol.dispose](): void {
    this.#semaphore?.release();
    this.#semaphore = undefined;
  }
}

/** Options of a {@linkcode Semaphore}. */
export interface SemaphoreOptions {
  /**
   * Whether to release more than was acquired is an error: asyncio's `BoundedSemaphore`.
   *
   * @default {false}
   */
  bounded?: boolean | undefined;
}

const RULES: RulesOf<SemaphoreOptions> = { bounded: "boolean" };

/**
 * A semaphore for the tasks of one thread, as `asyncio.Semaphore`. Between threads, use that of `@ferry/std/ipc`.
 *
 * Guarantees: first come, first served, also against somebody who asks just when a permit is given back; a waiter that
 * gives up, or whose time is over, takes no permit with it.
 *
 * @example Two downloads at a time
 * ```ts
 * import { Semaphore } from "@ferry/std/net/tasks";
 * import { assertEquals } from "@std/assert";
 *
 * const semaphore = new Semaphore(2);
 * let now = 0, most = 0;
 * await Promise.all(Array.from({ length: 10 }, async () => {
 *   using _permit = await semaphore.acquire();
 *   most = Math.max(most, ++now);
 *   await Promise.resolve();
 *   now--;
 * }));
 * assertEquals(most, 2);
 * ```
 */
export class Semaphore {
  readonly #bound: number;
  readonly #waiting = new Set<() => void>();
  #value: number;

  /**
   * Makes a semaphore.
   *
   * @example Make one
   * ```ts
   * import { Semaphore } from "@ferry/std/net/tasks";
   *
   * const semaphore = new Semaphore(2);
   * ```
   *
   * @param value How many permits there are.
   * @param options Whether more can be released than were acquired.
   * @throws {RangeError} If `value` is negative or not an integer.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(value = 1, options: SemaphoreOptions = {}) {
    checkOptions("Cannot make a semaphore", options, RULES);
    if (!Number.isInteger(value) || value < 0) {
      throw new RangeError(
        `Cannot make a semaphore: a count of 0 or more is needed, received ${value}`,
      );
    }
    this.#value = value;
    this.#bound = options.bounded ? value : Infinity;
  }

  /** How many permits are left. */
  get value(): number {
    return this.#value;
  }

  /** Whether {@linkcode Semaphore.acquire} would have to wait. */
  get locked(): boolean {
    return this.#value === 0;
  }

  /**
   * Takes a permit, waiting for one.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns The permit.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Not for ever
   * ```ts
   * import { Semaphore } from "@ferry/std/net/tasks";
   * import { TimeoutError } from "@ferry/std/net/errors";
   * import { assertRejects } from "@std/assert";
   *
   * const semaphore = new Semaphore(0);
   * await assertRejects(() => semaphore.acquire({ timeout: 1 }), TimeoutError);
   * ```
   */
  async acquire(options: AcquireOptions = {}): Promise<Permit> {
    checkWait("acquire a semaphore", options);
    const { signal, timeout = Infinity } = options;
    signal?.throwIfAborted();
    const now = this.tryAcquire();
    if (now !== undefined) return now;
    if (timeout <= 0) throw new TimeoutError({ op: "acquire a semaphore" }, timeout);
    const turn = Promise.withResolvers<void>();
    // Whoever takes a waiter out of the set decides its fate: release() gives it the permit, else it gets none.
    const abort = () => this.#waiting.delete(turn.resolve) && turn.reject(signal!.reason);
    const timer = new Deadline(() => {
      if (!this.#waiting.delete(turn.resolve)) return;
      turn.reject(new TimeoutError({ op: "acquire a semaphore" }, timeout));
    });
    this.#waiting.add(turn.resolve);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      timer.arm(timeout);
      await turn.promise;
    } finally {
      this.#waiting.delete(turn.resolve);
      timer[Symbol.dispose]();
      signal?.removeEventListener("abort", abort);
    }
    return new Permit(this);
  }

  /**
   * Takes a permit if there is one.
   *
   * @returns The permit, or `undefined`.
   *
   * @example Never waits
   * ```ts
   * import { Semaphore } from "@ferry/std/net/tasks";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new Semaphore(0).tryAcquire(), undefined);
   * ```
   */
  tryAcquire(): Permit | undefined {
    if (this.#value === 0) return undefined;
    this.#value--;
    return new Permit(this);
  }

  /**
   * Gives a permit back: to the first who waits, if anybody does.
   *
   * @throws {RangeError} If the semaphore is bounded and has all its permits.
   *
   * @example One too many
   * ```ts
   * import { Semaphore } from "@ferry/std/net/tasks";
   * import { assertThrows } from "@std/assert";
   *
   * assertThrows(() => new Semaphore(1, { bounded: true }).release(), RangeError);
   * ```
   */
  release(): void {
    // The permit goes straight to the first in line; the count never shows it, so nobody can slip in between.
    for (const first of this.#waiting) {
      this.#waiting.delete(first);
      return first();
    }
    if (this.#value >= this.#bound) {
      throw new RangeError(
        `Cannot release a bounded semaphore: all ${this.#bound} of its permits are there`,
      );
    }
    this.#value++;
  }
}
