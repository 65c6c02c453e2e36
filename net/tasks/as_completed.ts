/**
 * Tasks in the order in which they end.
 *
 * @module
 */
import { checkWait } from "../wait_options.ts";
import { startTask, type TaskLike } from "./work.ts";
import { timeout } from "./timeout.ts";
import { orAborted } from "./_scope.ts";

/** Options of {@linkcode asCompleted}. */
export interface AsCompletedOptions {
  /** Aborts the signals of the tasks that have not ended, and ends the iteration with its reason. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds for all tasks together.
   *
   * @default {Infinity}
   */
  timeout?: number | undefined;
}

/**
 * A task that has ended.
 *
 * @typeParam T What the task gives.
 */
export interface CompletedTask<T> {
  /** Its place among the tasks. */
  readonly index: number;
  /** How it ended. */
  readonly status: "fulfilled" | "rejected";
  /** Its result; throws the task's error if it failed. */
  readonly value: T;
}

/**
 * Runs several tasks at once and gives each when it ends, the fastest first, as `asyncio.as_completed`.
 *
 * All tasks begin when this is called. Leaving the loop early leaves the others running, unless the signal is aborted.
 *
 * @typeParam T What the tasks give.
 * @param tasks Promises, or functions that are called with a signal.
 * @param options `timeout` (ms) for all together, and `signal`.
 * @returns The tasks that have ended, to iterate over once.
 * @throws {TimeoutError} From the iteration, if the time is over before all tasks have ended.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example The fastest first
 * ```ts
 * import { asCompleted } from "@ferry/std/net/tasks";
 * import { assertEquals } from "@std/assert";
 *
 * const slow = Promise.withResolvers<string>();
 * const seen: string[] = [];
 * for await (const { value } of asCompleted([slow.promise, Promise.resolve("fast")])) {
 *   seen.push(value);
 *   slow.resolve("slow");
 * }
 * assertEquals(seen, ["fast", "slow"]);
 * ```
 */
export function asCompleted<T>(
  tasks: Iterable<TaskLike<T>>,
  options: AsCompletedOptions = {},
): AsyncIterableIterator<CompletedTask<T>, void, void> {
  checkWait("wait for tasks", options);
  const limit = timeout(
    options.timeout,
    options.signal === undefined ? {} : { signal: options.signal },
  );
  const ended: CompletedTask<T>[] = [];
  let arrived = Promise.withResolvers<void>();
  let left = 0;
  const end = (index: number, status: CompletedTask<T>["status"], value: () => T) => {
    ended.push({
      index,
      status,
      get value() {
        return value();
      },
    });
    arrived.resolve();
  };
  for (const task of tasks) {
    const index = left++;
    startTask(task, limit.signal).then(
      (value) => end(index, "fulfilled", () => value),
      (error) =>
        end(index, "rejected", () => {
          throw error;
        }),
    );
  }
  return iterate();

  async function* iterate(): AsyncGenerator<CompletedTask<T>, void, void> {
    using _limit = limit;
    for (; left > 0; left--) {
      while (ended.length === 0) {
        await orAborted(arrived.promise, limit.signal);
        arrived = Promise.withResolvers();
      }
      yield ended.shift()!;
    }
  }
}
