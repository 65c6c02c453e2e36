/**
 * Processes: workers with Python's life cycle.
 *
 * A process is a thread of its own with its own JavaScript heap, started from a module export or a self-contained
 * function. It can be stopped at any time, in a busy loop or a blocking wait too; what it held is given back, and locks
 * it held go to the next waiter, marked abandoned.
 *
 * @module
 */
import { ARGUMENTS, EXIT_CODE, handOver, STATE } from "../kill_safe.ts";
import { Worker } from "node:worker_threads";
import {
  agent,
  agentIndex,
  AgentState,
  agentWord,
  aliveLockOf,
  markKilled,
  reserveAgent,
  serialOf,
  setAgentWord,
} from "../memory/agent.ts";
import type { BootData } from "./_boot.ts";
import "./_every_kind.ts";
import { freeAgent, reap, waitUntilReaped } from "../reaper/reaper.ts";
import { activeChildren as children, addChild, removeChild } from "./_children.ts";
import { type Waitable, type Watch, watchable } from "../../net/watch.ts";
import { RingingWatch } from "../memory/watch.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import { wakeEverybody } from "../reaper/reclaim.ts";
import { dropSlot } from "../memory/references.ts";
import { encode, takeReferences } from "../message/messages.ts";
import { closePort, openPort } from "../message/moved_buffers.ts";
import {
  describeTarget,
  type ModuleTarget,
  type TargetDescription,
  type TargetFunction,
} from "./_target.ts";
import { orAborted } from "../wait/turns.ts";
import {
  deadlineOf,
  holdProgram,
  releaseProgram,
  TIMED_OUT,
  waitAsync,
  type WaitOptions,
  waitSync,
  type WaitSyncOptions,
} from "../wait/wait.ts";
import { AgentExit } from "../reaper/agent_exit.ts";
import { SharedEvent } from "../sync/event.ts";
import { currentProcess } from "./current_process.ts";
import { identity } from "./_identity.ts";

export type { ModuleTarget, TargetFunction };

/** Options of {@linkcode Process}. */
export interface ProcessOptions<A extends readonly unknown[] = unknown[]> {
  /**
   * Arguments of the target. They cross as through a pipe: shared objects arrive as the same objects, a `Connection`
   * moves, everything else is copied.
   *
   * @default {[]}
   */
  args?: A;
  /**
   * A name for messages and for `currentProcess().name`.
   *
   * @default {"Process-1", "Process-2" …, with the parent's number in front for grandchildren}
   */
  name?: string;
  /**
   * Whether the process is ended, not waited for, when its parent ends. A daemon may not have children.
   *
   * @default {false}
   */
  daemon?: boolean;
  /**
   * Most memory its JavaScript heap may take, in MiB: a whole number, 16 or more. A process that needs more is ended,
   * alone, with exit code 1.
   *
   * @default {2048}
   */
  maxHeap?: number;
}

/** Exit codes of processes that were stopped, by convention those of the signals. */
const TERMINATED = -15;
const KILLED = -9;

/** Least heap of a process, in MiB. */
const SMALLEST_HEAP = 16;

/** Milliseconds that it may take to stop a worker which does nothing but run in a circle. */
const STOPS_WITHIN = 5000;

let started = 0;

/**
 * A worker with Python's life cycle.
 *
 * @typeParam A Types of the arguments.
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
 */
