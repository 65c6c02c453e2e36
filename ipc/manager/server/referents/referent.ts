/**
 * What a server keeps for its clients: objects with the methods that CPython's managers expose, by Python's names.
 *
 * @module
 */

import type { PoolTask } from "../../../pool/options.ts";

/** What objects are made with. */
export interface Context {
  /** Functions that clients may name. */
  readonly functions: Readonly<Record<string, PoolTask>>;
  /** Whether an agent of this program makes it. */
  readonly local: boolean;
}

/** A client: what holds locks. */
export interface Owner {
  /** Whether it is an agent of this program. */
  readonly local: boolean;
  /** What happens when its connection ends: locks go on to the next. */
  readonly leave: Set<() => void>;
  /** Aborts when its connection ends. */
  readonly signal: AbortSignal;
}

/** A call of a method, by a client. */
export interface Caller {
  /** Whose call it is. */
  readonly owner: Owner;
  /** Aborts when the call is cancelled, or its client's connection ends: a wait ends then, too. */
  readonly signal: AbortSignal;
}

/** A method: `self` is what {@linkcode Referent.make} made. It may answer later. */
// deno-lint-ignore no-explicit-any -- each method knows its own arguments
export type Method<T> = (self: T, caller: Caller, ...args: any[]) => unknown;

/** A type of objects that a server can make. */
export interface Referent<T = unknown> {
  /** Makes an object from what the client gave. */
  make(
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>>,
    context: Context,
  ): T;
  /** Methods that a client may call. */
  readonly methods: Readonly<Record<string, Method<T>>>;
  /** Names of the parameters of methods that may be called with keywords. */
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
  /** Which methods give a new object, and of which type: the client receives a proxy. */
  readonly proxies?: Readonly<Record<string, string>>;
  /** Whether arguments of {@linkcode make} that are proxies are the objects themselves. */
  readonly takesObjects?: boolean;
  /** Ends what the object has begun: nobody refers to it any more. */
  end?(self: T): void;
  /** The class of CPython's proxy. */
  readonly proxyType: string;
  /** What `_getvalue()` gives: a copy of the object, where it can be pickled. */
  value?(self: T): unknown;
  /** What `str()` of the proxy shows. */
  repr?(self: T): string;
}

/** Keeps the type of the methods' `self`. */
export function referent<T>(type: Referent<T>): Referent {
  return type as Referent;
}
