/**
 * Tasks that end together.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import { cancelled, isEcho, Scope } from "./_scope.ts";
import { Task } from "./task.ts";
import type { TaskFunction } from "./work.ts";

/** Options of a {@linkcode TaskGroup}. */
export interface TaskGroupOptions {
  /** Cancels all tasks of the group when it aborts. */
  signal?: AbortSignal | undefined;
}

const RULES: RulesOf<TaskGroupOptions> = { signal: "signal" };
const TASK_RULES: RulesOf<{ name?: string }> = { name: "string" };

/**
 * Tasks that end together, as asyncio's `TaskGroup`.
 *
 * Guarantees:
 * - When a task fails, the others are cancelled: the signals they were given abort. So does {@linkcode TaskGroup.signal}.
 * - The group ends when all of its tasks have ended; nothing runs on behind it.
 * - All errors are reported, as the `errors` of one `AggregateError`; those of tasks that only obeyed their signal are not.
 * - A task that is cancelled on its own does not disturb the others.
 *
 * {@linkcode TaskGroup.run} is the whole pattern in one call. With `await using`, end the block with
 * {@linkcode TaskGroup.join}: a block that is left before that cancels its tasks and waits for them.
 *
 * @example Two requests, one of which fails
 * ```ts
 * import { TaskGroup } from "@ferry/std/net/tasks";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * let stopped = false;
 * const error = await assertRejects(() =>
 *   TaskGroup.run((group) => {
 *     group.createTask((signal) => new Promise((_, reject) => {
 *       signal.addEventListener("abort", () => {
 *         stopped = true;
 *         reject(signal.reason);
 *       });
 *     }));
 *     group.createTask(() => Promise.reject(new RangeError("no such page")));
 *   }), AggregateError);
 * assertEquals(error.errors.map(String), ["RangeError: no such page"]);
 * assertEquals(stopped, true);
 * ```
 */
export class TaskGroup implements AsyncDisposable {
  readonly #outer: AbortSignal | undefined;
  readonly #scope: Scope;
  readonly #running = new Set<Task<unknown>>();
  readonly #errors: unknown[] = [];
  #idle: PromiseWithResolvers<void> | undefined;
  #ended = false;
  #count = 0;

  /**
   * Makes a group without tasks.
   *
   * @example Make one
   * ```ts
   * import { TaskGroup } from "@ferry/std/net/tasks";
   *
   * await using group = new TaskGroup();
   * const task = group.createTask(() => Promise.resolve(1));
   * await group.join();
   * ```
   *
   * @param options The signal that cancels the group.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(options: TaskGroupOptions = {}) {
    checkOptions("Cannot make a group of tasks", options, RULES);
    this.#outer = options.signal;
    this.#scope = new Scope(options.signal);
  }

  /**
   * Makes a group, lets a function create tasks in it, and waits for all of them.
   *
   * The function counts as a task: its error cancels the tasks, and it should mind `group.signal`.
   *
   * @typeParam T What the function gives.
   * @param body Is given the group.
   * @param options The signal that cancels the group.
   * @returns What the function gave; `undefined` if {@linkcode TaskGroup.cancel} stopped it before.
   * @throws {AggregateError} If tasks, or the function, failed.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example All results
   * ```ts
   * import { TaskGroup } from "@ferry/std/net/tasks";
   * import { assertEquals } from "@std/assert";
   *
   * const tasks = await TaskGroup.run((group) => [1, 2, 3].map((n) => group.createTask(() => n * n)));
   * assertEquals(await Promise.all(tasks!), [1, 4, 9]);
   * ```
   */
  static async run<T>(
    body: (group: TaskGroup) => PromiseLike<T> | T,
    options?: TaskGroupOptions,
  ): Promise<T | undefined> {
    const group = new TaskGroup(options);
    let result: T | undefined;
    try {
      group.signal.throwIfAborted();
      result = await body(group);
    } catch (error) {
      if (!isEcho(error, group.signal)) group.#fail(error);
    }
    await group.join();
    return result;
  }

