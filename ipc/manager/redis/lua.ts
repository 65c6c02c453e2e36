/**
 * What all scripts begin with, and those that are about clients and objects as such.
 *
 * Keys, `P` being the prefix and a colon:
 *
 *   P sessions          sorted set: each client's session, by when its lease ends (the server's milliseconds)
 *   P held:<session>    hash: what it holds, `r:` references, `l:` locks, `s:` semaphores, `q:` queues, and the object's name
 *   P done:<session>    hash: slot -> `<number>:<reply>` of its last change there, for one that is sent again
 *   P objects           set: the names of all objects
 *   P fence             counter: the tokens of locks and semaphores
 *   P is:<name>         hash: `type`, `named`, and what else the type knows of the object
 *   P it:<name>         the object itself
 *   P refs:<name>       hash: session, or `in:<name>` of an object that it is an item of -> references; of unnamed objects only
 *   P kids:<name>       set: unnamed objects that are, or were, items of this one
 *   P order: keys: taken: takers: holders: bad: <name>   what some types keep beside it
 *   P wake:<name>       channel: something has changed
 *
 * `held:` also has `lease`, and `turned`, the reply of the script that began the session.
 *
 * A client that is not heard of until its lease ends is *buried*: what it held goes to the others. Its names are not known
 * before, so the scripts use keys that are not declared: the manager is for one server, not for a cluster.
 */
import { Script } from "../../../persist/redis/script.ts";

const COMMON = `
local P, sid, slot, number, name, kind = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local is, it = P .. 'is:' .. name, P .. 'it:' .. name
local call = redis.call
local function at(what) return P .. what .. ':' .. name end
local function wake(who) call('PUBLISH', P .. 'wake:' .. (who or name), '') end
local function gone() return redis.error_reply('FERRYGONE there is no such object any more') end
local function there() return call('HGET', is, 'type') == kind end
`;

/** How many arguments come before those of the script itself. */
const BEFORE = 6;

/** Each part of a command that Lua may hand on at once, far below what its stack takes. */
export const AT_ONCE = 1000;

const CHUNKS = `
local function each(command, key, from, step)
  for first = from, #ARGV, step do
    call(command, key, unpack(ARGV, first, math.min(first + step - 1, #ARGV)))
  end
end
`;

const ONCE = `
local function session_gone() return redis.error_reply('FERRYSESSION this client was given up') end
local function alive() return call('ZSCORE', P .. 'sessions', sid) end
local function done_before()
  local seen = call('HGET', P .. 'done:' .. sid, slot)
  if not seen then return false end
  local colon = string.find(seen, ':', 1, true)
  local last = tonumber(string.sub(seen, 1, colon - 1))
  if last < tonumber(number) then return false end
  -- One that was given up and sent again comes late: it was done, and nobody waits for it.
  if last > tonumber(number) then return true, false end
  return true, cmsgpack.unpack(string.sub(seen, colon + 1))
end
local function done(reply)
  call('HSET', P .. 'done:' .. sid, slot, number .. ':' .. cmsgpack.pack(reply))
end
`;

const DESTROY = `
local function destroy(who)
  local kids = call('SMEMBERS', P .. 'kids:' .. who)
  for _, what in ipairs({'is', 'it', 'order', 'keys', 'taken', 'takers', 'holders', 'bad', 'refs', 'kids'}) do
    call('DEL', P .. what .. ':' .. who)
  end
  call('SREM', P .. 'objects', who)
  wake(who)
  for _, kid in ipairs(kids) do
    call('HDEL', P .. 'refs:' .. kid, 'in:' .. who)
    if call('HLEN', P .. 'refs:' .. kid) == 0 and call('HGET', P .. 'is:' .. kid, 'named') == '0' then destroy(kid) end
  end
end
local function unrefer(who, by)
  call('HDEL', P .. 'refs:' .. who, by)
  if call('HLEN', P .. 'refs:' .. who) == 0 and call('HGET', P .. 'is:' .. who, 'named') == '0' then destroy(who) end
end
`;

/**
 * What a session held goes back. With `dead`, items of a plain queue too: an orderly client had them, so they are done.
 */
