/**
 * A pool of workers that run tasks, after Python's `multiprocessing.Pool`.
 *
 * | to | use |
 * |---|---|
 * | run a function in a worker | {@linkcode Pool.apply}, {@linkcode Pool.applyAsync}, {@linkcode Pool.applySync} |
 * | run it for each item of a list | {@linkcode Pool.map}, {@linkcode Pool.starmap} (several arguments), {@linkcode Pool.mapAsync} |
 * | for each item of a source of any length, one result after the other | {@linkcode Pool.imap}, {@linkcode Pool.imapUnordered} |
 * | take what a task yields while it runs | {@linkcode Pool.stream} |
 * | see how it is doing | {@linkcode Pool.stats}, its events |
 *
 * A task is an export of a module, `{ module, export }`, or a function that uses nothing from around it; with
 * `{ capture: true }` it may.
 *
 * ## What may happen to a task
 *
 * | | it |
 * |---|---|
 * | throws | rejects with that error: its class, message, cause, own properties, and the worker's stack |
 * | returns what cannot be sent | rejects with a {@linkcode ResultEncodingError}; the cause names the part |
 * | its worker dies: killed, out of memory, `Deno.exit`, an error handled by nobody | rejects with a {@linkcode WorkerDiedError}; a new worker takes the next tasks |
 * | runs longer than its `timeout` | rejects with a {@linkcode TimeoutError}; its worker is stopped and replaced |
 * | its `signal` aborts | rejects with the reason; if it was running, its worker is stopped and replaced |
 * | the pool is terminated | rejects with `Deno.errors.Interrupted` |
 *
 * In all these cases the other tasks go on. A task is begun at most once.
 *
 * Arguments are sent when a worker takes the task: what is changed before that, the task sees changed.
 *
 * A worker does one task at a time. It sleeps as a thread until the next one comes, unless the last one was asynchronous: then
 * its event loop turns meanwhile. Workers end with the program, which does not wait for them, but for the tasks.
 *
 * @module
 */
import type { ModuleTarget, TargetFunction } from "../process/target.ts";
import { deadlineIn, signalIn, type WaitOptions } from "../wait/options.ts";
import { within } from "../wait/turns.ts";
import { TIMED_OUT } from "../wait/wait.ts";
import { AsyncResult } from "./async_result.ts";
import { Calls } from "./_calls.ts";
import { FunctionTable } from "./_functions.ts";
import { Intake } from "./_intake.ts";
import { Call } from "./_messages.ts";
import {
  type ApplyOptions,
  type AsyncOptions,
  describePoolOptions,
  type ImapOptions,
  MAP_ASYNC_RULES,
  MAP_RULES,
  type MapOptions,
  type PoolOptions,
  type PoolTask,
  type StreamOptions,
  type TaskOptions,
} from "./options.ts";
import { Scheduler } from "./_scheduler.ts";
import type { PoolEvents, PoolStats, Times } from "./stats.ts";

export type {
  ApplyOptions,
  AsyncOptions,
  ImapOptions,
  MapOptions,
  PoolEvents,
  PoolOptions,
  PoolStats,
  PoolTask,
  StreamOptions,
  TaskOptions,
  Times,
};
export { AsyncResult };

/**
 * Workers that run tasks.
 *
 * @example A parallel map
 * ```ts
 * import { Pool } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * await using pool = new Pool({ processes: 2 });
 * assertEquals(await pool.map((n: number) => n ** 2, [1, 2, 3]), [1, 4, 9]);
 * assertEquals(await pool.apply((a: number, b: number) => a + b, [2, 3]), 5);
 * ```
 */
export class Pool extends EventTarget implements AsyncDisposable {
  readonly #scheduler: Scheduler;
  readonly #intake: Intake;
  readonly #calls: Calls;
  readonly #processes: number;
  /** The events that somebody has listened to. */
  readonly #listenedTo = new Set<string>();

