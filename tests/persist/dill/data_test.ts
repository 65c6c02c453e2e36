import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { dumps, loads, UndumpableError } from "@ferry/std/persist/dill";
import { copy } from "./_copy.ts";

/** The 23 values that packages of this kind are compared with, and how to tell that one came back right. */
const ROUND_TRIPS: Record<string, { value: unknown; same: (back: never) => boolean }> = {
  undefined: { value: undefined, same: (back) => back === undefined },
  "-0": { value: -0, same: (back) => Object.is(back, -0) },
  NaN: { value: NaN, same: (back) => Number.isNaN(back) },
  bigint: { value: 2n ** 100n, same: (back) => back === 2n ** 100n },
  Date: { value: new Date(5), same: (back: Date) => back instanceof Date && back.getTime() === 5 },
  RegExp: {
    value: /a+/giu,
    same: (back: RegExp) => back instanceof RegExp && String(back) === "/a+/giu",
  },
  "Map with an object as key": {
    value: new Map([[{ a: 1 }, "x"]]),
    same: (back: Map<{ a: number }, string>) => [...back.keys()][0]!.a === 1,
  },
  Set: { value: new Set([1]), same: (back: Set<number>) => back instanceof Set && back.has(1) },
  Uint8Array: {
    value: new Uint8Array([1, 2]),
    same: (back: Uint8Array) => back instanceof Uint8Array && back[1] === 2,
  },
  Float64Array: {
    value: new Float64Array([0.5]),
    same: (back: Float64Array) => back instanceof Float64Array && back[0] === 0.5,
  },
  ArrayBuffer: {
    value: new ArrayBuffer(8),
    same: (back: ArrayBuffer) => back instanceof ArrayBuffer && back.byteLength === 8,
  },
  Error: {
    value: new TypeError("bad", { cause: 1 }),
    same: (back: Error) => back instanceof TypeError && back.message === "bad" && back.cause === 1,
  },
  URL: {
    value: new URL("https://example.com/a?b#c"),
    same: (back: URL) => back instanceof URL && back.search === "?b",
  },
  "Symbol.for": { value: Symbol.for("x"), same: (back) => back === Symbol.for("x") },
  cycle: {
    value: (() => {
      const self: Record<string, unknown> = {};
      self.self = self;
      return self;
    })(),
    same: (back: { self: unknown }) => back.self === back,
  },
  "shared reference": {
    value: (() => {
      const shared = {};
      return [shared, shared];
    })(),
    same: (back: unknown[]) => back[0] === back[1],
  },
  class: {
    value: class Point {
      x = 1;
      sum(y: number) {
        return this.x + y;
      }
    },
    same: (back: new () => { sum(y: number): number }) => new back().sum(2) === 3,
  },
  function: {
    value: function add(a: number, b: number) {
      return a + b;
    },
    same: (back: (a: number, b: number) => number) => back(1, 2) === 3,
  },
  closure: {
    value: ((n: number) => () => n)(7),
    same: (back: () => number) => back() === 7,
  },
  "sparse array": {
    // deno-lint-ignore no-sparse-arrays
    value: [1, , 3],
    same: (back: unknown[]) => back.length === 3 && !(1 in back),
  },
  "__proto__ key": {
    value: JSON.parse('{"__proto__": 1}'),
    same: (back: object) => Object.keys(back)[0] === "__proto__",
  },
  "object without a prototype": {
    value: Object.assign(Object.create(null), { a: 1 }),
    same: (back: object) => Object.getPrototypeOf(back) === null,
  },
  "lone surrogate": { value: "\ud800", same: (back) => back === "\ud800" },
};

for (const [name, { value, same }] of Object.entries(ROUND_TRIPS)) {
  Deno.test(`round trip: ${name}`, async () => {
    assert(same(await copy(value) as never));
    const [inside] = await copy([value]);
    assert(same(inside as never));
  });
}

