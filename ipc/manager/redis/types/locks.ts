/**
 * A lock is a hash that is there while it is held: `s` the session, `n` how often, `token`. A semaphore is the number of
 * those that may still hold it; beside it lies how many each session holds. A session that is buried lets go of both.
 *
 * Each acquisition has a token, larger than all before it of this prefix: what the lock protects can refuse a smaller one
 * than it has seen, from a client that was stopped for longer than its lease and does not know it yet (M. Kleppmann, "How to do
 * distributed locking", 2016).
 */
import { LeaseLostError } from "../../errors.ts";
import { pyError } from "../../server/python_values.ts";
import { changing, reading } from "../lua.ts";
import { type Call, listOf, millisOf, type Remote, type RemoteType } from "../remote.ts";

const ACQUIRE = changing(`
if kind == 'Semaphore' or kind == 'BoundedSemaphore' then
  local free = tonumber(call('GET', it))
  if not free then return redis.error_reply('WRONGTYPE the count of this semaphore is gone') end
  call('HLEN', at('holders'))
  if free < 1 then return false end
  call('DECR', it)
  call('HINCRBY', at('holders'), sid, 1)
  call('HSET', P .. 'held:' .. sid, 's:' .. name, 1)
  return {call('INCR', P .. 'fence'), sid}
end
local owner = call('HGET', it, 's')
if owner then
  if kind ~= 'RLock' or owner ~= sid then return false end
  call('HINCRBY', it, 'n', 1)
  return {tonumber(call('HGET', it, 'token')), sid}
end
local token = call('INCR', P .. 'fence')
call('HSET', it, 's', sid, 'n', 1, 'token', token)
call('HSET', P .. 'held:' .. sid, 'l:' .. name, 1)
return {token, sid}`);

/** Arguments: the token and the session that it must be, or nothing. The answer is 1, or 0 if it is not held so, or a number of its own. */
const RELEASE = changing(`
local token, owner = ARGV[A + 1], ARGV[A + 2]
if owner ~= '' and owner ~= sid then return {0} end
if kind == 'Semaphore' or kind == 'BoundedSemaphore' then
  local free = tonumber(call('GET', it))
  if not free then return redis.error_reply('WRONGTYPE the count of this semaphore is gone') end
  local holders = at('holders')
  if kind == 'BoundedSemaphore' and free >= tonumber(call('HGET', is, 'value')) then return {2} end
  -- The caller's own first, else somebody's, as Python lets anybody release.
  local who = call('HEXISTS', holders, sid) == 1 and sid or call('HKEYS', holders)[1]
  if who and call('HINCRBY', holders, who, -1) <= 0 then
    call('HDEL', holders, who)
    call('HDEL', P .. 'held:' .. who, 's:' .. name)
  end
  call('INCR', it)
  wake()
  return {1}
end
if call('HGET', it, 's') ~= sid then return {call('EXISTS', it) == 1 and 3 or 0} end
if token ~= '' and call('HGET', it, 'token') ~= token then return {0} end
if call('HINCRBY', it, 'n', -1) <= 0 then
  call('DEL', it)
  call('HDEL', P .. 'held:' .. sid, 'l:' .. name)
  wake()
end
return {1}`);

const LOCKED = reading(`
if kind == 'Semaphore' or kind == 'BoundedSemaphore' then return tonumber(call('GET', it)) < 1 and 1 or 0 end
return call('EXISTS', it)`);
const FREE = reading(`return tonumber(call('GET', it))`);

/** An acquisition. */
export interface Grant {
  /** Larger than all before it. */
  readonly token: number;
  /** The session that holds it. */
  readonly session: string;
}

/** An acquisition, `false` if the time was over. */
async function acquire(
  self: Remote,
  { signal }: Call,
  blocking: unknown = true,
  timeout: unknown = null,
): Promise<Grant | false> {
  const grant = await self.waits.for<Grant>({
    name: self.name,
    attempt: async () => {
      const reply = await self.change("acquire", ACQUIRE);
      if (reply === null) return undefined;
      const [token, session] = listOf(reply);
      return { token: token as number, session: String(session) };
    },
    timeout: millisOf(blocking, timeout === -1 ? null : timeout),
    signal,
    turn: `acquire ${self.name}`,
    giveBack: ({ token, session }) => release(self, String(token), session),
  });
  return grant ?? false;
}

/** Releases: any acquisition of this client, or the one of a token. */
async function release(self: Remote, token = "", session = ""): Promise<null> {
  const [how] = listOf(await self.change("release", RELEASE, token, session));
  if (how === 1) return null;
  if (session !== "") {
    throw new LeaseLostError(`release a managed ${self.kind}`, self.session.lease);
  }
  if (how === 2) throw pyError("ValueError", "released too many times");
  throw pyError(
    "RuntimeError",
    how === 3 ? "cannot release a lock that another client holds" : "release unlocked lock",
  );
}

const methods: RemoteType["methods"] = {
  acquire: async (self, call, blocking, timeout) =>
    await acquire(self, call, blocking, timeout) !== false,
  "#acquire": acquire,
  locked: async (self) => await self.read("locked", LOCKED) === 1,
  release: (self) => release(self),
  "#release": (self, _, token, session) => release(self, String(token), String(session)),
};
const parameters = { acquire: ["blocking", "timeout"] };

/** Python's `Lock` and `RLock`. */
export const lockType: RemoteType = { make: () => ({}), parameters, methods };

/** Python's `Semaphore` and `BoundedSemaphore`. */
export const semaphoreType: RemoteType = {
  make([first = 1], kwargs) {
    const value = kwargs.value ?? first;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
      throw pyError("ValueError", "semaphore initial value must be >= 0");
    }
    return { facts: { value: String(value) }, commands: [["it", "SET", String(value)]] };
  },
  parameters,
  methods: { ...methods, get_value: (self) => self.read("get_value", FREE) },
};
