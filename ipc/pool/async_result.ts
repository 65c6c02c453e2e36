/**
 * The result of a task of a pool, before and after it is there.
 *
 * @module
 */
import { TimeoutError } from "../errors.ts";
import {
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../wait/options.ts";
import { TIMED_OUT } from "../wait/wait.ts";
import { within } from "../wait/turns.ts";
import type { Job } from "./_job.ts";

/**
 * What `Pool.applyAsync`, `mapAsync` and `starmapAsync` return. An error that nobody asks for is dropped, as in CPython.
 *
 * @typeParam T What the task returns.
 *
 * @example Usage
 * ```ts
 * import { Pool } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * await using pool = new Pool({ processes: 1 });
 * const result = pool.applyAsync((a: number, b: number) => a ** b, [2, 10]);
 * assertEquals(await result.get({ timeout: 60_000 }), 1024);
 * assertEquals([result.ready, result.successful], [true, true]);
 * ```
 */
export class AsyncResult<T> {
  readonly #job: Job<T>;

  /**
   * Made by `Pool`.
   *
   * @param job The pool's side.
   */
  constructor(job: object) {
    this.#job = job as Job<T>;
  }

  /** Whether it is there. */
  get ready(): boolean {
    return this.#job.state !== undefined;
  }

  /**
   * Whether the task returned.
   *
   * @throws {TypeError} If it is not ready.
   */
  get successful(): boolean {
    if (this.#job.state === undefined) {
      throw new TypeError(
        "Cannot tell whether the task was successful: it is not ready; wait for it",
      );
    }
    return !this.#job.state.threw;
  }

  /**
   * Waits for it, and gives what the task returned or throws what it threw.
   *
   * @param options `signal` and `timeout` (ms): they end this wait, not the task.
   * @returns What the task returned.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async get(options?: WaitOptions): Promise<T> {
    if (!await this.wait(options)) {
      throw new TimeoutError("get the result of a task", options!.timeout!);
    }
    return await this.#job.promise;
  }

  /**
   * Waits for it, blocking the thread. See {@linkcode AsyncResult.get}.
   *
   * @param options `timeout` (ms).
   * @returns What the task returned.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  getSync(options?: WaitSyncOptions): T {
    const deadline = deadlineInSync(options, "get the result of a task");
    if (this.#job.state === undefined && !this.#job.blockUntil(deadline)) {
      throw new TimeoutError("get the result of a task", options!.timeout!);
    }
    const { threw, value } = this.#job.state!;
    if (threw) throw value;
    return value as T;
  }

  /**
   * Waits for it, whatever it is.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns `false` if the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    const deadline = deadlineIn(options, "wait for a task");
    const signal = signalIn(options, "wait for a task");
    if (this.#job.state !== undefined) return true;
    const settled = this.#job.promise.then(() => {}, () => {});
    return await within(settled, deadline, signal) !== TIMED_OUT;
  }

  /**
   * Ends the task: it does not begin, or the worker that runs it is stopped and replaced. Does nothing once it is ready.
   *
   * @param reason What {@linkcode AsyncResult.get} then rejects with.
   */
  cancel(reason: unknown = new DOMException("The task was cancelled", "AbortError")): void {
    if (this.#job.state === undefined) this.#job.cancel(reason);
  }
}
