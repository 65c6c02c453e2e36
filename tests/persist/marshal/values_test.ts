import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  dumps,
  loads,
  type MarshalDumpOptions,
  MarshalError,
  MarshallingError,
  UnmarshallingError,
} from "@ferry/std/persist/marshal";
import {
  ByteArray,
  Complex,
  Ellipsis,
  Float,
  FrozenSet,
  isTuple,
  PyDict,
  PySet,
  Slice,
  StopIteration,
  tagTuple,
  tuple,
} from "@ferry/std/persist/types";
import { Random, rounds, seedFor } from "../../_support/random.ts";
import { randomLiteral } from "../../_support/random_literals.ts";

const hex = (value: unknown, options?: MarshalDumpOptions) => dumps(value, options).toHex();
const from = (text: string) => Uint8Array.fromHex(text.replaceAll(" ", ""));

Deno.test("marshal.dumps gives CPython's bytes for a list of ints", () => {
  assertEquals(
    hex([10, 20, 30, 40]),
    "db04000000e90a000000e914000000e91e000000e928000000",
  );
});

Deno.test("marshal.dumps gives each type its form in versions 0 to 5", () => {
  const cases: [unknown, number, string][] = [
    [null, 4, "4e"],
    [undefined, 4, "4e"],
    [true, 4, "54"],
    [false, 4, "46"],
    [Ellipsis, 4, "2e"],
    [StopIteration, 4, "53"],
    [-1, 2, "69ffffffff"],
    [2 ** 31, 2, "6c03000000000000000200"],
    [-(2n ** 63n), 2, "6cfbffffff00000000000000000800"],
    [1.5, 2, "67000000000000f83f"],
    [new Float(1), 1, "660131"],
    [0.1, 0, "6613302e3130303030303030303030303030303031"],
    [-0, 2, "670000000000000080"],
    [new Complex(1, -2), 2, "79000000000000f03f00000000000000c0"],
    [new Complex(1, -2), 1, "780131022d32"],
    [new Uint8Array([1, 2]), 2, "73020000000102"],
    [new Uint8Array([1, 2]).buffer, 2, "73020000000102"],
    [new ByteArray([1, 2]), 2, "73020000000102"],
    [new Int16Array([258]), 2, "73020000000201"],
    ["é", 2, "7502000000c3a9"],
    ["a b", 3, "f503000000612062"],
    ["ab", 3, "f4020000006162"],
    ["ab", 4, "da026162"],
    ["a b", 4, "fa03612062"],
    ["x".repeat(300), 4, "c12c010000" + "78".repeat(300)],
    ["\ud800", 2, "7503000000eda080"],
    [tuple(1), 2, "280100000069" + "01000000"],
    [tuple(1), 4, "a901e901000000"],
    [{ a: 1 }, 2, "7b7501000000616901000000" + "30"],
    [new Map([[1, 2]]), 2, "7b6901000000690200000030"],
    [new Set([256, 1]), 2, "3c02000000690001000069" + "01000000"],
    [new FrozenSet([2, 1]), 2, "3e0200000069010000006902000000"],
    [new Slice(1, null), 5, "bae9010000004e4e"],
  ];
  for (const [value, version, expected] of cases) assertEquals(hex(value, { version }), expected);
});

Deno.test("marshal.dumps decides by refs which objects take an index", () => {
  const shared = [7];
  const value = [shared, "text", shared, "text", 7];
  // The root, the inner list, 7 and the text take the indexes 0 to 3.
  assertEquals(
    hex(value),
    "db05000000db01000000e907000000da047465787472010000007203000000" + "7202000000",
  );
  assertEquals(
    hex(value, { refs: "shared-only" }),
    "5b05000000db010000006907000000da04746578747200000000" + "72010000006907000000",
  );
  assertEquals(
    hex([[1], [1]], { refs: "all" }),
    "db02000000db01000000e901000000db01000000" + "7202000000",
  );
  // Nothing comes up again: as version 2.
  assertEquals(hex([[1], [1]], { refs: "shared-only" }), hex([[1], [1]], { version: 2 }));
});

Deno.test("marshal.loads gives back what dumps was given, in every version and refs", () => {
  const random = new Random(seedFor("marshal round trip"));
  for (let i = rounds(600, 20_000); i > 0; i--) {
    const { value } = randomLiteral(random, 5);
    const canonical = hex(value, { version: 2 });
    for (const version of [0, 1, 2, 3, 4, 5]) {
      for (const refs of ["literal", "shared-only", "all"] as const) {
        const bytes = dumps(value, { version, refs });
        assertEquals(hex(loads(bytes, { mode: "exact" }), { version: 2 }), canonical);
        // "map" and "view" change containers and memory, not what is written again.
        assertEquals(
          hex(loads(bytes, { mode: "exact", dicts: "map", bytes: "view" }), { version: 2 }),
          canonical,
        );
      }
    }
  }
});

