import { Global } from "../../types/objects/global.ts";
import { PyDict } from "../../types/containers/py_dict.ts";
import { containerBase, type ContainerClass } from "../container_base.ts";
import type { Reduction } from "../reduction.ts";

const RECONSTRUCTOR = new Global("copyreg", "_reconstructor");
const DICT = new Global("builtins", "dict");
const LIST = new Global("builtins", "list");
const INDEX = /^(?:0|[1-9][0-9]*)$/;

/**
 * Takes an instance of a class apart of which only the name is known, as Python does with plain classes and with those that
 * extend dict, list or set: its items, and its own properties as the state.
 */
export function reduceInstance(value: object, callable: Global, protocol: number): Reduction {
  const base = containerBase(Object.getPrototypeOf(value));
  const state = stateOf(value, base);
  if (value instanceof Set) return { callable, args: [[...value]], state };
  if (value instanceof Map) {
    if (protocol < 2) return reconstruct(callable, DICT, new PyDict(value), state);
    return { callable, isNew: true, dictItems: value, state };
  }
  if (Array.isArray(value)) {
    if (protocol < 2) return reconstruct(callable, LIST, Array.from(value), state);
    return { callable, isNew: true, listItems: value.length > 0 ? value : undefined, state };
  }
  return { callable, isNew: true, state };
}

/** What protocols 0 and 1 write: the class, the class it extends, and what that one holds. */
function reconstruct(type: Global, base: Global, items: unknown, state: unknown): Reduction {
  return { callable: RECONSTRUCTOR, args: [type, base, items], state };
}

/** The own properties but those that any container of the kind has; `undefined` if there are none. */
function stateOf(value: object, base: ContainerClass | undefined): unknown {
  const record = value as Record<string, unknown>;
  if (base === undefined) {
    const state = { ...record };
    return Object.keys(state).length > 0 ? state : undefined;
  }
  const usual = new Set(Object.keys(new base()));
  const isItem = Array.isArray(value) ? (key: string) => INDEX.test(key) : () => false;
  const keys = Object.keys(record).filter((key) => !usual.has(key) && !isItem(key));
  return keys.length > 0 ? Object.fromEntries(keys.map((key) => [key, record[key]])) : undefined;
}
