/** A set is a hash: a field for each item, as a dict has for its keys, which holds the pickle of the item. */
import type { Argument } from "../../../../persist/redis/connection.ts";
import { PySet } from "../../../../persist/types/mod.ts";
import { pyIterate } from "../../server/python_values.ts";
import { fieldOf } from "../keys.ts";
import { AT_ONCE, changing, reading } from "../lua.ts";
import { keyError, listOf, type Remote, type RemoteType } from "../remote.ts";

const ADD = changing(`
for i = A + 1, #ARGV, 2 do call('HSETNX', it, ARGV[i], ARGV[i + 1]) end
return 1`);
const HAS = reading(`return call('HEXISTS', it, ARGV[A + 1])`);
const COUNT = reading(`return call('HLEN', it)`);
const ALL = reading(`return call('HVALS', it)`);
const DELETE = changing(`return call('HDEL', it, ARGV[A + 1]) == 1 and 1`);
const CLEAR = changing(`call('DEL', it)
return 1`);
const POP = changing(`
local field = call('HKEYS', it)[1]
if not field then return false end
local item = call('HGET', it, field)
call('HDEL', it, field)
return {item}`);

type Writing = Pick<Remote, "dump">;

function words(writing: Writing, sources: readonly unknown[]): Argument[] {
  const items = new PySet<unknown>();
  for (const source of sources) for (const item of pyIterate(source)) items.add(item);
  return [...items].flatMap((item) => [fieldOf(item), writing.dump(item)]);
}

async function copy(self: Remote): Promise<PySet<unknown>> {
  return new PySet(listOf(await self.read("copy", ALL)).map((item) => self.load(item)));
}

/** Python's `set`. */
export const setType: RemoteType = {
  make(sources, _, pickles) {
    const all = words(pickles, sources);
    const commands: [string, string, ...Argument[]][] = [];
    for (let at = 0; at < all.length; at += AT_ONCE) {
      commands.push(["it", "HSET", ...all.slice(at, at + AT_ONCE)]);
    }
    return { commands };
  },
  methods: {
    __contains__: async (self, _, item) =>
      await self.read("__contains__", HAS, fieldOf(item)) === 1,
    __len__: (self) => self.read("__len__", COUNT),
    add: async (self, _, item) => {
      await self.change("add", ADD, fieldOf(item), self.dump(item));
      return null;
    },
    clear: async (self) => {
      await self.change("clear", CLEAR);
      return null;
    },
    copy,
    discard: async (self, _, item) => {
      await self.change("discard", DELETE, fieldOf(item));
      return null;
    },
    pop: async (self) => {
      const found = await self.change("pop", POP);
      if (found === null) throw keyError("pop from an empty set");
      return self.load(listOf(found)[0]);
    },
    remove: async (self, _, item) => {
      if (await self.change("remove", DELETE, fieldOf(item)) === null) throw keyError(item);
      return null;
    },
    update: async (self, _, ...sources) => {
      const all = words(self, sources);
      if (all.length > 0) await self.changeMany("update", ADD, all);
      return null;
    },
    "#GETVALUE": copy,
  },
};
