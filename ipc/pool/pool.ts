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
import { QueueFullError } from "../errors.ts";
import type { ModuleTarget, TargetFunction } from "../process/target.ts";
import { deadlineIn, signalIn, type WaitOptions } from "../wait/options.ts";
import { shown } from "../wait/shown.ts";
import { within } from "../wait/turns.ts";
import { TIMED_OUT } from "../wait/wait.ts";
import { AsyncResult } from "./async_result.ts";
import type { Entry } from "./_backlog.ts";
import { Chunks, describeChunks } from "./_chunks.ts";
import { FunctionTable, type SentFunction } from "./_functions.ts";
import type { Times } from "./_histogram.ts";
import { describeImap, Imap } from "./_imap.ts";
import { Job } from "./_job.ts";
import { Call } from "./_messages.ts";
import {
  type ApplyOptions,
  assertArgs,
  assertCallback,
  type AsyncOptions,
  type DescribedTask,
  describePoolOptions,
  describeTaskOptions,
  describeTransfer,
  type ImapOptions,
  type MapOptions,
  type PoolOptions,
  type PoolTask,
  type StreamOptions,
  type TaskOptions,
  wholeNumber,
} from "./options.ts";
import { Scheduler } from "./_scheduler.ts";
import { StreamSink } from "./_stream.ts";
import { Task } from "./_task.ts";

export type {
  ApplyOptions,
  AsyncOptions,
  ImapOptions,
  MapOptions,
  PoolOptions,
  PoolTask,
  StreamOptions,
  TaskOptions,
  Times,
};
export { AsyncResult };

/** What {@linkcode Pool.stats} tells. */
export interface PoolStats {
  /** Workers there are, those that are starting or ending included. */
  readonly workers: number;
  /** Workers that have nothing to do. */
  readonly idle: number;
  /** Tasks that wait for a worker. */
  readonly waiting: number;
  /** Tasks with a worker. */
  readonly running: number;
  /** Tasks that returned. */
  readonly done: number;
  /** Tasks that threw, lost their worker, were stopped or aborted. */
  readonly failed: number;
  /** How long tasks waited until a worker got them. */
  readonly waitTime: Times;
  /** How long they ran. */
  readonly runTime: Times;
}

