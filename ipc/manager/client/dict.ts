import { asIs, nothing, succeedsUnless, unless } from "./replies.ts";
import { BaseProxy } from "./base_proxy.ts";
import type { Reply } from "../wire.ts";
import type { Read } from "./transport.ts";

const found = unless("KeyError", undefined);
const deleted = succeedsUnless("KeyError");

/** The entries of what a dict is read as: an object, if its keys allow that. */
function entriesOf<K, V>(value: unknown): [K, V][] {
  if (value instanceof Map) return [...value as Map<K, V>];
  return Object.entries(value as object) as [K, V][];
}

function readCopy<K, V>(reply: Reply, method: string): Map<K, V> {
  return new Map(entriesOf<K, V>(asIs(reply, method)));
}

function readList<T>(reply: Reply, method: string): T[] {
  return [...asIs<Iterable<T>>(reply, method)];
}

function readEntries<K, V>(reply: Reply, method: string): [K, V][] {
  return asIs<[K, V][]>(reply, method).map(([key, value]) => [key, value]);
}

function readItem<K, V>(reply: Reply, method: string): [K, V] | undefined {
  const pair = found(reply, method) as [K, V] | undefined;
  return pair && [pair[0], pair[1]];
}

function given<K, V>(
  entries: Iterable<readonly [K, V]> | Readonly<Record<string, V>>,
): readonly [unknown] {
  return [Symbol.iterator in entries ? new Map(entries) : entries];
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
 * @example In a worker, which may block
 * ```ts
 * import { Process } from "@ferry/std/ipc";
 * import { type DictProxy, Manager } from "@ferry/std/ipc/manager";
 * import { assertEquals } from "@std/assert";
 *
 * await using manager = await Manager.start();
 * const results = await manager.dict<string, number>();
 * await using worker = new Process((results: DictProxy<string, number>) => {
 *   results.setSync("answer", 42);
 * }, { args: [results] });
 * worker.start();
 * await worker.join();
 * assertEquals(await results.get("answer"), 42);
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
  get(key: K): Promise<V | undefined> {
    return this.invoke("__getitem__", [key], found as Read<V | undefined>);
  }

  /** The value of a key, blocking the thread. See {@linkcode DictProxy.get}. */
  getSync(key: K): V | undefined {
    return this.invokeSync("__getitem__", [key], found as Read<V | undefined>);
  }

  /**
   * Sets the value of a key.
   *
   * @param key The key.
   * @param value The value.
   */
  set(key: K, value: V): Promise<void> {
    return this.invoke("__setitem__", [key, value], nothing);
  }

  /** Sets the value of a key, blocking the thread. See {@linkcode DictProxy.set}. */
  setSync(key: K, value: V): void {
    this.invokeSync("__setitem__", [key, value], nothing);
  }

  /**
   * Whether a key is there.
   *
   * @param key The key.
   */
  has(key: K): Promise<boolean> {
    return this.invoke<boolean>("__contains__", [key], asIs);
  }

  /** Whether a key is there, blocking the thread. */
  hasSync(key: K): boolean {
    return this.invokeSync<boolean>("__contains__", [key], asIs);
  }

  /**
   * Takes a key out.
   *
   * @param key The key.
   * @returns Whether it was there.
   */
  delete(key: K): Promise<boolean> {
    return this.invoke("__delitem__", [key], deleted);
  }

  /** Takes a key out, blocking the thread. See {@linkcode DictProxy.delete}. */
  deleteSync(key: K): boolean {
    return this.invokeSync("__delitem__", [key], deleted);
  }

  /** How many keys there are. */
  size(): Promise<number> {
    return this.invoke<number>("__len__", [], asIs);
  }

  /** How many keys there are, blocking the thread. */
  sizeSync(): number {
    return this.invokeSync<number>("__len__", [], asIs);
  }

  /** Takes all keys out. */
  clear(): Promise<void> {
    return this.invoke("clear", [], nothing);
  }

  /** Takes all keys out, blocking the thread. */
  clearSync(): void {
    this.invokeSync("clear", [], nothing);
  }

  /** The keys, in the order in which they came. */
  keys(): Promise<K[]> {
    return this.invoke<K[]>("keys", [], readList);
  }

  /** The keys, blocking the thread. See {@linkcode DictProxy.keys}. */
  keysSync(): K[] {
    return this.invokeSync<K[]>("keys", [], readList);
  }

  /** The values, in the order of their keys. */
  values(): Promise<V[]> {
    return this.invoke<V[]>("values", [], readList);
  }

  /** The values, blocking the thread. See {@linkcode DictProxy.values}. */
  valuesSync(): V[] {
    return this.invokeSync<V[]>("values", [], readList);
  }

  /** Pairs of key and value. */
  entries(): Promise<[K, V][]> {
    return this.invoke<[K, V][]>("items", [], readEntries);
  }

  /** Pairs of key and value, blocking the thread. */
  entriesSync(): [K, V][] {
    return this.invokeSync<[K, V][]>("items", [], readEntries);
  }

  /** A copy of all. */
  copy(): Promise<Map<K, V>> {
    return this.invoke<Map<K, V>>("copy", [], readCopy);
  }

  /** A copy of all, blocking the thread. */
  copySync(): Map<K, V> {
    return this.invokeSync<Map<K, V>>("copy", [], readCopy);
  }

  /**
   * Sets many values, all at once.
   *
   * @param entries Pairs of key and value, or an object.
   */
  async update(entries: Iterable<readonly [K, V]> | Readonly<Record<string, V>>): Promise<void> {
    await this.invoke("update", given(entries), nothing);
  }

  /** Sets many values, blocking the thread. See {@linkcode DictProxy.update}. */
  updateSync(entries: Iterable<readonly [K, V]> | Readonly<Record<string, V>>): void {
    this.invokeSync("update", given(entries), nothing);
  }

  /**
   * The value of a key, which is set if there is none.
   *
   * @param key The key.
   * @param value What it becomes, if there is none.
   */
  setDefault(key: K, value: V): Promise<V> {
    return this.invoke<V>("setdefault", [key, value], asIs);
  }

  /** The value of a key, which is set if there is none, blocking the thread. See {@linkcode DictProxy.setDefault}. */
  setDefaultSync(key: K, value: V): V {
    return this.invokeSync<V>("setdefault", [key, value], asIs);
  }

  /**
   * Takes a key out and gives its value; `undefined` without one.
   *
   * @param key The key.
   */
  pop(key: K): Promise<V | undefined> {
    return this.invoke("pop", [key], found as Read<V | undefined>);
  }

  /** Takes a key out and gives its value, blocking the thread. See {@linkcode DictProxy.pop}. */
  popSync(key: K): V | undefined {
    return this.invokeSync("pop", [key], found as Read<V | undefined>);
  }

  /** Takes the pair out that came last, and gives it; `undefined` if there is none. */
  popItem(): Promise<[K, V] | undefined> {
    return this.invoke<[K, V] | undefined>("popitem", [], readItem);
  }

  /** Takes the pair out that came last, and gives it, blocking the thread. See {@linkcode DictProxy.popItem}. */
  popItemSync(): [K, V] | undefined {
    return this.invokeSync<[K, V] | undefined>("popitem", [], readItem);
  }

  /** Pairs of key and value: the keys of now, each value when its turn comes; a key that is gone by then is left out. */
  async *[Symbol.asyncIterator](): AsyncGenerator<[K, V], void, unknown> {
    for (const key of await this.keys()) {
      const value = await this.get(key);
      if (value !== undefined) yield [key, value];
    }
  }
}
