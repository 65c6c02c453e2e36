/**
 * What Redis does in one step. `KEYS[1]` is the hash of the shelf, `KEYS[2]` the sorted set of the fields that expire.
 *
 * A field's value is `\0 value`, or `\1 expires:f64 value`. The sorted set may still name fields that were overwritten since:
 * what counts is the value.
 */
import { Script } from "../../../redis/script.ts";

const EXPIRED = `
local function expired(value, now)
  return string.byte(value, 1) == 1 and struct.unpack('>d', string.sub(value, 2, 9)) <= now
end
local now = tonumber(ARGV[1])
`;

const GONE = `${EXPIRED}
local gone = {}
local count = 0
for _, field in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
  local value = redis.call('HGET', KEYS[1], field)
  if value and expired(value, now) then
    gone[field] = true
    count = count + 1
  end
end
`;

/** The fields that have not expired. */
export const KEYS: Script = new Script(`${GONE}
local keys = redis.call('HKEYS', KEYS[1])
if count == 0 then return keys end
local found = {}
for _, field in ipairs(keys) do
  if not gone[field] then found[#found + 1] = field end
end
return found
`);

/** How many fields have not expired. */
export const COUNT: Script = new Script(`${GONE}
return redis.call('HLEN', KEYS[1]) - count
`);

/** Whether a field is there and has not expired. */
export const HAS: Script = new Script(`${EXPIRED}
local value = redis.call('HGET', KEYS[1], ARGV[2])
return value and not expired(value, now) and 1 or 0
`);

/** Deletes some of the fields that have expired; how many there may be still. */
export const SWEEP: Script = new Script(`${EXPIRED}
for _, field in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1000)) do
  local value = redis.call('HGET', KEYS[1], field)
  if value and expired(value, now) then redis.call('HDEL', KEYS[1], field) end
  redis.call('ZREM', KEYS[2], field)
end
return redis.call('ZCOUNT', KEYS[2], '-inf', now)
`);

/**
 * Writes if conditions hold. The arguments are now, the number of conditions, then for each the field, `=` and its value or `-`
 * and nothing; then for each write the field, when it expires or nothing, and `=` and its value or `-` and nothing. The answer is
 * whether they held, and how many of the deleted fields were there.
 */
export const COMMIT: Script = new Script(`${EXPIRED}
-- A script is not undone: keys of a wrong type have to fail before anything is written.
redis.call('HLEN', KEYS[1])
redis.call('ZCARD', KEYS[2])
local at = 3
for _ = 1, tonumber(ARGV[2]) do
  local value = redis.call('HGET', KEYS[1], ARGV[at])
  if value and expired(value, now) then value = false end
  if ARGV[at + 1] == '=' then
    if value ~= ARGV[at + 2] then return {0, 0} end
  elseif value then
    return {0, 0}
  end
  at = at + 3
end
local deleted = 0
while at <= #ARGV do
  local field, expires, kind, value = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  if kind == '=' then
    redis.call('HSET', KEYS[1], field, value)
    if expires ~= '' then redis.call('ZADD', KEYS[2], expires, field) end
  else
    local old = redis.call('HGET', KEYS[1], field)
    if old and not expired(old, now) then deleted = deleted + 1 end
    redis.call('HDEL', KEYS[1], field)
    redis.call('ZREM', KEYS[2], field)
  end
  at = at + 4
end
return {1, deleted}
`);
