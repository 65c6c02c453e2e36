/**
 * A queue is a list of items, each a number, a colon and the pickle. An item that is taken moves, in one step, to the hash
 * `taken:` under its number, and `takers:` says whose it is. It leaves when it is said to be done, and goes back to the
 * front of the list when its taker is buried: each item is given at least once.
 */
import type { Reply } from "../../../../persist/redis/connection.ts";
import { PyException } from "../../../../persist/types/mod.ts";
import { pyError } from "../../server/python_values.ts";
import { changing, reading } from "../lua.ts";
import type { Script } from "../../../../persist/redis/script.ts";
import { type Call, listOf, millisOf, type Remote, type RemoteType } from "../remote.ts";

const empty = (): PyException => new PyException("Empty", [], "_queue");
const full = (): PyException => new PyException("Full", [], "queue");
const shutDown = (): PyException => new PyException("ShutDown", [], "queue");

const PUT = changing(`
local length = call('LLEN', it)
if call('HGET', is, 'shut') then return {2} end
local most = tonumber(call('HGET', is, 'most'))
if most > 0 and length >= most then return false end
call('RPUSH', it, call('HINCRBY', is, 'next', 1) .. ':' .. ARGV[A + 1])
wake()
return {1}`);

/** The pickle is not kept twice: a taker that asks again finds it where it lies. */
const TAKE: Script = changing(
  `
local taken, takers = at('taken'), at('takers')
call('HLEN', taken)
call('HLEN', takers)
local item = call('LPOP', it)
if not item then return call('HGET', is, 'shut') and {2} end
local colon = string.find(item, ':', 1, true)
if not colon then
  call('RPUSH', at('bad'), item)
  return {3}
end
local id = string.sub(item, 1, colon - 1)
call('HSET', taken, id, string.sub(item, colon + 1))
call('HSET', takers, id, sid)
call('HSET', P .. 'held:' .. sid, 'q:' .. name, 1)
if tonumber(call('HGET', is, 'most')) > 0 then wake() end
return {1, id}`,
  `if reply and reply[1] == 1 then reply[3] = call('HGET', at('taken'), reply[2]) end`,
);

/** Numbers of items that are done. The answer is how many were still this client's. */
const DONE = changing(`
local mine = 0
for i = A + 1, #ARGV do
  if call('HGET', at('takers'), ARGV[i]) == sid then
    mine = mine + 1
    call('HDEL', at('taken'), ARGV[i])
    call('HDEL', at('takers'), ARGV[i])
  end
end
wake()
return mine`);
/** Puts an item back to the front, or to those that are no pickles. */
const BACK = changing(`
if call('HGET', at('takers'), ARGV[A + 1]) ~= sid then return 0 end
local item = call('HGET', at('taken'), ARGV[A + 1])
call('HDEL', at('taken'), ARGV[A + 1])
call('HDEL', at('takers'), ARGV[A + 1])
if ARGV[A + 2] == 'bad' then
  call('RPUSH', at('bad'), item)
else
  call('LPUSH', it, ARGV[A + 1] .. ':' .. item)
end
wake()
return 1`);
const SIZE = reading(
  `return {call('LLEN', it), call('HLEN', at('taken')), tonumber(call('HGET', is, 'most'))}`,
);
const SHUT = changing(`
call('LLEN', it)
call('HSET', is, 'shut', 1)
if ARGV[A + 1] == '1' then call('DEL', it) end
wake()
return 1`);

/** An item that was taken. */
export interface Taken {
  /** Its number. */
  readonly id: string;
  readonly value: unknown;
}

async function put(
  self: Remote,
  { signal }: Call,
  item: unknown,
  block: unknown = true,
  timeout: unknown = null,
): Promise<null> {
  const dumped = self.dump(item);
  const reply = await self.waits.for<Reply>({
    name: self.name,
    attempt: async () => await self.change("put", PUT, dumped) ?? undefined,
    timeout: millisOf(block, timeout),
    signal,
    turn: `put ${self.name}`,
  });
  if (reply === undefined) throw full();
  if (listOf(reply)[0] === 2) throw shutDown();
  return null;
}

async function take(
  self: Remote,
  { signal }: Call,
  block: unknown = true,
  timeout: unknown = null,
): Promise<Taken> {
  const reply = await self.waits.for<readonly Reply[]>({
    name: self.name,
    attempt: async () => await self.change("get", TAKE) as readonly Reply[] | null ?? undefined,
    timeout: millisOf(block, timeout),
    signal,
    turn: `get ${self.name}`,
    giveBack: async ([how, id]) => how === 1 && await self.change("get", BACK, String(id), ""),
  });
  if (reply === undefined) throw empty();
  const [how, number, bytes] = reply;
  if (how === 2) throw shutDown();
  const id = String(number);
  try {
    return { id, value: self.load(bytes) };
  } catch (error) {
    // Nobody can read it: it must not come back for ever.
    if (how === 1) await self.change("get", BACK, id, "bad");
    throw error;
  }
}

async function get(self: Remote, call: Call, block?: unknown, timeout?: unknown): Promise<unknown> {
  const { id, value } = await take(self, call, block, timeout);
  await self.change("get", DONE, id);
  return value;
}

/** Python's `queue.Queue`, and `JoinableQueue`. */
export const queueType: RemoteType = {
  make([maxSize = 0], kwargs) {
    const most = Number(kwargs.maxsize ?? maxSize);
    if (!Number.isInteger(most)) throw pyError("TypeError", "maxsize must be an integer");
    return { facts: { most: String(Math.max(0, most)), next: "0" } };
  },
  parameters: {
    get: ["block", "timeout"],
    put: ["item", "block", "timeout"],
    shutdown: ["immediate"],
  },
  methods: {
    empty: async (self) => (await sizes(self, "empty"))[0] === 0,
    full: async (self) => {
      const [length, , most] = await sizes(self, "full");
      return most > 0 && length >= most;
    },
    get,
    get_nowait: (self, call) => get(self, call, false),
    join: async (self, { signal }) => {
      await self.waits.for({
        name: self.name,
        attempt: async () => {
          const [waiting, taken] = await sizes(self, "join");
          return waiting + taken === 0 ? true : undefined;
        },
        timeout: undefined,
        signal,
      });
      return null;
    },
    put,
    put_nowait: (self, call, item) => put(self, call, item, false),
    qsize: async (self) => (await sizes(self, "qsize"))[0],
    shutdown: async (self, _, immediate = false) => {
      await self.change("shutdown", SHUT, immediate === true ? "1" : "0");
      return null;
    },
    "#take": take,
    "#done": (self, _, ids: readonly string[]) => self.changeMany("task_done", DONE, ids),
    "#back": (self, _, ids: readonly string[]) =>
      Promise.all(ids.map((id) => self.change("get", BACK, id, ""))),
  },
};

/** How many wait, how many are taken, and how many may wait. */
async function sizes(self: Remote, method: string): Promise<[number, number, number]> {
  return await self.read(method, SIZE) as unknown as [number, number, number];
}
