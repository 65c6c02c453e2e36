import { PyDict, PySet, tuple } from "../../../../persist/types/mod.ts";
import { pyRepr } from "../python_repr.ts";
import { checkHashable, pyError, pyIterate } from "../python_values.ts";
import { type Referent, referent } from "./referent.ts";

type Dict = PyDict<unknown, unknown>;

/** The pairs of a dict, or of what gives pairs. */
function pairsOf(source: unknown): (readonly [unknown, unknown])[] {
  if (source instanceof Map) return [...source];
  if (
    typeof source === "object" && source !== null &&
    Object.getPrototypeOf(source) === Object.prototype
  ) return Object.entries(source);
  return pyIterate(source).map((item, i) => {
    const found = pyIterate(item);
    if (found.length === 2) return found as [unknown, unknown];
    throw pyError(
      "ValueError",
      `dictionary update sequence element #${i} has length ${found.length}; 2 is required`,
    );
  });
}

/** Keys are those that Python can hash. */
function checked<T>(key: unknown, use: () => T): T {
  checkHashable(key);
  try {
    return use();
  } catch (error) {
    if (error instanceof TypeError) throw pyError("TypeError", error.message);
    throw error;
  }
}

function update(dict: Dict, source: unknown, kwargs: object = {}): null {
  if (source !== undefined) {
    for (const [key, value] of pairsOf(source)) checked(key, () => dict.set(key, value));
  }
  for (const [key, value] of Object.entries(kwargs)) dict.set(key, value);
  return null;
}

/** An iterator that ends with an error once something was put in or taken out. */
function unchanged<T>(of: { size: number }, what: string, items: Iterator<T>): Iterator<T> {
  const { size } = of;
  return {
    next() {
      if (of.size === size) return items.next();
      throw pyError("RuntimeError", `${what} changed size during iteration`);
    },
  };
}

/** Python's `dict`. */
export const dictType: Referent = referent<Dict>({
  proxyType: "DictProxy",
  make([source], kwargs) {
    const dict = new PyDict<unknown, unknown>();
    update(dict, source, kwargs);
    return dict;
  },
  value: (dict) => dict,
  repr: (dict) => pyRepr(dict),
  proxies: { __iter__: "Iterator" },
  methods: {
    __contains__: (dict, _, key) => checked(key, () => dict.has(key)),
    __delitem__: (dict, _, key) => {
      if (!checked(key, () => dict.delete(key))) throw pyError("KeyError", key);
      return null;
    },
    __getitem__: (dict, _, key) => {
      if (!checked(key, () => dict.has(key))) throw pyError("KeyError", key);
      return dict.get(key);
    },
    __ior__: (dict, _, source) => {
      update(dict, source);
      return dict;
    },
    __iter__: (dict) => unchanged(dict, "dictionary", dict.keys()),
    __len__: (dict) => dict.size,
    __or__: (dict, _, source) => {
      const both = new PyDict<unknown, unknown>(dict);
      update(both, source);
      return both;
    },
    __setitem__: (dict, _, key, value) => {
      checked(key, () => dict.set(key, value));
      return null;
    },
    clear: (dict) => {
      dict.clear();
      return null;
    },
    copy: (dict) => dict,
    get: (dict, _, key, missing = null) =>
      checked(key, () => dict.has(key)) ? dict.get(key) : missing,
    items: (dict) => Array.from(dict, ([key, value]) => tuple(key, value)),
    keys: (dict) => [...dict.keys()],
    pop: (dict, _, key, ...missing) => {
      if (!checked(key, () => dict.has(key))) {
        if (missing.length > 0) return missing[0];
        throw pyError("KeyError", key);
      }
      const value = dict.get(key);
      dict.delete(key);
      return value;
    },
    popitem: (dict) => {
      const last = [...dict].at(-1);
      if (last === undefined) throw pyError("KeyError", "popitem(): dictionary is empty");
      dict.delete(last[0]);
      return tuple(...last);
    },
    setdefault: (dict, _, key, value = null) => {
      if (checked(key, () => dict.has(key))) return dict.get(key);
      dict.set(key, value);
      return value;
    },
    update: (dict, _, source, kwargs) => update(dict, source, kwargs),
    values: (dict) => [...dict.values()],
  },
});

/** Python's `set`, as managers of CPython 3.14 have it. */
export const setType: Referent = referent<PySet<unknown>>({
  proxyType: "SetProxy",
  make([items]) {
    const set = new PySet<unknown>();
    for (const item of items === undefined ? [] : pyIterate(items)) {
      checked(item, () => set.add(item));
    }
    return set;
  },
  value: (set) => set,
  repr: (set) => pyRepr(set),
  proxies: { __iter__: "Iterator" },
  methods: {
    __contains__: (set, _, item) => checked(item, () => set.has(item)),
    __iter__: (set) => unchanged(set, "Set", set.values()),
    __len__: (set) => set.size,
    add: (set, _, item) => {
      checked(item, () => set.add(item));
      return null;
    },
    clear: (set) => {
      set.clear();
      return null;
    },
    copy: (set) => set,
    discard: (set, _, item) => {
      checked(item, () => set.delete(item));
      return null;
    },
    pop: (set) => {
      if (set.size === 0) throw pyError("KeyError", "pop from an empty set");
      const [first] = set;
      set.delete(first);
      return first;
    },
    remove: (set, _, item) => {
      if (!checked(item, () => set.delete(item))) throw pyError("KeyError", item);
      return null;
    },
    update: (set, _, ...sources) => {
      for (const source of sources) {
        for (const item of pyIterate(source)) checked(item, () => set.add(item));
      }
      return null;
    },
  },
});