const BURY = `
local function put_back(who, s, drop)
  local taken, takers = P .. 'taken:' .. who, P .. 'takers:' .. who
  local all, ids = call('HGETALL', takers), {}
  for i = 1, #all, 2 do
    if all[i + 1] == s then ids[#ids + 1] = tonumber(all[i]) end
  end
  table.sort(ids, function(a, b) return a > b end)
  for _, id in ipairs(ids) do
    id = string.format('%.0f', id)
    if not drop then
      local item = call('HGET', taken, id)
      if item then call('LPUSH', P .. 'it:' .. who, id .. ':' .. item) end
    end
    call('HDEL', taken, id)
    call('HDEL', takers, id)
  end
  if #ids > 0 then wake(who) end
end
local function let_go(what, who, s, dead)
  if what == 'l' then
    if call('HGET', P .. 'it:' .. who, 's') == s then
      call('DEL', P .. 'it:' .. who)
      wake(who)
    end
  elseif what == 's' then
    local n = call('HGET', P .. 'holders:' .. who, s)
    if n then
      call('HDEL', P .. 'holders:' .. who, s)
      call('INCRBY', P .. 'it:' .. who, n)
      wake(who)
    end
  elseif what == 'q' then
    put_back(who, s, not dead and call('HGET', P .. 'is:' .. who, 'type') == 'Queue')
  elseif what == 'r' then
    unrefer(who, s)
  end
end
local function bury(s, dead)
  local held = call('HKEYS', P .. 'held:' .. s)
  for _, field in ipairs(held) do
    -- What somebody else has written over a key must not keep the dead from being buried.
    if string.sub(field, 2, 2) == ':' then
      pcall(let_go, string.sub(field, 1, 1), string.sub(field, 3), s, dead)
    end
  end
  call('DEL', P .. 'held:' .. s, P .. 'done:' .. s)
  call('ZREM', P .. 'sessions', s)
end
local function now()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`;

/** A script that changes nothing. It begins to count its arguments behind `A`. */
export function reading(body: string): Script {
  return new Script(`${COMMON}local A = ${BEFORE}\nif not there() then return gone() end\n${body}`);
}

/**
 * A script that changes an object, once: if it is sent again it gives the reply of the first time.
 *
 * @param body The body of a function. `false` says that nothing was changed.
 * @param answer What becomes of its `reply`, each time.
 */
export function changing(body: string, answer = ""): Script {
  return new Script(`${COMMON}${CHUNKS}${ONCE}local A = ${BEFORE}
if not alive() then return session_gone() end
local function change()
${body}
end
local before, reply = done_before()
if not before then
  if not there() then return gone() end
  reply = change()
  if reply and not (type(reply) == 'table' and reply.err) then done(reply) end
end
${answer}
return reply`);
}

/** As {@linkcode changing}, for what makes and destroys objects. */
function managing(body: string): Script {
  return new Script(`${COMMON}${ONCE}${DESTROY}local A = ${BEFORE}
if not alive() then return session_gone() end
local function change()
${body}
end
local before, reply = done_before()
if not before then
  reply = change()
  if reply and not (type(reply) == 'table' and reply.err) then done(reply) end
end
return reply`);
}

const REFER = `
local function refer()
  if call('HGET', is, 'named') == '1' then return end
  call('HINCRBY', at('refs'), sid, 1)
  call('HSET', P .. 'held:' .. sid, 'r:' .. name, 1)
end
`;

/**
 * Makes an object, or finds the one of that name. Arguments: whether it is named, the number of pairs of its `is`, those; then
 * commands, each as the number of its words, the word before the colon of its key, and the words without the key. The answer
 * is 1 if it was made, 0 if it was there, or the type of another object of that name.
 */
export const CREATE: Script = managing(`
${REFER}
local type = call('HGET', is, 'type')
if type and type ~= kind then return type end
if type then
  refer()
  return 0
end
if call('EXISTS', it, at('order'), at('keys'), at('taken'), at('takers'), at('holders')) > 0 then
  return redis.error_reply('WRONGTYPE there is something of this name that no manager has made')
end
call('HSET', is, 'type', kind, 'named', ARGV[A + 1])
call('SADD', P .. 'objects', name)
local n = tonumber(ARGV[A + 2])
local i = A + 3
for _ = 1, n do
  call('HSET', is, ARGV[i], ARGV[i + 1])
  i = i + 2
end
refer()
while i <= #ARGV do
  local words = tonumber(ARGV[i])
  call(ARGV[i + 2], at(ARGV[i + 1]), unpack(ARGV, i + 3, i + words))
  i = i + words + 1
end
return 1
`);

/** One more reference; whether the object is there. */
export const INCREF: Script = managing(`
${REFER}
if not there() then return 0 end
refer()
return 1
`);

