import { isTuple, Slice } from "../../../../persist/types/mod.ts";
import { pyRepr } from "../python_repr.ts";
import {
  indexOf,
  pyEquals,
  pyError,
  pyIterate,
  pyLess,
  pyType,
  sliceIndexes,
} from "../python_values.ts";
import { type Referent, referent } from "./referent.ts";

/** Most items that a list may be multiplied to. */
const MAX_ITEMS = 2 ** 27;

function times(list: readonly unknown[], count: unknown): unknown[] {
  const n = Math.max(0, Number(count));
  if (typeof count !== "number" || !Number.isInteger(count)) {
    throw pyError("TypeError", `can't multiply sequence by non-int of type '${pyType(count)}'`);
  }
  if (n * list.length > MAX_ITEMS) throw pyError("MemoryError");
  return Array.from({ length: n }, () => list).flat();
}

function find(list: readonly unknown[], value: unknown, start = 0, stop = list.length): number {
  for (const i of sliceIndexes(new Slice(start, stop), list.length)) {
    if (pyEquals(list[i], value)) return i;
  }
  return -1;
}

function setSlice(list: unknown[], slice: Slice, value: unknown): void {
  const items = pyIterate(value);
  const at = sliceIndexes(slice, list.length);
  const step = slice.step ?? 1;
  if (step === 1) {
    const start = at[0] ?? sliceIndexes(new Slice(slice.start, null), list.length)[0] ??
      list.length;
    replace(list, start, at.length, items);
    return;
  }
  if (items.length !== at.length) {
    throw pyError(
      "ValueError",
      `attempt to assign sequence of size ${items.length} to extended slice of size ${at.length}`,
    );
  }
  at.forEach((index, i) => list[index] = items[i]);
}

/** As `splice`, for any number of items. */
function replace(list: unknown[], start: number, count: number, items: readonly unknown[]): void {
  const tail = list.slice(start + count);
  list.length = start;
  for (const item of items) list.push(item);
  for (const item of tail) list.push(item);
}

/** Sorts a list by keys, which are in its order. Equal ones stay as they were. */
function order(list: unknown[], keys: readonly unknown[], reverse: boolean): void {
  const sign = reverse ? -1 : 1;
  const places = Array.from(keys, (key, place) => ({ key, item: list[place] }));
  places.sort(({ key: a }, { key: b }) => pyLess(a, b) ? -sign : pyLess(b, a) ? sign : 0);
  replace(list, 0, list.length, places.map(({ item }) => item));
}

/** Sorts a list by what a function of the client gives for each item. */
async function sortBy(
  list: unknown[],
  key: (item: unknown) => unknown,
  reverse: boolean,
): Promise<null> {
  const before = [...list];
  const keys = await Promise.all(before.map((item) => key(item)));
  if (before.length !== list.length || before.some((item, i) => item !== list[i])) {
    throw pyError("ValueError", "list modified during sort");
  }
  order(list, keys, reverse);
  return null;
}

/** Python's `list`. */
export const listType: Referent = referent<unknown[]>({
  proxyType: "ListProxy",
  make: ([items]) => items === undefined ? [] : pyIterate(items),
  value: (list) => list,
  repr: (list) => pyRepr(list),
  parameters: { sort: ["key", "reverse"] },
  methods: {
    __add__: (list, _, other) => {
      if (Array.isArray(other) && !isTuple(other)) return [...list, ...other];
      throw pyError(
        "TypeError",
        `can only concatenate list (not "${pyType(other)}") to list`,
      );
    },
    __contains__: (list, _, value) => find(list, value) >= 0,
    __delitem__: (list, _, index) => {
      if (index instanceof Slice) {
        const gone = new Set(sliceIndexes(index, list.length));
        const left = list.filter((_, i) => !gone.has(i));
        replace(list, 0, list.length, left);
      } else list.splice(indexOf(index, list.length, "list assignment index out of range"), 1);
      return null;
    },
    __getitem__: (list, _, index) =>
      index instanceof Slice
        ? sliceIndexes(index, list.length).map((i) => list[i])
        : list[indexOf(index, list.length, "list index out of range")],
    __iadd__: (list, _, items) => {
      for (const item of pyIterate(items)) list.push(item);
      return list;
    },
    __imul__: (list, _, count) => {
      replace(list, 0, list.length, times(list, count));
      return list;
    },
    __len__: (list) => list.length,
    __mul__: (list, _, count) => times(list, count),
    __reversed__: (list) => list.toReversed(),
    __rmul__: (list, _, count) => times(list, count),
    __setitem__: (list, _, index, value) => {
      if (index instanceof Slice) setSlice(list, index, value);
      else list[indexOf(index, list.length, "list assignment index out of range")] = value;
      return null;
    },
    append: (list, _, item) => {
      list.push(item);
      return null;
    },
    count: (list, _, value) => list.filter((item) => pyEquals(item, value)).length,
    extend: (list, _, items) => {
      for (const item of pyIterate(items)) list.push(item);
      return null;
    },
    index: (list, _, value, start, stop) => {
      const at = find(list, value, start, stop);
      if (at < 0) throw pyError("ValueError", `${pyRepr(value)} is not in list`);
      return at;
    },
    insert: (list, _, index, value) => {
      const n = list.length;
      const at = typeof index === "number" ? index : indexOf(index, n, "");
      list.splice(at < 0 ? Math.max(0, at + n) : at, 0, value);
      return null;
    },
    pop: (list, _, index = -1) => {
      if (list.length === 0) throw pyError("IndexError", "pop from empty list");
      return list.splice(indexOf(index, list.length, "pop index out of range"), 1)[0];
    },
    remove: (list, _, value) => {
      const at = find(list, value);
      if (at < 0) throw pyError("ValueError", "list.remove(x): x not in list");
      list.splice(at, 1);
      return null;
    },
    reverse: (list) => {
      list.reverse();
      return null;
    },
    sort: (list, _, key = null, reverse = false) => {
      if (key === null) {
        order(list, list, reverse === true);
        return null;
      }
      if (typeof key !== "function") {
        throw pyError("TypeError", `'${pyType(key)}' object is not callable`);
      }
      return sortBy(list, key as (item: unknown) => unknown, reverse === true);
    },
  },
});