  /** Aborts when a task fails, when the group is cancelled, or with the signal that the group was given. */
  get signal(): AbortSignal {
    return this.#scope.signal;
  }

  /** How many tasks have not ended. */
  get size(): number {
    return this.#running.size;
  }

  /**
   * Begins a task in the next microtask.
   *
   * @typeParam T What the work gives.
   * @param work What to do; the signal it is given aborts with the group, or when the task is cancelled.
   * @param options A name for messages.
   * @returns The task. It may be awaited, but need not be: the group reports its error.
   * @throws {Deno.errors.BadResource} If the group has ended, or is cancelling its tasks.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example A task that is awaited
   * ```ts
   * import { TaskGroup } from "@ferry/std/net/tasks";
   * import { assertEquals } from "@std/assert";
   *
   * await using group = new TaskGroup();
   * const sum = group.createTask(() => 1 + 2);
   * assertEquals(await sum, 3);
   * await group.join();
   * ```
   */
  createTask<T>(work: TaskFunction<T>, options: { name?: string } = {}): Task<T> {
    checkOptions("Cannot create a task", options, TASK_RULES);
    if (this.#ended || this.signal.aborted) {
      throw new Deno.errors.BadResource(
        `Cannot create a task: the group ${this.#ended ? "has ended" : "is cancelling its tasks"}`,
      );
    }
    const name = options.name ?? `task ${++this.#count}`;
    const task = new Task(work, { signal: this.signal, name });
    this.#running.add(task);
    task.then(
      () => this.#leave(task),
      (error) => {
        if (task.state === "rejected") this.#fail(error);
        this.#leave(task);
      },
    );
    return task;
  }

  /**
   * Cancels all tasks and ends the group without an error of its own, as in CPython 3.15. May be called from anywhere, and
   * more than once.
   *
   * @example Enough is enough
   * ```ts
   * import { TaskGroup } from "@ferry/std/net/tasks";
   * import { assertEquals } from "@std/assert";
   *
   * const found: string[] = [];
   * await TaskGroup.run((group) => {
   *   group.createTask((signal) => new Promise((_, reject) => {
   *     signal.addEventListener("abort", () => reject(signal.reason));
   *   }));
   *   group.createTask(() => {
   *     found.push("first");
   *     group.cancel();
   *   });
   * });
   * assertEquals(found, ["first"]);
   * ```
   */
  cancel(): void {
    if (!this.#ended) this.#scope.abort(cancelled("The group of tasks was cancelled"));
  }

  /**
   * Waits until all tasks have ended, those included that begin meanwhile.
   *
   * @throws {AggregateError} If tasks failed.
   *
   * @example After it the group takes no tasks
   * ```ts
   * import { TaskGroup } from "@ferry/std/net/tasks";
   * import { assertThrows } from "@std/assert";
   *
   * const group = new TaskGroup();
   * group.createTask(() => {});
   * await group.join();
   * assertThrows(() => group.createTask(() => {}), Deno.errors.BadResource);
   * ```
   */
  async join(): Promise<void> {
    await this.#settled();
    if (this.#errors.length > 0) {
      const errors = this.#errors.splice(0);
      throw new AggregateError(
        errors,
        `${errors.length} of the group's tasks failed, the first with: ${errors[0]}`,
      );
    }
    if (this.#outer?.aborted && this.signal.reason === this.#outer.reason) throw this.#outer.reason;
  }

  /** Cancels the tasks if {@linkcode TaskGroup.join} was not called, and waits for them. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.cancel();
    await this.#settled();
  }

  async #settled(): Promise<void> {
    while (this.#running.size > 0) {
      this.#idle ??= Promise.withResolvers();
      await this.#idle.promise;
    }
    this.#ended = true;
    this.#scope[Symbol.dispose]();
  }

  #fail(error: unknown): void {
    this.#errors.push(error);
    this.#scope.abort(cancelled(`Another task of the group failed: ${error}`));
  }

  #leave(task: Task<unknown>): void {
    this.#running.delete(task);
    if (this.#running.size > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
