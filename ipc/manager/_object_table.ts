import { PyException } from "../../persist/types/mod.ts";
import type { Caller, Referent } from "./referents/mod.ts";

/** An object that a server keeps. */
export interface Kept {
  readonly ident: string;
  readonly typeId: string;
  /** The class of CPython's proxy. */
  readonly proxyType: string;
  readonly object: unknown;
  /** The methods that may be called. */
  readonly exposed: readonly string[];
  /** Which methods give a new object, and of which type. */
  readonly proxies: Readonly<Record<string, string>>;
  /** Calls an exposed method. */
  call(
    method: string,
    caller: Caller,
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>>,
  ): unknown;
  /** A copy of the object. */
  value(): unknown;
  /** What `str()` of a proxy shows. */
  repr(): string;
}

/** What is known of an object when it is made: all but its number. */
export type Made = Omit<Kept, "ident">;

/** An object of a type with known methods. */
export function madeOf(typeId: string, type: Referent, object: unknown): Made {
  return {
    typeId,
    proxyType: type.proxyType,
    object,
    exposed: Object.keys(type.methods),
    proxies: type.proxies ?? {},
    call(method, caller, args, kwargs) {
      const bound = bind(method, args, kwargs, type.parameters?.[method]);
      return type.methods[method]!(object, caller, ...bound);
    },
    value: () => type.value === undefined ? object : type.value(object),
    repr: () => type.repr === undefined ? `<${typeId} object>` : type.repr(object),
  };
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

/** The objects of a server, and how many of its clients refer to each. */
export class ObjectTable {
  readonly #kept = new Map<string, { kept: Kept; references: number }>();
  #next = 1;

  /** How many objects there are. */
  get size(): number {
    return this.#kept.size;
  }

  /** Keeps an object for the one reference of who made it. */
  add(made: Made): Kept {
    const ident = (this.#next++).toString(16).padStart(12, "0");
    const kept = { ...made, ident };
    this.#kept.set(ident, { kept, references: 1 });
    return kept;
  }

  /** An object by its number. */
  find(ident: string): Kept | undefined {
    return this.#kept.get(ident)?.kept;
  }

  /** One more reference; whether there is such an object. */
  incref(ident: string): boolean {
    const found = this.#kept.get(ident);
    if (found === undefined) return false;
    found.references++;
    return true;
  }

  /** One reference less: without any the object goes. Whether there was such an object. */
  decref(ident: string): boolean {
    const found = this.#kept.get(ident);
    if (found === undefined) return false;
    if (--found.references === 0) this.#kept.delete(ident);
    return true;
  }

  /** A line for each object: number, references, what it is. */
  *describe(): Generator<string> {
    for (const [ident, { kept, references }] of this.#kept) {
      yield `  ${ident}:       refcount=${references}\n    ${kept.repr().slice(0, 75)}`;
    }
  }
}
