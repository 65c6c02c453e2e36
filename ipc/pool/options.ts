/** The options of pools and their tasks, and what they may be. */
import type { OptionRules, RulesOf } from "../../persist/options.ts";
import { assertOptions } from "../wait/options.ts";
import { shown } from "../wait/shown.ts";
import type { ModuleTarget, TargetFunction } from "../process/target.ts";

/** What a pool can run: an export of a module, or a self-contained function. */
export type PoolTask = ModuleTarget | TargetFunction;

/**
 * Options of `Pool`.
 *
 * @typeParam I Types of the arguments of the initializer.
 */
// deno-lint-ignore no-explicit-any
export interface PoolOptions<I extends readonly unknown[] = any> {
  /**
   * Most workers: a whole number from 1 on.
   *
   * @default {cpuCount()}
   */
  processes?: number | undefined;
  /**
   * Workers that are started at once and kept, though there is nothing to do: a whole number from 0 on.
   *
   * @default {processes}
   */
  minProcesses?: number | undefined;
  /**
   * Milliseconds after which a worker ends that had nothing to do and is not among the `minProcesses`.
   *
   * @default {10000}
   */
  idleTimeout?: number | undefined;
  /**
   * Runs in each worker before its first task; what it returns is awaited. If it throws, the pool is broken: all tasks reject with
   * a `BrokenPoolError`.
   *
   * @default {undefined}
   */
  initializer?: ModuleTarget | TargetFunction<I> | undefined;
  /**
   * Arguments of the initializer.
   *
   * @default {[]}
   */
  initArgs?: readonly [...I] | undefined;
  /**
   * Modules to import in each worker first, such as those that register classes of arguments.
   *
   * @default {[]}
   */
  imports?: readonly (URL | string)[] | undefined;
  /**
   * Tasks after which a worker is replaced by a new one: a whole number from 1 on. A chunk is one task.
   *
   * @default {Infinity}
   */
  maxTasksPerChild?: number | undefined;
  /**
   * MiB of JavaScript heap above which a worker is replaced when it has finished its task: 16 or more. One that takes twice as
   * much (at least 64 MiB) while it runs a task is stopped; the task rejects with a `WorkerDiedError`.
   *
   * @default {1024}
   */
  maxHeap?: number | undefined;
  /**
   * Most tasks that wait for a worker: a whole number from 1 on. When so many do, `apply` waits before it adds one, and
   * `applyAsync` throws a `QueueFullError`. The chunks of a `map` are not counted, and `imap` limits itself.
   *
   * @default {Infinity}
   */
  maxQueue?: number | undefined;
}

/** Options of a task. */
export interface TaskOptions {
  /**
   * Ends the task when it aborts: it does not begin, or the worker that runs it is stopped and replaced. The result is the
   * signal's reason; other tasks are not touched.
   *
   * @default {undefined}
   */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds that the task may run, not counting the time that it waits. Then its worker is stopped and replaced, and it
   * rejects with a `TimeoutError`.
   *
   * @default {Infinity}
   */
  timeout?: number | undefined;
  /**
   * Tasks of a higher priority are begun first, those of the same one in the order they came.
   *
   * @default {0}
   */
  priority?: number | undefined;
  /**
   * Whether the function may use variables around it. They are captured now, see `ProcessOptions.capture`.
   *
   * @default {false}
   */
  capture?: boolean | undefined;
}

/** Options of `Pool.apply` and its like. */
export interface ApplyOptions extends TaskOptions {
  /**
   * Buffers in the arguments that move to the worker instead of being copied, when it takes the task. They, and all views of
   * them, are empty here from then on, whatever becomes of the task.
   *
   * @default {[]}
   */
  transfer?: readonly ArrayBuffer[] | undefined;
}

