import { checkOptions, type RulesOf } from "../../../persist/options.ts";
import { TimeoutError } from "../../errors.ts";
import { type ManagedTask, sentTask } from "../task.ts";
import { BaseProxy, type ProxyWaitOptions, type ProxyWaitSyncOptions } from "./base_proxy.ts";
import type { IteratorProxy } from "./plain.ts";
import { asIs, isPython, nothing } from "./replies.ts";

/** Options of `Manager.pool`. */
export interface ManagedPoolOptions {
  /**
   * How many workers.
   *
   * @default {one for each processor}
   */
  processes?: number | undefined;
  /**
   * Runs in each worker before its first task.
   *
   * @default {undefined}
   */
  initializer?: ManagedTask | undefined;
  /**
   * Arguments of the initializer.
   *
   * @default {[]}
   */
  initArgs?: readonly unknown[] | undefined;
  /**
   * Tasks after which a worker is replaced.
   *
   * @default {Infinity}
   */
  maxTasksPerChild?: number | undefined;
}

/** Options of the maps of a {@linkcode PoolProxy}. */
export interface ManagedMapOptions {
  /**
   * Items that a worker gets at once.
   *
   * @default {so many that each worker gets four chunks; 1 for `imap`}
   */
  chunkSize?: number | undefined;
}

/** Options of what a {@linkcode PoolProxy} gives the result of later. */
export interface ManagedAsyncOptions {
  /** Called with the result. */
  callback?: ((value: never) => unknown) | undefined;
  /** Called with the error. */
  errorCallback?: ((error: unknown) => unknown) | undefined;
}

/**
 * A pool of workers in a manager's server, Python's `manager.Pool`.
 *
 * @example Squares, in a worker of the server
 * ```ts
 * import { Manager } from "@ferry/std/ipc/manager";
 * import { assertEquals } from "@std/assert";
 *
 * await using manager = await Manager.start();
 * await using pool = await manager.pool({ processes: 1 });
 * assertEquals(await pool.map((n: number) => n * n, [1, 2, 3]), [1, 4, 9]);
 * ```
 */
export class PoolProxy extends BaseProxy {
  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "PoolProxy";
  }

  /**
   * Runs a function in a worker.
   *
   * @param task The function.
   * @param args Its arguments.
   * @returns What it returns, awaited.
   * @throws {TypeError} If the function cannot run in a worker.
   * @throws {PyException} From a server in another program: what the function threw, or a `"TypeError"` if it runs no
   * functions of its clients.
   */
  async apply(task: ManagedTask, args: readonly unknown[] = []): Promise<unknown> {
    return await this.invoke("apply", [sentTask(task, this.apply), args], asIs);
  }

  /** Runs a function in a worker, blocking the thread. See {@linkcode PoolProxy.apply}. */
  applySync(task: ManagedTask, args: readonly unknown[] = []): unknown {
    return this.invokeSync("apply", [sentTask(task, this.applySync), args], asIs);
  }

  /**
   * Runs a function in a worker; its result is asked for later.
   *
   * @param task The function.
   * @param args Its arguments.
   * @param options What is called when the result is there, by servers of ours.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async applyAsync(
    task: ManagedTask,
    args: readonly unknown[] = [],
    options: ManagedAsyncOptions = {},
  ): Promise<AsyncResultProxy> {
    checkOptions("Cannot run a task in a managed pool", options, ASYNC_RULES);
    const given = [sentTask(task, this.applyAsync), args, {}, ...callbacks(options)];
    return await this.invoke<AsyncResultProxy>("apply_async", given, asIs);
  }

  /**
   * Runs a function for each item.
   *
   * @param task The function.
   * @param items The items.
   * @param options How many items a worker gets at once.
   * @returns What it returns for each.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async map(
    task: ManagedTask,
    items: Iterable<unknown>,
    options: ManagedMapOptions = {},
  ): Promise<unknown[]> {
    const given = [sentTask(task, this.map), [...items], ...chunk(options)];
    return await this.invoke<unknown[]>("map", given, asIs);
  }

  /** Runs a function for each item, blocking the thread. See {@linkcode PoolProxy.map}. */
  mapSync(
    task: ManagedTask,
    items: Iterable<unknown>,
    options: ManagedMapOptions = {},
  ): unknown[] {
    const given = [sentTask(task, this.mapSync), [...items], ...chunk(options)];
    return this.invokeSync<unknown[]>("map", given, asIs);
  }

  /**
   * Runs a function for each item; the results are asked for later.
   *
   * @param task The function.
   * @param items The items.
   * @param options How many items a worker gets at once; what is called when the results are there, by servers of ours.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async mapAsync(
    task: ManagedTask,
    items: Iterable<unknown>,
    options: ManagedMapOptions & ManagedAsyncOptions = {},
  ): Promise<AsyncResultProxy> {
    checkOptions(MAP, options, MAP_ASYNC_RULES);
    const given = [
      sentTask(task, this.mapAsync),
      [...items],
      options.chunkSize ?? null,
      ...callbacks(options),
    ];
    return await this.invoke<AsyncResultProxy>("map_async", given, asIs);
  }

  /**
   * Runs a function for each list of arguments.
   *
   * @param task The function.
   * @param items The lists.
   * @param options How many a worker gets at once.
   * @returns What it returns for each.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async starmap(
    task: ManagedTask,
    items: Iterable<readonly unknown[]>,
    options: ManagedMapOptions = {},
  ): Promise<unknown[]> {
    const given = [sentTask(task, this.starmap), [...items], ...chunk(options)];
    return await this.invoke<unknown[]>("starmap", given, asIs);
  }

  /** Runs a function for each list of arguments, blocking the thread. See {@linkcode PoolProxy.starmap}. */
  starmapSync(
    task: ManagedTask,
    items: Iterable<readonly unknown[]>,
    options: ManagedMapOptions = {},
  ): unknown[] {
    const given = [sentTask(task, this.starmapSync), [...items], ...chunk(options)];
    return this.invokeSync<unknown[]>("starmap", given, asIs);
  }

  /**
   * Runs a function for each item; the results come one by one, in the order of the items.
   *
   * @param task The function.
   * @param items The items.
   * @param options How many items a worker gets at once.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async imap(
    task: ManagedTask,
    items: Iterable<unknown>,
    options: ManagedMapOptions = {},
  ): Promise<IteratorProxy> {
    const given = [sentTask(task, this.imap), [...items], ...chunk(options)];
    return await this.invoke<IteratorProxy>("imap", given, asIs);
  }

  /**
   * Runs a function for each item; the results come one by one, as they are ready.
   *
   * @param task The function.
   * @param items The items.
   * @param options How many items a worker gets at once.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async imapUnordered(
    task: ManagedTask,
    items: Iterable<unknown>,
    options: ManagedMapOptions = {},
  ): Promise<IteratorProxy> {
    const given = [sentTask(task, this.imapUnordered), [...items], ...chunk(options)];
    return await this.invoke<IteratorProxy>("imap_unordered", given, asIs);
  }

  /** Takes no more tasks; its workers end when all are done. */
  close(): Promise<void> {
    return this.invoke("close", [], nothing);
  }

  /** Ends its workers at once. */
  terminate(): Promise<void> {
    return this.invoke("terminate", [], nothing);
  }

  /** Waits until its workers have ended, after `close` or `terminate`. */
  join(): Promise<void> {
    return this.invoke("join", [], nothing);
  }
}

