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
 * @param type The class.
 * @returns The nearest one, `undefined` if it extends none.
 */
export function containerBase(type: abstract new () => unknown): ContainerClass | undefined {
  let prototype = type.prototype as object | null;
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const base = BASES.get(prototype);
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
  const base = containerBase(type);
  if (base === undefined) return Object.create(type.prototype as object);
  return Reflect.construct(base, items === undefined ? [] : [items], type);
}
