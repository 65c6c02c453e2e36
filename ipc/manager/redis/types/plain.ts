/**
 * A namespace is a hash of pickles, an event a key that is there or not. A value is a pickle, or the text of a number: `7`,
 * `0.5`, `1.0`, so that Redis can add to it. Pickles begin with a byte that no number begins with.
 */
import { Buffer } from "node:buffer";
import type { Argument, Reply } from "../../../../persist/redis/connection.ts";
import { Float } from "../../../../persist/types/mod.ts";
import { pyError, pyType } from "../../server/python_values.ts";
import { changing, reading } from "../lua.ts";
import { millisOf, type Remote, type RemoteType } from "../remote.ts";

const GET_NAME = reading(`return call('HGET', it, ARGV[A + 1])`);
const SET_NAME = changing(`call('HSET', it, ARGV[A + 1], ARGV[A + 2])
return 1`);
const DELETE_NAME = changing(`return call('HDEL', it, ARGV[A + 1]) == 1 and 1`);

function missing(name: unknown): Error {
  return pyError("AttributeError", `'Namespace' object has no attribute '${name}'`);
}

/** Python's `multiprocessing.managers.Namespace`. */
export const namespaceType: RemoteType = {
  make(_, kwargs, pickles) {
    const fields = Object.entries(kwargs).flatMap(([name, value]) => [name, pickles.dump(value)]);
    return { commands: fields.length === 0 ? [] : [["it", "HSET", ...fields]] };
  },
  methods: {
    __delattr__: async (self, _, name) => {
      if (await self.change("__delattr__", DELETE_NAME, String(name)) === null) throw missing(name);
      return null;
    },
    __getattribute__: async (self, _, name) => {
      const value = await self.read("__getattribute__", GET_NAME, String(name));
      if (value === null) throw missing(name);
      return self.load(value);
    },
    __setattr__: async (self, _, name, value) => {
      await self.change("__setattr__", SET_NAME, String(name), self.dump(value));
      return null;
    },
  },
};

const GET = reading(`return call('GET', it)`);
const SET = changing(`call('STRLEN', it)
call('SET', it, ARGV[A + 1])
return 1`);
/** Adds as integers of 64 bits, or as floats of 64 bits if either is one. */
const ADD = changing(`
local text = call('GET', it)
if not text or not string.find(text, '^[-%dni]') then return {0, text} end
local more = ARGV[A + 1]
local whole = string.find(text, '^-?%d+$') and string.find(more, '^-?%d+$')
if whole then
  local moved = redis.pcall('INCRBY', it, more)
  if type(moved) == 'table' then return {1, text} end
  -- As text, which is exact where a number of Lua's is not.
  return {2, call('GET', it)}
end
local sum = tonumber(text) + tonumber(more)
local shown = string.format('%.17g', sum)
if string.find(shown, '^-?%d+$') then shown = shown .. '.0' end
call('SET', it, shown)
return {2, shown}`);

const MAX_INT = 2n ** 63n;

/** The text of a number, `undefined` for what Redis cannot add to. */
function textOf(code: string, value: unknown): string | undefined {
  const floats = code === "d" || code === "f";
  if (value instanceof Float || typeof value === "number" && (floats || !Number.isInteger(value))) {
    const number = Number(value);
    if (Number.isNaN(number)) return "nan";
    if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
    const text = Object.is(number, -0) ? "-0" : String(number);
    return /^-?\d+$/.test(text) ? `${text}.0` : text;
  }
  if (typeof value !== "number" && typeof value !== "bigint") return undefined;
  if (floats) return textOf(code, new Float(Number(value)));
  const number = BigInt(value);
  return number < MAX_INT && number >= -MAX_INT ? String(number) : undefined;
}

function written(pickles: Pick<Remote, "dump">, code: string, value: unknown): Argument {
  return textOf(code, value) ?? pickles.dump(value);
}

function numberOf(text: string): unknown {
  if (/^-?\d+$/.test(text)) {
    const number = Number(text);
    return Number.isSafeInteger(number) ? number : BigInt(text);
  }
  const special: Record<string, number> = {
    inf: Infinity,
    "-inf": -Infinity,
    nan: NaN,
    "-nan": NaN,
  };
  return special[text] ?? Number(text);
}

function valueOf(self: Remote, reply: Reply): unknown {
  if (!(reply instanceof Uint8Array)) {
    throw new Deno.errors.InvalidData(
      `Cannot read the managed Value ${JSON.stringify(self.name)}: its key is gone`,
    );
  }
  const text = Buffer.from(reply).toString("latin1");
  return /^-?(\d|inf|nan)/.test(text) ? numberOf(text) : self.load(reply);
}

/** Python's `multiprocessing.managers.Value`. */
export const valueType: RemoteType = {
  make([code, value], _, pickles) {
    return {
      facts: { code: String(code) },
      commands: [["it", "SET", written(pickles, String(code), value)]],
    };
  },
  methods: {
    add: async (self, _, more) => {
      const text = textOf("", more);
      if (text === undefined) {
        throw pyError("TypeError", `cannot add '${pyType(more)}' to a managed Value`);
      }
      const reply = await self.change("add", ADD, text) as Reply[];
      if (reply[0] === 2) return valueOf(self, reply[1]!);
      if (reply[0] === 1) throw pyError("OverflowError", "the sum has more than 64 bits");
      const value = valueOf(self, reply[1] ?? null);
      throw pyError("TypeError", `cannot add to a managed Value of '${pyType(value)}'`);
    },
    get: async (self) => valueOf(self, await self.read("get", GET)),
    set: async (self, _, value) => {
      // With floats all numbers are floats.
      const code = await self.read("set", CODE);
      await self.change("set", SET, written(self, String(code), value));
      return null;
    },
  },
};
const CODE = reading(`return call('HGET', is, 'code')`);

const IS_SET = reading(`return call('EXISTS', it)`);
const SET_EVENT = changing(`
if call('EXISTS', it) == 1 then return false end
call('SET', it, '1')
wake()
return 1`);
const CLEAR_EVENT = changing(`return call('DEL', it) == 1 and 1`);

/** Python's `Event`. */
export const eventType: RemoteType = {
  make: () => ({}),
  parameters: { wait: ["timeout"] },
  methods: {
    clear: async (self) => {
      await self.change("clear", CLEAR_EVENT);
      return null;
    },
    is_set: async (self) => await self.read("is_set", IS_SET) === 1,
    set: async (self) => {
      await self.change("set", SET_EVENT);
      return null;
    },
    wait: async (self, { signal }, timeout = null) => {
      const set = await self.waits.for({
        name: self.name,
        attempt: async () => await self.read("wait", IS_SET) === 1 ? true : undefined,
        timeout: millisOf(true, timeout),
        signal,
      });
      return set ?? false;
    },
  },
};
