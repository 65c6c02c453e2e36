import { Slice } from "../../../persist/types/mod.ts";
import type { Reply } from "../wire.ts";
import { asIs, isPython, nothing, succeedsUnless, unless } from "./replies.ts";
import { BaseProxy } from "./base_proxy.ts";
import type { Read } from "./transport.ts";

const named = unless("AttributeError", undefined);
const deleted = succeedsUnless("AttributeError");

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
  get<T = unknown>(name: string): Promise<T | undefined> {
    return this.invoke("__getattribute__", [name], named as Read<T | undefined>);
  }

  /** The value of a name, blocking the thread. See {@linkcode NamespaceProxy.get}. */
  getSync<T = unknown>(name: string): T | undefined {
    return this.invokeSync("__getattribute__", [name], named as Read<T | undefined>);
  }

  /**
   * Sets the value of a name.
   *
   * @param name The name.
   * @param value The value.
   */
  set(name: string, value: unknown): Promise<void> {
    return this.invoke("__setattr__", [name, value], nothing);
  }

  /** Sets the value of a name, blocking the thread. */
  setSync(name: string, value: unknown): void {
    this.invokeSync("__setattr__", [name, value], nothing);
  }

  /**
   * Takes a name out.
   *
   * @param name The name.
   * @returns Whether it was there.
   */
  delete(name: string): Promise<boolean> {
    return this.invoke("__delattr__", [name], deleted);
  }

  /** Takes a name out, blocking the thread. See {@linkcode NamespaceProxy.delete}. */
  deleteSync(name: string): boolean {
    return this.invokeSync("__delattr__", [name], deleted);
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
  get(): Promise<T> {
    return this.invoke<T>("get", [], asIs);
  }

  /** The value, blocking the thread. */
  getSync(): T {
    return this.invokeSync<T>("get", [], asIs);
  }

  /**
   * Sets the value.
   *
   * @param value The new one.
   */
  set(value: T): Promise<void> {
    return this.invoke("set", [value], nothing);
  }

  /** Sets the value, blocking the thread. */
  setSync(value: T): void {
    this.invokeSync("set", [value], nothing);
  }

  /**
   * Adds to the value, in one step whoever else does so. Servers of CPython have it not.
   *
   * @param amount How much; negative to subtract.
   * @returns The sum.
   * @throws {PyException} A `"TypeError"`, if the value is no number.
   * @throws {RemoteError} If the server is one of CPython.
   */
  add(amount: number | bigint): Promise<T> {
    return this.invoke<T>("add", [amount], asIs);
  }

  /** Adds to the value, blocking the thread. See {@linkcode ValueProxy.add}. */
  addSync(amount: number | bigint): T {
    return this.invokeSync<T>("add", [amount], asIs);
  }
}

function readNumbers(reply: Reply, method: string): number[] {
  return Array.from(asIs<Iterable<number>>(reply, method));
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
  get(index: number): Promise<number> {
    return this.invoke<number>("__getitem__", [index], asIs);
  }

  /** A number, blocking the thread. See {@linkcode ArrayProxy.get}. */
  getSync(index: number): number {
    return this.invokeSync<number>("__getitem__", [index], asIs);
  }

  /**
   * Replaces a number.
   *
   * @param index From 0; negative ones count from the end.
   * @param value The new one.
   */
  set(index: number, value: number): Promise<void> {
    return this.invoke("__setitem__", [index, value], nothing);
  }

  /** Replaces a number, blocking the thread. See {@linkcode ArrayProxy.set}. */
  setSync(index: number, value: number): void {
    this.invokeSync("__setitem__", [index, value], nothing);
  }

  /**
   * Adds to a number, in one step whoever else does so. Servers of CPython have it not.
   *
   * @param index From 0; negative ones count from the end.
   * @param amount How much; negative to subtract.
   * @returns The sum.
   * @throws {RemoteError} If the server is one of CPython.
   */
  add(index: number, amount: number | bigint): Promise<number> {
    return this.invoke<number>("add", [index, amount], asIs);
  }

  /** Adds to a number, blocking the thread. See {@linkcode ArrayProxy.add}. */
  addSync(index: number, amount: number | bigint): number {
    return this.invokeSync<number>("add", [index, amount], asIs);
  }

  /** How many numbers there are. */
  length(): Promise<number> {
    return this.invoke<number>("__len__", [], asIs);
  }

  /** How many numbers there are, blocking the thread. */
  lengthSync(): number {
    return this.invokeSync<number>("__len__", [], asIs);
  }

  /**
   * A copy of a part, or of all.
   *
   * @param start Where it begins; negative ones count from the end.
   * @param end Before where it ends.
   */
  slice(start?: number, end?: number): Promise<number[]> {
    return this.invoke("__getitem__", [new Slice(start ?? null, end ?? null)], readNumbers);
  }

  /** A copy of a part, or of all, blocking the thread. See {@linkcode ArrayProxy.slice}. */
  sliceSync(start?: number, end?: number): number[] {
    return this.invokeSync("__getitem__", [new Slice(start ?? null, end ?? null)], readNumbers);
  }
}

function readStep<T>(reply: Reply, method: string): IteratorResult<T, undefined> {
  if (reply.kind === "#ERROR" && isPython(reply.result, "StopIteration")) {
    return { done: true, value: undefined };
  }
  return { done: false, value: asIs<T>(reply, method) };
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
  next(): Promise<IteratorResult<T, undefined>> {
    return this.invoke<IteratorResult<T, undefined>>("__next__", [], readStep);
  }

  /** The next value, or that there is none, blocking the thread. */
  nextSync(): IteratorResult<T, undefined> {
    return this.invokeSync<IteratorResult<T, undefined>>("__next__", [], readStep);
  }

  /** What is left of it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, unknown> {
    for (let step = await this.next(); step.done !== true; step = await this.next()) {
      yield step.value;
    }
  }
}
