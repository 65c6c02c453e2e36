/**
 * Work that runs on its own, can be awaited, and can be cancelled.
 *
 * @module
 */
import { checkFunction } from "../function_argument.ts";
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import { cancelled, isEcho, Scope } from "./_scope.ts";
import type { TaskFunction } from "./work.ts";

/** How a task stands. */
export type TaskState = "pending" | "fulfilled" | "rejected" | "cancelled";

/** Options of a {@linkcode Task}. */
export interface TaskOptions {
  /** Cancels the task when it aborts. */
  signal?: AbortSignal | undefined;
  /**
   * A name for messages.
   *
   * @default {"task"}
   */
  name?: string | undefined;
}

const RULES: RulesOf<TaskOptions> = { signal: "signal", name: "string" };

/**
 * Work that runs on its own, as asyncio's `Task`: a promise that can be cancelled.
 *
 * The work begins in the next microtask. Cancelling aborts the signal that it was given; a task that is cancelled before
 * it began never begins. Work may finish in spite of that: the task then has its result. A task that rejects because of
 * its signal is `"cancelled"`.
 *
 * @typeParam T What the work gives.
 *
 * @example Cancelled
 * ```ts
 * import { Task } from "@ferry/std/net/tasks";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const task = new Task((signal) => new Promise<number>((_, reject) => {
 *   signal.addEventListener("abort", () => reject(signal.reason));
 * }));
 * task.cancel();
 * await assertRejects(() => task, DOMException);
 * assertEquals(task.state, "cancelled");
 * ```
 */
export class Task<T> extends Promise<T> {
  /** What `then`, `catch` and `finally` give: plain promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** The task's name. */
  readonly name: string;
  readonly #scope: Scope;
  #state: TaskState = "pending";

  /**
   * Begins the work in the next microtask.
   *
   * @example Make one
   * ```ts
   * import { Task } from "@ferry/std/net/tasks";
   *
   * const task = new Task((signal) => new Promise<number>((_, reject) => {
   *   signal.addEventListener("abort", () => reject(signal.reason));
   * }));
   * ```
   *
   * @param work What to do; it is given a signal.
   * @param options The signal that cancels the task, and a name.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(work: TaskFunction<T>, options: TaskOptions = {}) {
    checkFunction("create a task", "a function that does the work", work);
    checkOptions("Cannot create a task", options, RULES);
    let settle: [(value: T) => void, (reason: unknown) => void];
    super((resolve, reject) => settle = [resolve, reject]);
    this.name = options.name ?? "task";
    const scope = this.#scope = new Scope(options.signal);
    queueMicrotask(async () => {
      try {
        scope.signal.throwIfAborted();
        const value = await work(scope.signal);
        this.#state = "fulfilled";
        settle[0](value);
      } catch (error) {
        this.#state = isEcho(error, scope.signal) ? "cancelled" : "rejected";
        settle[1](error);
      } finally {
        scope[Symbol.dispose]();
      }
    });
  }

  /** How the task stands. */
  get state(): TaskState {
    return this.#state;
  }

  /** Whether the task has ended, in whatever way. */
  get done(): boolean {
    return this.#state !== "pending";
  }

  /**
   * Asks the task to stop: its signal aborts.
   *
   * @param reason The signal's reason.
   * @returns `false` if the task had ended already.
   *
   * @example A second time
   * ```ts
   * import { Task } from "@ferry/std/net/tasks";
   * import { assert, assertFalse } from "@std/assert";
   *
   * const task = new Task(() => 1);
   * assert(task.cancel());
   * await task.catch(() => {});
   * assertFalse(task.cancel());
   * ```
   */
  cancel(reason: unknown = cancelled(`The ${this.name} was cancelled`)): boolean {
    if (this.done) return false;
    this.#scope.abort(reason);
    return true;
  }
}
