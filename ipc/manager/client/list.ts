import { checkOptions, type RulesOf } from "../../../persist/options.ts";
import { Slice } from "../../../persist/types/mod.ts";
import { asIs, nothing, succeedsUnless, unless } from "./replies.ts";
import { BaseProxy } from "./base_proxy.ts";
import type { Read } from "./transport.ts";

/** Items that iterating fetches at once. */
const PAGE = 256;

const removed = succeedsUnless("ValueError");
const position = unless("ValueError", -1) as Read<number>;

/** How a list is sorted. */
export interface SortOptions<T> {
  /**
   * Whether the largest comes first.
   *
   * @default {false}
   */
  reverse?: boolean | undefined;
  /**
   * What an item is sorted by. The server calls it back, once for each item: not to be had of CPython's.
   *
   * @default {undefined}
   */
  key?: ((item: T) => unknown) | undefined;
}

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
 * @example Blocking, in a worker or where nothing else is to be done
 * ```ts
 * import { Manager } from "@ferry/std/ipc/manager";
 * import { assertEquals } from "@std/assert";
 *
 * await using manager = await Manager.start();
 * const list = await manager.list<number>();
 * list.pushSync(1, 2);
 * assertEquals([list.lengthSync(), list.popSync()], [2, 2]);
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
  get(index: number): Promise<T> {
    return this.invoke<T>("__getitem__", [index], asIs);
  }

  /** An item, blocking the thread. See {@linkcode ListProxy.get}. */
  getSync(index: number): T {
    return this.invokeSync<T>("__getitem__", [index], asIs);
  }

  /**
   * Replaces an item.
   *
   * @param index From 0; negative ones count from the end.
   * @param item The new one.
   */
  set(index: number, item: T): Promise<void> {
    return this.invoke("__setitem__", [index, item], nothing);
  }

  /** Replaces an item, blocking the thread. See {@linkcode ListProxy.set}. */
  setSync(index: number, item: T): void {
    this.invokeSync("__setitem__", [index, item], nothing);
  }

  /**
   * Takes an item out.
   *
   * @param index From 0; negative ones count from the end.
   */
  delete(index: number): Promise<void> {
    return this.invoke("__delitem__", [index], nothing);
  }

  /** Takes an item out, blocking the thread. See {@linkcode ListProxy.delete}. */
  deleteSync(index: number): void {
    this.invokeSync("__delitem__", [index], nothing);
  }

  /** How many items it has. */
  length(): Promise<number> {
    return this.invoke<number>("__len__", [], asIs);
  }

  /** How many items it has, blocking the thread. */
  lengthSync(): number {
    return this.invokeSync<number>("__len__", [], asIs);
  }

  /**
   * Appends items, all at once.
   *
   * @param items The items.
   */
  push(...items: T[]): Promise<void> {
    return items.length === 1
      ? this.invoke("append", items, nothing)
      : this.invoke("extend", [items], nothing);
  }

  /** Appends items, blocking the thread. See {@linkcode ListProxy.push}. */
  pushSync(...items: T[]): void {
    if (items.length === 1) this.invokeSync("append", items, nothing);
    else this.invokeSync("extend", [items], nothing);
  }

  /**
   * Appends the items of an iterable, all at once.
   *
   * @param items The items.
   */
  async extend(items: Iterable<T>): Promise<void> {
    await this.invoke("extend", [[...items]], nothing);
  }

  /** Appends the items of an iterable, blocking the thread. See {@linkcode ListProxy.extend}. */
  extendSync(items: Iterable<T>): void {
    this.invokeSync("extend", [[...items]], nothing);
  }

  /**
   * Puts an item before another.
   *
   * @param index Where; beyond the end it is appended.
   * @param item The item.
   */
  insert(index: number, item: T): Promise<void> {
    return this.invoke("insert", [index, item], nothing);
  }

  /** Puts an item before another, blocking the thread. See {@linkcode ListProxy.insert}. */
  insertSync(index: number, item: T): void {
    this.invokeSync("insert", [index, item], nothing);
  }

  /**
   * Takes an item out and gives it.
   *
   * @param index From 0; negative ones count from the end.
   */
  pop(index = -1): Promise<T> {
    return this.invoke<T>("pop", [index], asIs);
  }

  /** Takes an item out and gives it, blocking the thread. See {@linkcode ListProxy.pop}. */
  popSync(index = -1): T {
    return this.invokeSync<T>("pop", [index], asIs);
  }

  /**
   * Takes out the first item that is equal to another, by Python's rules.
   *
   * @param item The other one.
   * @returns Whether there was one.
   */
  remove(item: T): Promise<boolean> {
    return this.invoke("remove", [item], removed);
  }

  /** Takes out the first item that is equal to another, blocking the thread. See {@linkcode ListProxy.remove}. */
  removeSync(item: T): boolean {
    return this.invokeSync("remove", [item], removed);
  }

  /**
   * Where the first item is that is equal to another; -1 if there is none.
   *
   * @param item The other one.
   */
  indexOf(item: T): Promise<number> {
    return this.invoke("index", [item], position);
  }

  /** Where an item is, blocking the thread. See {@linkcode ListProxy.indexOf}. */
  indexOfSync(item: T): number {
    return this.invokeSync("index", [item], position);
  }

  /**
   * Whether an item is equal to another.
   *
   * @param item The other one.
   */
  includes(item: T): Promise<boolean> {
    return this.invoke<boolean>("__contains__", [item], asIs);
  }

  /** Whether an item is equal to another, blocking the thread. */
  includesSync(item: T): boolean {
    return this.invokeSync<boolean>("__contains__", [item], asIs);
  }

  /**
   * How many items are equal to another.
   *
   * @param item The other one.
   */
  count(item: T): Promise<number> {
    return this.invoke<number>("count", [item], asIs);
  }

  /** How many items are equal to another, blocking the thread. */
  countSync(item: T): number {
    return this.invokeSync<number>("count", [item], asIs);
  }

  /** Turns the list around. */
  reverse(): Promise<void> {
    return this.invoke("reverse", [], nothing);
  }

  /** Turns the list around, blocking the thread. */
  reverseSync(): void {
    this.invokeSync("reverse", [], nothing);
  }

  /**
   * Sorts the list by Python's order: numbers, text by code points, lists by their items. Items of different kinds are a
   * `PyException` named `"TypeError"`.
   *
   * @param options What it is sorted by, and whether the largest comes first.
   * @throws {PyException} A `"ValueError"`, if the list was changed while `key` was called.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async sort(options: SortOptions<T> = {}): Promise<void> {
    const given = sorting(options);
    try {
      await this.invoke("sort", [], nothing, { ...given });
    } finally {
      if (given.key !== undefined) this.transport.takeBack(given.key);
    }
  }

  /** Sorts the list, blocking the thread; `key` must not be asynchronous. See {@linkcode ListProxy.sort}. */
  sortSync(options: SortOptions<T> = {}): void {
    const given = sorting(options);
    try {
      this.invokeSync("sort", [], nothing, { ...given });
    } finally {
      if (given.key !== undefined) this.transport.takeBack(given.key);
    }
  }

  /**
   * A copy of a part.
   *
   * @param start Where it begins; negative ones count from the end.
   * @param end Before where it ends.
   */
  slice(start?: number, end?: number): Promise<T[]> {
    return this.invoke<T[]>("__getitem__", [new Slice(start ?? null, end ?? null)], asIs);
  }

  /** A copy of a part, blocking the thread. See {@linkcode ListProxy.slice}. */
  sliceSync(start?: number, end?: number): T[] {
    return this.invokeSync<T[]>("__getitem__", [new Slice(start ?? null, end ?? null)], asIs);
  }

  /** A copy of all. */
  toArray(): Promise<T[]> {
    return this.slice();
  }

  /** A copy of all, blocking the thread. */
  toArraySync(): T[] {
    return this.sliceSync();
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

const SORT_RULES: RulesOf<SortOptions<never>> = { reverse: "boolean", key: "function" };

function sorting<T>(
  options: SortOptions<T>,
): { reverse: boolean; key?: (item: T) => unknown } {
  checkOptions("Cannot sort a managed list", options, SORT_RULES);
  const { key, reverse = false } = options;
  // A function of its own, which can be taken back whatever else the caller's is given to.
  return key === undefined ? { reverse } : { reverse, key: (item) => key(item) };
}
