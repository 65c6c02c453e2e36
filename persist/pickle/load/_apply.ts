/**
 * What REDUCE, NEWOBJ and BUILD do. Only a registration is ever called; everything else is an error, or stays a recipe.
 */
import { Global } from "../../types/objects/global.ts";
import { PyObject } from "../../types/objects/py_object.ts";
import { copyCost, ENTRY, ITEM } from "../../work.ts";
import { containerBase, makeInstance } from "../container_base.ts";
import { define } from "./_fast_paths.ts";
import { appendItems, describe, setItemsOf } from "./_items.ts";
import type { Machine } from "./_machine.ts";
import type { RegistryEntry } from "../registry.ts";

const GETATTR = new Global("builtins", "getattr");

/** Names that must never become a property through a state. */
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

/** `callable(*args)`. */
export function reduce(machine: Machine, callable: unknown, args: unknown): unknown {
  if (!Array.isArray(args)) {
    machine.fail(`the arguments of REDUCE must be a tuple, not ${describe(args)}`);
  }
  const list = args as unknown[];
  payArguments(machine, list);
  const entry = machine.resolver.entry(callable);
  if (entry === undefined) {
    if (GETATTR.equals(callable) && isAttribute(list)) return attribute(machine, list);
    if (!(callable instanceof Global) && !(callable instanceof PyObject)) {
      machine.fail(`${describe(callable)} cannot be called`);
    }
    return new PyObject({ callable, args: list });
  }
  if (entry.load !== undefined) return construct(machine, entry, list, undefined);
  if (entry.recipe !== undefined) return new entry.recipe({ callable, args: list });
  if (entry.module === "copyreg" && entry.name === "_reconstructor") {
    return reconstruct(machine, callable, list);
  }
  if (entry.module === "copyreg" && entry.name === "__newobj__") {
    return newObject(machine, list[0], list.slice(1), undefined);
  }
  if (entry.module === "builtins" && entry.name === "getattr") {
    if (isAttribute(list)) return attribute(machine, list);
    // A method of an object that is a recipe is one, too.
    if (list[0] instanceof PyObject) return new PyObject({ callable, args: list });
  }
  if (isSetOf(entry, list)) return makeSet(machine, entry, list[0]);
  if (machine.options.unknown === "opaque") return new PyObject({ callable, args: list });
  machine.fail(`${entry.module}.${entry.name} is registered as a name only and cannot be called`);
}

/** `cls.__new__(cls, *args, **kwargs)`. */
export function newObject(
  machine: Machine,
  callable: unknown,
  args: unknown,
  kwargs: unknown,
): unknown {
  if (!Array.isArray(args)) {
    machine.fail(`the arguments of NEWOBJ must be a tuple, not ${describe(args)}`);
  }
  const list = args as unknown[];
  payArguments(machine, list);
  const entry = machine.resolver.entry(callable);
  if (entry === undefined) {
    if (!(callable instanceof Global) && !(callable instanceof PyObject)) {
      machine.fail(`${describe(callable)} is not a class`);
    }
    return new PyObject({ callable, args: list, kwargs, isNew: true });
  }
  if (entry.load !== undefined) return construct(machine, entry, list, kwargs);
  if (entry.recipe !== undefined) {
    return new entry.recipe({ callable, args: list, kwargs, isNew: true });
  }
  if (entry.type === undefined && machine.options.unknown === "opaque") {
    return new PyObject({ callable, args: list, kwargs, isNew: true });
  }
  if (entry.type === undefined) {
    machine.fail(`${entry.module}.${entry.name} is registered as a name only and cannot be called`);
  }
  if (list.length > 0 || kwargs !== undefined) {
    machine.fail(
      `${entry.module}.${entry.name} gets arguments: its registration needs a load function`,
    );
  }
  return makeInstance(entry.type as new () => unknown);
}

/** `object.__setstate__(state)`. */
export function build(machine: Machine, object: unknown, state: unknown): void {
  machine.checkOwn(object);
  if (object instanceof PyObject) {
    object.state = state;
    return;
  }
  const plain = machine.plainEntry(object);
  const entry = plain ?? machine.resolver.entryOf(object);
  if (entry === undefined) machine.fail(`${describe(object)} cannot get a state`);
  if (entry!.setState !== undefined) {
    machine.work.spend(copyCost(state));
    machine.guard(`set the state of ${entry!.module}.${entry!.name}`, () => {
      // In mode plain an OrderedDict is a map like others: its attributes are left out.
      entry!.setState!(plain === undefined ? object : {}, state, machine.protocol);
    });
    return;
  }
  // With __slots__ the state is a pair: the instance dictionary or None, and the slots.
  const parts = Array.isArray(state) && state.length === 2 ? state : [state];
  for (const part of parts) assign(machine, object as object, part);
}