Deno.test("every view and every kind of buffer comes back over one buffer", async () => {
  const buffer = new ArrayBuffer(64, { maxByteLength: 128 });
  const views = [
    new Uint8ClampedArray(buffer, 0, 4),
    new Int8Array(buffer, 4, 4),
    new Uint16Array(buffer, 8, 2),
    new Int16Array(buffer, 8, 2),
    new Uint32Array(buffer, 8, 1),
    new Int32Array(buffer, 8, 1),
    new BigUint64Array(buffer, 16, 1),
    new BigInt64Array(buffer, 16, 1),
    new Float16Array(buffer, 24, 1),
    new Float32Array(buffer, 24, 1),
    new DataView(buffer, 3, 5),
  ];
  new Uint8Array(buffer).forEach((_, i, all) => all[i] = i * 37 + 11);
  const back = await copy({ buffer, views });
  assertEquals(new Uint8Array(back.buffer), new Uint8Array(buffer));
  assertEquals([back.buffer.resizable, back.buffer.maxByteLength], [true, 128]);
  for (const [i, view] of views.entries()) {
    assertStrictEquals(Object.getPrototypeOf(back.views[i]), Object.getPrototypeOf(view));
    assertStrictEquals(back.views[i]!.buffer, back.buffer);
    assertEquals(back.views[i]!.byteOffset, view.byteOffset);
    assertEquals(back.views[i]!.byteLength, view.byteLength);
  }
});

Deno.test("properties keep their attributes, symbols and accessors, and no getter is called", async () => {
  const key = Symbol("key");
  let calls = 0;
  const object = Object.defineProperties({ [key]: 1, 1: "index", b: 2, a: 3 }, {
    hidden: { value: 4, configurable: true },
    fixed: { value: 5, enumerable: true },
    counted: {
      get() {
        return ++calls;
      },
      enumerable: true,
      configurable: true,
    },
  });
  const back = await copy({ object, key });
  assertEquals(calls, 0);
  assertEquals(Object.keys(back.object), ["1", "b", "a", "fixed", "counted"]);
  assertEquals(Reflect.get(back.object, back.key), 1);
  for (const name of ["hidden", "fixed"]) {
    assertEquals(
      Object.getOwnPropertyDescriptor(back.object, name),
      Object.getOwnPropertyDescriptor(object, name),
    );
  }
  assertEquals(Reflect.get(back.object, "counted"), 1);
});

Deno.test("frozen, sealed and closed objects stay so", async () => {
  const cyclic: Record<string, unknown> = { list: Object.freeze([1, 2]) };
  cyclic.self = cyclic;
  const back = await copy({
    frozen: Object.freeze(cyclic),
    sealed: Object.seal({ a: 1 }),
    closed: Object.preventExtensions({ a: 1 }),
  });
  assert(Object.isFrozen(back.frozen) && Object.isFrozen(back.frozen.list));
  assertStrictEquals(back.frozen.self, back.frozen);
  assert(Object.isSealed(back.sealed) && !Object.isFrozen(back.sealed));
  assert(!Object.isExtensible(back.closed) && !Object.isSealed(back.closed));
});

Deno.test("arrays keep holes, length, properties, and length beyond their elements", async () => {
  // deno-lint-ignore no-explicit-any
  const array: any = [1];
  array.length = 4_000_000_000;
  array[3_999_999_999] = "last";
  array.name = "far";
  const match = /b(c)/d.exec("abcd")!;
  const back = await copy({ array, match, holes: Array(3) });
  assertEquals([back.array.length, back.array.at(-1), back.array.name], [
    4_000_000_000,
    "last",
    "far",
  ]);
  assertEquals([back.match[1], back.match.index, back.match.input], ["c", 1, "abcd"]);
  assertEquals(Object.keys(back.holes), []);
});

Deno.test("Temporal, URLs, boxed values, DOM exceptions and arguments come back", async () => {
  const value = {
    date: Temporal.PlainDate.from("2024-02-29[u-ca=hebrew]"),
    zoned: Temporal.ZonedDateTime.from("2024-02-29T12:00[Europe/Paris]"),
    span: Temporal.Duration.from("P1DT2H"),
    query: new URLSearchParams("a=1&a=2"),
    boxed: [Object(1), Object("é"), Object(false), Object(1n)],
    exception: new DOMException("stop", "AbortError"),
    args: (function (..._: unknown[]) {
      return arguments;
    })(1, [2]),
  };
  const back = await copy(value);
  assertEquals(String(back.date), String(value.date));
  assertEquals(String(back.zoned), String(value.zoned));
  assertEquals(String(back.span), String(value.span));
  assertInstanceOf(back.date, Temporal.PlainDate);
  assertEquals(back.query.getAll("a"), ["1", "2"]);
  assertEquals(back.boxed.map((box) => [typeof box, box.valueOf()]), [
    ["object", 1],
    ["object", "é"],
    ["object", false],
    ["object", 1n],
  ]);
  assertEquals([back.exception.name, back.exception.message, back.exception.code], [
    "AbortError",
    "stop",
    20,
  ]);
  assertEquals([back.args.length, back.args[1]], [2, [2]]);
});

