import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  ByteArray,
  Complex,
  dumps,
  Ellipsis,
  Float,
  FrozenSet,
  genops,
  Global,
  isTuple,
  loads,
  NotImplemented,
  PickleBuffer,
  PicklingError,
  PyDict,
  PySet,
  tuple,
  UnpicklingError,
} from "@ferry/std/persist/pickle";
import { count, names, PROTOCOLS, text } from "./_opcodes.ts";

Deno.test("dumps() of atoms gives the opcodes of each protocol", () => {
  const cases: [unknown, number, string][] = [
    [null, 0, "N."],
    [undefined, 0, "N."],
    [true, 0, "I01\n."],
    [true, 1, "I01\n."],
    [true, 2, "\x80\x02\x88."],
    [255, 1, "K\xff."],
    [256, 1, "M\0\x01."],
    [65535, 1, "M\xff\xff."],
    [65536, 1, "J\0\0\x01\0."],
    [-1, 1, "J\xff\xff\xff\xff."],
    [-(2 ** 31), 1, "J\0\0\0\x80."],
    [2 ** 31, 1, "L2147483648L\n."],
    [2 ** 31, 2, "\x80\x02\x8a\x05\0\0\0\x80\0."],
    [-(2 ** 31) - 1, 2, "\x80\x02\x8a\x05\xff\xff\xff\x7f\xff."],
    [2n ** 63n, 2, "\x80\x02\x8a\x09\0\0\0\0\0\0\0\x80\0."],
    [-(2n ** 63n), 2, "\x80\x02\x8a\x08\0\0\0\0\0\0\0\x80."],
    [5n, 2, "\x80\x02K\x05."],
    [1.5, 0, "F1.5\n."],
    [new Float(1), 0, "F1.0\n."],
    [1e16, 0, "F1e+16\n."],
    [1e-5, 0, "F1e-05\n."],
    [-0, 0, "F-0.0\n."],
    [new Float(1), 1, "G\x3f\xf0\0\0\0\0\0\0."],
    ["a\n\\\0\x1aé日😀", 0, "Va\\u000a\\u005c\\u0000\\u001aé\\u65e5\\U0001f600\np0\n."],
    [tuple(), 0, "(t."],
    [tuple(), 1, ")."],
  ];
  for (const [value, protocol, expected] of cases) {
    assertEquals(text(dumps(value, { protocol })), expected, expected);
  }
});

Deno.test("LONG1 changes to LONG4 at 256 bytes", () => {
  for (const [bits, opcode] of [[2039n, "LONG1"], [2040n, "LONG4"]] as const) {
    const value = 2n ** bits - 1n;
    const bytes = dumps(value, { protocol: 2 });
    assert(names(bytes).includes(bits === 2039n ? "LONG1" : opcode));
    assertEquals(loads(bytes), value);
    assertEquals(loads(dumps(-value, { protocol: 2 })), -value);
  }
});

Deno.test("integers at each power of two, and one beside it, come back in every protocol", () => {
  for (let bits = 0n; bits < 70n; bits++) {
    for (const near of [-1n, 0n, 1n]) {
      for (const sign of [1n, -1n]) {
        const value = sign * (2n ** bits + near);
        for (const protocol of PROTOCOLS) {
          const back = loads(dumps(value, { protocol })) as number | bigint;
          assertEquals(BigInt(back), value);
          assertEquals(typeof back, Number.isSafeInteger(Number(value)) ? "number" : "bigint");
        }
      }
    }
  }
});

Deno.test("short tuples have opcodes of their own since protocol 2", () => {
  for (
    const [length, name] of [[1, "TUPLE1"], [2, "TUPLE2"], [3, "TUPLE3"], [4, "TUPLE"]] as const
  ) {
    const value = tuple(...Array.from({ length }, (_, i) => i));
    assertEquals(count(dumps(value, { protocol: 1 }), "TUPLE"), 1);
    assertEquals(count(dumps(value, { protocol: 2 }), name), 1);
  }
});

