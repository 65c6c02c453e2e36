/**
 * Waiting for some of several promises.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import { Deadline } from "../time/mod.ts";

/** When {@linkcode wait} returns: asyncio's `ALL_COMPLETED`, `FIRST_COMPLETED` and `FIRST_EXCEPTION`. */
export type ReturnWhen = "all-completed" | "first-completed" | "first-exception";

/** Options of {@linkcode wait}. */
export interface WaitTasksOptions {
  /** Gives up waiting; the call rejects with the signal's reason. The promises go on. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds to wait. When they have passed, the promises that are not done are in `pending`: it is no error.
   *
   * @default {Infinity}
   */
  timeout?: number | undefined;
  /**
   * What to wait for.
   *
   * @default {"all-completed"}
   */
  returnWhen?: ReturnWhen | undefined;
}

const RULES: RulesOf<WaitTasksOptions> = {
  signal: "signal",
  timeout: "milliseconds",
  returnWhen: ["all-completed", "first-completed", "first-exception"],
};

/**
 * What {@linkcode wait} gives.
 *
 * @typeParam P The promises.
 */
export interface WaitTasksResult<P> {
  /** Those that are fulfilled or rejected, in the order given. */
  done: Set<P>;
  /** The others. */
  pending: Set<P>;
}

/**
 * Waits until promises are done, as `asyncio.wait`: it says which are, cancels none, and throws none of their errors.
 * Errors of promises in `done` count as handled: look at them.
 *
 * Not to be mixed up with the `wait` of connections, which asks what can be read.
 *
 * @typeParam P The kind of promises.
 * @param tasks The promises; equal ones count once.
 * @param options `returnWhen`, `timeout` (ms) and `signal`.
 * @returns The promises that are done, and those that are not.
 * @throws {RangeError} If there are no promises.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example The first of two
 * ```ts
 * import { wait } from "@ferry/std/net/tasks";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const slow = Promise.withResolvers<number>().promise;
 * const fast = Promise.resolve(1);
 * const { done, pending } = await wait([slow, fast], { returnWhen: "first-completed" });
 * assertEquals(await [...done][0], 1);
 * assert(pending.has(slow));
 * ```
 */
export async function wait<P extends PromiseLike<unknown>>(
  tasks: Iterable<P>,
  options: WaitTasksOptions = {},
): Promise<WaitTasksResult<P>> {
  checkOptions("Cannot wait for tasks", options, RULES);
  const { signal, timeout = Infinity, returnWhen = "all-completed" } = options;
  const all = new Set(tasks);
  if (all.size === 0) throw new RangeError("Cannot wait for no promises: at least one is needed");
  signal?.throwIfAborted();
  const settled = new Set<P>();
  const over = Promise.withResolvers<void>();
  for (const task of all) {
    const done = (failed: boolean) => {
      settled.add(task);
      if (
        settled.size === all.size || returnWhen === "first-completed" ||
        (failed && returnWhen === "first-exception")
      ) over.resolve();
    };
    task.then(() => done(false), () => done(true));
  }
  const abort = () => over.reject(signal!.reason);
  signal?.addEventListener("abort", abort, { once: true });
  // A timer even for 0 ms: promises that are settled already say so before it fires.
  const timer = new Deadline(over.resolve);
  try {
    timer.arm(timeout);
    await over.promise;
  } finally {
    timer[Symbol.dispose]();
    signal?.removeEventListener("abort", abort);
  }
  const done = new Set<P>();
  const pending = new Set<P>();
  for (const task of all) (settled.has(task) ? done : pending).add(task);
  return { done, pending };
}