/** The events of a pool, and what is in their `detail`. */
export interface PoolEvents {
  /** A worker was started. */
  readonly workerstart: { readonly name: string };
  /** A worker has ended; its exit code is 0 if it was asked to. */
  readonly workerend: { readonly name: string; readonly exitCode: number | undefined };
  /** No task waits for a worker any more. */
  readonly drain: { readonly running: number };
}

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
  readonly #functions = new FunctionTable();
  readonly #processes: number;
  readonly #maxQueue: number;
  /** Those who wait for room in the backlog. */
  readonly #waiting: (() => void)[] = [];
  #state: "running" | "closed" | "terminated" = "running";
  #drained = true;
  /** The events that somebody has listened to. */
  readonly #listenedTo = new Set<string>();

  /**
   * Makes a pool and starts its workers.
   *
   * @param options How many workers, and what they do first.
   * @throws {TypeError} If an option is of the wrong type, or the initializer cannot run in a worker.
   * @throws {RangeError} If a number is out of its range.
   * @throws {Deno.errors.NotCapable} If this package is on disk and may not be read.
   * @throws {Deno.errors.NotSupported} If the runtime is too old, or this package was bundled into the program.
   */
  constructor(options?: PoolOptions) {
    super();
    const { processes, maxQueue, initializer, ...rest } = describePoolOptions(options);
    this.#processes = processes;
    this.#maxQueue = maxQueue;
    this.#scheduler = new Scheduler({
      ...rest,
      processes,
      initializer: initializer && this.#functions.of(initializer, new.target).message,
      nothing: this.#functions.of(() => {}, new.target),
      on: {
        started: (name) => this.#tell("workerstart", { name }),
        ended: (name, exitCode) => this.#tell("workerend", { name, exitCode }),
        advanced: () => this.#advanced(),
      },
    });
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

  #advanced(): void {
    const { backlog, running } = this.#scheduler;
    while (this.#waiting.length > 0 && backlog.size < this.#maxQueue) this.#waiting.shift()!();
    if (backlog.size > 0 || this.#drained) return;
    this.#drained = true;
    this.#tell("drain", { running });
  }

  #assertRunning(attempted: string): void {
    if (this.#state === "running") return;
    throw new Deno.errors.BadResource(`Cannot ${attempted}: the pool was ${this.#state}`);
  }

  #submit(entry: Entry): void {
    // This may have happened while the function was captured, or by code of the caller's that ran meanwhile.
    if (this.#state === "terminated") return void entry.settle(true, this.#interrupted());
    this.#drained = false;
    this.#scheduler.submit(entry);
  }

  /** Hands a task in that a signal may end. */
  #submitUntil(task: Task, signal: AbortSignal | undefined): void {
    if (signal?.aborted) return void task.settle(true, signal.reason);
    if (signal !== undefined) {
      const abort = () => this.#scheduler.cancel(task, signal.reason);
      task.whenSettled(() => signal.removeEventListener("abort", abort));
      signal.addEventListener("abort", abort, { once: true });
    }
    this.#submit(task);
  }

  /** Whether as many tasks wait as may. */
  #isFull(): boolean {
    if (this.#scheduler.backlog.size < this.#maxQueue) return false;
    this.#scheduler.catchUp();
    return this.#scheduler.backlog.size >= this.#maxQueue;
  }

  /** Waits until the backlog has room. */
  async #room(signal: AbortSignal | undefined): Promise<void> {
    while (this.#isFull()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      try {
        await within(promise, Infinity, signal);
      } catch (reason) {
        const at = this.#waiting.indexOf(resolve);
        // It may have been told already, in vain: then the next one is.
        if (at >= 0) this.#waiting.splice(at, 1);
        else this.#advanced();
        throw reason;
      }
      this.#assertRunning("run a task");
    }
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
  async apply(
    task: PoolTask,
    args: readonly unknown[] = [],
    options?: ApplyOptions,
  ): Promise<unknown> {
    const attempted = "run a task";
    assertArgs(args, attempted);
    const { signal, timeout, priority, capture } = describeTaskOptions(options, attempted);
    const transfer = describeTransfer(options, attempted);
    this.#assertRunning(attempted);
    signal?.throwIfAborted();
    const run = capture
      ? await this.#functions.capture(task)
      : this.#functions.of(task, this.apply);
    if (this.#isFull()) await this.#room(signal);
    return await new Promise((resolve, reject) => {
      const done = (threw: boolean, value: unknown) => threw ? reject(value) : resolve(value);
      this.#submitUntil(
        new Task({
          call: Call.apply,
          run,
          args,
          calls: 1,
          index: 0,
          priority,
          timeout,
          transfer,
          done,
        }),
        signal,
      );
    });
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
    const attempted = "run a task";
    assertArgs(args, attempted);
    const { signal, timeout, priority, capture } = describeTaskOptions(options, attempted);
    const transfer = describeTransfer(options, attempted);
    if (capture) throw needsTurns(attempted, "to capture a function's variables");
    if (signal !== undefined) throw needsTurns(attempted, "to hear of a signal");
    this.#assertRunning(attempted);
    const run = this.#functions.of(task, this.applySync);
    let outcome: { threw: boolean; value: unknown } | undefined;
    const done = (threw: boolean, value: unknown) => outcome = { threw, value };
    this.#submit(
      new Task({
        call: Call.apply,
        run,
        args,
        calls: 1,
        index: 0,
        priority,
        timeout,
        transfer,
        done,
      }),
    );
    this.#scheduler.blockUntil(() => outcome !== undefined, Infinity);
    if (outcome!.threw) throw outcome!.value;
    return outcome!.value;
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
    const attempted = "run a task";
    assertArgs(args, attempted);
    const described = describeTaskOptions(options, attempted);
    const transfer = describeTransfer(options, attempted);
    this.#assertRunning(attempted);
    if (this.#isFull()) {
      throw new QueueFullError(args, this.#maxQueue, 0);
    }
    const { priority, timeout } = described;
    const job = this.#job(options, described, attempted, task, this.applyAsync, (run, job) => {
      const done = (threw: boolean, value: unknown) => job.settle(threw, value);
      return new Task({
        call: Call.apply,
        run,
        args,
        calls: 1,
        index: 0,
        priority,
        timeout,
        transfer,
        done,
        job,
      });
    });
    return new AsyncResult(job);
  }

  /** Hands in the tasks of a call, now or once its function is captured. */
  #job<T>(
    options: AsyncOptions<never> | undefined,
    { signal, capture }: { signal: AbortSignal | undefined; capture: boolean },
    attempted: string,
    task: PoolTask,
    // deno-lint-ignore ban-types
    called: Function,
    enter: (run: SentFunction, job: Job<T>) => Entry,
  ): Job<T> {
    const { callback, errorCallback } = options ?? {};
    assertCallback(callback, "callback", attempted);
    assertCallback(errorCallback, "errorCallback", attempted);
    const job = new Job<T>(this.#scheduler);
    job.onSettled((threw, value) => {
      try {
        if (threw) errorCallback?.(value);
        else callback?.(value as never);
      } catch (error) {
        // As from a listener: it is nobody's here.
        reportError(error);
      }
    });
    if (signal !== undefined) {
      const abort = () => job.cancel(signal.reason);
      job.onSettled(() => signal.removeEventListener("abort", abort));
      signal.addEventListener("abort", abort, { once: true });
    }
    const begin = (run: SentFunction) => {
      if (job.state !== undefined) return;
      const entry = enter(run, job);
      if (job.state === undefined) this.#submit(entry);
    };
    if (signal?.aborted) job.settle(true, signal.reason);
    else if (!capture) begin(this.#functions.of(task, called));
    else this.#functions.capture(task).then(begin).catch((error) => job.settle(true, error));
    return job;
  }

  /**
   * Runs a function for each item, in chunks, and waits for all of them.
   *
   * @param task An export of a module, or a function that uses nothing from around it. It gets one item.
   * @param items The items.
   * @param options As those of {@linkcode Pool.apply}; `chunkSize` and `onProgress`.
   * @returns The results, in the order of the items.
   * @throws What the first chunk that failed threw, once all have ended.
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
    return await this.#map(Call.map, task, items, options, this.map).promise;
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
    return await this.#map(Call.starmap, task, items, options, this.starmap).promise;
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
    const { capture, signal } = describeTaskOptions(options, "map");
    if (capture) throw needsTurns("map", "to capture a function's variables");
    if (signal !== undefined) throw needsTurns("map", "to hear of a signal");
    const job = this.#map(Call.map, task, items, options, this.mapSync);
    job.blockUntil(Infinity);
    const { threw, value } = job.state!;
    if (threw) throw value;
    return value as unknown[];
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
    return new AsyncResult(this.#map(Call.map, task, items, options, this.mapAsync));
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
    return new AsyncResult(this.#map(Call.starmap, task, items, options, this.starmapAsync));
  }

  #map(
    call: Call,
    task: PoolTask,
    iterable: Iterable<unknown>,
    options: MapOptions & AsyncOptions<never> | undefined,
    // deno-lint-ignore ban-types
    called: Function,
  ): Job<unknown[]> {
    const attempted = "map";
    const described = describeTaskOptions(options, attempted);
    this.#assertRunning(attempted);
    if (typeof (iterable as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== "function") {
      throw new TypeError(`Cannot map: an iterable is needed, received ${shown(iterable)}`);
    }
    const plan = describeChunks(call, [...iterable], options, described, this.#processes);
    return this.#job(
      options,
      described,
      attempted,
      task,
      called,
      (run, job: Job<unknown[]>) => job.source = new Chunks(plan, run, job),
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
    return this.#imap(true, task, source, options, this.imap);
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
    return this.#imap(false, task, source, options, this.imapUnordered);
  }

  #imap(
    ordered: boolean,
    task: PoolTask,
    source: AsyncIterable<unknown> | Iterable<unknown>,
    options: ImapOptions | undefined,
    // deno-lint-ignore ban-types
    called: Function,
  ): AsyncGenerator<never, void, undefined> {
    const attempted = "map";
    const described = describeTaskOptions(options, attempted);
    this.#assertRunning(attempted);
    const plan = describeImap(ordered, source, options, described, this.#processes);
    const known = described.capture ? undefined : this.#functions.of(task, called);
    const begin = (run: SentFunction) =>
      new Imap(plan, run, {
        submit: (task) => {
          if (this.#state === "running") this.#submit(task);
          else task.settle(true, this.#interrupted());
        },
        cancel: (task, reason) => this.#scheduler.cancel(task, reason),
      }).values();
    const capturing = async function* (functions: FunctionTable) {
      yield* begin(await functions.capture(task));
    };
    const values = known === undefined ? capturing(this.#functions) : begin(known);
    return values as AsyncGenerator<never, void, undefined>;
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
    const attempted = "stream a task";
    assertArgs(args, attempted);
    const described = describeTaskOptions(options, attempted);
    this.#assertRunning(attempted);
    const { bufferSize = 16 } = options ?? {};
    wholeNumber(bufferSize, "bufferSize", 1, attempted);
    const transfer = describeTransfer(options, attempted);
    const run = described.capture ? undefined : this.#functions.of(task, this.stream);
    return this.#stream(task, args, run, bufferSize, described, transfer) as AsyncGenerator<
      never,
      void,
      undefined
    >;
  }

  async *#stream(
    task: PoolTask,
    args: readonly unknown[],
    known: SentFunction | undefined,
    bufferSize: number,
    described: DescribedTask,
    transfer: readonly ArrayBuffer[],
  ): AsyncGenerator<unknown, void, undefined> {
    const { signal } = described;
    signal?.throwIfAborted();
    const run = known ?? await this.#functions.capture(task);
    this.#assertRunning("stream a task");
    using sink = new StreamSink(bufferSize);
    const made = sink.task(run, args, described, transfer);
    this.#submitUntil(made, signal);
    yield* sink.values();
  }

  /**
   * Waits until the workers that are kept are ready for tasks.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns `false` if the timeout passes first.
   * @throws {BrokenPoolError} If the workers cannot start.
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
    this.#assertRunning(attempted);
    const scheduler = this.#scheduler;
    const gaveUp = new AbortController();
    const isReady = () => {
      const { ready, all } = scheduler.workers;
      return scheduler.broken !== undefined || ready === all || this.#state !== "running";
    };
    const waited = scheduler.until(isReady, gaveUp.signal);
    waited.catch(() => {});
    try {
      if (await within(waited, deadline, signal) === TIMED_OUT) return false;
    } finally {
      gaveUp.abort();
    }
    if (scheduler.broken !== undefined) throw scheduler.broken;
    this.#assertRunning(attempted);
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
    const { workers, backlog, running, done, failed, waitTimes, runTimes } = this.#scheduler;
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
    if (this.#state !== "running") return;
    this.#state = "closed";
    this.#scheduler.close();
    for (const told of this.#waiting.splice(0)) told();
  }

  /** Stops all workers at once. Tasks that are not done reject with `Deno.errors.Interrupted`. */
  terminate(): void {
    if (this.#state === "terminated") return;
    this.#state = "terminated";
    this.#scheduler.terminate(() => this.#interrupted());
    for (const told of this.#waiting.splice(0)) told();
  }

  #interrupted(): Error {
    return new Deno.errors.Interrupted(
      `Cannot give the result of a task: the pool was ${this.#state}`,
    );
  }

  /**
   * Waits until all workers have ended.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns `false` if the timeout passes first.
   * @throws {TypeError} If the pool is running.
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
    if (this.#state === "running") {
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

function needsTurns(attempted: string, what: string): TypeError {
  return new TypeError(`Cannot ${attempted} and block: ${what} takes turns of the event loop`);
}
