/**
 * What the functions of this room take as a task.
 *
 * @module
 */

/**
 * Work that has not begun: it is called with a signal that aborts when the task is cancelled.
 *
 * @typeParam T What the work gives.
 */
export type TaskFunction<T> = (signal: AbortSignal) => PromiseLike<T> | T;

/**
 * A promise, which runs already and cannot be cancelled, or a function that begins the work and can.
 *
 * @typeParam T What the task gives.
 */
export type TaskLike<T> = PromiseLike<T> | TaskFunction<T>;

/**
 * What a {@linkcode TaskLike} gives.
 *
 * @typeParam T The task.
 */
export type TaskResult<T> = T extends TaskFunction<infer R> ? Awaited<R>
  : T extends PromiseLike<infer R> ? Awaited<R>
  : never;

/**
 * Begins a task: a function is called, and what it throws becomes a rejection.
 *
 * @typeParam T What the task gives.
 * @param task The task.
 * @param signal Passed to the function.
 * @returns The task's promise.
 *
 * @example A function that throws
 * ```ts
 * import { startTask } from "@ferry/std/net/tasks";
 * import { assertRejects } from "@std/assert";
 *
 * const { signal } = new AbortController();
 * const broken = () => {
 *   throw new RangeError("never begun");
 * };
 * await assertRejects(() => startTask(broken, signal), RangeError);
 * ```
 */
export async function startTask<T>(task: TaskLike<T>, signal: AbortSignal): Promise<T> {
  if (typeof task !== "function") return await task;
  return await task(signal);
}
