import { Slice } from "../../../persist/types/mod.ts";
import { isPython } from "./replies.ts";
import { BaseProxy } from "./base_proxy.ts";

/** Items that iterating fetches at once. */
const PAGE = 256;

/**
 * A list in a manager's server, Python's `list`.
 *
 * Negative indexes count from the end. An index that does not exist is a `PyException` named `"IndexError"`.
 *
 * @example A list that others change
 * ```ts
 * import { Manager, ManagerServer } from "@ferry/std/ipc/manager";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = new ManagerServer({ port: 0 }, { authKey: "secret" });
 * await using manager = await Manager.connect(server.address, { authKey: "secret" });
 * const list = await manager.list([3, 1, 2]);
 * await list.push(5);
 * await list.sort();
 * assertEquals(await Array.fromAsync(list), [1, 2, 3, 5]);
 * ```
 *
 * @typeParam T What its items are taken to be; it is not checked.
 */
export class ListProxy<T = unknown> extends BaseProxy implements AsyncIterable<T> {
  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "ListProxy";
  }

  /**
   * An item.
   *
   * @param index From 0; negative ones count from the end.
   */
  async get(index: number): Promise<T> {
    return await this.call("__getitem__", [index]) as T;
  }

  /**
   * Replaces an item.
   *
   * @param index From 0; negative ones count from the end.
   * @param item The new one.
   */
  async set(index: number, item: T): Promise<void> {
    await this.call("__setitem__", [index, item]);
  }

  /**
   * Takes an item out.
   *
   * @param index From 0; negative ones count from the end.
   */
  async delete(index: number): Promise<void> {
    await this.call("__delitem__", [index]);
  }

  /** How many items it has. */
  async length(): Promise<number> {
    return await this.call("__len__") as number;
  }

  /**
   * Appends items, all at once.
   *
   * @param items The items.
   */
  async push(...items: T[]): Promise<void> {
    if (items.length === 1) await this.call("append", items);
    else await this.call("extend", [items]);
  }

  /**
   * Appends the items of an iterable, all at once.
   *
   * @param items The items.
   */
  async extend(items: Iterable<T>): Promise<void> {
    await this.call("extend", [[...items]]);
  }

  /**
   * Puts an item before another.
   *
   * @param index Where; beyond the end it is appended.
   * @param item The item.
   */
  async insert(index: number, item: T): Promise<void> {
    await this.call("insert", [index, item]);
  }

  /**
   * Takes an item out and gives it.
   *
   * @param index From 0; negative ones count from the end.
   */
  async pop(index = -1): Promise<T> {
    return await this.call("pop", [index]) as T;
  }

  /**
   * Takes out the first item that is equal to another, by Python's rules.
   *
   * @param item The other one.
   * @returns Whether there was one.
   */
  async remove(item: T): Promise<boolean> {
    try {
      await this.call("remove", [item]);
      return true;
    } catch (error) {
      if (isPython(error, "ValueError")) return false;
      throw error;
    }
  }

  /**
   * Where the first item is that is equal to another; -1 if there is none.
   *
   * @param item The other one.
   */
  async indexOf(item: T): Promise<number> {
    try {
      return await this.call("index", [item]) as number;
    } catch (error) {
      if (isPython(error, "ValueError")) return -1;
      throw error;
    }
  }

  /**
   * Whether an item is equal to another.
   *
   * @param item The other one.
   */
  async includes(item: T): Promise<boolean> {
    return await this.call("__contains__", [item]) as boolean;
  }

  /**
   * How many items are equal to another.
   *
   * @param item The other one.
   */
  async count(item: T): Promise<number> {
    return await this.call("count", [item]) as number;
  }

  /** Turns the list around. */
  async reverse(): Promise<void> {
    await this.call("reverse");
  }

  /**
   * Sorts the list by Python's order: numbers, text by code points, lists by their items. Items of different kinds are a
   * `PyException` named `"TypeError"`.
   *
   * @param options Whether the largest comes first.
   */
  async sort(options: { reverse?: boolean } = {}): Promise<void> {
    await this.call("sort", [], { reverse: options.reverse ?? false });
  }

  /**
   * A copy of a part.
   *
   * @param start Where it begins; negative ones count from the end.
   * @param end Before where it ends.
   */
  async slice(start?: number, end?: number): Promise<T[]> {
    return await this.call("__getitem__", [new Slice(start ?? null, end ?? null)]) as T[];
  }

  /** A copy of all. */
  async toArray(): Promise<T[]> {
    return await this.slice();
  }

  /** The items, fetched by the page: what others change meanwhile may be seen or not. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, unknown> {
    for (let at = 0;; at += PAGE) {
      const page = await this.slice(at, at + PAGE);
      yield* page;
      if (page.length < PAGE) return;
    }
  }
}

/** The entries of what a dict is read as: an object, if its keys allow that. */
function entriesOf<K, V>(value: unknown): [K, V][] {
  if (value instanceof Map) return [...value as Map<K, V>];
  return Object.entries(value as object) as [K, V][];
}

