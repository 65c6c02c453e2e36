/**
 * A dict is a hash: a field for each key, which holds the pickle of the value. Beside it lie the order in which the keys came, and
 * the pickles of those keys that were not written in the form in which equal ones are (`true` for 1, a frozenset).
 */
import type { Argument, Reply } from "../../../../persist/redis/connection.ts";
import { PyDict, tuple } from "../../../../persist/types/mod.ts";
import { pyError, pyIterate } from "../../server/python_values.ts";
import { fieldOf } from "../keys.ts";
import { AT_ONCE, changing, reading } from "../lua.ts";
import { type Creation, keyError, listOf, type Remote, type RemoteType } from "../remote.ts";

const SET = `
local order, keys = at('order'), at('keys')
local function put(field, key, value)
  if call('HSET', it, field, value) == 0 then return end
  call('ZADD', order, call('HINCRBY', is, 'next', 1), field)
  if key ~= '' then call('HSET', keys, field, key) end
end
local function drop(field)
  call('HDEL', it, field)
  call('HDEL', keys, field)
  call('ZREM', order, field)
end
-- Keys of a wrong type have to fail before anything is written.
call('HLEN', it)
call('HLEN', keys)
call('ZCARD', order)
`;

const PUT = changing(`${SET}
for i = A + 1, #ARGV, 3 do put(ARGV[i], ARGV[i + 1], ARGV[i + 2]) end
return 1
`);
const GET = reading(`return call('HGET', it, ARGV[A + 1])`);
const HAS = reading(`return call('HEXISTS', it, ARGV[A + 1])`);
const COUNT = reading(`return call('HLEN', it)`);
const ALL = reading(
  `return {call('ZRANGE', at('order'), 0, -1), call('HGETALL', it), call('HGETALL', at('keys'))}`,
);
const KEYS = reading(
  `return {call('ZRANGE', at('order'), 0, -1), call('HKEYS', it), call('HGETALL', at('keys'))}`,
);
const DELETE = changing(`${SET}
local value = call('HGET', it, ARGV[A + 1])
if value then drop(ARGV[A + 1]) end
return value and {value}
`);
const LAST = changing(`${SET}
local field = call('ZREVRANGE', order, 0, 0)[1] or call('HKEYS', it)[1]
if not field then return false end
local key, value = call('HGET', keys, field), call('HGET', it, field)
drop(field)
return {key or field, value}
`);
const DEFAULT = changing(`${SET}
local value = call('HGET', it, ARGV[A + 1])
if value then return {value} end
put(ARGV[A + 1], ARGV[A + 2], ARGV[A + 3])
return {ARGV[A + 3]}
`);
const CLEAR = changing(`call('DEL', it, at('order'), at('keys'))
return 1`);

type Writing = Pick<Remote, "dump">;

/** The field of a key, and its own pickle if that is another. */
function forms(writing: Writing, key: unknown): [Argument, Argument] {
  const field = fieldOf(key);
  // All that equals it is written so.
  if (typeof key === "string") return [field, ""];
  const own = writing.dump(key);
  return [field, own.equals(field) ? "" : own];
}

/** Pairs of key and value, from any source that Python's `dict` takes. */
function pairsOf(source: unknown, kwargs: Readonly<Record<string, unknown>>) {
  const pairs = new PyDict<unknown, unknown>();
  const add = (key: unknown, value: unknown) => {
    fieldOf(key);
    pairs.set(key, value);
  };
  if (source instanceof Map) { for (const [key, value] of source) add(key, value); }
  else if (
    typeof source === "object" && source !== null &&
    Object.getPrototypeOf(source) === Object.prototype
  ) {
    for (const [key, value] of Object.entries(source)) {
      add(key, value);
    }
  } else if (source !== undefined) {
    pyIterate(source).forEach((item, i) => {
      const pair = pyIterate(item);
      if (pair.length !== 2) {
        throw pyError(
          "ValueError",
          `dictionary update sequence element #${i} has length ${pair.length}; 2 is required`,
        );
      }
      add(pair[0], pair[1]);
    });
  }
  for (const [key, value] of Object.entries(kwargs)) add(key, value);
  return pairs;
}

function words(writing: Writing, pairs: Iterable<readonly [unknown, unknown]>): Argument[] {
  return Array.from(
    pairs,
    ([key, value]) => [...forms(writing, key), writing.dump(value)],
  ).flat();
}

