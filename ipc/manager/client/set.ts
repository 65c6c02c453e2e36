import { asIs, nothing } from "./replies.ts";
import { BaseProxy } from "./base_proxy.ts";
import type { Reply } from "../wire.ts";

function readSet<T>(reply: Reply, method: string): Set<T> {
  return new Set(asIs<Iterable<T>>(reply, method));
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
  add(item: T): Promise<void> {
    return this.invoke("add", [item], nothing);
  }

  /** Puts an item in, blocking the thread. */
  addSync(item: T): void {
    this.invokeSync("add", [item], nothing);
  }

  /**
   * Whether an item is in it.
   *
   * @param item The item.
   */
  has(item: T): Promise<boolean> {
    return this.invoke<boolean>("__contains__", [item], asIs);
  }

  /** Whether an item is in it, blocking the thread. */
  hasSync(item: T): boolean {
    return this.invokeSync<boolean>("__contains__", [item], asIs);
  }

  /**
   * Takes an item out, if it is there.
   *
   * @param item The item.
   */
  delete(item: T): Promise<void> {
    return this.invoke("discard", [item], nothing);
  }

  /** Takes an item out, if it is there, blocking the thread. */
  deleteSync(item: T): void {
    this.invokeSync("discard", [item], nothing);
  }

  /** How many items there are. */
  size(): Promise<number> {
    return this.invoke<number>("__len__", [], asIs);
  }

  /** How many items there are, blocking the thread. */
  sizeSync(): number {
    return this.invokeSync<number>("__len__", [], asIs);
  }

  /** Takes all items out. */
  clear(): Promise<void> {
    return this.invoke("clear", [], nothing);
  }

  /** Takes all items out, blocking the thread. */
  clearSync(): void {
    this.invokeSync("clear", [], nothing);
  }

  /**
   * Puts the items of an iterable in, all at once.
   *
   * @param items The items.
   */
  async update(items: Iterable<T>): Promise<void> {
    await this.invoke("update", [[...items]], nothing);
  }

  /** Puts the items of an iterable in, blocking the thread. See {@linkcode SetProxy.update}. */
  updateSync(items: Iterable<T>): void {
    this.invokeSync("update", [[...items]], nothing);
  }

  /** A copy of all. */
  copy(): Promise<Set<T>> {
    return this.invoke<Set<T>>("copy", [], readSet);
  }

  /** A copy of all, blocking the thread. */
  copySync(): Set<T> {
    return this.invokeSync<Set<T>>("copy", [], readSet);
  }
}