Deno.test("marshal.loads keeps sharing and cycles, whatever refs", () => {
  const inner = { x: [1] as unknown[] };
  inner.x.push(inner);
  const value = [inner, tuple(inner, "text"), new Map<unknown, unknown>([[1, inner]])];
  for (const refs of ["literal", "shared-only", "all"] as const) {
    const [a, b, c] = loads(dumps(value, { refs })) as [
      typeof inner,
      unknown[],
      Map<number, unknown>,
    ];
    assertStrictEquals(a.x[1], a);
    assertStrictEquals(b[0], a);
    assertStrictEquals(c.get(1), a);
  }
});

Deno.test("marshal.dumps shares at most 16384 constants of a kind, and loads reads the rest all the same", () => {
  const ints = Array.from({ length: 40_000 }, (_, i) => i * 3);
  const texts = ints.map((i) => `text ${i}`);
  const floats = ints.map((i) => i + 0.25);
  const tuples = ints.map((i) => tuple(i, `text ${i}`, tuple(i)));
  for (const value of [ints, texts, floats, tuples, ints.map((i) => BigInt(i) + 2n ** 70n)]) {
    const doubled = [...value, ...value];
    assertEquals(
      hex(loads(dumps(doubled), { mode: "exact" }), { version: 2 }),
      hex(doubled, { version: 2 }),
    );
  }
});

Deno.test("marshal.dumps writes a large constant once, however many others there are", () => {
  const others = Array.from({ length: 40_000 }, (_, i) => [i, `text ${i}`, i + 0.5]).flat();
  const large = [
    "x".repeat(1000),
    new Uint8Array(1000),
    2n ** 8000n,
    tuple(...Array.from({ length: 200 }, (_, i) => -i)),
  ];
  for (const value of large) {
    const once = dumps([others, [value]]);
    const often = dumps([others, Array.from({ length: 50 }, () => value)]);
    assertEquals(often.length - once.length, 49 * 5);
    const [, copies] = loads(often) as unknown[][];
    assertEquals(hex(copies![49], { version: 2 }), hex(value, { version: 2 }));
  }
});

Deno.test("marshal.dumps goes through a large value once, however often it comes up", () => {
  let listings = 0;
  const names = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`name ${i}`, i]));
  const object = new Proxy(names, {
    ownKeys: (target) => {
      listings++;
      return Reflect.ownKeys(target);
    },
  });
  const map = new Map([[1, 2]]);
  map.forEach = (...args) => {
    listings++;
    Map.prototype.forEach.apply(map, args);
  };
  for (const refs of ["literal", "shared-only", "all"] as const) {
    for (const value of [object, map]) {
      listings = 0;
      dumps(Array.from({ length: 50 }, () => [value]), { refs });
      assertEquals(listings, 1);
    }
  }
  // The size times the number is 10^9 bytes and more: the test ends only if it is not that.
  const blob = new Uint8Array(1_000_000);
  const key = tagTuple(Array.from({ length: 200_000 }, (_, i) => i));
  const mixed = tagTuple([...key, []]);
  const integer = 1n << 1_000_000n;
  const text = "x".repeat(1_000_000);
  for (const refs of ["literal", "all"] as const) {
    for (const value of [blob, integer, text]) {
      const many = dumps(Array.from({ length: 10_000 }, () => [value]), { refs });
      assert(many.length < 1_200_000);
      const inSets = dumps(Array.from({ length: 10_000 }, (_, i) => new Set([value, i])), { refs });
      assert(inSets.length < 1_300_000);
    }
    for (const value of [key, mixed]) {
      assert(dumps(Array.from({ length: 50_000 }, () => [value]), { refs }).length < 1_700_000);
    }
  }
});

Deno.test("marshal.loads in plain mode gives arrays, numbers, Map and Set", () => {
  const value = [
    tuple(1, 2),
    new Float(3),
    new PyDict([[tuple(1), 2]]),
    new PySet([1]),
    new FrozenSet([1]),
  ];
  const [t, f, d, s, z] = loads(dumps(value), { mode: "plain" }) as unknown[];
  assertEquals(t, [1, 2]);
  assert(!isTuple(t));
  assertEquals(f, 3);
  assertEquals([...(d as Map<unknown, unknown>)], [[[1], 2]]);
  assertStrictEquals(Object.getPrototypeOf(d), Map.prototype);
  assertEquals([s, z], [new Set([1]), new Set([1])]);
  assertEquals(loads(dumps(new Float(3)), { floats: "number" }), 3);
  assertEquals(loads(dumps(new Float(3)), { mode: "plain", floats: "exact" }), new Float(3));
});

