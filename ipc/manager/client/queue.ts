import { QueueEmptyError, QueueFullError } from "../../errors.ts";
import { isPython } from "./replies.ts";
import { BaseProxy, type ProxyWaitOptions } from "./base_proxy.ts";

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
   */
  async put(item: T, options: ProxyWaitOptions = {}): Promise<void> {
    try {
      await this.callWaiting("put", [item, true], options, isError("Full"));
    } catch (error) {
      if (!isPython(error, "Full")) throw error;
      throw new QueueFullError(item, NaN, options.timeout ?? Infinity);
    }
  }

  /**
   * Takes an item out, and waits for one.
   *
   * @param options How long.
   * @throws {QueueEmptyError} If there was none in time.
   * @throws {QueueShutDownError} If the queue was shut down and nothing is left.
   */
  async get(options: ProxyWaitOptions = {}): Promise<T> {
    try {
      return await this.callWaiting("get", [true], options, isError("Empty")) as T;
    } catch (error) {
      if (isPython(error, "Empty")) throw new QueueEmptyError(options.timeout ?? Infinity);
      throw error;
    }
  }

  /**
   * Puts an item in if there is room.
   *
   * @param item The item.
   * @returns Whether there was.
   */
  async tryPut(item: T): Promise<boolean> {
    try {
      await this.call("put", [item, false]);
      return true;
    } catch (error) {
      if (isPython(error, "Full")) return false;
      throw error;
    }
  }

  /** Takes an item out if there is one, else `undefined`. */
  async tryGet(): Promise<T | undefined> {
    try {
      return await this.call("get", [false]) as T;
    } catch (error) {
      if (isPython(error, "Empty")) return undefined;
      throw error;
    }
  }

  /** How many items are in it. */
  async size(): Promise<number> {
    return await this.call("qsize") as number;
  }

  /** Whether no item is in it. */
  async isEmpty(): Promise<boolean> {
    return await this.call("empty") as boolean;
  }

  /** Whether there is no room. */
  async isFull(): Promise<boolean> {
    return await this.call("full") as boolean;
  }

  /**
   * Says that an item that was taken out is dealt with.
   *
   * @throws {PyException} A `"ValueError"`, if that was said of all.
   */
  async taskDone(): Promise<void> {
    await this.call("task_done");
  }

  /** Waits until all items that were put in are dealt with. */
  async join(): Promise<void> {
    await this.call("join");
  }

  /**
   * Lets nothing in any more. Servers of CPython have it from 3.13 on.
   *
   * @param options Whether what is in it is dropped.
   */
  async shutdown(options: { immediate?: boolean } = {}): Promise<void> {
    await this.call("shutdown", [options.immediate ?? false]);
  }
}

function isError(name: string): (outcome: { result: unknown } | { error: unknown }) => boolean {
  return (outcome) => "error" in outcome && isPython(outcome.error, name);
}