Deno.test("lists and dicts are written in batches of 1000, and one item without a mark", () => {
  for (
    const [length, appends, append] of [
      [0, 0, 0],
      [1, 0, 1],
      [2, 1, 0],
      [1000, 1, 0],
      [1001, 2, 0],
      [2500, 3, 0],
    ]
  ) {
    const list = dumps(Array.from({ length: length! }, (_, i) => i));
    assertEquals([count(list, "APPENDS"), count(list, "APPEND")], [appends, append]);
    assertEquals((loads(list) as unknown[]).length, length);
  }
  // A full batch is followed by another one, even if that is empty: so does CPython.
  for (
    const [length, setItems, setItem] of [[0, 0, 0], [1, 0, 1], [2, 1, 0], [999, 1, 0], [
      1000,
      2,
      0,
    ], [2500, 3, 0]]
  ) {
    const entries = Array.from({ length: length! }, (_, i) => [`k${i}`, i] as const);
    for (const value of [Object.fromEntries(entries), new Map(entries)]) {
      const bytes = dumps(value);
      assertEquals([count(bytes, "SETITEMS"), count(bytes, "SETITEM")], [setItems, setItem]);
      assertEquals(loads(bytes), Object.fromEntries(entries));
    }
    const set = dumps(new Set(entries.map(([key]) => key)));
    assertEquals(count(set, "ADDITEMS"), Math.max(setItems!, length === 1 ? 1 : 0));
  }
});

Deno.test("more than 256 shared objects need long memo numbers, and come back shared", () => {
  const items = Array.from({ length: 300 }, (_, i) => [i]);
  for (const protocol of PROTOCOLS) {
    const bytes = dumps([...items, ...items], { protocol });
    if (protocol > 0) assert(count(bytes, "LONG_BINGET") > 0);
    const back = loads(bytes) as unknown[];
    for (let i = 0; i < 300; i++) assertStrictEquals(back[i], back[i + 300]);
  }
});

Deno.test("frames end at an object boundary past 64 KiB, and large payloads stand outside them", () => {
  const value = [
    Array.from({ length: 50_000 }, (_, i) => i),
    new Uint8Array(100_000),
    "x".repeat(70_000),
    new ByteArray(65_536),
    new Uint8Array(65_535),
    null,
  ];
  for (const protocol of [4, 5]) {
    const bytes = dumps(value, { protocol });
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const starts = [...genops(bytes)];
    const frames = starts.filter((o) => o.opcode.name === "FRAME").map((o) => o.position!);
    assert(frames.length >= 4);
    for (const at of frames) {
      const length = Number(view.getBigUint64(at + 1, true));
      assert(length >= 4);
      const end = at + 9 + length;
      assert(
        end === bytes.length || starts.some((o) => o.position === end),
        "ends within an opcode",
      );
    }
    assertEquals(loads(bytes), value);
  }
});

Deno.test("a pickle of less than four bytes has no frame", () => {
  assertEquals(text(dumps(5)), "\x80\x05K\x05.");
  assertEquals(text(dumps(null)), "\x80\x05N.");
});

Deno.test("frames are optional when reading", () => {
  assertEquals(loads(dumps("abc").filter((_, i) => i < 2 || i > 10)), "abc");
});

Deno.test("lists, dicts, tuples and sets that contain themselves come back so", () => {
  const list: unknown[] = [1];
  list.push(list);
  const dict: Record<string, unknown> = {};
  dict.self = dict;
  const inner: unknown[] = [];
  const around = tuple(inner, 1, 2, 3);
  inner.push(around);
  const small = tuple(inner);
  inner.push(small);
  const map = new PyDict<unknown, unknown>();
  map.set(tuple(1), map);
  for (const protocol of PROTOCOLS) {
    const back = loads(dumps(list, { protocol })) as unknown[];
    assertStrictEquals(back[1], back);
    const object = loads(dumps(dict, { protocol })) as Record<string, unknown>;
    assertStrictEquals(object.self, object);
    const made = loads(dumps(around, { protocol })) as unknown[][];
    assert(isTuple(made));
    assertStrictEquals(made[0]![0], made);
    const again = loads(dumps(small, { protocol })) as unknown[][];
    assertStrictEquals(again[0]![1], again);
    const pairs = loads(dumps(map, { protocol }), { dicts: "map" }) as PyDict;
    assertStrictEquals(pairs.get(tuple(1)), pairs);
  }
});

