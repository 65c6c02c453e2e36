import { checkOptions, type RulesOf } from "../../../persist/options.ts";
import { QueueEmptyError, QueueFullError } from "../../errors.ts";
import { asIs, isPython, nothing, succeedsUnless, unless } from "./replies.ts";
import {
  BaseProxy,
  type Outcome,
  type ProxyWaitOptions,
  type ProxyWaitSyncOptions,
} from "./base_proxy.ts";
import type { Read } from "./transport.ts";

const JOIN_RULES: RulesOf<Pick<ProxyWaitOptions, "signal">> = { signal: "signal" };
const SHUTDOWN_RULES: RulesOf<{ immediate?: boolean }> = { immediate: "boolean" };

const putIn = succeedsUnless("Full");
const taken = unless("Empty", undefined);

/**
 * A queue in a manager's server, Python's `queue.Queue`: also `joinableQueue`.
 *
 * @example Between two clients
 * ```ts
 * import { Manager, ManagerServer } from "@ferry/std/ipc/manager";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = new ManagerServer({ port: 0 }, { authKey: "secret" });
 * await using manager = await Manager.connect(server.address, { authKey: "secret" });
 * const queue = await manager.queue<string>(2);
 * const item = queue.get({ timeout: 10_000 });
 * await queue.put("work");
 * assertEquals([await item, await queue.tryGet()], ["work", undefined]);
 * ```
 *
 * @typeParam T What its items are taken to be; it is not checked.
 */
export class QueueProxy<T = unknown> extends BaseProxy {
  /**
   * Puts an item in, and waits for room.
   *
   * @param item The item.
   * @param options How long.
   * @throws {QueueFullError} If there was no room in time.
   * @throws {QueueShutDownError} If the queue was shut down.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async put(item: T, options: ProxyWaitOptions = {}): Promise<void> {
    try {
      await this.callWaiting("put", [item, true], options, isError("Full"));
    } catch (error) {
      throw isPython(error, "Full") ? fullError(item, options) : error;
    }
  }

  /** Puts an item in, blocking the thread. See {@linkcode QueueProxy.put}. */
  putSync(item: T, options: ProxyWaitSyncOptions = {}): void {
    try {
      this.callWaitingSync("put", [item, true], options);
    } catch (error) {
      throw isPython(error, "Full") ? fullError(item, options) : error;
    }
  }

  /**
   * Takes an item out, and waits for one.
   *
   * @param options How long.
   * @throws {QueueEmptyError} If there was none in time.
   * @throws {QueueShutDownError} If the queue was shut down and nothing is left.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async get(options: ProxyWaitOptions = {}): Promise<T> {
    try {
      return await this.callWaiting("get", [true], options, isError("Empty")) as T;
    } catch (error) {
      throw isPython(error, "Empty") ? emptyError(options) : error;
    }
  }

  /** Takes an item out, blocking the thread. See {@linkcode QueueProxy.get}. */
  getSync(options: ProxyWaitSyncOptions = {}): T {
    try {
      return this.callWaitingSync("get", [true], options) as T;
    } catch (error) {
      throw isPython(error, "Empty") ? emptyError(options) : error;
    }
  }

  /**
   * Puts an item in if there is room.
   *
   * @param item The item.
   * @returns Whether there was.
   */
  tryPut(item: T): Promise<boolean> {
    return this.invoke("put", [item, false], putIn);
  }

  /** Puts an item in if there is room, blocking the thread. See {@linkcode QueueProxy.tryPut}. */
  tryPutSync(item: T): boolean {
    return this.invokeSync("put", [item, false], putIn);
  }

  /** Takes an item out if there is one, else `undefined`. */
  tryGet(): Promise<T | undefined> {
    return this.invoke("get", [false], taken as Read<T | undefined>);
  }

  /** Takes an item out if there is one, else `undefined`, blocking the thread. */
  tryGetSync(): T | undefined {
    return this.invokeSync("get", [false], taken as Read<T | undefined>);
  }

  /** How many items are in it. */
  size(): Promise<number> {
    return this.invoke<number>("qsize", [], asIs);
  }

  /** How many items are in it, blocking the thread. */
  sizeSync(): number {
    return this.invokeSync<number>("qsize", [], asIs);
  }

  /** Whether no item is in it. */
  isEmpty(): Promise<boolean> {
    return this.invoke<boolean>("empty", [], asIs);
  }

  /** Whether no item is in it, blocking the thread. */
  isEmptySync(): boolean {
    return this.invokeSync<boolean>("empty", [], asIs);
  }

  /** Whether there is no room. */
  isFull(): Promise<boolean> {
    return this.invoke<boolean>("full", [], asIs);
  }

  /** Whether there is no room, blocking the thread. */
  isFullSync(): boolean {
    return this.invokeSync<boolean>("full", [], asIs);
  }

  /**
   * Says that an item that was taken out is dealt with.
   *
   * @param _item Which one, on Redis: who has several at a time names it. Without, it is the oldest.
   * @throws {PyException} A `"ValueError"`, if that was said of all.
   */
  taskDone(_item?: T): Promise<void> {
    return this.invoke("task_done", [], nothing);
  }

  /** Says that an item that was taken out is dealt with, blocking the thread. See {@linkcode QueueProxy.taskDone}. */
  taskDoneSync(): void {
    this.invokeSync("task_done", [], nothing);
  }

  /**
   * Waits until all items that were put in are dealt with.
   *
   * @param options What gives up.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async join(options: Pick<ProxyWaitOptions, "signal"> = {}): Promise<void> {
    checkOptions("Cannot join a managed queue", options, JOIN_RULES);
    const { signal } = options;
    if (signal !== undefined && !this.transport.cancels) {
      throw new Deno.errors.NotSupported("Cannot join a queue of CPython with a signal");
    }
    await this.callWaiting("join", [], { signal }, () => false);
  }

  /** Blocks the thread until all items that were put in are dealt with. */
  joinSync(): void {
    this.invokeSync("join", [], nothing);
  }

  /**
   * Lets nothing in any more. Servers of CPython have it from 3.13 on.
   *
   * @param options Whether what is in it is dropped.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async shutdown(options: { immediate?: boolean } = {}): Promise<void> {
    checkOptions("Cannot shut a managed queue down", options, SHUTDOWN_RULES);
    await this.invoke("shutdown", [options.immediate ?? false], nothing);
  }

  /** Lets nothing in any more, blocking the thread. See {@linkcode QueueProxy.shutdown}. */
  shutdownSync(options: { immediate?: boolean } = {}): void {
    checkOptions("Cannot shut a managed queue down", options, SHUTDOWN_RULES);
    this.invokeSync("shutdown", [options.immediate ?? false], nothing);
  }
}

function fullError(item: unknown, { timeout = Infinity }: ProxyWaitSyncOptions): QueueFullError {
  return new QueueFullError(item, NaN, timeout);
}

function emptyError({ timeout = Infinity }: ProxyWaitSyncOptions): QueueEmptyError {
  return new QueueEmptyError(timeout);
}

function isError(name: string): (outcome: Outcome) => boolean {
  return (outcome) => "error" in outcome && isPython(outcome.error, name);
}
