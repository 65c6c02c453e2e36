import { Counter, DefaultDict, OrderedDict } from "../../types/containers/collections.ts";
import { Deque } from "../../types/containers/deque.ts";
import { PyDict } from "../../types/containers/py_dict.ts";
import { tuple } from "../../types/containers/tuple.ts";
import type { Registry } from "../registry.ts";

/** Registers `collections`. */
export function registerCollections(registry: Registry): void {
  registry.register("collections", "OrderedDict", {
    type: OrderedDict,
    // Before Python 3.5 the items were an argument.
    load: ([items]) => new OrderedDict(pairs(items ?? [])),
    loadPlain: ([items]) => new Map(pairs(items ?? [])),
    setState: (dict, state) => {
      dict.attributes = state;
    },
    dump: (dict) => ({ dictItems: dict.entries(), state: dict.attributes }),
  });
  registry.register("collections", "defaultdict", {
    type: DefaultDict,
    load: ([factory = null]) => new DefaultDict(factory),
    loadPlain: () => new Map(),
    dump: (dict) => ({
      args: dict.factory === null ? [] : [dict.factory],
      dictItems: dict.entries(),
    }),
  });
  registry.register("collections", "Counter", {
    type: Counter,
    load: ([items]) => new Counter(pairs(items ?? [])) as Counter,
    loadPlain: ([items]) => new Map(pairs(items ?? [])),
    dump: (counter) => ({ args: [new PyDict(counter)] }),
  });
  registry.register("collections", "deque", {
    type: Deque,
    load: ([items = [], maxLength = null]) => new Deque(array(items), limit(maxLength)),
    append: (deque, item) => deque.append(item),
    dump: (deque) => ({
      args: deque.maxLength === null ? [] : [tuple(), deque.maxLength],
      listItems: deque,
    }),
  });
}

function pairs<V>(items: unknown): [unknown, V][] {
  if (items instanceof Map) return [...items] as [unknown, V][];
  if (Array.isArray(items)) {
    if (items.every((pair) => Array.isArray(pair) && pair.length === 2)) return items;
  } else if (typeof items === "object" && items !== null) {
    return Object.entries(items as Record<string, V>);
  }
  throw new TypeError("a dictionary is made of a dict or of pairs");
}

function array(items: unknown): unknown[] {
  if (Array.isArray(items)) return items;
  throw new TypeError("a deque is made of a tuple or list");
}

function limit(value: unknown): number | null {
  if (value === null || (Number.isSafeInteger(value) && (value as number) >= 0)) {
    return value as number | null;
  }
  throw new TypeError("a deque's length is limited by an integer of at least 0, or None");
}