Deno.test('a dict that contains itself and has other keys needs dicts: "map", and the error says so', () => {
  const map = new Map<unknown, unknown>();
  map.set(1, map);
  assertThrows(() => loads(dumps(map)), UnpicklingError, 'dicts: "map"');
  const back = loads(dumps(map), { dicts: "map" }) as Map<unknown, unknown>;
  assertStrictEquals(back.get(1), back);
});

Deno.test("dicts become objects or maps by their keys", () => {
  const read = (value: unknown, options = {}) => loads(dumps(value), options);
  assertEquals(read({ b: 1, a: 2 }), { b: 1, a: 2 });
  assertEquals(Object.keys(read({ b: 1, a: 2 }) as object), ["b", "a"]);
  for (const key of ["0", "10", "4294967294", "__proto__"]) {
    const map = read(new Map([["a", 1], [key, 2]])) as Map<unknown, unknown>;
    assert(map instanceof PyDict, key);
    assertEquals([...map], [["a", 1], [key, 2]]);
  }
  for (const key of ["00", "-1", "1.5", "1a", "", "constructor", "toString", "_", "é"]) {
    const object = read(new Map([[key, 1]])) as object;
    assertEquals(Object.getPrototypeOf(object), Object.prototype, key);
    assert(Object.hasOwn(object, key));
  }
  assert(read({ a: 1 }, { dicts: "map" }) instanceof PyDict);
  const mixed = new Map<unknown, unknown>(Array.from({ length: 2000 }, (_, i) => [`k${i}`, i]));
  mixed.set(5, "five");
  assertEquals([...read(mixed) as Map<unknown, unknown>], [...mixed]);
});

Deno.test('mode "plain" gives plain values', () => {
  const value = {
    tuple: tuple(1, 2),
    float: new Float(3),
    set: new PySet([1]),
    frozen: new FrozenSet([2]),
    bytes: new ByteArray([1]),
    map: new Map<unknown, unknown>([[1, 2]]),
    index: new Map([["1", 2]]),
  };
  for (const protocol of PROTOCOLS) {
    const back = loads(dumps(value, { protocol }), { mode: "plain" }) as Record<string, unknown>;
    assertEquals(back, {
      tuple: [1, 2],
      float: 3,
      set: new Set([1]),
      frozen: new Set([2]),
      bytes: new Uint8Array([1]),
      map: new Map([[1, 2]]),
      index: { "1": 2 },
    });
    assert(!isTuple(back.tuple));
  }
});

Deno.test("exact types come back in every protocol", () => {
  const value = [
    tuple(1, "a"),
    new Float(2),
    new Complex(1, -0),
    new PySet([1, "a", tuple(1)]),
    new FrozenSet(["b"]),
    new Uint8Array([0, 255]),
    new Uint8Array(0),
    new ByteArray([1, 2]),
    new ByteArray(0),
    Ellipsis,
    NotImplemented,
    new Global("builtins", "len"),
    2n ** 70n,
    "\ud800",
  ];
  for (const protocol of PROTOCOLS) {
    const back = loads(dumps(value, { protocol }), { mode: "exact" }) as unknown[];
    assertEquals(back, value, String(protocol));
    assertEquals(back.map((v) => v?.constructor), value.map((v) => v?.constructor));
  }
});

Deno.test("a list of numbers of all kinds keeps each, alone and among other values", () => {
  const numbers = [
    0,
    -0,
    1,
    -1,
    255,
    256,
    65535,
    65536,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 40),
    1.5,
    NaN,
    -Infinity,
    1e300,
  ];
  const wrapped = [new Float(0), new Float(7), new Float(2 ** 40)];
  for (const protocol of PROTOCOLS) {
    for (
      const value of [numbers, [...numbers, "end"], ["start", ...numbers], [tuple(...numbers)]]
    ) {
      const back = loads(dumps(value, { protocol })) as unknown[];
      const flat = (items: unknown[]) => items.flat().map((item) => [item, Object.is(item, -0)]);
      assertEquals(flat(back), flat(value), String(protocol));
    }
    assertEquals(loads(dumps(wrapped, { protocol }), { mode: "exact" }), wrapped);
    assertEquals(loads(dumps(wrapped, { protocol })), [0, 7, 2 ** 40]);
  }
});

Deno.test("bytes are copied unless views are asked for", () => {
  const pickle = dumps(new Uint8Array([1, 2, 3]));
  const copy = loads(pickle) as Uint8Array;
  const view = loads(pickle, { bytes: "view" }) as Uint8Array;
  assertStrictEquals(view.buffer, pickle.buffer);
  assert(copy.buffer !== pickle.buffer);
  assertEquals(copy, view);
});