Deno.test("marshal.loads makes a dict a map when an object would reorder or lose a key", () => {
  assertEquals(loads(dumps({ b: 1, a: 2 })), { b: 1, a: 2 });
  for (const key of ["0", "12", "__proto__"]) {
    const dict = loads(dumps(new Map([["b", 1], [key, 2]])));
    assert(dict instanceof PyDict);
    assertEquals([...dict], [["b", 1], [key, 2]]);
  }
  // A property of its own, on an object without one.
  const nested = loads(dumps(new Map([["a", new Map([["__proto__", { polluted: 1 }]])]])));
  assertStrictEquals((nested as Record<string, unknown>).polluted, undefined);
  assertStrictEquals(({} as Record<string, unknown>).polluted, undefined);
  assertStrictEquals(loads(dumps({}), { dicts: "map" }) instanceof PyDict, true);
});

Deno.test("marshal.loads asks for maps where a dict that is referred to changes its kind", () => {
  // d = {}; d["self"] = d; d[1] = 2
  const bytes = from("fb da0473656c66 7200000000 6901000000 6902000000 30");
  const error = assertThrows(() => loads(bytes), UnmarshallingError);
  assert(error.expected.includes("refers to itself"));
  const dict = loads(bytes, { dicts: "map" }) as PyDict;
  assertStrictEquals(dict.get("self"), dict);
  assertStrictEquals(dict.get(1), 2);
});

Deno.test("marshal.loads copies bytes unless asked for views", () => {
  const data = dumps(new Uint8Array([1, 2, 3]), { version: 2 });
  const copy = loads(data) as Uint8Array;
  const view = loads(data, { bytes: "view" }) as Uint8Array;
  data[5] = 9;
  assertEquals([copy[0], view[0]], [1, 9]);
  assertStrictEquals(view.buffer, data.buffer);
});

Deno.test("marshal.loads reads what other versions of Python wrote", () => {
  assertEquals(loads(from("49 0000000000000080")), -(2n ** 63n));
  assertEquals(loads(from("49 0100000000000000")), 1);
  assertEquals(loads(from("61 03000000 6162e9")), "abé");
  assertEquals(loads(from("66 03 696e66")), Infinity);
  assertEquals(loads(from("6c 00000000")), 0);
  assertEquals(loads(from("ba 4e 6901000000 4e")), new Slice(null, 1, null));
});

Deno.test("marshal.loads ignores bytes after the value, accepts buffers and subarrays", () => {
  assertEquals(loads(from("4e ff ff")), null);
  const padded = from("ffff 6905000000 ffff");
  assertEquals(loads(padded.subarray(2)), 5);
  assertEquals(loads(from("6905000000").buffer), 5);
  const shared = new Uint8Array(new SharedArrayBuffer(4));
  shared.set(from("7a026162"));
  assertEquals(loads(shared), "ab");
  // @ts-expect-error: text is not bytes
  assertThrows(() => loads("N"), TypeError);
});

Deno.test("marshal.loads says where bytes are malformed and what was expected", () => {
  const cases: [string, number, string][] = [
    ["", 0, "1 byte of an object"],
    ["69 0102", 1, "4 bytes of an int"],
    ["30", 0, "an object"],
    ["3f", 0, "a type byte"],
    ["63 00000000", 0, "an object other than code"],
    ["72 00000000", 1, "the index of an object read before"],
    ["db 01000000 72 01000000", 6, "the index of an object read before"],
    ["72 ffffffff", 1, "the index of an object read before"],
    ["be 01000000 72 00000000", 6, "the index of an object read before"],
    ["5b ffffffff", 1, "from 0 to 0 items of a list"],
    ["5b 00000008 4e", 1, "from 0 to 1 items of a list"],
    ["28 ffffff7f", 1, "from 0 to 0 items of a tuple"],
    ["29 05 4e", 1, "at most 1 items"],
    ["73 ffffffff", 1, "a length of at least 0"],
    ["73 ffffff7f", 5, "2147483647 bytes"],
    ["75 02000000 c328", 5, "UTF-8 text"],
    ["7a 05 61", 1, "6 bytes of a str"],
    ["6c ffffff7f", 1, "at most 71582788 digits of an int"],
    ["6c 00000080", 1, "at most 71582788 digits of an int"],
    ["6c 01000000 0080", 5, "a digit below 32768"],
    ["6c 02000000 0100 0000", 7, "an int without a leading zero digit"],
    ["66 01 78", 2, "a decimal float"],
    ["7b 5b00000000 4e 30", 6, "a key that is hashable before it"],
    ["3c 01000000 7b30", 7, "an element that is hashable before it"],
    ["7b 4e 30", 2, "an object"],
  ];
  for (const [text, position, expected] of cases) {
    const error = assertThrows(() => loads(from(text)), UnmarshallingError);
    assertEquals([error.position, error.expected], [position, expected], text);
    assert(error instanceof MarshalError);
    assert(error.message.includes(expected));
  }
});