  /**
   * Makes a pool and starts its workers.
   *
   * @example Make one
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   *
   * await using pool = new Pool({ processes: 2 });
   * ```
   *
   * @param options How many workers, and what they do first.
   * @throws {TypeError} If an option is of the wrong type, or the initializer cannot run in a worker.
   * @throws {RangeError} If a number is out of its range.
   * @throws {Deno.errors.NotCapable} If this package is on disk and may not be read.
   * @throws {Deno.errors.NotSupported} If the runtime is too old, or this package was bundled into the program.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(options?: PoolOptions) {
    super();
    const { processes, maxQueue, initializer, ...rest } = describePoolOptions(options);
    const functions = new FunctionTable();
    this.#processes = processes;
    this.#scheduler = new Scheduler({
      ...rest,
      processes,
      initializer: initializer && functions.of(initializer, new.target).message,
      nothing: functions.of(() => {}, new.target),
      on: {
        started: (name) => this.#tell("workerstart", { name }),
        ended: (name, exitCode) => this.#tell("workerend", { name, exitCode }),
        advanced: () => this.#intake.advanced(),
      },
    });
    this.#intake = new Intake(
      this.#scheduler,
      maxQueue,
      () => this.#tell("drain", { running: this.#scheduler.running }),
    );
    this.#calls = new Calls(this.#intake, functions, processes);
  }

  /** Most workers. */
  get processes(): number {
    return this.#processes;
  }

