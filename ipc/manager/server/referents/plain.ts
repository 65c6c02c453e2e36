import { Float } from "../../../../persist/types/mod.ts";
import { pyRepr } from "../python_repr.ts";
import { indexOf, pyError, pyIterate, pyType, sliceIndexes } from "../python_values.ts";
import { Slice } from "../../../../persist/types/mod.ts";
import { type Referent, referent } from "./referent.ts";

type Names = Map<string, unknown>;

function missing(name: string): Error {
  return pyError("AttributeError", `'Namespace' object has no attribute '${name}'`);
}

/** Python's `multiprocessing.managers.Namespace`: named attributes. */
export const namespaceType: Referent = referent<Names>({
  proxyType: "NamespaceProxy",
  make: (_, kwargs) => new Map(Object.entries(kwargs)),
  repr: (names) =>
    `Namespace(${
      [...names].filter(([name]) => !name.startsWith("_")).sort()
        .map(([name, value]) => `${name}=${pyRepr(value)}`).join(", ")
    })`,
  methods: {
    __delattr__: (names, _, name: string) => {
      if (!names.delete(name)) throw missing(name);
      return null;
    },
    __getattribute__: (names, _, name: string) => {
      if (!names.has(name)) throw missing(name);
      return names.get(name);
    },
    __setattr__: (names, _, name: string, value) => {
      names.set(name, value);
      return null;
    },
  },
});

/** A number as its type code has it: floats stay floats. */
function numberAs(code: string, value: unknown): unknown {
  if (code === "d" || code === "f") {
    if (typeof value === "number") return new Float(value);
    if (typeof value === "bigint" || typeof value === "boolean") return new Float(Number(value));
  }
  return value;
}

/** Python's sum of two numbers. */
function sum(a: unknown, b: unknown): unknown {
  const [x, y] = [a, b].map((value) => typeof value === "boolean" ? Number(value) : value);
  for (const value of [x, y]) {
    if (typeof value !== "number" && typeof value !== "bigint" && !(value instanceof Float)) {
      throw pyError("TypeError", `cannot add '${pyType(b)}' to '${pyType(a)}'`);
    }
  }
  if (x instanceof Float || y instanceof Float) return new Float(Number(x) + Number(y));
  const added = Number(x) + Number(y);
  if (Number.isSafeInteger(added) || !Number.isInteger(Number(x)) || !Number.isInteger(Number(y))) {
    return added;
  }
  return BigInt(x as number) + BigInt(y as number);
}

interface Held {
  readonly code: string;
  value: unknown;
}

/** Python's `multiprocessing.managers.Value`. */
export const valueType: Referent = referent<Held>({
  proxyType: "ValueProxy",
  make: ([code, value]) => ({ code: String(code), value: numberAs(String(code), value) }),
  repr: ({ code, value }) => `Value(${pyRepr(code)}, ${pyRepr(value)})`,
  methods: {
    add: (held, _, more) => held.value = numberAs(held.code, sum(held.value, more)),
    get: (held) => held.value,
    set: (held, _, value) => {
      held.value = numberAs(held.code, value);
      return null;
    },
  },
});

interface Numbers {
  readonly code: string;
  readonly items: unknown[];
}

/** Python's `multiprocessing.managers.Array`, an `array.array` behind it: its length is fixed. */
export const arrayType: Referent = referent<Numbers>({
  proxyType: "ArrayProxy",
  make: ([code, items]) => ({
    code: String(code),
    items: pyIterate(items).map((item) => numberAs(String(code), item)),
  }),
  repr: ({ code, items }) => `array(${pyRepr(code)}, ${pyRepr(items)})`,
  methods: {
    __getitem__: ({ items }, _, index) =>
      index instanceof Slice
        ? sliceIndexes(index, items.length).map((i) => items[i])
        : items[indexOf(index, items.length, "array index out of range")],
    __len__: ({ items }) => items.length,
    add: ({ code, items }, _, index, more) => {
      const at = indexOf(index, items.length, "array index out of range");
      return items[at] = numberAs(code, sum(items[at], more));
    },
    __setitem__: ({ code, items }, _, index, value) => {
      const check = (item: unknown): unknown => {
        if (typeof item === "number" || typeof item === "bigint" || item instanceof Float) {
          return numberAs(code, item);
        }
        throw pyError("TypeError", `'${pyType(item)}' object cannot be an item of this array`);
      };
      if (index instanceof Slice) {
        const at = sliceIndexes(index, items.length);
        const values = pyIterate(value).map(check);
        if (values.length !== at.length) {
          throw pyError("ValueError", "the length of this array is fixed");
        }
        at.forEach((i, k) => items[i] = values[k]);
      } else {
        items[indexOf(index, items.length, "array assignment index out of range")] = check(value);
      }
      return null;
    },
  },
});

/** What a generator or iterator of the server looks like to a client. */
export const iteratorType: Referent = referent<Iterator<unknown> | AsyncIterator<unknown>>({
  proxyType: "IteratorProxy",
  make: ([source]) => {
    if (typeof source === "object" && source !== null) {
      if ("next" in source) return source as Iterator<unknown>;
      if (Symbol.asyncIterator in source) {
        return (source as AsyncIterable<unknown>)[Symbol.asyncIterator]();
      }
    }
    return pyIterate(source)[Symbol.iterator]();
  },
  methods: {
    __next__: async (iterator) => {
      const { done, value } = await iterator.next();
      if (done === true) throw pyError("StopIteration", ...(value === undefined ? [] : [value]));
      return value;
    },
    close: async (iterator) => {
      await iterator.return?.();
      return null;
    },
    send: async (iterator, _, value) => {
      const step = await (iterator as AsyncGenerator<unknown>).next(value);
      if (step.done === true) {
        throw pyError("StopIteration", ...(step.value === undefined ? [] : [step.value]));
      }
      return step.value;
    },
    throw: async (iterator, _, error) => {
      if (iterator.throw === undefined) throw error;
      const { done, value } = await iterator.throw(error);
      if (done === true) throw pyError("StopIteration");
      return value;
    },
  },
});