/** Fields in the order of their keys; those that somebody else has written come last. */
function ordered(order: readonly Reply[], fields: Iterable<string>): string[] {
  const there = new Set(fields);
  const found = order.map(binary).filter((field) => there.delete(field));
  return [...found, ...there];
}

function binary(bytes: Reply): string {
  return (bytes as Uint8Array & { toString(encoding: string): string }).toString("latin1");
}

function table(flat: readonly Reply[]): Map<string, Reply> {
  const found = new Map<string, Reply>();
  for (let i = 0; i < flat.length; i += 2) found.set(binary(flat[i]!), flat[i + 1]!);
  return found;
}

function fromBinary(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

async function keysOf(self: Remote): Promise<unknown[]> {
  const [order, fields, keys] = listOf(await self.read("keys", KEYS)).map(listOf);
  const own = table(keys!);
  return ordered(order!, fields!.map(binary))
    .map((field) => self.load(own.get(field) ?? fromBinary(field)));
}

async function itemsOf(self: Remote): Promise<[unknown, unknown][]> {
  const [order, all, keys] = listOf(await self.read("items", ALL)).map(listOf);
  const [values, own] = [table(all!), table(keys!)];
  return ordered(order!, values.keys()).map((field) => [
    self.load(own.get(field) ?? fromBinary(field)),
    self.load(values.get(field)),
  ]);
}

/** Python's `dict`. */
export const dictType: RemoteType = {
  make([source], kwargs, pickles): Creation {
    const pairs = pairsOf(source, kwargs);
    const commands: [string, string, ...Argument[]][] = [];
    let next = 0;
    let [fields, order, keys]: Argument[][] = [[], [], []];
    const flush = () => {
      if (fields!.length > 0) {
        commands.push(["it", "HSET", ...fields!], ["order", "ZADD", ...order!]);
      }
      if (keys!.length > 0) commands.push(["keys", "HSET", ...keys!]);
      [fields, order, keys] = [[], [], []];
    };
    for (const [key, value] of pairs) {
      const [field, own] = forms(pickles, key);
      fields!.push(field, pickles.dump(value));
      order!.push(String(++next), field);
      if (own !== "") keys!.push(field, own);
      if (fields!.length >= AT_ONCE) flush();
    }
    flush();
    return { facts: { next: String(next) }, commands };
  },
  parameters: { get: ["key", "default"], pop: ["key", "default"] },
  methods: {
    __contains__: async (self, _, key) => await self.read("__contains__", HAS, fieldOf(key)) === 1,
    __delitem__: async (self, _, key) => {
      if (await self.change("__delitem__", DELETE, fieldOf(key)) === null) throw keyError(key);
      return null;
    },
    __getitem__: async (self, _, key) => {
      const value = await self.read("__getitem__", GET, fieldOf(key));
      if (value === null) throw keyError(key);
      return self.load(value);
    },
    __len__: (self) => self.read("__len__", COUNT),
    __setitem__: async (self, _, key, value) => {
      await self.change("__setitem__", PUT, ...forms(self, key), self.dump(value));
      return null;
    },
    clear: async (self) => {
      await self.change("clear", CLEAR);
      return null;
    },
    copy: async (self) => new PyDict(await itemsOf(self)),
    get: async (self, _, key, missing = null) => {
      const value = await self.read("get", GET, fieldOf(key));
      return value === null ? missing : self.load(value);
    },
    items: async (self) => (await itemsOf(self)).map(([key, value]) => tuple(key, value)),
    keys: keysOf,
    pop: async (self, _, key, ...missing) => {
      const found = await self.change("pop", DELETE, fieldOf(key));
      if (found !== null) return self.load(listOf(found)[0]);
      if (missing.length > 0) return missing[0];
      throw keyError(key);
    },
    popitem: async (self) => {
      const found = await self.change("popitem", LAST);
      if (found === null) throw keyError("popitem(): dictionary is empty");
      const [key, value] = listOf(found);
      return tuple(self.load(key), self.load(value));
    },
    setdefault: async (self, _, key, value = null) => {
      const words = [...forms(self, key), self.dump(value)];
      return self.load(listOf(await self.changeMany("setdefault", DEFAULT, words))[0]);
    },
    update: async (self, { kwargs }, source) => {
      const pairs = pairsOf(source, kwargs);
      if (pairs.size > 0) await self.changeMany("update", PUT, words(self, pairs));
      return null;
    },
    values: async (self) => (await itemsOf(self)).map(([, value]) => value),
    "#GETVALUE": async (self) => new PyDict(await itemsOf(self)),
  },
};
