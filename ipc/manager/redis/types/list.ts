/**
 * A list is a list of pickles. What concerns single items or the ends is done there. All else, such as sorting, is done here
 * with a copy, by the rules of our server's lists, and written back if nobody has changed the list meanwhile.
 */
import type { Argument } from "../../../../persist/redis/connection.ts";
import { Slice } from "../../../../persist/types/mod.ts";
import { madeOf } from "../../server/objects.ts";
import { indexOf, pyError, pyIterate, pyType } from "../../server/python_values.ts";
import { listType as local } from "../../server/referents/list.ts";
import { AT_ONCE, changing, reading } from "../lua.ts";
import { type Call, listOf, type Remote, type RemoteType } from "../remote.ts";

const LENGTH = reading(`return call('LLEN', it)`);
const GET = reading(`return call('LINDEX', it, ARGV[A + 1])`);
const RANGE = reading(`return call('LRANGE', it, ARGV[A + 1], ARGV[A + 2])`);
const ALL = reading(`return {call('HGET', is, 'version') or '0', call('LRANGE', it, 0, -1)}`);

const CHANGED = `call('HINCRBY', is, 'version', 1)`;
const SET = changing(`
local index = tonumber(ARGV[A + 1])
local length = call('LLEN', it)
if index >= length or index < -length then return false end
call('LSET', it, index, ARGV[A + 2])
${CHANGED}
return 1`);
const EXTEND = changing(`
call('LLEN', it)
each('RPUSH', it, A + 1, ${AT_ONCE})
${CHANGED}
return 1`);
/** In the middle an item is marked first, then found by the mark. */
const TAKE = changing(`
local index = tonumber(ARGV[A + 1])
local length = call('LLEN', it)
if index >= length or index < -length then return {length} end
${CHANGED}
if index == length - 1 or index == -1 then return {length, call('RPOP', it)} end
if index == 0 or index == -length then return {length, call('LPOP', it)} end
local item = call('LINDEX', it, index)
call('LSET', it, index, ARGV[A + 2])
call('LREM', it, index < 0 and -1 or 1, ARGV[A + 2])
return {length, item}`);
const INSERT = changing(`
local index = tonumber(ARGV[A + 1])
local length = call('LLEN', it)
if index < 0 then index = math.max(0, index + length) end
${CHANGED}
if index >= length then return call('RPUSH', it, ARGV[A + 2]) end
if index == 0 then return call('LPUSH', it, ARGV[A + 2]) end
local item = call('LINDEX', it, index)
call('LSET', it, index, ARGV[A + 3])
call('LINSERT', it, 'BEFORE', ARGV[A + 3], ARGV[A + 2])
call('LSET', it, index + 1, item)
return 1`);
const REPLACE = changing(`
if (call('HGET', is, 'version') or '0') ~= ARGV[A + 1] then return false end
call('DEL', it)
each('RPUSH', it, A + 2, ${AT_ONCE})
${CHANGED}
return 1`);

/** What no pickle is, and no other mark. */
function mark(): string {
  return `mark ${crypto.randomUUID()}`;
}

/** An index, for errors: Redis knows how long the list is. */
function whole(index: unknown): string {
  const number = typeof index === "bigint" || typeof index === "boolean" ? Number(index) : index;
  if (typeof number === "number" && Number.isInteger(number)) return String(number);
  throw pyError("TypeError", `list indices must be integers or slices, not ${pyType(index)}`);
}

/** Lists ask nothing of who calls them. */
const { signal } = new AbortController();
const noCaller = { owner: { leave: new Set<() => void>(), local: false, signal }, signal };

async function all(self: Remote, method: string) {
  const [version, items] = listOf(await self.read(method, ALL));
  return { version: version as Argument, items: listOf(items!).map((item) => self.load(item)) };
}

/** Reads by the rules of our server's lists. */
function reads(method: string) {
  return async (self: Remote, { kwargs }: Call, ...args: unknown[]): Promise<unknown> => {
    const { items } = await all(self, method);
    return madeOf("list", local, items).call(method, noCaller, args, kwargs);
  };
}