  /** Listens to an event of the pool: see {@linkcode PoolEvents}. */
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options);
    this.#listenedTo.add(type);
  }

  #tell<K extends keyof PoolEvents>(type: K, detail: PoolEvents[K]): void {
    // An event costs more than some tasks do.
    if (this.#listenedTo.has(type)) this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /**
   * Runs a function in a worker.
   *
   * @param task An export of a module, or a function that uses nothing from around it.
   * @param args Its arguments. They cross as through a queue.
   * @param options `signal`, `timeout` (ms), `priority`, `capture`, `transfer`.
   * @returns What it returns, awaited.
   * @throws {TypeError} If the function cannot run in a worker.
   * @throws {UnsendableError} If an argument cannot cross.
   * @throws {WorkerDiedError} If its worker dies.
   * @throws {ResultEncodingError} If what it returns cannot be sent.
   * @throws {TimeoutError} If it runs longer than `timeout`.
   * @throws {BrokenPoolError} If the workers cannot start.
   * @throws {Deno.errors.BadResource} If the pool was closed.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using pool = new Pool({ processes: 1 });
   * assertEquals(await pool.apply((name: string) => `Hello, ${name}`, ["Ada"]), "Hello, Ada");
   * ```
   */
  apply<A extends readonly unknown[], R>(
    task: TargetFunction<A, R>,
    args: readonly [...A],
    options?: ApplyOptions,
  ): Promise<Awaited<R>>;
  /** Runs a function without arguments. */
  apply<R>(task: () => R, args?: readonly [], options?: ApplyOptions): Promise<Awaited<R>>;
  /** Runs an export of a module. */
  apply(task: ModuleTarget, args?: readonly unknown[], options?: ApplyOptions): Promise<unknown>;
  apply(
    task: PoolTask,
    args: readonly unknown[] = [],
    options?: ApplyOptions,
  ): Promise<unknown> {
    return this.#calls.apply(task, args, options, this.apply);
  }

  /**
   * Runs a function in a worker and blocks this thread until it is done.
   *
   * @throws {TypeError} If `capture` or a `signal` is given, which need the event loop.
   *
   * @example Usage
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using pool = new Pool({ processes: 1 });
   * assertEquals(pool.applySync((a: number, b: number) => a * b, [6, 7]), 42);
   * ```
   */
  applySync<A extends readonly unknown[], R>(
    task: TargetFunction<A, R>,
    args: readonly [...A],
    options?: Omit<ApplyOptions, "signal" | "capture">,
  ): Awaited<R>;
  /** Runs a function without arguments. */
  applySync<R>(
    task: () => R,
    args?: readonly [],
    options?: Omit<ApplyOptions, "signal" | "capture">,
  ): Awaited<R>;
  /** Runs an export of a module. */
  applySync(
    task: ModuleTarget,
    args?: readonly unknown[],
    options?: Omit<ApplyOptions, "signal" | "capture">,
  ): unknown;
  applySync(task: PoolTask, args: readonly unknown[] = [], options?: ApplyOptions): unknown {
    return this.#calls.applySync(task, args, options, this.applySync);
  }

  /**
   * Runs a function in a worker; its result is asked for later.
   *
   * @param task An export of a module, or a function that uses nothing from around it.
   * @param args Its arguments.
   * @param options As those of {@linkcode Pool.apply}; `callback` and `errorCallback`.
   * @returns The result to come.
   * @throws {QueueFullError} If `maxQueue` tasks wait.
   * @throws {TypeError} If the function cannot run in a worker.
   * @throws {Deno.errors.BadResource} If the pool was closed.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using pool = new Pool({ processes: 1 });
   * const result = pool.applyAsync((n: number) => n + 1, [1]);
   * assertEquals(await result.get(), 2);
   * ```
   */
  applyAsync<A extends readonly unknown[], R>(
    task: TargetFunction<A, R>,
    args: readonly [...A],
    options?: ApplyOptions & AsyncOptions<Awaited<R>>,
  ): AsyncResult<Awaited<R>>;
  /** Runs a function without arguments. */
  applyAsync<R>(
    task: () => R,
    args?: readonly [],
    options?: ApplyOptions & AsyncOptions<Awaited<R>>,
  ): AsyncResult<Awaited<R>>;
  /** Runs an export of a module. */
  applyAsync(
    task: ModuleTarget,
    args?: readonly unknown[],
    options?: ApplyOptions & AsyncOptions<unknown>,
  ): AsyncResult<unknown>;
  applyAsync(
    task: PoolTask,
    args: readonly unknown[] = [],
    options?: ApplyOptions & AsyncOptions<never>,
  ): AsyncResult<unknown> {
    return this.#calls.applyAsync(task, args, options, this.applyAsync);
  }

  /**
   * Runs a function for each item, in chunks, and waits for all of them.
   *
   * @param task An export of a module, or a function that uses nothing from around it. It gets one item.
   * @param items The items.
   * @param options As those of {@linkcode Pool.apply}; `chunkSize` and `onProgress`.
   * @returns The results, in the order of the items.
   * @throws What the first chunk that failed threw, once all have ended.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example With progress
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using pool = new Pool({ processes: 2 });
   * const seen: number[] = [];
   * const lengths = await pool.map((word: string) => word.length, ["over", "the", "sea"], {
   *   chunkSize: 1,
   *   onProgress: (done) => seen.push(done),
   * });
   * assertEquals(lengths, [4, 3, 3]);
   * assertEquals(seen, [1, 2, 3]);
   * ```
   */
  map<T, R>(
    task: TargetFunction<[T], R>,
    items: Iterable<T>,
    options?: MapOptions,
  ): Promise<Awaited<R>[]>;
  /** Runs an export of a module. */
  map(task: ModuleTarget, items: Iterable<unknown>, options?: MapOptions): Promise<unknown[]>;
  async map(
    task: PoolTask,
    items: Iterable<unknown>,
    options?: MapOptions,
  ): Promise<unknown[]> {
    return await this.#calls.map(Call.map, task, items, options, MAP_RULES, this.map).promise;
  }

  /**
   * As {@linkcode Pool.map}; each item is the arguments of one call.
   *
   * @example Usage
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using pool = new Pool({ processes: 1 });
   * assertEquals(await pool.starmap((a: number, b: number) => a ** b, [[2, 3], [3, 2]]), [8, 9]);
   * ```
   */
  starmap<A extends readonly unknown[], R>(
    task: TargetFunction<A, R>,
    items: Iterable<readonly [...A]>,
    options?: MapOptions,
  ): Promise<Awaited<R>[]>;
  /** Runs an export of a module. */
  starmap(
    task: ModuleTarget,
    items: Iterable<readonly unknown[]>,
    options?: MapOptions,
  ): Promise<unknown[]>;
  async starmap(
    task: PoolTask,
    items: Iterable<unknown>,
    options?: MapOptions,
  ): Promise<unknown[]> {
    return await this.#calls.map(Call.starmap, task, items, options, MAP_RULES, this.starmap)
      .promise;
  }

  /**
   * As {@linkcode Pool.map}, blocking this thread.
   *
   * @throws {TypeError} If `capture` or a `signal` is given, which need the event loop.
   *
   * @example Usage
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using pool = new Pool({ processes: 2 });
   * assertEquals(pool.mapSync((n: number) => -n, [1, 2]), [-1, -2]);
   * ```
   */
  mapSync<T, R>(
    task: TargetFunction<[T], R>,
    items: Iterable<T>,
    options?: Omit<MapOptions, "signal" | "capture">,
  ): Awaited<R>[];
  /** Runs an export of a module. */
  mapSync(
    task: ModuleTarget,
    items: Iterable<unknown>,
    options?: Omit<MapOptions, "signal" | "capture">,
  ): unknown[];
  mapSync(task: PoolTask, items: Iterable<unknown>, options?: MapOptions): unknown[] {
    return this.#calls.mapSync(task, items, options, this.mapSync);
  }

  /**
   * As {@linkcode Pool.map}; the results are asked for later.
   *
   * @example Usage
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using pool = new Pool({ processes: 1 });
   * assertEquals(await pool.mapAsync((n: number) => n + 1, [1, 2]).get(), [2, 3]);
   * ```
   */
  mapAsync<T, R>(
    task: TargetFunction<[T], R>,
    items: Iterable<T>,
    options?: MapOptions & AsyncOptions<Awaited<R>[]>,
  ): AsyncResult<Awaited<R>[]>;
  /** Runs an export of a module. */
  mapAsync(
    task: ModuleTarget,
    items: Iterable<unknown>,
    options?: MapOptions & AsyncOptions<unknown[]>,
  ): AsyncResult<unknown[]>;
  mapAsync(
    task: PoolTask,
    items: Iterable<unknown>,
    options?: MapOptions & AsyncOptions<never>,
  ): AsyncResult<unknown[]> {
    return new AsyncResult(
      this.#calls.map(Call.map, task, items, options, MAP_ASYNC_RULES, this.mapAsync),
    );
  }

  /**
   * As {@linkcode Pool.starmap}; the results are asked for later.
   *
   * @example Usage
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using pool = new Pool({ processes: 1 });
   * assertEquals(await pool.starmapAsync((a: number, b: number) => a - b, [[3, 1]]).get(), [2]);
   * ```
   */
  starmapAsync<A extends readonly unknown[], R>(
    task: TargetFunction<A, R>,
    items: Iterable<readonly [...A]>,
    options?: MapOptions & AsyncOptions<Awaited<R>[]>,
  ): AsyncResult<Awaited<R>[]>;
  /** Runs an export of a module. */
  starmapAsync(
    task: ModuleTarget,
    items: Iterable<readonly unknown[]>,
    options?: MapOptions & AsyncOptions<unknown[]>,
  ): AsyncResult<unknown[]>;
  starmapAsync(
    task: PoolTask,
    items: Iterable<unknown>,
    options?: MapOptions & AsyncOptions<never>,
  ): AsyncResult<unknown[]> {
    return new AsyncResult(
      this.#calls.map(Call.starmap, task, items, options, MAP_ASYNC_RULES, this.starmapAsync),
    );
  }

  /**
   * Runs a function for each item of a source, and gives the results one by one, in the order of the items. The source may be
   * endless: it is read only as far as there is room for results. Whoever stops early ends the tasks that were begun.
   *
   * @param task An export of a module, or a function that uses nothing from around it. It gets one item.
   * @param source The items, asynchronous or not.
   * @param options As those of {@linkcode Pool.apply}; `chunkSize` and `bufferSize`.
   * @returns The results.
   * @throws What a task, or the source, threw, after the results before it.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example An endless source
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * function* numbers() {
   *   for (let n = 1;; n++) yield n;
   * }
   * await using pool = new Pool({ processes: 2 });
   * const cubes: number[] = [];
   * for await (const cube of pool.imap((n: number) => n ** 3, numbers())) {
   *   cubes.push(cube);
   *   if (cubes.length === 3) break;
   * }
   * assertEquals(cubes, [1, 8, 27]);
   * ```
   */
  imap<T, R>(
    task: TargetFunction<[T], R>,
    source: AsyncIterable<T> | Iterable<T>,
    options?: ImapOptions,
  ): AsyncGenerator<Awaited<R>, void, undefined>;
  /** Runs an export of a module. */
  imap(
    task: ModuleTarget,
    source: AsyncIterable<unknown> | Iterable<unknown>,
    options?: ImapOptions,
  ): AsyncGenerator<unknown, void, undefined>;
  imap(
    task: PoolTask,
    source: AsyncIterable<unknown> | Iterable<unknown>,
    options?: ImapOptions,
  ): AsyncGenerator<never, void, undefined> {
    return this.#calls.imap(true, task, source, options, this.imap);
  }

  /**
   * As {@linkcode Pool.imap}, in the order in which the tasks end.
   *
   * @example Usage
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using pool = new Pool({ processes: 2 });
   * const roots = await Array.fromAsync(pool.imapUnordered((n: number) => Math.sqrt(n), [1, 4, 9]));
   * assertEquals(roots.sort(), [1, 2, 3]);
   * ```
   */
  imapUnordered<T, R>(
    task: TargetFunction<[T], R>,
    source: AsyncIterable<T> | Iterable<T>,
    options?: ImapOptions,
  ): AsyncGenerator<Awaited<R>, void, undefined>;
  /** Runs an export of a module. */
  imapUnordered(
    task: ModuleTarget,
    source: AsyncIterable<unknown> | Iterable<unknown>,
    options?: ImapOptions,
  ): AsyncGenerator<unknown, void, undefined>;
  imapUnordered(
    task: PoolTask,
    source: AsyncIterable<unknown> | Iterable<unknown>,
    options?: ImapOptions,
  ): AsyncGenerator<never, void, undefined> {
    return this.#calls.imap(false, task, source, options, this.imapUnordered);
  }

  /**
   * Runs a function that returns an iterable, asynchronous or not, such as a generator function, and gives its items as they
   * come. The task is never more than `bufferSize` items ahead. Whoever stops early stops the task at its next item.
   *
   * @param task An export of a module, or a function that uses nothing from around it.
   * @param args Its arguments.
   * @param options As those of {@linkcode Pool.apply}; `bufferSize`.
   * @returns The items.
   * @throws What the task threw, after the items before it.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using pool = new Pool({ processes: 1 });
   * const letters = pool.stream(function* (word: string) {
   *   yield* word;
   * }, ["sea"]);
   * assertEquals(await Array.fromAsync(letters), ["s", "e", "a"]);
   * ```
   */
  stream<A extends readonly unknown[], T>(
    task: TargetFunction<A, AsyncIterable<T> | Iterable<T>>,
    args: readonly [...A],
    options?: StreamOptions,
  ): AsyncGenerator<T, void, undefined>;
  /** Runs an export of a module. */
  stream(
    task: ModuleTarget,
    args?: readonly unknown[],
    options?: StreamOptions,
  ): AsyncGenerator<unknown, void, undefined>;
  stream(
    task: PoolTask,
    args: readonly unknown[] = [],
    options?: StreamOptions,
  ): AsyncGenerator<never, void, undefined> {
    return this.#calls.stream(task, args, options, this.stream);
  }

  /**
   * Waits until the workers that are kept are ready for tasks.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns `false` if the timeout passes first.
   * @throws {BrokenPoolError} If the workers cannot start.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using pool = new Pool({ processes: 2 });
   * await pool.ready();
   * assertEquals(pool.stats().idle, 2);
   * ```
   */
  async ready(options?: WaitOptions): Promise<boolean> {
    const attempted = "wait for a pool";
    const deadline = deadlineIn(options, attempted);
    const signal = signalIn(options, attempted);
    this.#intake.assertOpen(attempted);
    const scheduler = this.#scheduler;
    const gaveUp = new AbortController();
    const isReady = () => {
      const { ready, all } = scheduler.workers;
      return scheduler.broken !== undefined || ready === all || !this.#intake.isOpen;
    };
    const waited = scheduler.until(isReady, gaveUp.signal);
    waited.catch(() => {});
    try {
      if (await within(waited, deadline, signal) === TIMED_OUT) return false;
    } finally {
      gaveUp.abort();
    }
    if (scheduler.broken !== undefined) throw scheduler.broken;
    this.#intake.assertOpen(attempted);
    return true;
  }

  /**
   * How the pool is doing.
   *
   * @returns Numbers of workers and tasks, and how long tasks waited and ran.
   *
   * @example Usage
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using pool = new Pool({ processes: 1 });
   * await pool.map((n: number) => n, [1, 2, 3], { chunkSize: 1 });
   * assertEquals(pool.stats().done, 3);
   * ```
   */
  stats(): PoolStats {
    this.#scheduler.catchUp();
    const { workers, backlog, running, results } = this.#scheduler;
    const { done, failed, waitTimes, runTimes } = results;
    return {
      workers: workers.all,
      idle: workers.idle,
      waiting: backlog.size,
      running,
      done,
      failed,
      waitTime: waitTimes.summary(),
      runTime: runTimes.summary(),
    };
  }

  /** Takes no more tasks; workers end when all are done. Closing again does nothing. */
  close(): void {
    this.#intake.close();
  }

  /** Stops all workers at once. Tasks that are not done reject with `Deno.errors.Interrupted`. */
  terminate(): void {
    this.#intake.terminate();
  }

  /**
   * Waits until all workers have ended.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns `false` if the timeout passes first.
   * @throws {TypeError} If the pool is running.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Pool } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const pool = new Pool({ processes: 1 });
   * const result = pool.applyAsync(() => "last words");
   * pool.close();
   * await pool.join();
   * assertEquals(await result.get(), "last words");
   * ```
   */
  async join(options?: WaitOptions): Promise<boolean> {
    const deadline = deadlineIn(options, "join a pool");
    const signal = signalIn(options, "join a pool");
    if (this.#intake.isOpen) {
      throw new TypeError("Cannot join a pool: it is running; close or terminate it first");
    }
    return await within(this.#scheduler.ended(), deadline, signal) !== TIMED_OUT;
  }

  /** Terminates it and waits until all workers have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    await this.join();
  }
}