/** Options of `Pool.map` and `Pool.starmap`. */
export interface MapOptions extends TaskOptions {
  /**
   * Items that a worker gets at once: a whole number from 1 on. `signal` and `timeout` hold for such a chunk.
   *
   * @default {so many that each worker gets four chunks}
   */
  chunkSize?: number | undefined;
  /**
   * Called when a chunk is done.
   *
   * @default {undefined}
   */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Options of `Pool.imap` and `Pool.imapUnordered`. */
export interface ImapOptions extends TaskOptions {
  /**
   * Items that a worker gets at once: a whole number from 1 on.
   *
   * @default {1}
   */
  chunkSize?: number | undefined;
  /**
   * Most items that were taken from the source and whose results were not asked for yet: a whole number from 1 on.
   *
   * @default {64, but at least 4 chunks for each worker}
   */
  bufferSize?: number | undefined;
}

/** Options of `Pool.stream`. */
export interface StreamOptions extends ApplyOptions {
  /**
   * Most items that the task is ahead of whoever takes them: a whole number from 1 on.
   *
   * @default {16}
   */
  bufferSize?: number | undefined;
}

/** A call with a result to come. */
export interface AsyncOptions<T> {
  /**
   * Called with what the task returned.
   *
   * @default {undefined}
   */
  callback?: ((value: T) => void) | undefined;
  /**
   * Called with what the task threw.
   *
   * @default {undefined}
   */
  errorCallback?: ((error: unknown) => void) | undefined;
}

const POOL = "make a pool";

const POOL_RULES: RulesOf<PoolOptions> = {
  processes: "any",
  minProcesses: "any",
  idleTimeout: "any",
  initializer: "any",
  initArgs: "any",
  imports: "any",
  maxTasksPerChild: "any",
  maxHeap: "any",
  maxQueue: "any",
};

const TASK_RULES: RulesOf<TaskOptions> = {
  signal: "signal",
  timeout: "milliseconds",
  priority: "any",
  capture: "boolean",
};

const ASYNC_RULES: RulesOf<AsyncOptions<unknown>> = {
  callback: "function",
  errorCallback: "function",
};

/** What the options of `apply` may be. */
export const APPLY_RULES: RulesOf<ApplyOptions> = {
  ...TASK_RULES,
  transfer: "any",
};

/** The same of `applyAsync`. */
export const APPLY_ASYNC_RULES: RulesOf<ApplyOptions & AsyncOptions<unknown>> = {
  ...APPLY_RULES,
  ...ASYNC_RULES,
};

/** The same of `map` and `starmap`. */
export const MAP_RULES: RulesOf<MapOptions> = {
  ...TASK_RULES,
  chunkSize: "any",
  onProgress: "function",
};

/** The same of `mapAsync` and `starmapAsync`. */
export const MAP_ASYNC_RULES: RulesOf<MapOptions & AsyncOptions<unknown>> = {
  ...MAP_RULES,
  ...ASYNC_RULES,
};

/** The same of `imap` and `imapUnordered`. */
export const IMAP_RULES: RulesOf<ImapOptions> = {
  ...TASK_RULES,
  chunkSize: "any",
  bufferSize: "any",
};

/** The same of `stream`. */
export const STREAM_RULES: RulesOf<StreamOptions> = {
  ...APPLY_RULES,
  bufferSize: "any",
};

/** Least heap of a worker, in MiB. */
const SMALLEST_HEAP = 16;

/** Checks that a number is whole, and in a range. */
export function wholeNumber(
  value: unknown,
  name: string,
  least: number,
  attempted: string,
  infinite: boolean = false,
): number {
  if (typeof value !== "number") {
    throw new TypeError(
      `Cannot ${attempted}: ${name} must be a whole number, received ${shown(value)}`,
    );
  }
  if (!(value >= least && (Number.isSafeInteger(value) || (infinite && value === Infinity)))) {
    throw new RangeError(
      `Cannot ${attempted}: ${name} must be a whole number from ${least} on, received ${value}`,
    );
  }
  return value;
}

/** Checks the options of a pool and fills in what is not there. */
export function describePoolOptions(options: PoolOptions | undefined):
  & Required<
    { [K in keyof PoolOptions]: Exclude<PoolOptions[K], undefined> }
  >
  & { initializer: PoolTask | undefined } {
  assertOptions(options, POOL, "{ processes: 4 }", POOL_RULES);
  const {
    processes = navigator.hardwareConcurrency,
    minProcesses = processes,
    idleTimeout = 10_000,
    initializer,
    initArgs = [],
    imports = [],
    maxTasksPerChild = Infinity,
    maxHeap = 1024,
    maxQueue = Infinity,
  } = options ?? {};
  wholeNumber(processes, "processes", 1, POOL);
  wholeNumber(minProcesses, "minProcesses", 0, POOL);
  if (minProcesses > processes) {
    throw new RangeError(
      `Cannot ${POOL}: minProcesses must not exceed processes, received ${minProcesses} and ${processes}`,
    );
  }
  if (initializer === null) {
    throw new TypeError(
      `Cannot ${POOL}: initializer must be a function or { module }, received null`,
    );
  }
  if (typeof idleTimeout !== "number" || !(idleTimeout >= 0)) {
    throw new (typeof idleTimeout === "number" ? RangeError : TypeError)(
      `Cannot ${POOL}: idleTimeout must be a number of milliseconds, received ${
        shown(idleTimeout)
      }`,
    );
  }
  wholeNumber(maxTasksPerChild, "maxTasksPerChild", 1, POOL, true);
  wholeNumber(maxHeap, "maxHeap", SMALLEST_HEAP, POOL, true);
  wholeNumber(maxQueue, "maxQueue", 1, POOL, true);
  for (const [name, value] of Object.entries({ initArgs, imports })) {
    if (!Array.isArray(value)) {
      throw new TypeError(`Cannot ${POOL}: ${name} must be an array, received ${shown(value)}`);
    }
  }
  return {
    processes,
    minProcesses,
    idleTimeout,
    initializer: initializer as PoolTask,
    initArgs,
    imports,
    maxTasksPerChild,
    maxHeap,
    maxQueue,
  };
}

/** Options of a task that were checked. */
export interface DescribedTask {
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  readonly priority: number;
  readonly capture: boolean;
}

/** Checks the options of a task and fills in what is not there. */
export function describeTaskOptions(
  options: TaskOptions | undefined,
  attempted: string,
  rules: OptionRules,
): DescribedTask {
  assertOptions(options, attempted, "{ timeout: 1000 } (milliseconds)", rules);
  const { signal, timeout = Infinity, priority = 0, capture = false } = options ?? {};
  if (typeof priority !== "number" || Number.isNaN(priority)) {
    throw new TypeError(
      `Cannot ${attempted}: priority must be a number, received ${shown(priority)}`,
    );
  }
  return { signal, timeout: Math.max(0, timeout), priority, capture };
}

const NO_BUFFERS: readonly ArrayBuffer[] = [];

/** Checks the buffers that are to move. */
export function describeTransfer(
  options: ApplyOptions | undefined,
  attempted: string,
): readonly ArrayBuffer[] {
  const transfer = options?.transfer;
  if (transfer === undefined) return NO_BUFFERS;
  if (Array.isArray(transfer) && transfer.every((each) => each instanceof ArrayBuffer)) {
    return [...new Set(transfer as ArrayBuffer[])];
  }
  throw new TypeError(
    `Cannot ${attempted}: transfer must be an array of ArrayBuffers such as [bytes.buffer], received ${
      shown(transfer)
    }`,
  );
}

/** Checks that arguments are an array. */
export function assertArgs(args: unknown, attempted: string): asserts args is readonly unknown[] {
  if (Array.isArray(args)) return;
  throw new TypeError(
    `Cannot ${attempted}: args must be an array such as [1, 2], received ${shown(args)}`,
  );
}
