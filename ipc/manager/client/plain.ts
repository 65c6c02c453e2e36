import { Slice } from "../../../persist/types/mod.ts";
import { isPython } from "./replies.ts";
import { BaseProxy } from "./base_proxy.ts";

/**
 * Named values in a manager's server, Python's `Namespace`.
 *
 * @example Settings
 * ```ts
 * import { Manager, ManagerServer } from "@ferry/std/ipc/manager";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = new ManagerServer({ port: 0 }, { authKey: "secret" });
 * await using manager = await Manager.connect(server.address, { authKey: "secret" });
 * const settings = await manager.namespace({ level: 3 });
 * await settings.set("name", "ferry");
 * assertEquals([await settings.get("level"), await settings.get("other")], [3, undefined]);
 * ```
 */
export class NamespaceProxy extends BaseProxy {
  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "NamespaceProxy";
  }

  /**
   * The value of a name, `undefined` without one.
   *
   * @typeParam T What it is taken to be; it is not checked.
   * @param name The name.
   */
  async get<T = unknown>(name: string): Promise<T | undefined> {
    try {
      return await this.call("__getattribute__", [name]) as T;
    } catch (error) {
      if (isPython(error, "AttributeError")) return undefined;
      throw error;
    }
  }

  /**
   * Sets the value of a name.
   *
   * @param name The name.
   * @param value The value.
   */
  async set(name: string, value: unknown): Promise<void> {
    await this.call("__setattr__", [name, value]);
  }

  /**
   * Takes a name out.
   *
   * @param name The name.
   * @returns Whether it was there.
   */
  async delete(name: string): Promise<boolean> {
    try {
      await this.call("__delattr__", [name]);
      return true;
    } catch (error) {
      if (isPython(error, "AttributeError")) return false;
      throw error;
    }
  }
}

/**
 * One value in a manager's server, Python's `manager.Value`.
 *
 * @typeParam T What it is taken to be; it is not checked.
 */
export class ValueProxy<T = unknown> extends BaseProxy {
  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "ValueProxy";
  }

  /** The value. */
  async get(): Promise<T> {
    return await this.call("get") as T;
  }

  /**
   * Sets the value.
   *
   * @param value The new one.
   */
  async set(value: T): Promise<void> {
    await this.call("set", [value]);
  }
}

/** Numbers in a manager's server, Python's `manager.Array`: their count is fixed. */
export class ArrayProxy extends BaseProxy {
  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "ArrayProxy";
  }

  /**
   * A number.
   *
   * @param index From 0; negative ones count from the end.
   */
  async get(index: number): Promise<number> {
    return await this.call("__getitem__", [index]) as number;
  }

  /**
   * Replaces a number.
   *
   * @param index From 0; negative ones count from the end.
   * @param value The new one.
   */
  async set(index: number, value: number): Promise<void> {
    await this.call("__setitem__", [index, value]);
  }

  /** How many numbers there are. */
  async length(): Promise<number> {
    return await this.call("__len__") as number;
  }

  /**
   * A copy of a part, or of all.
   *
   * @param start Where it begins; negative ones count from the end.
   * @param end Before where it ends.
   */
  async slice(start?: number, end?: number): Promise<number[]> {
    const part = await this.call("__getitem__", [new Slice(start ?? null, end ?? null)]);
    return Array.from(part as Iterable<number>);
  }
}

/**
 * An iterator or generator that runs in a manager's server; each step is one call.
 *
 * @typeParam T What it gives is taken to be.
 */
export class IteratorProxy<T = unknown> extends BaseProxy implements AsyncIterable<T> {
  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "IteratorProxy";
  }

  /** The next value, or that there is none. */
  async next(): Promise<IteratorResult<T, undefined>> {
    try {
      return { done: false, value: await this.call("__next__") as T };
    } catch (error) {
      if (isPython(error, "StopIteration")) return { done: true, value: undefined };
      throw error;
    }
  }

  /** What is left of it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, unknown> {
    for (let step = await this.next(); step.done !== true; step = await this.next()) {
      yield step.value;
    }
  }
}
