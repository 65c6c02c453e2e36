/**
 * An array is a string of numbers side by side, big end first, in the width of its type code. Redis reads and adds to
 * integers in place (`BITFIELD`); floats are added to by a script.
 */
import { Buffer } from "node:buffer";
import type { Reply } from "../../../../persist/redis/connection.ts";
import { Float, Slice } from "../../../../persist/types/mod.ts";
import { indexOf, pyError, pyIterate, pyType, sliceIndexes } from "../../server/python_values.ts";
import { changing, reading } from "../lua.ts";
import { listOf, type Remote, type RemoteType } from "../remote.ts";

/** A type code: bytes of an item, how Redis names it, and how it is read and written. */
interface Code {
  readonly bytes: number;
  /** The type of `BITFIELD`; of floats the letter of `struct`. */
  readonly field: string;
  readonly min: bigint;
  readonly max: bigint;
}

function integers(bytes: number, signed: boolean): Code {
  const bits = BigInt(bytes * 8);
  // The largest unsigned type of `BITFIELD` has 63 bits.
  const field = signed ? `i${bits}` : bytes === 8 ? "u63" : `u${bits}`;
  return signed
    ? { bytes, field, min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n }
    : { bytes, field, min: 0n, max: 2n ** bits - 1n };
}

const CODES: ReadonlyMap<string, Code> = new Map([
  ["b", integers(1, true)],
  ["B", integers(1, false)],
  ["h", integers(2, true)],
  ["H", integers(2, false)],
  ["i", integers(4, true)],
  ["I", integers(4, false)],
  ["l", integers(8, true)],
  ["L", integers(8, false)],
  ["q", integers(8, true)],
  ["Q", integers(8, false)],
  ["f", { bytes: 4, field: "f", min: 0n, max: 0n }],
  ["d", { bytes: 8, field: "d", min: 0n, max: 0n }],
]);

function codeOf(code: unknown): Code {
  const found = CODES.get(String(code));
  if (found !== undefined) return found;
  throw pyError(
    "ValueError",
    `bad typecode ${JSON.stringify(code)} (must be b, B, h, H, i, I, l, L, q, Q, f or d)`,
  );
}

/** A number of a type, or Python's error. */
function checked(code: Code, value: unknown): number | bigint {
  const number = value instanceof Float
    ? Number(value)
    : typeof value === "boolean"
    ? +value
    : value;
  if (typeof number !== "number" && typeof number !== "bigint") {
    throw pyError("TypeError", `'${pyType(value)}' object cannot be an item of this array`);
  }
  if (code.max === 0n) return Number(number);
  if (value instanceof Float || typeof number === "number" && !Number.isInteger(number)) {
    throw pyError("TypeError", "'float' object cannot be an item of an array of integers");
  }
  const whole = BigInt(number);
  if (whole >= code.min && whole <= code.max) return whole;
  throw pyError("OverflowError", `${whole} is not between ${code.min} and ${code.max}`);
}

