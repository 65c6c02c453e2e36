/**
 * One task with a time limit.
 *
 * @module
 */
import { checkWait } from "../wait_options.ts";
import { orAborted } from "./_scope.ts";
import type { TaskLike } from "./work.ts";
import { timeout } from "./timeout.ts";

/** Options of {@linkcode waitFor}. */
export interface WaitForOptions {
  /** Cancels the task when it aborts. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds to wait; 0 or less takes a result only if it is there already.
   *
   * @default {Infinity}
   */
  timeout?: number | undefined;
}

/**
 * Waits for one task, for a limited time, as `asyncio.wait_for`.
 *
 * A function is given a signal that aborts when the time is over, and `waitFor` waits until it has ended: nothing runs on
 * behind it. If it finishes in spite of its signal, that result is given. A promise cannot be cancelled: `waitFor` rejects
 * when the time is over, and the promise goes on without it.
 *
 * (The `waitFor` of `@std/async` polls a predicate; its `deadline` is the relative of this.)
 *
 * @typeParam T What the task gives.
 * @param task A promise, or a function that is called with a signal.
 * @param options `timeout` (ms) and `signal`.
 * @returns What the task gives.
 * @throws {TimeoutError} If the time was over first.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example A promise that takes too long
 * ```ts
 * import { waitFor } from "@ferry/std/net/tasks";
 * import { TimeoutError } from "@ferry/std/net/errors";
 * import { assertRejects } from "@std/assert";
 *
 * const never = Promise.withResolvers<void>().promise;
 * await assertRejects(() => waitFor(never, { timeout: 1 }), TimeoutError);
 * ```
 */
export async function waitFor<T>(task: TaskLike<T>, options: WaitForOptions = {}): Promise<T> {
  checkWait("wait for a task", options);
  const { signal } = options;
  if (typeof task === "function") {
    using limit = timeout(options.timeout, signal === undefined ? {} : { signal });
    return await limit.run(task);
  }
  if (options.timeout !== undefined && options.timeout <= 0) {
    const late = Symbol();
    // Raced against a promise that is settled already: only one that is settled too comes before it.
    const first = await Promise.race([task, Promise.resolve(late)]);
    if (first !== late) return first as T;
  }
  using limit = timeout(options.timeout, signal === undefined ? {} : { signal });
  return await orAborted(task, limit.signal);
}
