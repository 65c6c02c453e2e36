/**
 * asyncio's vocabulary for tasks, where promises lack it: thin, on `AbortSignal`.
 *
 * A promise runs already and cannot be cancelled. So a task is a function here, `(signal) => promise`: it begins the work,
 * and obeys the signal. Most of these functions take plain promises too.
 *
 * | asyncio | here |
 * |---|---|
 * | `async with TaskGroup() as group` | {@linkcode TaskGroup.run}, {@linkcode TaskGroup} |
 * | `Task`, `task.cancel()` | {@linkcode Task} |
 * | `gather(*tasks, return_exceptions=…)` | {@linkcode gather} |
 * | `wait(tasks, timeout=…, return_when=…)` | {@linkcode wait} |
 * | `wait_for(task, timeout)` | {@linkcode waitFor} |
 * | `async with timeout(seconds)` | {@linkcode timeout}, in milliseconds |
 * | `as_completed(tasks, timeout=…)` | {@linkcode asCompleted} |
 * | `shield(task)` | {@linkcode shield} |
 * | `Semaphore`, `BoundedSemaphore` | {@linkcode Semaphore} |
 *
 * @example All pages, three at a time, the rest given up when one fails
 * ```ts
 * import { Semaphore, TaskGroup } from "@ferry/std/net/tasks";
 * import { assertEquals } from "@std/assert";
 *
 * const load = (page: number, _signal: AbortSignal) => Promise.resolve(`page ${page}`);
 * const three = new Semaphore(3);
 * const tasks = await TaskGroup.run((group) =>
 *   [1, 2, 3, 4, 5].map((page) =>
 *     group.createTask(async (signal) => {
 *       using _permit = await three.acquire({ signal });
 *       return await load(page, signal);
 *     })
 *   )
 * );
 * assertEquals((await Promise.all(tasks!)).at(-1), "page 5");
 * ```
 *
 * No permission is needed.
 *
 * @module
 */
export { asCompleted, type AsCompletedOptions, type CompletedTask } from "./as_completed.ts";
export {
  gather,
  type GatheredOutcomes,
  type GatheredResults,
  type GatherOptions,
} from "./gather.ts";
export { type AcquireOptions, Permit, Semaphore, type SemaphoreOptions } from "./semaphore.ts";
export { shield, type ShieldOptions } from "./shield.ts";
export { Task, type TaskOptions, type TaskState } from "./task.ts";
export { TaskGroup, type TaskGroupOptions } from "./task_group.ts";
export { startTask, type TaskFunction, type TaskLike, type TaskResult } from "./work.ts";
export { Timeout, timeout, type TimeoutOptions } from "./timeout.ts";
export { type ReturnWhen, wait, type WaitTasksOptions, type WaitTasksResult } from "./wait.ts";
export { waitFor, type WaitForOptions } from "./wait_for.ts";
