/**
 * Processes: workers with Python's life cycle.
 *
 * A process is a thread of its own with its own JavaScript heap, started from a module export or a self-contained
 * function. It can be stopped at any time, in a busy loop or a blocking wait too; what it held is reclaimed, and locks
 * it held go to the next waiter, marked abandoned.
 *
 * ## How a process ends
 *
 * | the target, or what happens to it | `exitCode` | `result()` | `signal` |
 * |---|---|---|---|
 * | returns | 0 | what it returned, awaited | |
 * | returns what cannot be sent | 0 | rejects with the `UnsendableError` that names the part | |
 * | throws, or an error or a rejection is handled by nobody | 1 | rejects with that error | aborts with it |
 * | is a module that cannot be imported, or no such export | 1 | rejects with that error | aborts with it |
 * | calls `Deno.exit(0)` | 0 | `undefined` | |
 * | calls `Deno.exit(n)`, or leaves `Deno.exitCode = n` | n | rejects with a {@linkcode ProcessExitError} | aborts with it |
 * | needs more than `maxHeap` | 1 | rejects with a `ProcessExitError` | aborts with it |
 * | `terminate()`, or the end of its `await using` block | -15 | rejects with a `ProcessExitError` | aborts with it |
 * | `kill()` | -9 | rejects with a `ProcessExitError` | aborts with it |
 * | the `signal` of its options aborts | -15 | rejects with the reason of that | aborts with it |
 * | awaits what never comes, at its module's top level too | `undefined` | waits, as `join()` does | |
 * | its parent ends: it is a daemon, or the parent was stopped or called `Deno.exit` | | nobody is left to ask | |
 *
 * A process that returns or throws first ends its daemons and waits for its other children; a program waits for its
 * processes that are no daemons, too. Errors are also written to stderr, under the name of the process.
 *
 * A process that ends by itself runs its listeners of `unload` first, which may still use shared objects; one that is
 * stopped runs nothing any more, its `finally` blocks neither.
 *
 * ## What a start costs
 *
 * Some 50 ms: the runtime makes a thread with a heap of its own, which then loads this package. Where that is too long,
 * {@linkcode Process.prestart} starts workers before they are needed; a process that takes one runs after a few milliseconds.
 *
 * ## Supported systems
 *
 * Deno 2.9 or newer: older ones have no `navigator.locks`, which makes it possible to stop a busy thread, and `start()` throws
 * `Deno.errors.NotSupported` there. Tested on Linux (x64) with Deno 2.9.6. `deno compile` embeds what a process needs;
 * a program bundled into one file (`deno bundle`) cannot start processes unless `@ferry/std` is left out of the bundle, and
 * `start()` says so.
 *
 * @module
 */