/**
 * A dict in a manager's server, Python's `dict`: `1`, `1n` and `true` are one key, and tuples are keys by what they hold.
 *
 * @example Counting
 * ```ts
 * import { Manager, ManagerServer } from "@ferry/std/ipc/manager";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = new ManagerServer({ port: 0 }, { authKey: "secret" });
 * await using manager = await Manager.connect(server.address, { authKey: "secret" });
 * const dict = await manager.dict<string, number>({ a: 1 });
 * assertEquals(await dict.setDefault("b", 2), 2);
 * assertEquals([await dict.get("a"), await dict.get("c")], [1, undefined]);
 * ```
 *
 * @typeParam K What its keys are taken to be.
 * @typeParam V What its values are taken to be; neither is checked.
 */
export class DictProxy<K = unknown, V = unknown> extends BaseProxy
  implements AsyncIterable<[K, V]> {
  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "DictProxy";
  }

  /**
   * The value of a key, `undefined` without one.
   *
   * @param key The key.
   */
  async get(key: K): Promise<V | undefined> {
    try {
      return await this.call("__getitem__", [key]) as V;
    } catch (error) {
      if (isPython(error, "KeyError")) return undefined;
      throw error;
    }
  }

  /**
   * Sets the value of a key.
   *
   * @param key The key.
   * @param value The value.
   */
  async set(key: K, value: V): Promise<void> {
    await this.call("__setitem__", [key, value]);
  }

  /**
   * Whether a key is there.
   *
   * @param key The key.
   */
  async has(key: K): Promise<boolean> {
    return await this.call("__contains__", [key]) as boolean;
  }

  /**
   * Takes a key out.
   *
   * @param key The key.
   * @returns Whether it was there.
   */
  async delete(key: K): Promise<boolean> {
    try {
      await this.call("__delitem__", [key]);
      return true;
    } catch (error) {
      if (isPython(error, "KeyError")) return false;
      throw error;
    }
  }

  /** How many keys there are. */
  async size(): Promise<number> {
    return await this.call("__len__") as number;
  }

  /** Takes all keys out. */
  async clear(): Promise<void> {
    await this.call("clear");
  }

  /** The keys, in the order in which they came. */
  async keys(): Promise<K[]> {
    return [...await this.call("keys") as K[]];
  }

  /** The values, in the order of their keys. */
  async values(): Promise<V[]> {
    return [...await this.call("values") as V[]];
  }

  /** Pairs of key and value. */
  async entries(): Promise<[K, V][]> {
    return (await this.call("items") as [K, V][]).map(([key, value]) => [key, value]);
  }

  /** A copy of all. */
  async copy(): Promise<Map<K, V>> {
    return new Map(entriesOf<K, V>(await this.call("copy")));
  }

  /**
   * Sets many values, all at once.
   *
   * @param entries Pairs of key and value, or an object.
   */
  async update(entries: Iterable<readonly [K, V]> | Readonly<Record<string, V>>): Promise<void> {
    await this.call("update", [Symbol.iterator in entries ? new Map(entries) : entries]);
  }

  /**
   * The value of a key, which is set if there is none.
   *
   * @param key The key.
   * @param value What it becomes, if there is none.
   */
  async setDefault(key: K, value: V): Promise<V> {
    return await this.call("setdefault", [key, value]) as V;
  }

  /**
   * Takes a key out and gives its value; `undefined` without one.
   *
   * @param key The key.
   */
  async pop(key: K): Promise<V | undefined> {
    try {
      return await this.call("pop", [key]) as V;
    } catch (error) {
      if (isPython(error, "KeyError")) return undefined;
      throw error;
    }
  }

  /** Takes the pair out that came last, and gives it; `undefined` if there is none. */
  async popItem(): Promise<[K, V] | undefined> {
    try {
      const [key, value] = await this.call("popitem") as [K, V];
      return [key, value];
    } catch (error) {
      if (isPython(error, "KeyError")) return undefined;
      throw error;
    }
  }

  /** Pairs of key and value: the keys of now, each value when its turn comes; a key that is gone by then is left out. */
  async *[Symbol.asyncIterator](): AsyncGenerator<[K, V], void, unknown> {
    for (const key of await this.keys()) {
      const value = await this.get(key);
      if (value !== undefined) yield [key, value];
    }
  }
}

/**
 * A set in a manager's server, Python's `set`. Servers of CPython have it from 3.14 on.
 *
 * @typeParam T What its items are taken to be; it is not checked.
 */
export class SetProxy<T = unknown> extends BaseProxy {
  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "SetProxy";
  }

  /**
   * Puts an item in.
   *
   * @param item The item.
   */
  async add(item: T): Promise<void> {
    await this.call("add", [item]);
  }

  /**
   * Whether an item is in it.
   *
   * @param item The item.
   */
  async has(item: T): Promise<boolean> {
    return await this.call("__contains__", [item]) as boolean;
  }

  /**
   * Takes an item out, if it is there.
   *
   * @param item The item.
   */
  async delete(item: T): Promise<void> {
    await this.call("discard", [item]);
  }

  /** How many items there are. */
  async size(): Promise<number> {
    return await this.call("__len__") as number;
  }

  /** Takes all items out. */
  async clear(): Promise<void> {
    await this.call("clear");
  }

  /**
   * Puts the items of an iterable in, all at once.
   *
   * @param items The items.
   */
  async update(items: Iterable<T>): Promise<void> {
    await this.call("update", [[...items]]);
  }

  /** A copy of all. */
  async copy(): Promise<Set<T>> {
    return new Set(await this.call("copy") as Set<T>);
  }
}