Deno.test('floats: "number" reads 1.0 as 1', () => {
  assertEquals(loads(dumps(new Float(1)), { floats: "number" }), 1);
  assertEquals(loads(dumps(new Float(1)), { mode: "exact" }), new Float(1));
  assert(Object.is(loads(dumps(-0)), -0));
});

Deno.test("dumps() refuses what has no pickle, and says what", () => {
  assertThrows(() => dumps(() => 1), PicklingError, "function");
  assertThrows(() => dumps(Symbol("x")), PicklingError, "Symbol(x)");
  assertThrows(() => dumps(new WeakMap()), PicklingError, "WeakMap");
  assertThrows(() => dumps(Promise.resolve()), PicklingError, "Promise");
  assertThrows(() => dumps(new PickleBuffer(new Uint8Array(1)), { protocol: 4 }), PicklingError);
});

Deno.test("dumps() refuses keys and elements that nobody could read, as loads() does", () => {
  const cyclic = tuple(1, 2) as unknown as unknown[];
  cyclic[0] = cyclic;
  const bad = [
    [1],
    {},
    new Map(),
    new Set(),
    new ByteArray(1),
    new Int8Array(1),
    tuple(1, [2]),
    tuple(tuple(tuple({}))),
  ];
  const good = [tuple(1, "a"), new FrozenSet([1]), new Uint8Array(1), new Float(1), null, cyclic];
  for (const protocol of PROTOCOLS) {
    for (const key of bad) {
      for (const value of [new Map([[key, 1]]), new Map<unknown, unknown>([["a", 1], [key, 2]])]) {
        assertThrows(() => dumps(value, { protocol }), PicklingError, "as a key of a Map");
      }
      assertThrows(() => dumps(new Set([key]), { protocol }), PicklingError, "element of a Set");
      assertThrows(() => dumps([new Set([1, key])], { protocol }), PicklingError, "cannot change");
    }
    for (const key of good.slice(0, -1)) {
      assertEquals((loads(dumps(new Map([[key, 1]]), { protocol })) as Map<unknown, 1>).size, 1);
      assertEquals((loads(dumps(new Set([key, 2]), { protocol })) as Set<unknown>).size, 2);
    }
  }
  // Of a tuple in itself nothing can be written, and the look for what can change ends.
  assertThrows(() => dumps(new Map([[good.at(-1), 1]])), PicklingError, "deeper");
  // A large key of many maps is looked through once: the product is 2 * 10^9.
  const large = tuple(...Array.from({ length: 20_000 }, (_, i) => i));
  assert(dumps(Array.from({ length: 100_000 }, () => new Map([[large, 1]]))).length < 2_000_000);
  // What is kept elsewhere is not looked at.
  const elsewhere = new Set([[1]]);
  const persistentId = (value: unknown) => Array.isArray(value) ? "list" : undefined;
  const back = loads(dumps(elsewhere, { persistentId }), { persistentLoad: (id) => id });
  assertEquals(back, new PySet(["list"]));
});

Deno.test("dumps() refuses protocols that do not exist", () => {
  assertThrows(() => dumps(1, { protocol: "2" as unknown as number }), TypeError, "string");
  assertThrows(() => dumps(1, { protocol: 6 }), RangeError, "protocol 6");
  assertThrows(() => dumps(1, { protocol: 1.5 }), RangeError);
  assertThrows(() => dumps(1, { protocol: 4, bufferCallback: () => {} }), RangeError, "protocol 5");
  assertEquals(text(dumps(1, { protocol: -1 })), "\x80\x05K\x01.");
});

Deno.test("dumps() stops at maxDepth with an error, however deep the value is", () => {
  let value: unknown[] = [];
  for (let i = 0; i < 100_000; i++) value = [value];
  assertThrows(() => dumps(value), PicklingError, "maxDepth 1000");
  assertThrows(() => dumps(value, { maxDepth: Infinity }), PicklingError, "deep");
  assertThrows(() => dumps([[1]], { maxDepth: 1 }), PicklingError);
  assertEquals(loads(dumps([[1]], { maxDepth: 2 })), [[1]]);
});
