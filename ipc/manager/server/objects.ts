/**
 * The objects of a server, and who refers to them.
 *
 * An object goes when none of these is left:
 *
 * | reference | counted by |
 * |---|---|
 * | a proxy in another program | `incref` and `decref`, as CPython's; with the connection, if that is of ours |
 * | a proxy in an agent of this program, or in a message between two | its *anchor*, a shared object that proxies hold: shared memory counts who has it, also of agents that are killed |
 * | a proxy in another object of this server | the garbage collector: a {@linkcode ProxyReference} that is gone is counted off |
 * | an answer that is not sent yet | `pin`, `unpin` |
 *
 * @module
 */
import { BLOCK_REFS } from "../../kill_safe.ts";
import { blockOf } from "../../memory/shared_object.ts";
import { SharedValue } from "../../numbers/shared_value.ts";
import { PyException } from "../../../persist/types/mod.ts";
import type { ProxyReference } from "../wire.ts";
import type { Caller, Referent } from "./referents/mod.ts";

/** An object that a server keeps. */
export interface Kept {
  readonly ident: string;
  readonly typeId: string;
  /** The class of CPython's proxy. */
  readonly proxyType: string;
  readonly object: unknown;
  /** The methods that may be called. */
  readonly exposed: ReadonlySet<string>;
  /** Which methods give a new object, and of which type. */
  readonly proxies: Readonly<Record<string, string>>;
  /** Calls an exposed method. */
  call(
    method: string,
    caller: Caller,
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>> | undefined,
  ): unknown;
  /** A copy of the object. */
  value(): unknown;
  /** What `str()` of a proxy shows. */
  repr(): string;
  /** Nobody refers to it any more. */
  end?(): void;
}

/** What is known of an object when it is made: all but its number. */
export type Made = Omit<Kept, "ident">;

/** An object of a type with known methods. */
export function madeOf(typeId: string, type: Referent, object: unknown): Made {
  const { methods, parameters } = type;
  return {
    typeId,
    proxyType: type.proxyType,
    object,
    exposed: exposedOf(type),
    proxies: type.proxies ?? {},
    call(method, caller, args, kwargs) {
      if (kwargs === undefined) return methods[method]!(object, caller, ...args);
      return methods[method]!(object, caller, ...bind(method, args, kwargs, parameters?.[method]));
    },
    value: () => type.value === undefined ? object : type.value(object),
    repr: () => type.repr === undefined ? `<${typeId} object>` : type.repr(object),
    ...(type.end === undefined ? {} : { end: () => type.end!(object) }),
  };
}

const exposedByType = new WeakMap<Referent, ReadonlySet<string>>();

function exposedOf(type: Referent): ReadonlySet<string> {
  let exposed = exposedByType.get(type);
  if (exposed === undefined) {
    exposed = new Set(Object.keys(type.methods));
    exposedByType.set(type, exposed);
  }
  return exposed;
}

/** Arguments in their order, those given by name too. */
function bind(
  method: string,
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>>,
  parameters: readonly string[] | undefined,
): readonly unknown[] {
  const names = Object.keys(kwargs);
  if (names.length === 0) return args;
  if (parameters === undefined) return [...args, kwargs];
  const bound = [...args];
  for (const name of names) {
    const at = parameters.indexOf(name);
    if (at < 0) {
      throw new PyException("TypeError", [`${method}() got an unexpected argument '${name}'`]);
    }
    if (at < args.length) {
      throw new PyException("TypeError", [`${method}() got two values for argument '${name}'`]);
    }
    bound[at] = kwargs[name];
  }
  return Array.from(bound);
}

interface Entry {
  readonly kept: Kept;
  /** Proxies in other programs. */
  remote: number;
  /** References within objects of this server. */
  nested: number;
  /** Answers that are not sent yet. */
  pins: number;
  anchor: SharedValue | undefined;
}

function isUnused({ remote, nested, pins, anchor }: Entry): boolean {
  return remote === 0 && nested === 0 && pins === 0 &&
    // One reference is the server's own.
    (anchor === undefined || Atomics.load(blockOf(anchor).words, BLOCK_REFS) <= 1);
}

