/**
 * A time limit for a block of code.
 *
 * @module
 */
import { checkOptions, type RulesOf, shown } from "../../persist/options.ts";
import { TimeoutError } from "../errors.ts";
import { Scope } from "./_scope.ts";
import type { TaskFunction } from "./work.ts";

/** Options of {@linkcode timeout}. */
export interface TimeoutOptions {
  /** Aborts the limit's signal with it. */
  signal?: AbortSignal | undefined;
}

const RULES: RulesOf<TimeoutOptions> = { signal: "signal" };

/**
 * A time limit, as asyncio's `Timeout`: a signal that aborts when the time is over. Made by {@linkcode timeout}.
 *
 * @example More time while it runs
 * ```ts
 * import { timeout } from "@ferry/std/net/tasks";
 * import { assertFalse } from "@std/assert";
 *
 * using limit = timeout(5_000);
 * limit.reschedule(60_000);
 * assertFalse(limit.expired);
 * ```
 */
export class Timeout implements Disposable {
  readonly #scope: Scope;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #milliseconds: number | undefined;
  #when: number | undefined;
  #expired = false;
  #ended = false;

  /**
   * Made by {@linkcode timeout}.
   *
   * @param milliseconds How long; `undefined` or `Infinity` for no limit.
   * @param options A signal to follow.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(milliseconds: number | undefined, options: TimeoutOptions = {}) {
    checkOptions("Cannot set a time limit", options, RULES);
    this.#scope = new Scope(options.signal);
    this.reschedule(milliseconds);
  }

  /** Aborts when the time is over, with a `TimeoutError`, or with the signal that was given, with its reason. */
  get signal(): AbortSignal {
    return this.#scope.signal;
  }

  /** Whether the time is over. */
  get expired(): boolean {
    return this.#expired;
  }

  /** The end on the clock of `performance.now()`; `undefined` without a limit. */
  get when(): number | undefined {
    return this.#when;
  }

  /**
   * Sets another limit, counted from now.
   *
   * @param milliseconds How long; `undefined` or `Infinity` for no limit.
   * @throws {RangeError} If it is not a number.
   * @throws {Deno.errors.BadResource} If the time is over, or the limit was disposed of.
   *
   * @example No limit any more
   * ```ts
   * import { timeout } from "@ferry/std/net/tasks";
   * import { assertEquals } from "@std/assert";
   *
   * using limit = timeout(5_000);
   * limit.reschedule(undefined);
   * assertEquals(limit.when, undefined);
   * ```
   */
  reschedule(milliseconds: number | undefined): void {
    if (milliseconds !== undefined && typeof milliseconds !== "number") {
      throw new TypeError(
        `Cannot set a time limit: a number of milliseconds is needed, received ${
          shown(milliseconds)
        }`,
      );
    }
    if (Number.isNaN(milliseconds)) {
      throw new RangeError("Cannot set a time limit: a number of milliseconds is needed");
    }
    if (this.#expired || this.#ended) {
      throw new Deno.errors.BadResource(
        `Cannot reschedule a time limit: it has ${this.#expired ? "expired" : "ended"}`,
      );
    }
    clearTimeout(this.#timer);
    this.#milliseconds = milliseconds;
    this.#when = undefined;
    if (milliseconds === undefined || milliseconds === Infinity) return;
    this.#when = performance.now() + Math.max(milliseconds, 0);
    if (milliseconds <= 0) this.#expire();
    else this.#arm();
  }

  /**
   * Runs work under the limit and waits for it, also after the time is over: it ends when the work has obeyed its signal.
   *
   * @typeParam T What the work gives.
   * @param work Is given the limit's signal.
   * @returns What the work gives. Work that finishes in spite of its signal has its result.
   * @throws {TimeoutError} If the time was over first.
   *
   * @example Too slow
   * ```ts
   * import { timeout } from "@ferry/std/net/tasks";
   * import { TimeoutError } from "@ferry/std/net/errors";
   * import { assertRejects } from "@std/assert";
   *
   * using limit = timeout(1);
   * await assertRejects(
   *   () =>
   *     limit.run((signal) =>
   *       new Promise((_, reject) => {
   *         signal.addEventListener("abort", () => reject(signal.reason));
   *       })
   *     ),
   *   TimeoutError,
   * );
   * ```
   */
  async run<T>(work: TaskFunction<T>): Promise<T> {
    this.signal.throwIfAborted();
    return await work(this.signal);
  }

  /** Stops the clock. The signal does not abort any more. */
  [Symbol.dispose](): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#scope[Symbol.dispose]();
  }

  /** Timers hold at most 2**31 - 1 ms; longer limits are armed again. */
  #arm(): void {
    const left = this.#when! - performance.now();
    if (left <= 0) return this.#expire();
    this.#timer = setTimeout(() => this.#arm(), Math.min(Math.ceil(left), 2 ** 31 - 1));
  }

  #expire(): void {
    this.#expired = true;
    this.#scope.abort(new TimeoutError({ op: "finish" }, this.#milliseconds!));
  }
}

/**
 * A time limit for a block of code, as `asyncio.timeout`.
 *
 * @param milliseconds How long; `undefined` or `Infinity` for no limit, 0 or less is over at once.
 * @param options A signal to follow.
 * @returns The limit; `using` stops its clock at the end of the block.
 * @throws {RangeError} If `milliseconds` is not a number.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example A limit for everything in a block
 * ```ts
 * import { timeout } from "@ferry/std/net/tasks";
 * import { assertEquals } from "@std/assert";
 *
 * using limit = timeout(10_000);
 * const page = await limit.run((_signal) => Promise.resolve("text")); // fetch(url, { signal }) …
 * assertEquals(page, "text");
 * ```
 */
export function timeout(milliseconds: number | undefined, options?: TimeoutOptions): Timeout {
  return new Timeout(milliseconds, options);
}