/** One reference less. */
export const DECREF: Script = managing(`
if call('HGET', is, 'named') ~= '0' then return 1 end
if call('HINCRBY', at('refs'), sid, -1) <= 0 then
  call('HDEL', P .. 'held:' .. sid, 'r:' .. name)
  unrefer(name, sid)
end
return 1
`);

/** Objects become items of this one, and stay for as long as it does. */
export const ADOPT: Script = managing(`
for i = A + 1, #ARGV do
  if call('HGET', P .. 'is:' .. ARGV[i], 'named') == '0' then
    call('SADD', at('kids'), ARGV[i])
    call('HSET', P .. 'refs:' .. ARGV[i], 'in:' .. name, 1)
  end
end
return 1
`);

/** Deletes an object by its name; whether there was one. */
export const REMOVE: Script = managing(`
if call('EXISTS', is) == 0 then return 0 end
destroy(name)
return 1
`);

/**
 * Begins a session, or goes on as another one: `name` is the former. Locks and semaphores are let go, all else goes along.
 * Arguments: the lease. The answer is whether there was a former one.
 */
export const TURN: Script = new Script(`${COMMON}${DESTROY}${BURY}
local A = ${BEFORE}
local seen = call('HGET', P .. 'held:' .. sid, 'turned')
if seen then return tonumber(seen) end
call('ZADD', P .. 'sessions', now() + ARGV[A + 1], sid)
call('HSET', P .. 'held:' .. sid, 'lease', ARGV[A + 1])
if name == '' or not call('ZSCORE', P .. 'sessions', name) then
  call('HSET', P .. 'held:' .. sid, 'turned', 0)
  return 0
end
call('HSET', P .. 'held:' .. sid, 'turned', 1)
local from, to = P .. 'held:' .. name, P .. 'held:' .. sid
for _, field in ipairs(call('HKEYS', from)) do
  local what, who = string.sub(field, 1, 1), string.sub(field, 3)
  if what == 'r' then
    local refs = P .. 'refs:' .. who
    local n = call('HGET', refs, name)
    if n then
      call('HDEL', refs, name)
      call('HINCRBY', refs, sid, n)
    end
  elseif what == 'q' then
    local takers = P .. 'takers:' .. who
    local all = call('HGETALL', takers)
    for i = 1, #all, 2 do
      if all[i + 1] == name then call('HSET', takers, all[i], sid) end
    end
  end
  if what == 'r' or what == 'q' then
    call('HDEL', from, field)
    call('HSET', to, field, 1)
  end
end
if call('EXISTS', P .. 'done:' .. name) == 1 then call('RENAME', P .. 'done:' .. name, P .. 'done:' .. sid) end
bury(name, true)
return 1
`);

/**
 * Renews a session, and buries others whose lease is over. Arguments: the lease, the milliseconds that this client has been
 * connected without a break, and whether it has never been otherwise. The answer is whether the session was there still.
 *
 * After a server was away its clients come back before they are missed: one is buried by those that have been connected for the
 * length of its lease. A client that is new has not seen any break; it goes by how long the server has been up.
 */
export const BEAT: Script = new Script(`${COMMON}${DESTROY}${BURY}
local A = ${BEFORE}
local function uptime()
  local found, info = pcall(call, 'INFO', 'server')
  return found and 1000 * (tonumber(string.match(info, 'uptime_in_seconds:(%d+)')) or 0) or 0
end
local time = now()
local here = call('ZSCORE', P .. 'sessions', sid)
if here then call('ZADD', P .. 'sessions', time + ARGV[A + 1], sid) end
local steady = tonumber(ARGV[A + 2])
local late = call('ZRANGEBYSCORE', P .. 'sessions', '-inf', '(' .. time, 'WITHSCORES', 'LIMIT', 0, 10)
for i = 1, #late, 2 do
  local s = late[i]
  local found, lease = pcall(call, 'HGET', P .. 'held:' .. s, 'lease')
  lease = found and tonumber(lease) or 0
  local missed = steady >= lease
  if not missed and ARGV[A + 3] == '1' then missed = time - late[i + 1] >= lease and uptime() >= lease end
  if missed and s ~= sid then bury(s, true) end
end
return here and 1 or 0
`);

/** Ends a session in good order. */
export const LEAVE: Script = new Script(`${COMMON}${DESTROY}${BURY}
bury(sid, false)
return 1
`);

/** How many objects there are. */
export const COUNT: Script = new Script(`return redis.call('SCARD', ARGV[1] .. 'objects')`);