/** Changes by the rules of our server's lists, until nobody else has done so meanwhile. */
function changes(method: string) {
  return async (self: Remote, { kwargs, signal }: Call, ...args: unknown[]): Promise<unknown> => {
    for (let bound = 1;; bound = Math.min(bound * 2, 64)) {
      const { version, items } = await all(self, method);
      const result = await madeOf("list", local, items).call(method, noCaller, args, kwargs);
      const dumped = items.map((item) => self.dump(item));
      if (await self.changeMany(method, REPLACE, [version, ...dumped]) !== null) {
        return result === items ? null : result;
      }
      signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, Math.random() * bound));
    }
  };
}

/** The bounds of a slice without a step, as `LRANGE` has them; `undefined` for others. */
function rangeOf({ start, stop, step }: Slice): [string, string] | undefined {
  if (step !== null && step !== undefined && step !== 1) return undefined;
  const [from, to] = [start ?? 0, stop ?? Infinity];
  if (typeof from !== "number" || typeof to !== "number") return undefined;
  if (!Number.isInteger(from) || to !== Infinity && !Number.isInteger(to)) return undefined;
  // Where Python names the one after the last, `LRANGE` names the last.
  return [String(from), to === Infinity ? "-1" : String(to - 1)];
}

const changeSlice = changes("__setitem__");
const deleteSlice = changes("__delitem__");
const readSlice = reads("__getitem__");

async function extend(self: Remote, method: string, items: unknown): Promise<null> {
  const dumped = pyIterate(items).map((item) => self.dump(item));
  if (dumped.length > 0) await self.changeMany(method, EXTEND, dumped);
  return null;
}

async function take(self: Remote, method: string, index: unknown, what: string): Promise<unknown> {
  const found = listOf(await self.change(method, TAKE, whole(index), mark()));
  const [length, item] = found;
  if (item === undefined || item === null) {
    if (length === 0 && method === "pop") throw pyError("IndexError", "pop from empty list");
    indexOf(index, length as number, what);
  }
  return item;
}

/** Python's `list`. */
export const listType: RemoteType = {
  make([items = []], _, pickles) {
    const dumped = pyIterate(items).map((item) => pickles.dump(item));
    const commands: [string, string, ...Argument[]][] = [];
    for (let at = 0; at < dumped.length; at += AT_ONCE) {
      commands.push(["it", "RPUSH", ...dumped.slice(at, at + AT_ONCE)]);
    }
    return { commands };
  },
  methods: {
    __add__: reads("__add__"),
    __contains__: reads("__contains__"),
    __delitem__: async (self, call, index) => {
      if (index instanceof Slice) return await deleteSlice(self, call, index);
      await take(self, "__delitem__", index, "list assignment index out of range");
      return null;
    },
    __getitem__: async (self, call, index) => {
      if (index instanceof Slice) {
        const range = rangeOf(index);
        if (range === undefined) return await readSlice(self, call, index);
        // The last one before the first would be -1, which is the last of all for `LRANGE`.
        if (index.stop === 0) return [];
        return listOf(await self.read("__getitem__", RANGE, ...range)).map((item) =>
          self.load(item)
        );
      }
      const item = await self.read("__getitem__", GET, whole(index));
      if (item === null) throw pyError("IndexError", "list index out of range");
      return self.load(item);
    },
    __iadd__: (self, _, items) => extend(self, "__iadd__", items),
    __imul__: changes("__imul__"),
    __len__: (self) => self.read("__len__", LENGTH),
    __mul__: reads("__mul__"),
    __reversed__: reads("__reversed__"),
    __rmul__: reads("__rmul__"),
    __setitem__: async (self, call, index, value) => {
      if (index instanceof Slice) return await changeSlice(self, call, index, value);
      if (await self.change("__setitem__", SET, whole(index), self.dump(value)) === null) {
        throw pyError("IndexError", "list assignment index out of range");
      }
      return null;
    },
    append: (self, _, item) => extend(self, "append", [item]),
    count: reads("count"),
    extend: (self, _, items) => extend(self, "extend", items),
    index: reads("index"),
    insert: async (self, _, index, item) => {
      await self.change("insert", INSERT, whole(index), self.dump(item), mark());
      return null;
    },
    pop: async (self, _, index = -1) =>
      self.load(await take(self, "pop", index, "pop index out of range")),
    remove: changes("remove"),
    reverse: changes("reverse"),
    sort: changes("sort"),
    "#GETVALUE": async (self) => (await all(self, "#GETVALUE")).items,
  },
};