Deno.test("marshal.loads and dumps stop at maxDepth, where CPython does", () => {
  const nested = (levels: number) => from("5b01000000".repeat(levels - 1) + "5b00000000");
  let value: unknown = loads(nested(2000));
  assertThrows(() => loads(nested(2001)), UnmarshallingError);
  assertEquals(dumps(value, { version: 2 }).length, 2000 * 5);
  value = [value];
  assertThrows(() => dumps(value, { version: 2 }), MarshallingError);
  // An empty dict holds its end, one level deeper.
  const dict = (levels: number) => from("5b01000000".repeat(levels - 1) + "7b30");
  loads(dict(1999));
  assertThrows(() => loads(dict(2000)), UnmarshallingError);
  // Without recursion, any limit will do.
  const deep = 200_000;
  assertEquals(
    dumps(loads(nested(deep), { maxDepth: Infinity }), { version: 2, maxDepth: Infinity }).length,
    deep * 5,
  );
});

Deno.test("marshal.loads refuses more than maxBytes, and options out of range", () => {
  assertThrows(() => loads(from("6905000000"), { maxBytes: 4 }), UnmarshallingError);
  assertThrows(() => loads(from("4e"), { maxBytes: 0 }), RangeError);
  assertThrows(() => loads(from("4e"), { maxDepth: 1.5 }), RangeError);
  // @ts-expect-error: no such mode
  assertThrows(() => loads(from("4e"), { mode: "odd" }), TypeError);
  assertThrows(() => dumps(1, { version: 6 }), RangeError);
  assertThrows(() => dumps(1, { maxDepth: 0 }), RangeError);
  // @ts-expect-error: no such mode
  assertThrows(() => dumps(1, { refs: "none" }), TypeError);
});

Deno.test("marshal.dumps names what it cannot write, and where it is", () => {
  class Point {}
  const cases: [unknown, string][] = [
    [() => 1, "$"],
    [[1, [Point]], "$[1][0]"],
    [{ a: { "b c": new Point() } }, '$.a["b c"]'],
    [new Map([["k", Symbol("s")]]), "$.k"],
    [new Map([[1, new Date()]]), "$<0>"],
    [new Map([[[1], 2]]), "$<0>"],
    [new Set([{}]), "$<0>"],
    [[new Set([1, () => 1])], "$[0]"],
    [tuple(1, new Slice(1, 2)), "$[1]"],
    [[new (class extends Map {})()], "$[0]"],
  ];
  for (const [value, path] of cases) {
    const error = assertThrows(() => dumps(value), MarshallingError);
    assertEquals(error.path, path, error.message);
  }
  const code = assertThrows(() => dumps([function job() {}]), MarshallingError);
  assert(code.message.includes("a function, which is code: job"), code.message);
});

Deno.test("marshal.dumps finds a cycle without references too deep, and a set in itself", () => {
  const list: unknown[] = [];
  list.push(list);
  assertThrows(() => dumps(list, { version: 2 }), MarshallingError, "cycle");
  const items = tuple<unknown[]>();
  const set = new Set([items]);
  items.push(set);
  assertThrows(() => dumps(set), MarshallingError);
});

Deno.test("marshal.dumps works again after an error, and within itself", () => {
  const getter = {
    get twice(): string {
      return hex([1, "inner"]);
    },
  };
  assertThrows(() => dumps([1, Symbol()]), MarshallingError);
  assertEquals(loads(dumps([getter, 1])), [{ twice: hex([1, "inner"]) }, 1]);
});

Deno.test("marshal.dumps takes time linear in a graph of shared tuples and nested frozensets", () => {
  // 2^60 paths: the test ends only if each node is written once.
  let node: unknown = tuple(1, 2);
  for (let i = 0; i < 60; i++) node = tuple(node, node);
  const bytes = dumps(node);
  assert(bytes.length < 1000);
  assertEquals(dumps(loads(bytes, { mode: "exact" })).toHex(), bytes.toHex());
  let set: unknown = new FrozenSet([1]);
  for (let i = 0; i < 60; i++) set = new FrozenSet([set, i]);
  assertEquals(dumps(loads(dumps(set))).toHex(), dumps(set).toHex());
});

Deno.test("marshal: each NaN that is a key or an element stays one", () => {
  const bytes = from("7b 67000000000000f87f e901000000 67000000000000f87f e902000000 30");
  const dict = loads(bytes) as PyDict;
  assertEquals([dict.size, [...dict.values()]], [2, [1, 2]]);
  assertEquals((loads(dumps(dict)) as PyDict).size, 2);
  const set = loads(from("3e 02000000 e7000000000000f87f e7000000000000f87f")) as FrozenSet;
  assertEquals([set instanceof FrozenSet, set.size], [true, 2]);
});
