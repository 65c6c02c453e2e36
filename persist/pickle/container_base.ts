import { Counter, DefaultDict, OrderedDict } from "../types/containers/collections.ts";
import { FrozenSet } from "../types/containers/frozen_set.ts";
import { PyDict } from "../types/containers/py_dict.ts";
import { PySet } from "../types/containers/py_set.ts";

/** A class whose instances the platform makes in a way of its own: no object with its prototype is one. */
export type ContainerClass = new (items?: unknown[]) => object;

const BASES: ReadonlyMap<object, ContainerClass> = new Map(
  [Array, Map, Set, PyDict, PySet, FrozenSet, OrderedDict, DefaultDict, Counter].map((
    base,
  ) => [base.prototype as object, base as unknown as ContainerClass]),
);

/**
 * The container that a class extends.
 *
 * @param prototype The prototype of its instances.
 * @returns The nearest one, `undefined` if it extends none.
 */
export function containerBase(prototype: object): ContainerClass | undefined {
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at)) {
    const base = BASES.get(at);
    if (base !== undefined) return base;
  }
  return undefined;
}

/**
 * Makes an instance of a class without calling its constructor.
 *
 * @param type The class.
 * @param items The elements of a set, which has them from the beginning.
 * @returns The instance, which is a true container if the class extends one.
 */
export function makeInstance(type: abstract new () => unknown, items?: unknown[]): object {
  const base = containerBase(type.prototype as object);
  if (base === undefined) return Object.create(type.prototype as object);
  if (items === undefined) return Reflect.construct(base, [], type);
  if (base === FrozenSet as unknown) return Reflect.construct(base, [items], type);
  // As in Python, a method `add` of the class has no part in it: what it relies on may not be there yet.
  const set: object = Reflect.construct(base, [], type);
  const { add } = base.prototype as Set<unknown>;
  for (const item of items) add.call(set as Set<unknown>, item);
  return set;
}