/** The objects of a server, and who refers to each: see the head of this file. */
export class ObjectTable {
  readonly #entries = new Map<string, Entry>();
  /** The numbers of objects as texts. */
  readonly #idents = new Map<number, string>();
  /** Tells of references within objects that the garbage collector has taken. */
  readonly #collected = new FinalizationRegistry<string>((ident) =>
    this.#change(ident, "nested", -1)
  );
  #next = 1;
  /** How many objects there may be before they are all looked at. */
  #sweepAt = 256;

  /** How many objects there are. */
  get size(): number {
    this.sweep();
    return this.#entries.size;
  }

  /** Keeps an object, pinned until {@linkcode unpin}. */
  add(made: Made): Kept {
    if (this.#entries.size >= this.#sweepAt) {
      this.sweep();
      this.#sweepAt = Math.max(256, 2 * this.#entries.size);
    }
    const number = this.#next++;
    const ident = number.toString(16).padStart(12, "0");
    this.#idents.set(number, ident);
    const kept = { ...made, ident };
    this.#entries.set(ident, { kept, remote: 0, nested: 0, pins: 1, anchor: undefined });
    return kept;
  }

  /** An object's number as text, from the number; one that there is not if it is unknown. */
  identOf(number: number): string {
    return this.#idents.get(number) ?? number.toString(16).padStart(12, "0");
  }

  /** An object by its number. */
  find(ident: string): Kept | undefined {
    return this.#entries.get(ident)?.kept;
  }

  /** One more reference of another program; whether there is such an object. */
  incref(ident: string): boolean {
    return this.#change(ident, "remote", 1);
  }

  /** One reference of another program less. Whether there was such an object. */
  decref(ident: string): boolean {
    return this.#change(ident, "remote", -1);
  }

  /** Keeps an object while its answer is under way. */
  pin(ident: string): boolean {
    return this.#change(ident, "pins", 1);
  }

  /** Undoes {@linkcode pin}. */
  unpin(ident: string): void {
    this.#change(ident, "pins", -1);
  }

  /** Counts a reference that has come to this server, until it is collected. */
  track(reference: ProxyReference): void {
    const { ident } = reference.token;
    if (this.#change(ident, "nested", 1)) this.#collected.register(reference, ident);
  }

  /** What proxies in agents of this program hold. */
  anchorOf(ident: string): SharedValue | undefined {
    const entry = this.#entries.get(ident);
    if (entry === undefined) return undefined;
    return entry.anchor ??= new SharedValue("int32", 0, { lock: false });
  }

  /** Lets an object go if nobody refers to it. */
  check(ident: string): void {
    const entry = this.#entries.get(ident);
    if (entry !== undefined && isUnused(entry)) this.#forget(entry);
  }

  /** Lets all objects go that nobody refers to. */
  sweep(): void {
    for (const entry of this.#entries.values()) if (isUnused(entry)) this.#forget(entry);
  }

  /** Lets all objects go: the server has ended. */
  clear(): void {
    for (const entry of this.#entries.values()) this.#forget(entry);
  }

  /** A line for each object: number, references, what it is. */
  *describe(): Generator<string> {
    for (const [ident, { kept, remote, nested, pins, anchor }] of this.#entries) {
      const local = anchor === undefined ? 0 : Atomics.load(blockOf(anchor).words, BLOCK_REFS) - 1;
      const references = remote + nested + pins + local;
      yield `  ${ident}:       refcount=${references}\n    ${kept.repr().slice(0, 75)}`;
    }
  }

  #change(ident: string, what: "remote" | "nested" | "pins", by: 1 | -1): boolean {
    const entry = this.#entries.get(ident);
    if (entry === undefined) return false;
    // Nobody can give back what another one holds.
    if (by < 0 && entry[what] === 0) return false;
    entry[what] += by;
    if (by < 0 && isUnused(entry)) this.#forget(entry);
    return true;
  }

  #forget({ kept, anchor }: Entry): void {
    this.#entries.delete(kept.ident);
    this.#idents.delete(Number.parseInt(kept.ident, 16));
    anchor?.[Symbol.dispose]();
    kept.end?.();
  }
}