const MAP = "Cannot map in a managed pool";

const MAP_RULES: RulesOf<ManagedMapOptions> = { chunkSize: "number" };
const ASYNC_RULES: RulesOf<ManagedAsyncOptions> = {
  callback: "function",
  errorCallback: "function",
};
const MAP_ASYNC_RULES: RulesOf<ManagedMapOptions & ManagedAsyncOptions> = {
  ...MAP_RULES,
  ...ASYNC_RULES,
};

function chunk(options: ManagedMapOptions): unknown[] {
  checkOptions(MAP, options, MAP_RULES);
  const { chunkSize } = options;
  return chunkSize === undefined ? [] : [chunkSize];
}

/** Left out where there are none: CPython's cannot be given any. */
function callbacks({ callback, errorCallback }: ManagedAsyncOptions): unknown[] {
  if (callback === undefined && errorCallback === undefined) return [];
  return [callback ?? null, errorCallback ?? null];
}

/**
 * The result of a task of a managed pool, before and after it is there: Python's `AsyncResult`.
 *
 * @typeParam T What the task is taken to return.
 */
export class AsyncResultProxy<T = unknown> extends BaseProxy {
  /**
   * Waits for it, and gives what the task returned or throws what it threw.
   *
   * @param options How long.
   * @throws {TimeoutError} If it was not there in time.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async get(options: ProxyWaitOptions = {}): Promise<T> {
    try {
      return await this.callWaiting("get", [], options, isOver) as T;
    } catch (error) {
      throw isPython(error, "TimeoutError") ? timeoutError(options) : error;
    }
  }

  /** Waits for it, blocking the thread. See {@linkcode AsyncResultProxy.get}. */
  getSync(options: ProxyWaitSyncOptions = {}): T {
    try {
      return this.callWaitingSync("get", [], options) as T;
    } catch (error) {
      throw isPython(error, "TimeoutError") ? timeoutError(options) : error;
    }
  }

  /**
   * Waits for it, whatever it is.
   *
   * @param options How long.
   * @returns Whether it is there.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async wait(options: ProxyWaitOptions = {}): Promise<boolean> {
    await this.callWaiting("wait", [], options, () => false);
    return await this.ready();
  }

  /** Whether it is there. */
  ready(): Promise<boolean> {
    return this.invoke<boolean>("ready", [], asIs);
  }

  /**
   * Whether the task returned.
   *
   * @throws {PyException} A `"ValueError"` or `"AssertionError"`, if it is not there.
   */
  successful(): Promise<boolean> {
    return this.invoke<boolean>("successful", [], asIs);
  }
}

const isOver = (outcome: object): boolean =>
  "error" in outcome && isPython(outcome.error, "TimeoutError");

function timeoutError({ timeout = Infinity }: ProxyWaitSyncOptions): TimeoutError {
  return new TimeoutError("get the result of a task", timeout);
}