function assign(machine: Machine, object: object, state: unknown): void {
  if (state === null) return;
  if (typeof state !== "object" || Array.isArray(state)) {
    machine.fail(`a state must be a dict, not ${describe(state)}`);
  }
  machine.guard("set a state", () => {
    if (state instanceof Map) {
      for (const [key, value] of state) assignOne(machine, object, key, value);
      return;
    }
    const record = state as Record<string, unknown>;
    for (const key in record) assignOne(machine, object, key, record[key]);
  });
}

function assignOne(machine: Machine, object: object, key: unknown, value: unknown): void {
  if (typeof key !== "string" || FORBIDDEN.has(key) || machine.isThenable(key, value)) {
    machine.fail(`a state must not set ${typeof key === "string" ? key : describe(key)}`);
  }
  machine.work.spend(ENTRY);
  const record = object as Record<string, unknown>;
  // No setter can be in the way of a name that is not there at all.
  if (!(key as string in record)) record[key as string] = value;
  else define(record, key as string, value);
}

/** Pays for the arguments of a call, all of which may be copied. */
function payArguments(machine: Machine, args: readonly unknown[]): void {
  let cost = (args.length + 1) * ITEM;
  machine.work.spend(cost);
  cost = 0;
  for (let i = 0; i < args.length; i++) cost += copyCost(args[i]);
  machine.work.spend(cost);
}

function construct(
  machine: Machine,
  entry: RegistryEntry,
  args: unknown[],
  kwargs: unknown,
): unknown {
  const made = machine.guard(
    `make a ${entry.module}.${entry.name}`,
    () => (machine.exact ? entry.load! : entry.loadPlain ?? entry.load!)(args, kwargs),
  ) ?? null;
  const { loadPlain, setState } = entry;
  if (!machine.exact && loadPlain && setState) machine.notePlain(made, entry);
  return made;
}

/** A class that extends a set is called with a list of its elements. */
function isSetOf({ type }: RegistryEntry, args: unknown[]): args is [unknown[]] {
  return type?.prototype instanceof Set && args.length === 1 && Array.isArray(args[0]);
}

function makeSet(machine: Machine, { type, module, name }: RegistryEntry, items: unknown[]) {
  return machine.guard(
    `make a ${module}.${name}`,
    () => makeInstance(type as new () => unknown, items),
  );
}

/** What protocols 0 and 1 write for an instance: the class, the built-in class it extends, and what that one holds. */
function reconstruct(machine: Machine, callable: unknown, args: unknown[]): unknown {
  const [type, base, state] = args;
  const builtin = base instanceof Global && base.module === "builtins" ? base.qualname : "";
  if (builtin === "object" && state === null) return newObject(machine, type, [], undefined);
  const entry = machine.resolver.entry(type);
  if (entry?.type !== undefined && containerBase(entry.type.prototype) !== undefined) {
    const made = newObject(machine, type, [], undefined);
    if (builtin === "list" && Array.isArray(state)) {
      appendItems(machine, made, state);
      return made;
    }
    if (builtin === "dict" && typeof state === "object" && state !== null) {
      const entries = state instanceof Map ? [...state] : Object.entries(state);
      setItemsOf(machine, made, entries.flat(), 0, 2 * entries.length);
      return made;
    }
  }
  if (machine.options.unknown === "opaque" || entry?.recipe !== undefined) {
    return new PyObject({ callable, args });
  }
  const what = type instanceof Global ? type : describe(type);
  machine.fail(
    `an object of ${what} is built on ${base instanceof Global ? base : describe(base)}, ` +
      `which is not supported`,
  );
}

function isAttribute(args: unknown[]): boolean {
  return args.length === 2 && typeof args[1] === "string" &&
    (args[0] instanceof Global || typeof args[0] === "function");
}

/** An attribute of a class is a longer name; it is looked up as such, never on an object. */
function attribute(machine: Machine, args: unknown[]): unknown {
  const owner = machine.resolver.entry(args[0]);
  const { module, name } = owner ??
    { module: (args[0] as Global).module, name: (args[0] as Global).qualname };
  const path = `${name}.${args[1]}`;
  machine.work.spend(module.length + path.length);
  // A dotted name of an old protocol is written without numbering the arguments. A method that was reduced numbers them,
  // and must be written like that again.
  const { list } = machine.memo;
  if (list[list.length - 1] === args && !machine.resolver.knows(module, path)) {
    if (machine.options.unknown === "opaque") return new PyObject({ callable: GETATTR, args });
  }
  return machine.resolver.resolveExact(module, path);
}
