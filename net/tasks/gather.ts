/**
 * The results of several tasks, in their order.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import { orAborted } from "./_scope.ts";
import { startTask, type TaskLike, type TaskResult } from "./work.ts";

/** Options of {@linkcode gather}. */
export interface GatherOptions {
  /** Aborts the signals of all tasks, and rejects with its reason. */
  signal?: AbortSignal | undefined;
  /**
   * Whether errors are results like others, in their task's place.
   *
   * @default {false}
   */
  returnExceptions?: boolean | undefined;
}

const RULES: RulesOf<GatherOptions> = { signal: "signal", returnExceptions: "boolean" };

/**
 * The results of several tasks.
 *
 * @typeParam T The tasks.
 */
export type GatheredResults<T extends readonly TaskLike<unknown>[]> = {
  -readonly [K in keyof T]: TaskResult<T[K]>;
};

/**
 * The results of several tasks, or their errors.
 *
 * @typeParam T The tasks.
 */
export type GatheredOutcomes<T extends readonly TaskLike<unknown>[]> = {
  -readonly [K in keyof T]: TaskResult<T[K]> | Error;
};

/**
 * Runs several tasks at once and gives their results in the order of the tasks, as `asyncio.gather`.
 *
 * The first error rejects at once; the other tasks run on, as in asyncio. Where they should stop, use `TaskGroup`.
 *
 * @typeParam T The tasks.
 * @param tasks Promises, or functions that are called with a signal.
 * @param options `signal`, and whether errors are results.
 * @returns The results, in the order of the tasks.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example In order, whichever is first
 * ```ts
 * import { gather } from "@ferry/std/net/tasks";
 * import { assertEquals } from "@std/assert";
 *
 * const results = await gather([() => 1, Promise.resolve("two"), async () => await 3]);
 * assertEquals(results, [1, "two", 3]);
 * ```
 *
 * @example Errors as results
 * ```ts
 * import { gather } from "@ferry/std/net/tasks";
 * import { assertEquals } from "@std/assert";
 *
 * const broken = Promise.reject(new RangeError("no"));
 * const [one, error] = await gather([() => 1, broken], { returnExceptions: true });
 * assertEquals([one, String(error)], [1, "RangeError: no"]);
 * ```
 */
export function gather<const T extends readonly TaskLike<unknown>[]>(
  tasks: T,
  options: GatherOptions & { returnExceptions: true },
): Promise<GatheredOutcomes<T>>;
/**
 * Runs several tasks at once and gives their results; the first error rejects.
 *
 * @typeParam T The tasks.
 * @param tasks Promises, or functions that are called with a signal.
 * @param options `signal`.
 * @returns The results, in the order of the tasks.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example Nothing to do
 * ```ts
 * import { gather } from "@ferry/std/net/tasks";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await gather([]), []);
 * ```
 */
export function gather<const T extends readonly TaskLike<unknown>[]>(
  tasks: T,
  options?: GatherOptions,
): Promise<GatheredResults<T>>;
export async function gather(
  tasks: readonly TaskLike<unknown>[],
  options: GatherOptions = {},
): Promise<unknown> {
  checkOptions("Cannot gather tasks", options, RULES);
  const signal = options.signal ?? NEVER;
  signal.throwIfAborted();
  const running = tasks.map((task) => startTask(task, signal));
  const all = options.returnExceptions
    ? Promise.all(running.map((each) => each.catch(asError)))
    : Promise.all(running);
  return await orAborted(all, signal);
}

const NEVER = new AbortController().signal;

function asError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new TypeError(`A task rejected with something that is no error: ${thrown}`, {
      cause: thrown,
    });
}