export class Process<A extends readonly unknown[] = unknown[]>
  implements AsyncDisposable, Waitable {
  #target: TargetDescription | undefined;
  #args: A | undefined;
  readonly #name: string;
  readonly #daemon: boolean;
  readonly #maxHeap: number;
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  /** It was stopped long ago, and runs on. */
  readonly #slow: PromiseWithResolvers<void> = Promise.withResolvers();
  #worker: Worker | undefined;
  #id = 0;
  #serial = 0;
  #table: Int32Array | undefined;
  #stopCode: number | undefined;
  #exitCode: number | undefined;
  #stuck = false;
  #closed = false;

  /**
   * Describes a process; {@linkcode Process.start} runs it.
   *
   * @param target An export of a module, or a function that uses nothing from around it.
   * @param options Arguments, name and kind.
   * @throws {TypeError} When the target cannot run in another worker.
   */
  constructor(target: ModuleTarget | TargetFunction<A>, options: ProcessOptions<A> = {}) {
    const { args = [] as unknown as A, daemon = currentProcess().daemon, maxHeap = 2048 } = options;
    if (!Array.isArray(args)) throw new TypeError("Cannot make a process: args must be an array");
    // With less, the engine does not come to the point where it can stop this one thread, and stops the program.
    if (!(Number.isInteger(maxHeap) && maxHeap >= SMALLEST_HEAP)) {
      throw new RangeError(
        `Cannot make a process: maxHeap must be a whole number of MiB, ${SMALLEST_HEAP} or more, got ${maxHeap}`,
      );
    }
    this.#target = describeTarget(target);
    this.#args = args;
    this.#daemon = daemon;
    this.#maxHeap = maxHeap;
    const parent = currentProcess().name;
    const prefix = parent === "MainProcess" ? "Process-" : `${parent}:`;
    this.#name = options.name ?? `${prefix}${++started}`;
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
    return this.#id || undefined;
  }

  /** Whether it was started and has not ended. */
  get isAlive(): boolean {
    this.#checkOpen();
    return this.#id !== 0 && this.exitCode === undefined;
  }

  /**
   * `undefined` while it runs; 0 when the target returned, n after `Deno.exit(n)`, 1 after an error, -15 after
   * `terminate()`, -9 after `kill()`.
   */
  get exitCode(): number | undefined {
    this.#checkOpen();
    if (this.#exitCode !== undefined || this.#id === 0) return this.#exitCode;
    // A program may ask for this again and again, without ever waiting.
    reap(false);
    if (agentWord(this.#table!, this.#id, STATE) !== AgentState.gone) return undefined;
    return this.#stopCode ?? agentWord(this.#table!, this.#id, EXIT_CODE);
  }

  /**
   * Starts it.
   *
   * @throws {TypeError} When it was started before, a daemon starts it, or the module of a process starts it while that is
   * being imported (every process would start more of them: put it under `if (import.meta.main)`).
   * @throws {UnsendableError} When an argument cannot cross to another worker.
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
    if (this.#id !== 0) throw new TypeError(`Cannot start ${this.#name}: it was started before`);
    const self = currentProcess();
    if (self.daemon) {
      throw new TypeError(
        `Cannot start ${this.#name}: ${self.name} is a daemon and may not have children`,
      );
    }
    if (identity.importing) {
      throw new TypeError(
        `Cannot start ${this.#name}: ${self.name} is still importing the module with its target, which starts this ` +
          "process at its top level, as it did in the program; put that under if (import.meta.main)",
      );
    }
    const here = agent();
    // A buffer, not a view: the runtime looks at every element of a view (seconds, and gigabytes, for large ones).
    const args = encode(this.#args).slice().buffer as ArrayBuffer;
    const references = takeReferences();
    const data = new MessageChannel();
    const sentinel = new MessageChannel();
    let id = 0;
    let worker: Worker;
    try {
      id = reserveAgent(here);
      // From here on the references belong to the new process, whether or not it comes to life.
      if (references !== undefined) {
        const { block, page, slot } = references.held;
        handOver(here.table, agentIndex(id, ARGUMENTS), block.line, page, slot);
      }
      const boot: BootData = {
        buffer: here.arena.buffer,
        id,
        serial: serialOf(here.table, id),
        lock: aliveLockOf(here, id),
        name: this.#name,
        daemon: this.#daemon,
        maxHeap: this.#maxHeap,
        parentId: here.id,
        parentName: self.name,
        target: this.#target!,
        args,
        handles: references !== undefined,
        data: data.port2,
        sentinel: sentinel.port2,
      };
      worker = new Worker(bootUrl(), {
        workerData: boot,
        transferList: [data.port2, sentinel.port2, args] as never[],
        resourceLimits: { maxOldGenerationSizeMb: this.#maxHeap },
        name: this.#name,
      });
    } catch (error) {
      if (id !== 0) {
        dropSlot(here.table, agentIndex(id, ARGUMENTS));
        freeAgent(here.table, id, AgentState.alive);
      }
      references?.stay(id !== 0);
      data.port1.close();
      sentinel.port1.close();
      throw error;
    }
    references?.departed();
    // What they refer to must not be kept alive by this object.
    this.#target = this.#args = undefined;
    this.#table = here.table;
    this.#id = id;
    this.#serial = serialOf(here.table, id);
    this.#worker = worker;
    openPort(id, data.port1);
    addChild(this);
    worker.on("error", (error: Error & { code?: string }) => this.#report(error));
    const closed = Promise.withResolvers<void>();
    sentinel.port1.addEventListener("close", () => closed.resolve(), { once: true });
    sentinel.port1.start();
    worker.on("exit", async (code: number) => {
      await this.#exited(code, closed.promise);
      sentinel.port1.close();
    });
    if (this.#daemon) worker.unref();
  }

  /**
   * Waits for its end.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns `false` when the timeout passed first.
   * @throws {TypeError} When it was not started.
   * @throws {Deno.errors.Busy} Without a timeout, when it was stopped over a minute ago and runs on: the engine interrupts
   * neither long calls into the runtime nor some tight loops that fill arrays.
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
    this.#checkStarted("join");
    const deadline = deadlineOf(options?.timeout);
    options?.signal?.throwIfAborted();
    if (this.#exitCode !== undefined) return true;
    // A daemon's worker alone would not keep the program alive until it ends.
    holdProgram();
    try {
      if (deadline === Infinity) {
        const slow = this.#slow.promise.then(() => "slow");
        const end = Promise.race([this.#ended.promise, slow]);
        if (await orAborted(end, options?.signal) === "slow") throw this.#runsOn();
      } else {
        const end = new AgentExit(this.#table!, this.#id, this.#serial);
        if (await waitAsync(end, deadline, options?.signal) !== TIMED_OUT) {
          await this.#ended.promise;
        } else if (!this.#stuck) return false;
      }
    } finally {
      releaseProgram();
    }
    if (this.#stuck) {
      throw new Deno.errors.NotSupported(
        `Cannot stop ${this.#name}: this version of the runtime does not stop the thread of a busy worker; ` +
          "what it holds in shared memory is not given back, and the program may not end by itself",
      );
    }
    return true;
  }

  /**
   * Waits for its end, blocking the thread. See {@linkcode Process.join}.
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
    this.#checkStarted("join");
    const deadline = deadlineOf(options?.timeout);
    if (this.#exitCode !== undefined) return true;
    const end = new AgentExit(this.#table!, this.#id, this.#serial);
    return waitSync(end, deadline) !== TIMED_OUT;
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
    this.#stop(TERMINATED);
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
    this.#stop(KILLED);
  }

  /**
   * Gives back what this object holds. Any later use throws; closing again does nothing.
   *
   * @throws {TypeError} When it is still running.
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
    if (this.isAlive) {
      throw new TypeError(
        `Cannot close ${this.#name}: it is still running; join or terminate it first`,
      );
    }
    this.#closed = true;
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
    if (this.#id !== 0) {
      this.terminate();
      await this.join();
    }
    this.#closed = true;
  }

  #checkOpen(): void {
    if (this.#closed) {
      throw new Deno.errors.BadResource(`Cannot use ${this.#name}: the process object was closed`);
    }
  }

  #runsOn(): Error {
    return new Deno.errors.Busy(
      `Cannot join ${this.#name}: it was stopped over a minute ago, but is in a call into the runtime, or in code, that the ` +
        "engine does not interrupt; what it holds is given back when that ends",
    );
  }

  #checkStarted(what: string): void {
    this.#checkOpen();
    if (this.#id === 0) throw new TypeError(`Cannot ${what} ${this.#name}: it was not started`);
  }

  #stop(code: number): void {
    this.#checkStarted(code === KILLED ? "kill" : "terminate");
    if (this.#stopCode !== undefined || this.exitCode !== undefined) return;
    // It may come to its end by itself this very moment: let it.
    if (!markKilled(this.#table!, this.#id)) return;
    this.#stopCode = code;
    this.#worker!.terminate();
    wakeEverybody();
  }

  /** The runtime says that the worker is over; its thread may still be running out. */
  async #exited(code: number, closed: Promise<void>): Promise<void> {
    const table = this.#table!;
    const id = this.#id;
    if (agentWord(table, id, STATE) === AgentState.alive) {
      // It could not say so itself.
      setAgentWord(table, id, EXIT_CODE, code);
      markKilled(table, id);
    }
    let impatient: ReturnType<typeof setTimeout> | undefined;
    const reaped = await waitUntilReaped(id, closed, async () => {
      const works = await killSwitchWorks();
      if (works) impatient = setTimeout(() => this.#slow.resolve(), PATIENCE);
      return works;
    });
    clearTimeout(impatient);
    this.#stuck = agentWord(table, id, STATE) !== AgentState.gone;
    closePort(id);
    if (!this.#stuck) this.#exitCode = this.#stopCode ?? agentWord(table, id, EXIT_CODE);
    if (reaped) freeAgent(table, id);
    ringDoorbell();
    removeChild(this);
    this.#ended.resolve();
  }

  #report(error: Error & { code?: string }): void {
    // What user code throws is reported by the worker itself; here comes only what it could not.
    const text = error.code === "ERR_WORKER_OUT_OF_MEMORY"
      ? `out of memory: its heap reached ${this.#maxHeap} MiB`
      : error.message;
    Deno.stderr.writeSync(new TextEncoder().encode(`${this.#name}: ${text}\n`));
  }
}

watchable(Process);

/** Milliseconds after which `join()` does not wait any longer for a thread that was stopped and runs on. */
const PATIENCE = 60_000;

let killSwitch: Promise<boolean> | undefined;

/**
 * Whether this runtime stops the thread of a busy worker at all, which it does as long as that holds a web lock: tried out
 * once, when a process does not stop. (If so, that one is in a long call into the runtime, and stops when it returns.)
 */
function killSwitchWorks(): Promise<boolean> {
  return killSwitch ??= (async () => {
    using started = new SharedEvent();
    const busy = new Process((started: SharedEvent) => {
      started.set();
      for (;;);
    }, { args: [started], name: "Test of the kill switch" });
    busy.start();
    const runs = await started.wait({ timeout: STOPS_WITHIN });
    busy.kill();
    if (!runs) return true; // no time to find out
    const stuck = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => stuck.resolve(false), STOPS_WITHIN);
    busy.join().then(() => stuck.resolve(true), () => stuck.resolve(false));
    const works = await stuck.promise;
    clearTimeout(timer);
    return works;
  })();
}

/** The boot module as a URL that a worker may be made from, wherever this package was loaded from. */
function bootUrl(): URL {
  const here = new URL("./_boot.ts", import.meta.url);
  if (here.protocol === "file:") return here;
  // Workers refuse http(s); a module that only imports it is accepted.
  return new URL(
    `data:text/javascript,${encodeURIComponent(`await import(${JSON.stringify(here.href)});`)}`,
  );
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
  return children() as Process[];
}