import { currentProcess } from "./current_process.ts";
import { addChild, type Child, identity, liveChildren, removeChild } from "./_identity.ts";
import "./every_kind.ts";
import { killSwitchWorks } from "./_kill_switch.ts";
import { type Launch, launch, sendOrder } from "./_launch.ts";
import { type Owner, RunningProcess } from "./_running_process.ts";
import { giveBack, Spares, takeSpare } from "./_spares.ts";
import {
  assertHeap,
  type Crew,
  DEFAULT_HEAP,
  describeOptions,
  type ProcessOptions,
} from "./options.ts";
import type { Prestarted, PrestartOptions } from "./prestarted.ts";
import type { RulesOf } from "../../persist/options.ts";
import type { Waitable, Watch } from "../../net/watch.ts";
import { ProcessExitError, TimeoutError } from "../errors.ts";
import { RingingWatch, watchable } from "../memory/watch.ts";
import { OutgoingClosure } from "./closure.ts";
import {
  describeClosure,
  describeTarget,
  type ModuleTarget,
  type TargetDescription,
  type TargetFunction,
} from "./target.ts";
import { callerOf } from "./target_function.ts";
import { orAborted, within } from "../wait/turns.ts";
import {
  assertOptions,
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../wait/options.ts";
import { shown } from "../wait/shown.ts";
import { holdProgram, releaseProgram, TIMED_OUT, waitAsync, waitSync } from "../wait/wait.ts";

export {
  type ModuleTarget,
  type Prestarted,
  type PrestartOptions,
  ProcessExitError,
  type ProcessOptions,
  type TargetFunction,
};

/** Exit codes of processes that were stopped, by convention those of the signals. */
const TERMINATED = -15;
const KILLED = -9;

const PRESTART_RULES: RulesOf<PrestartOptions> = {
  maxHeap: "any",
};

let started = 0;

/**
 * A worker with Python's life cycle.
 *
 * @typeParam A Types of the arguments.
 * @typeParam R What the target returns.
 *
 * @example A self-contained function
 * ```ts
 * import { Process, Queue } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * using queue = new Queue<number>();
 * await using process = new Process((queue: Queue<number>, n: number) => queue.putSync(n * 2), {
 *   args: [queue, 21],
 * });
 * process.start();
 * assertEquals(await queue.get({ timeout: 10_000 }), 42);
 * await process.join();
 * assertEquals(process.exitCode, 0);
 * ```
 *
 * @example A function with the variables around it
 * ```ts
 * import { Process, SharedValue } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * using total = new SharedValue("float64", 0);
 * const prices = new Map([["tea", 2.5], ["milk", 1.25]]);
 * const add = (name: string) => total.update((sum) => sum + prices.get(name)!);
 *
 * await using worker = new Process(() => void ["tea", "milk", "tea"].forEach(add), { capture: true });
 * worker.start();
 * await worker.result();
 * assertEquals(total.value, 6.25);
 * ```
 *
 * @example What it returns or throws
 * ```ts
 * import { Process } from "@ferry/std/ipc";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const root = (n: number) => {
 *   if (n < 0) throw new RangeError(`Cannot take the root of ${n}`);
 *   return Math.sqrt(n);
 * };
 * await using good = new Process(root, { args: [9] });
 * await using bad = new Process(root, { args: [-1] });
 * good.start();
 * bad.start();
 * assertEquals(await good.result(), 3);
 * await assertRejects(() => bad.result(), RangeError, "Cannot take the root of -1");
 * ```
 */
export class Process<A extends readonly unknown[] = unknown[], R = unknown>
  implements AsyncDisposable, Waitable {
  readonly #name: string;
  readonly #daemon: boolean;
  readonly #maxHeap: number;
  readonly #imports: readonly string[];
  readonly #stopSignal: AbortSignal | undefined;
  /** What it does for a pool, if it belongs to one. */
  readonly #crew: Crew | undefined;
  /** What it is to run, until it is started. */
  #target: TargetDescription | undefined;
  #args: readonly unknown[] | undefined;
  /** The function to run, if its variables are captured. */
  #closure: TargetFunction | undefined;
  /** Whether that is on its way. */
  #sending = false;
  /** Whether `start()` is going on, which runs getters of the arguments. */
  #starting = false;
  #running: RunningProcess | undefined;
  #controller: AbortController | undefined;
  #onStopSignal: (() => void) | undefined;
  #closed = false;

  /**
   * Describes a process; {@linkcode Process.start} runs it.
   *
   * @example Make one
   * ```ts
   * import { Process, Queue } from "@ferry/std/ipc";
   *
   * using queue = new Queue<number>();
   * await using process = new Process((queue: Queue<number>, n: number) => queue.putSync(n * 2), {
   *   args: [queue, 21],
   * });
   * ```
   *
   * @param target An export of a module.
   * @param options Arguments, name and kind.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(target: ModuleTarget, options?: ProcessOptions<A>);
  /**
   * Describes a process; {@linkcode Process.start} runs it.
   *
   * @example Make one
   * ```ts
   * import { Process, Queue } from "@ferry/std/ipc";
   *
   * using queue = new Queue<number>();
   * await using process = new Process((queue: Queue<number>, n: number) => queue.putSync(n * 2), {
   *   args: [queue, 21],
   * });
   * ```
   *
   * @param target A function that uses nothing from around it.
   * @param options Arguments, name and kind.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(
    target: TargetFunction<A, R>,
    options: ProcessOptions<A> & { args: readonly [...A] },
  );
  /**
   * Describes a process; {@linkcode Process.start} runs it.
   *
   * @example Make one
   * ```ts
   * import { Process, Queue } from "@ferry/std/ipc";
   *
   * using queue = new Queue<number>();
   * await using process = new Process((queue: Queue<number>, n: number) => queue.putSync(n * 2), {
   *   args: [queue, 21],
   * });
   * ```
   *
   * @param target A function that uses nothing from around it and needs no arguments.
   * @param options Name and kind.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(target: () => R, options?: ProcessOptions<A>);
  /**
   * Describes a process; {@linkcode Process.start} runs it.
   *
   * @example Make one
   * ```ts
   * import { Process, Queue } from "@ferry/std/ipc";
   *
   * using queue = new Queue<number>();
   * await using process = new Process((queue: Queue<number>, n: number) => queue.putSync(n * 2), {
   *   args: [queue, 21],
   * });
   * ```
   *
   * @param target An export of a module, or a function that uses nothing from around it.
   * @param options Arguments, name and kind.
   * @throws {TypeError} If the target cannot run in another worker, or the options are none.
   * @throws {RangeError} If `maxHeap` is too small.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(target: ModuleTarget | TargetFunction<A, R>, options?: ProcessOptions<A>) {
    const self = currentProcess();
    const { args, name, daemon = self.daemon, maxHeap, imports, capture, signal, crew } =
      describeOptions(options);
    if (capture) {
      this.#target = describeClosure(target);
      this.#closure = target as TargetFunction;
    } else {
      const caller = typeof target === "function" ? callerOf(new.target) : undefined;
      this.#target = describeTarget(target, caller);
    }
    this.#args = args;
    this.#daemon = daemon;
    this.#maxHeap = maxHeap;
    this.#imports = imports;
    this.#stopSignal = signal;
    this.#crew = crew;
    const prefix = self.name === "MainProcess" ? "Process-" : `${self.name}:`;
    this.#name = name ?? `${prefix}${++started}`;
  }

  /** The name. */
  get name(): string {
    return this.#name;
  }

  /** Whether it is ended, not waited for, when its parent ends. */
  get daemon(): boolean {
    return this.#daemon;
  }

  /** Number that tells the live processes of a program apart; `undefined` before the start. */
  get id(): number | undefined {
    this.#checkOpen();
    return this.#running?.id;
  }

  /** Whether it was started and has not ended. */
  get isAlive(): boolean {
    this.#checkOpen();
    return this.#running !== undefined && this.exitCode === undefined;
  }

  /**
   * `undefined` while it runs; 0 when the target returned, n after `Deno.exit(n)`, 1 after an error, -15 after
   * `terminate()`, -9 after `kill()`.
   */
  get exitCode(): number | undefined {
    this.#checkOpen();
    return this.#running?.exitCode;
  }

  /**
   * Aborts when the process ends badly, with the error that {@linkcode Process.result} rejects with: give it to whatever waits
   * for this process to do something. It never aborts when the process ends well, or is not started.
   *
   * @example A wait that ends when the worker fails
   * ```ts
   * import { Process, Queue } from "@ferry/std/ipc";
   * import { assertRejects } from "@std/assert";
   *
   * using answers = new Queue<number>();
   * await using worker = new Process((_answers: Queue<number>) => {
   *   throw new RangeError("no answer today");
   * }, { args: [answers] });
   * worker.start();
   * await assertRejects(() => answers.get({ signal: worker.signal }), RangeError, "no answer today");
   * ```
   */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    this.#tellFailure();
    return this.#controller.signal;
  }

  /**
   * Starts it.
   *
   * @throws {TypeError} If it was started before, a daemon starts it, or the module of a process starts it while that is
   * being imported (every process would start more of them: put it under `if (import.meta.main)`).
   * @throws {UnsendableError} If an argument cannot cross to another worker.
   * @throws {Deno.errors.NotCapable} If this package, or the module of the target, is on disk and may not be read.
   * @throws {Deno.errors.NotSupported} If the runtime is too old, or this package was bundled into the program.
   * @throws The reason of the `signal` in its options, if that has aborted.
   *
   * @example Usage
   * ```ts
   * import { Process } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * await using process = new Process(() => {});
   * process.start();
   * assert(process.id !== undefined);
   * ```
   */
  start(): void {
    this.#checkOpen();
    if (this.#running !== undefined || this.#starting) {
      throw new TypeError(`Cannot start ${this.#name}: it was started before`);
    }
    assertMayStart(this.#name);
    this.#stopSignal?.throwIfAborted();
    this.#starting = true;
    const closure = this.#closure && new OutgoingClosure();
    try {
      this.#running = this.#launch(
        closure === undefined ? this.#args! : [...this.#args!, closure.end],
      );
    } catch (error) {
      closure?.close();
      throw error;
    } finally {
      this.#starting = false;
    }
    if (closure !== undefined) this.#send(closure, this.#closure!);
    // What they refer to must not be kept alive by this object.
    this.#target = this.#args = this.#closure = undefined;
    addChild(this);
    if (this.#stopSignal !== undefined) {
      const signal = this.#stopSignal;
      this.#onStopSignal = () => this.#running!.stop(TERMINATED, { reason: signal.reason });
      signal.addEventListener("abort", this.#onStopSignal, { once: true });
      // A getter of the arguments may have aborted it.
      if (signal.aborted) this.#onStopSignal();
    }
  }

  /** In a spare worker, if there is one. */
  #launch(args: readonly unknown[]): RunningProcess {
    const what: Launch = {
      name: this.#name,
      daemon: this.#daemon && this.#crew === undefined,
      maxHeap: this.#maxHeap,
      target: this.#target!,
      imports: this.#imports,
      args,
    };
    const spare = takeSpare(this.#maxHeap);
    if (spare === undefined) {
      const launched = launch(what);
      if (this.#daemon) launched.worker.unref();
      return new RunningProcess(launched, this.#name, this.#maxHeap, this.#owner());
    }
    try {
      sendOrder(spare.launched, what);
    } catch (error) {
      giveBack(spare);
      throw error;
    }
    if (!this.#daemon) spare.launched.worker.ref();
    spare.running.employ(this.#name, this.#owner());
    return spare.running;
  }

  #owner(): Owner {
    return {
      canStop,
      onGone: () => {
        if (this.#onStopSignal !== undefined) {
          this.#stopSignal!.removeEventListener("abort", this.#onStopSignal);
        }
        this.#tellFailure();
        this.#crew?.onGone();
        if (this.#closed) this.#running!.forgetOutcome();
      },
      onEnded: () => removeChild(this),
    };
  }

  /** Sends the function with its variables; if that cannot be, the process is stopped for that reason. */
  async #send(closure: OutgoingClosure, target: TargetFunction): Promise<void> {
    this.#sending = true;
    try {
      await closure.send(target);
    } catch (reason) {
      this.#running!.stop(TERMINATED, { reason });
    } finally {
      // Only now: a process that is not told to stop would report that nothing came.
      closure.close();
      this.#sending = false;
    }
  }

  /**
   * Starts workers in advance. A process that is started later, with the same `maxHeap`, takes one of them and runs in about
   * a fifth of the time. Each is taken once; it costs some 13 MiB until then. Those that nobody takes do not keep the program
   * alive, and end with it, or when what this returns is disposed of.
   *
   * @param count How many.
   * @param options Which processes may take them.
   * @returns The workers that wait, to dispose of.
   * @throws {TypeError} If a daemon starts them, or the module of a process while that is being imported.
   * @throws {RangeError} If `count` is no whole number, or `maxHeap` is too small.
   * @throws {Deno.errors.NotCapable} If this package is on disk and may not be read.
   * @throws {Deno.errors.NotSupported} If the runtime is too old, or this package was bundled into the program.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Process } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using spares = Process.prestart(1);
   * await spares.ready();
   *
   * await using process = new Process((n: number) => n * 2, { args: [21] });
   * process.start();
   * assertEquals(spares.size, 0);
   * assertEquals(await process.result(), 42);
   * ```
   */
  static prestart(count: number = 1, options?: PrestartOptions): Prestarted {
    const attempted = "start workers in advance";
    assertOptions(options, attempted, "2, { maxHeap: 512 }", PRESTART_RULES);
    const { maxHeap = DEFAULT_HEAP } = options ?? {};
    if (!(Number.isSafeInteger(count) && count >= 0)) {
      throw new RangeError(
        `Cannot ${attempted}: their number must be a whole number, received ${shown(count)}`,
      );
    }
    assertHeap(maxHeap, attempted);
    assertMayStart("workers in advance");
    return new Spares(count, maxHeap, canStop);
  }

  /**
   * Waits for its end.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns `false` if the timeout passes first.
   * @throws {TypeError} If it was not started.
   * @throws {Deno.errors.Busy} If there is no timeout, and it was stopped over a minute ago and runs on: the engine interrupts
   * neither long calls into the runtime nor some tight loops that fill arrays.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Process } from "@ferry/std/ipc";
   * import { assert, assertEquals } from "@std/assert";
   *
   * await using process = new Process(() => Deno.exit(3));
   * process.start();
   * assert(await process.join({ timeout: 60_000 }));
   * assertEquals(process.exitCode, 3);
   * ```
   */
  async join(options?: WaitOptions): Promise<boolean> {
    return await this.#join(options, "join");
  }

  async #join(options: WaitOptions | undefined, attempted: string): Promise<boolean> {
    const running = this.#checkStarted(attempted);
    const deadline = deadlineIn(options, `${attempted} ${this.#name}`);
    const signal = signalIn(options, `${attempted} ${this.#name}`);
    if (running.isSettled) return true;
    // A daemon's worker alone would not keep the program alive until it ends.
    holdProgram();
    try {
      if (deadline === Infinity) {
        const slow = running.slow.then(() => "slow");
        const end = Promise.race([running.ended, slow]);
        if (await orAborted(end, signal) === "slow") throw this.#runsOn();
      } else {
        if (await waitAsync(running.waitForGone(), deadline, signal) === TIMED_OUT) {
          if (!running.stuck) return false;
        } // Its thread should be over in a moment, but is not waited for longer than that.
        else if (await within(running.ended, deadline, signal) === TIMED_OUT) running.settle();
      }
    } finally {
      releaseProgram();
    }
    if (running.stuck) {
      throw new Deno.errors.NotSupported(
        `Cannot stop ${this.#name}: this version of the runtime does not stop the thread of a busy worker; ` +
          "what it holds in shared memory is not reclaimed, and the program may not end by itself",
      );
    }
    return true;
  }

  /**
   * Waits for its end, blocking the thread. See {@linkcode Process.join}.
   *
   * @throws {TypeError} If it was not started, or waits for its captured function, which cannot come while this thread blocks.
   *
   * @example Usage
   * ```ts
   * import { Process } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * await using process = new Process(() => {});
   * process.start();
   * assert(process.joinSync({ timeout: 60_000 }));
   * ```
   */
  joinSync(options?: WaitSyncOptions): boolean {
    const running = this.#checkStarted("join");
    const deadline = deadlineInSync(options, `join ${this.#name}`);
    if (running.isSettled) return true;
    if (this.#sending && deadline === Infinity) {
      throw new TypeError(
        `Cannot block for ${this.#name}: its function is on its way, which takes turns of the event loop; await join()`,
      );
    }
    if (waitSync(running.waitForGone(), deadline) === TIMED_OUT) return false;
    running.settle();
    return true;
  }

  /**
   * Waits for its end and gives what the target returned, or throws what it threw: the error with its class, message, cause
   * and own properties, and the stack of the process. Both cross as through a pipe; shared objects are the same ones.
   *
   * May be called any number of times, before the end and after it; the value is the same each time.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns What the target returned, awaited; `undefined` after `Deno.exit(0)`.
   * @throws {TypeError} If it was not started.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {ProcessExitError} If it was stopped, or ended with another exit code than 0 and no error.
   * @throws {UnsendableError} If what it returned cannot be sent.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Process } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * await using process = new Process((words: string[]) => words.join(" "), {
   *   args: [["over", "the", "sea"]],
   * });
   * process.start();
   * assertEquals(await process.result(), "over the sea");
   * ```
   */
  async result(options?: WaitOptions): Promise<Awaited<R>> {
    if (!await this.#join(options, "get the result of")) {
      throw new TimeoutError(`get the result of ${this.#name}`, options!.timeout!);
    }
    this.#checkOpen();
    const running = this.#running!;
    if (running.failure !== undefined) throw running.failure.reason;
    return running.returned as Awaited<R>;
  }

  /**
   * Stops it, whatever it is doing; its exit code is -15. Does nothing when it has ended.
   *
   * @example Usage
   * ```ts
   * import { Process } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const process = new Process(() => {
   *   for (;;);
   * });
   * process.start();
   * process.terminate();
   * await process.join();
   * assertEquals(process.exitCode, -15);
   * ```
   */
  terminate(): void {
    this.#checkStarted("terminate").stop(TERMINATED);
  }

  /**
   * Stops it, whatever it is doing; its exit code is -9. Does nothing when it has ended.
   *
   * @example Usage
   * ```ts
   * import { Process } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const process = new Process(async () => await new Promise(() => {}));
   * process.start();
   * process.kill();
   * await process.join();
   * assertEquals(process.exitCode, -9);
   * ```
   */
  kill(): void {
    this.#checkStarted("kill").stop(KILLED);
  }

  /**
   * Releases what this object holds. Any later use throws; closing again does nothing.
   *
   * @throws {TypeError} If it is still running.
   *
   * @example Usage
   * ```ts
   * import { Process } from "@ferry/std/ipc";
   * import { assertThrows } from "@std/assert";
   *
   * const process = new Process(() => {});
   * process.start();
   * await process.join();
   * process.close();
   * assertThrows(() => process.exitCode, Deno.errors.BadResource);
   * ```
   */
  close(): void {
    if (this.#closed) return;
    if (this.#starting || this.isAlive) {
      throw new TypeError(
        `Cannot close ${this.#name}: it is still running; join or terminate it first`,
      );
    }
    this.#close();
  }

  /**
   * Lets `waitAny` wait for the end of the process.
   *
   * @param notify Called when it may have come.
   * @returns The watch.
   * @throws {TypeError} If the process was not started.
   */
  watch(notify: () => void): Watch {
    this.#checkStarted("wait for");
    return new RingingWatch(() => this.exitCode !== undefined, notify);
  }

  /** Stops it if it is still running, waits for its end and closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    if (this.#running !== undefined) {
      this.terminate();
      await this.join();
    }
    this.#close();
  }

  #close(): void {
    this.#closed = true;
    removeChild(this);
    this.#running?.settle();
    this.#running?.forgetOutcome();
  }

  #tellFailure(): void {
    if (this.#controller === undefined || this.#controller.signal.aborted) return;
    const failure = this.#running?.failure;
    if (failure !== undefined) this.#controller.abort(failure.reason);
  }

  #checkOpen(): void {
    if (this.#closed) {
      throw new Deno.errors.BadResource(`Cannot use ${this.#name}: the process object was closed`);
    }
  }

  #runsOn(): Error {
    return new Deno.errors.Busy(
      `Cannot join ${this.#name}: it was stopped over a minute ago, but is in a call into the runtime, or in code, that the ` +
        "engine does not interrupt; what it holds is reclaimed when that ends",
    );
  }

  #checkStarted(what: string): RunningProcess {
    this.#checkOpen();
    if (this.#running === undefined) {
      throw new TypeError(`Cannot ${what} ${this.#name}: it was not started`);
    }
    return this.#running;
  }
}

watchable(Process);

/** Whether this runtime stops the thread of a busy worker: it is tried out once, when one does not stop. */
function canStop(): Promise<boolean> {
  return killSwitchWorks((target, started) =>
    new Process(target, { args: [started], name: "Test of the kill switch" })
  );
}

/** Whether this process may have children now. */
function assertMayStart(name: string): void {
  const self = currentProcess();
  if (self.daemon) {
    throw new TypeError(
      `Cannot start ${name}: ${self.name} is a daemon and may not have children`,
    );
  }
  if (identity.importing) {
    throw new TypeError(
      `Cannot start ${name}: ${self.name} is still importing the module with its target, which starts this ` +
        "process at its top level, as it did in the program; put that under if (import.meta.main)",
    );
  }
}

/**
 * The processes started by this one that still run.
 *
 * @returns In the order of their start.
 *
 * @example Usage
 * ```ts
 * import { activeChildren } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(activeChildren(), []);
 * ```
 */
export function activeChildren(): Process[] {
  return liveChildren() as (Child & Process)[];
}