function encoded(code: Code, values: readonly unknown[]): Buffer {
  const bytes = Buffer.alloc(code.bytes * values.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  values.forEach((value, i) => {
    const number = checked(code, value);
    const at = i * code.bytes;
    if (code.field === "d") view.setFloat64(at, number as number);
    else if (code.field === "f") view.setFloat32(at, number as number);
    else if (code.bytes === 8) view.setBigInt64(at, number as bigint);
    else if (code.bytes === 4) view.setInt32(at, Number(number));
    else if (code.bytes === 2) view.setInt16(at, Number(number));
    else view.setInt8(at, Number(number));
  });
  return bytes;
}

function decoded(code: Code, reply: Reply): (number | bigint)[] {
  const bytes = reply as Uint8Array;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const read = (at: number): number | bigint => {
    switch (code.field) {
      case "d":
        return view.getFloat64(at);
      case "f":
        return view.getFloat32(at);
      case "i64":
      case "u63": {
        const number = code.min < 0n ? view.getBigInt64(at) : view.getBigUint64(at);
        return BigInt.asIntN(53, number) === number ? Number(number) : number;
      }
    }
    const signed = code.min < 0n;
    if (code.bytes === 4) return signed ? view.getInt32(at) : view.getUint32(at);
    if (code.bytes === 2) return signed ? view.getInt16(at) : view.getUint16(at);
    return signed ? view.getInt8(at) : view.getUint8(at);
  };
  const count = Math.floor(bytes.length / code.bytes);
  return Array.from({ length: count }, (_, i) => read(i * code.bytes));
}

/** What an array is: its code and bytes. Both never change. */
const SHAPE = reading(`return {call('HGET', is, 'code'), call('STRLEN', it)}`);
const GET = reading(`return call('GETRANGE', it, ARGV[A + 1], ARGV[A + 2])`);
/** Pairs of a place and bytes. */
const SET = changing(`
call('STRLEN', it)
for i = A + 1, #ARGV, 2 do call('SETRANGE', it, ARGV[i], ARGV[i + 1]) end
return 1`);
/** Type, place, number. */
const ADD = changing(`
local field, place, more = ARGV[A + 1], tonumber(ARGV[A + 2]), ARGV[A + 3]
if field ~= 'f' and field ~= 'd' then
  -- Of 64 bits without a sign the first bit is always 0.
  local bit = place * 8
  if field == 'u63' then
    if call('GETBIT', it, bit) == 1 then return {0} end
    bit = bit + 1
  end
  local sum = call('BITFIELD', it, 'OVERFLOW', 'FAIL', 'INCRBY', field, bit, more)[1]
  if not sum then return {0} end
else
  local size = field == 'd' and 8 or 4
  local old = struct.unpack('>' .. field, call('GETRANGE', it, place, place + size - 1))
  call('SETRANGE', it, place, struct.pack('>' .. field, old + tonumber(more)))
end
return {1, call('GETRANGE', it, place, place + ARGV[A + 4] - 1)}`);

const shapes = new WeakMap<Remote, Promise<{ code: Code; length: number }>>();

function shapeOf(self: Remote): Promise<{ code: Code; length: number }> {
  let shape = shapes.get(self);
  if (shape === undefined) {
    shape = (async () => {
      const [name, bytes] = listOf(await self.read("__len__", SHAPE));
      const code = codeOf(name);
      return { code, length: Math.floor(bytes as number / code.bytes) };
    })();
    shapes.set(self, shape);
    shape.catch(() => shapes.delete(self));
  }
  return shape;
}

/** Python's `multiprocessing.managers.Array`. */
export const arrayType: RemoteType = {
  make([name, items]) {
    const code = codeOf(name);
    const bytes = encoded(code, pyIterate(items));
    return {
      facts: { code: String(name) },
      commands: bytes.length === 0 ? [] : [["it", "SET", bytes]],
    };
  },
  methods: {
    __getitem__: async (self, _, index) => {
      const { code, length } = await shapeOf(self);
      const places = index instanceof Slice
        ? sliceIndexes(index, length)
        : [indexOf(index, length, "array index out of range")];
      if (places.length === 0) return [];
      const [low, high] = [
        Math.min(places[0]!, places.at(-1)!),
        Math.max(places[0]!, places.at(-1)!),
      ];
      const bytes = await self.read(
        "__getitem__",
        GET,
        String(low * code.bytes),
        String((high + 1) * code.bytes - 1),
      );
      const found = decoded(code, bytes);
      if (found.length !== high - low + 1) {
        throw new Deno.errors.InvalidData(
          `Cannot read the managed Array ${JSON.stringify(self.name)}: its bytes are gone`,
        );
      }
      return index instanceof Slice ? places.map((place) => found[place - low]) : found[0];
    },
    __len__: async (self) => (await shapeOf(self)).length,
    __setitem__: async (self, _, index, value) => {
      const { code, length } = await shapeOf(self);
      const places = index instanceof Slice
        ? sliceIndexes(index, length)
        : [indexOf(index, length, "array assignment index out of range")];
      const values = index instanceof Slice ? pyIterate(value) : [value];
      if (values.length !== places.length) {
        throw pyError("ValueError", "the length of this array is fixed");
      }
      const bytes = encoded(code, values);
      const pairs = places.flatMap((place, i) => [
        String(place * code.bytes),
        bytes.subarray(i * code.bytes, (i + 1) * code.bytes),
      ]);
      if (pairs.length > 0) await self.changeMany("__setitem__", SET, pairs);
      return null;
    },
    add: async (self, _, index, more) => {
      const { code, length } = await shapeOf(self);
      const place = indexOf(index, length, "array index out of range");
      const number = checked({ ...code, min: -(2n ** 63n), max: code.max && 2n ** 63n - 1n }, more);
      const [held, bytes] = listOf(
        await self.change(
          "add",
          ADD,
          code.field,
          String(place * code.bytes),
          String(number).replace("Infinity", "inf").replace("NaN", "nan"),
          String(code.bytes),
        ),
      );
      if (held === 1) return decoded(code, bytes!)[0];
      throw pyError("OverflowError", `the sum is not between ${code.min} and ${code.max}`);
    },
    "#GETVALUE": async (self) => {
      const { code } = await shapeOf(self);
      return decoded(code, await self.read("#GETVALUE", GET, "0", "-1"));
    },
  },
};