Deno.test("symbols: registered and well-known ones are themselves, others are one new symbol each", async () => {
  const own = Symbol("own");
  const back = await copy([
    own,
    own,
    Symbol("own"),
    Symbol.iterator,
    Symbol.for("shared"),
    Symbol(),
  ]);
  assert(back[0] !== own);
  assertStrictEquals(back[0], back[1]);
  assert(back[0] !== back[2]);
  assertEquals(back[0]!.description, "own");
  assertStrictEquals(back[3], Symbol.iterator);
  assertStrictEquals(back[4], Symbol.for("shared"));
  assertEquals(back[5]!.description, undefined);
});

Deno.test("parts of the runtime are saved by name", async () => {
  const parts = [
    Math.max,
    Deno.readTextFile,
    Array.prototype.map,
    console,
    Map,
    Deno.errors.NotFound,
    globalThis,
  ];
  const back = await copy(parts);
  for (const [i, part] of parts.entries()) assertStrictEquals(back[i], part);
  const error = await copy(new Deno.errors.NotFound("gone"));
  assertInstanceOf(error, Deno.errors.NotFound);
});

Deno.test("keys that could be taken for marks of the format are ordinary keys", async () => {
  const value = [
    { $: 0 },
    { $: "undefined" },
    { $: "json", v: { $: 1 } },
    { a: { $: null }, u: undefined },
    JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "toString": 3}'),
  ];
  const back = await copy(value);
  assertEquals(JSON.stringify(back), JSON.stringify(value));
  assertEquals(Object.getPrototypeOf(back[4]), Object.prototype);
  assertEquals(({} as Record<string, unknown>).x, undefined);
});

Deno.test("values nested a hundred thousand deep come back", async () => {
  let value: unknown = "bottom";
  for (let i = 0; i < 100_000; i++) value = i % 2 === 0 ? [value] : { value };
  let back = await loads(await dumps(value), { trust: true });
  let depth = 0;
  while (typeof back === "object") {
    back = Object.values(back as object)[0];
    depth++;
  }
  assertEquals([depth, back], [100_000, "bottom"]);
});

Deno.test("random graphs of plain data come back as structuredClone gives them", async () => {
  let state = 12345;
  const below = (n: number) => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % n;
  for (let round = 0; round < 200; round++) {
    const pool: object[] = [];
    const make = (depth: number): unknown => {
      switch (below(depth > 4 ? 6 : 12)) {
        case 0:
          return below(1000) - 500;
        case 1:
          return "s".repeat(below(5)) + "\u00e9\ud83d\ude00";
        case 2:
          return [undefined, null, true, NaN, -0, Infinity, 1.5][below(7)];
        case 3:
          return BigInt(below(1000));
        case 4:
          return pool.length > 0 ? pool[below(pool.length)] : "none";
        case 5:
          return new Date(below(1e9));
        case 6:
        case 7: {
          const array: unknown[] = [];
          pool.push(array);
          for (let n = below(4); n > 0; n--) array.push(make(depth + 1));
          return array;
        }
        case 8: {
          const map = new Map();
          pool.push(map);
          for (let n = below(3); n > 0; n--) map.set(make(depth + 1), make(depth + 1));
          return map;
        }
        default: {
          const object: Record<string, unknown> = {};
          pool.push(object);
          for (let n = below(4); n > 0; n--) object["k$_1é"[below(5)]!] = make(depth + 1);
          return object;
        }
      }
    };
    const value = make(0);
    assertEquals(await copy(value), structuredClone(value), `round ${round}`);
  }
});

Deno.test({
  name: "what is longer than a string can be is an UndumpableError",
  // It takes a gigabyte.
  ignore: !Deno.env.has("FERRY_STRESS"),
  fn: async () => {
    const text = "x".repeat(100_000_000);
    const error = await assertRejects(() => dumps(Array(6).fill(text)), UndumpableError, "longer");
    assertInstanceOf(error.cause, RangeError);
  },
});

Deno.test("dumps() writes the digits of a large integer once, however often it comes up", async () => {
  const large = 7n ** 120_000n;
  assertEquals(await loads(await dumps([large, large]), { trust: true }), [large, large]);
  // Made each time, they take minutes.
  const digits = String(large).length;
  assert((await dumps(Array(1000).fill(large))).length > 1000 * digits);
});
