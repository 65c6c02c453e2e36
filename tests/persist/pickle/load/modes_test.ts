/** The three modes of reading. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { dumps, loads, registerEnum, Registry, UnpicklingError } from "@ferry/std/persist/pickle";
import * as marshal from "@ferry/std/persist/marshal";
import {
  ByteArray,
  Decimal,
  DType,
  Float,
  FrozenSet,
  isTuple,
  NdScalar,
  type OrderedDict,
  PyDict,
  PySet,
  tuple,
} from "@ferry/std/persist/types";

const floats = [new Float(1), 2.5, new Float(-3), -0, new Float(2 ** 40), 1e300];

Deno.test("the default mode is natural: every float is a number, and types stay apart", () => {
  const value = [...floats, tuple(new Float(1), "a"), new PyDict([[new Float(2), new Float(3)]])];
  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    const back = loads(dumps(value, { protocol })) as unknown[];
    assertEquals(back.slice(0, 6), [1, 2.5, -3, -0, 2 ** 40, 1e300]);
    assert(Object.is(back[3], -0));
    assert(isTuple(back[6]));
    assertEquals([...back[6]], [1, "a"]);
    assertInstanceOf(back[7], PyDict);
    assertStrictEquals(back[7].get(2), 3);
    assertEquals(loads(dumps(value, { protocol }), { mode: "natural" }), back);
  }
  for (const version of [0, 1, 2, 3, 4]) {
    const back = marshal.loads(marshal.dumps(value, { version })) as unknown[];
    assertEquals(back.slice(0, 6), [1, 2.5, -3, -0, 2 ** 40, 1e300]);
    assert(isTuple(back[6]));
    assertStrictEquals((back[7] as PyDict).get(2), 3);
  }
  assertEquals(loads(dumps(floats), { floats: "exact" }), floats);
  assertEquals(marshal.loads(marshal.dumps(floats), { floats: "exact" }), floats);
});

Deno.test("mode exact keeps integral floats, and what was read is written back byte for byte", () => {
  const value = [...floats, new PyDict([[new Float(2), new Float(3)]])];
  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    const bytes = dumps(value, { protocol });
    const back = loads(bytes, { mode: "exact" });
    assertEquals(back, value);
    assertEquals(dumps(back, { protocol }), bytes);
  }
  const bytes = marshal.dumps(value);
  assertEquals(marshal.dumps(marshal.loads(bytes, { mode: "exact" })), bytes);
});

Deno.test("mode plain gives plain values, numpy's scalars and members of enums too", () => {
  const registry = new Registry();
  const Color = registerEnum("paint", "Color", { members: { RED: 1 }, registry });
  const little = (code: string, bytes: number[]) =>
    new NdScalar(new DType(code), new Uint8Array(bytes));
  const big = new NdScalar(new DType("i2", ">"), new Uint8Array([1, 2]));
  const record = new NdScalar(new DType("V3"), new Uint8Array(3));
  const value = [
    new Float(2),
    tuple(1),
    new PySet([1]),
    new FrozenSet([2]),
    new ByteArray([3]),
    new Decimal("1.50"),
    Color.RED,
    little("f8", [0, 0, 0, 0, 0, 0, 0xf8, 0x3f]),
    little("f2", [0, 0x3e]),
    little("i8", [5, 0, 0, 0, 0, 0, 0, 0]),
    little("u8", [255, 255, 255, 255, 255, 255, 255, 255]),
    little("b1", [1]),
    big,
    record,
  ];
  const bytes = dumps(value, { registry });
  const plain = loads(bytes, { registry, mode: "plain" }) as unknown[];
  assertEquals(plain.slice(0, 13), [
    2,
    [1],
    new Set([1]),
    new Set([2]),
    new Uint8Array([3]),
    "1.50",
    1,
    1.5,
    1.5,
    5,
    2n ** 64n - 1n,
    true,
    258,
  ]);
  assert(!isTuple(plain[1]));
  assertInstanceOf(plain[13], NdScalar);
  const natural = loads(bytes, { registry }) as unknown[];
  assertEquals(natural[7], value[7]);
  assertStrictEquals(natural[6], Color.RED);
});

Deno.test("mode plain has integers of any size as keys and elements", () => {
  const large = 2n ** 70n;
  const value = [new Map([[large, 1], [-large, 2], [3n, 3]]), new Set([large, 2n * large])];
  const [map, set] = loads(dumps(value), { mode: "plain" }) as [
    Map<unknown, unknown>,
    Set<unknown>,
  ];
  assertEquals([...map], [[large, 1], [-large, 2], [3, 3]]);
  assertEquals([...set], [large, 2n * large]);
});

Deno.test("mode plain reads an OrderedDict with attributes, and leaves those out", () => {
  const read = (text: string, mode: "plain" | "exact") =>
    loads(new TextEncoder().encode(text), { mode });
  const ordered = "ccollections\nOrderedDict\n)R(Va\nI1\nu";
  const state = "}Vowner\nI2\nsb.";
  assertEquals(read(`(${ordered}${state}l.`.replace("b.", "b"), "plain"), [new Map([["a", 1]])]);
  assertEquals((read(ordered + state, "exact") as OrderedDict).attributes, { owner: 2 });
  // A dict and a Counter have none, whatever it has become.
  for (const dict of ["}", "}I1\nI2\ns", "ccollections\nCounter\n)R"]) {
    assertThrows(() => read(dict + state, "plain"), UnpicklingError, "state");
  }
});
