import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  ByteArray,
  Complex,
  Counter,
  Decimal,
  Deque,
  DType,
  Ellipsis,
  Float,
  Fraction,
  FrozenSet,
  Global,
  NdArray,
  NdScalar,
  PurePath,
  PyArray,
  PyDateTime,
  PyDict,
  PyEnum,
  PyException,
  PyObject,
  PySet,
  PyTime,
  Range,
  Slice,
  TimeDelta,
  Timezone,
  toPlain,
  type ToPlainOptions,
  tuple,
  Uuid,
  ZoneInfo,
} from "@ferry/std/persist/types";

Deno.test("toPlain() gives each type a form that JSON has", () => {
  const hour = new Timezone(new TimeDelta(0, 3600));
  const time = { hour: 1, minute: 2, second: 3, microsecond: 4, fold: 1 };
  const object = new PyObject({ callable: new Global("shapes", "Point"), args: [1] });
  object.state = { x: new Float(2) };
  const cases: [unknown, unknown][] = [
    [undefined, null],
    [null, null],
    [new Float(2), 2],
    [2n ** 70n, "1180591620717411303424"],
    [7n, 7],
    [NaN, null],
    [tuple(1, [2]), [1, [2]]],
    [new PyDict([[1, "a"]]), { 1: "a" }],
    [new PyDict([[tuple(1), "a"]]), [[[1], "a"]]],
    [new PyDict<unknown, unknown>([["1", "a"], [2, "b"], [null, "c"]]), {
      1: "a",
      2: "b",
      null: "c",
    }],
    [new PyDict<unknown, unknown>([["1", "a"], [1, "b"]]), [["1", "a"], [1, "b"]]],
    [Counter.of(["a", "b", "a"]), { a: 2, b: 1 }],
    [new PySet([1, tuple(2)]), [1, [2]]],
    [new FrozenSet(["a"]), ["a"]],
    [new Uint8Array([1, 2]), "AQI="],
    [new ByteArray([255]), "/w=="],
    [new Deque([1, 2, 3], 2), [2, 3]],
    [new Int16Array([1, -1]), [1, -1]],
    [new BigInt64Array([1n, 2n ** 60n]), [1, "1152921504606846976"]],
    [new PyArray("u", new Uint32Array([97, 0x1f600])), "a😀"],
    [NdArray.from(new Int32Array([1, 2, 3, 4, 5, 6]), [2, 3]), [[1, 2, 3], [4, 5, 6]]],
    [
      new NdArray(new DType("i1"), [2, 3], new Uint8Array([1, 4, 2, 5, 3, 6]), { order: "F" }),
      [[1, 2, 3], [4, 5, 6]],
    ],
    [new NdArray(new DType("b1"), [2], new Uint8Array([0, 1])), [false, true]],
    [new NdArray(new DType("i8"), [], new Uint8Array([5, 0, 0, 0, 0, 0, 0, 0])), 5],
    [new NdArray(new DType("S2"), [1], new Uint8Array([1, 2])), ["AQI="]],
    [new NdArray(new DType("i1"), [10 ** 9, 0], new Uint8Array(0)), ""],
    [new NdScalar(new DType("i2"), new Uint8Array([1, 2])), 513],
    [new Decimal("1.50"), "1.50"],
    [new Fraction(1, 3), "1/3"],
    [new Complex(1, -2), "(1-2j)"],
    [new Uuid(5n), "00000000-0000-0000-0000-000000000005"],
    [new PurePath(["/", "etc"]), "/etc"],
    [new Range(0, 5), { start: 0, stop: 5, step: 1 }],
    [new Slice(1, null), [1, null, null]],
    [new PyEnum({ module: "m", className: "C", name: "RED", value: 1 }), 1],
    [new TimeDelta(1, 0, 500000), 86400.5],
    [new PyTime({ ...time, tzinfo: hour }), "01:02:03.000004+01:00"],
    [
      new PyDateTime({
        ...time,
        microsecond: 0,
        year: 20,
        month: 3,
        day: 4,
        tzinfo: new ZoneInfo("Asia/Tokyo"),
      }),
      "0020-03-04T01:02:03[Asia/Tokyo]",
    ],
    [hour, "UTC+01:00"],
    [new Timezone(new TimeDelta(-1, 86399), "X"), "X"],
    [new ZoneInfo("UTC"), "UTC"],
    [Temporal.PlainDate.from("2020-02-29"), "2020-02-29"],
    [new PyException("KeyError", ["k"]), { error: "KeyError", args: ["k"] }],
    [object, { class: "shapes.Point", args: [1], state: { x: 2 } }],
    [Ellipsis, "Ellipsis"],
    [new Global("m", "f"), "m.f"],
    [{ a: new Float(1) }, { a: 1 }],
  ];
  for (const [value, plain] of cases) {
    assertEquals(toPlain(value), plain);
    // What is made is what JSON has.
    assertEquals(JSON.parse(JSON.stringify(toPlain(value))), plain);
  }
});

Deno.test("toPlain() follows its options, and refuses others", () => {
  const map = new PyDict<unknown, unknown>([[new Float(1.5), 1], [true, 2]]);
  assertEquals(toPlain(map), { "1.5": 1, true: 2 });
  assertEquals(toPlain(map, { maps: "pairs" }), [[1.5, 1], [true, 2]]);
  assertThrows(() => toPlain(new Map([[[1], 2]]), { maps: "object" }), TypeError);
  assertThrows(() => toPlain(new Set(), { sets: "error" }), TypeError);
  assertEquals(toPlain(new Uint8Array([10]), { bytes: "hex" }), "0a");
  assertEquals(toPlain(new Uint8Array([10]), { bytes: "array" }), [10]);
  assertThrows(() => toPlain(new Uint8Array(1), { bytes: "error" }), TypeError);
  assertEquals(toPlain(2n ** 60n, { bigint: "number" }), 2 ** 60);
  assertThrows(() => toPlain(2n ** 60n, { bigint: "error" }), RangeError);
  assertEquals(toPlain([Infinity, NaN], { nonFinite: "string" }), ["Infinity", "NaN"]);
  assertThrows(() => toPlain(NaN, { nonFinite: "error" }), RangeError);
  assertThrows(() => toPlain(1, { map: "pairs" } as ToPlainOptions), TypeError);
  assertThrows(() => toPlain(1, { maps: "list" as "pairs" }), TypeError);
  assertThrows(() => toPlain(Symbol("x")), TypeError);
});

Deno.test("toPlain() writes the digits of a large integer once, however often it comes up", () => {
  // The digits times the number are 10^10: the test ends only if they are not all made.
  const integer = 1n << 1_000_000n;
  const plain = toPlain(Array.from({ length: 30_000 }, () => integer)) as string[];
  assertEquals(plain.length, 30_000);
  assertEquals(plain[29_999], String(integer));
  const many = Array.from({ length: 200 }, (_, i) => (1n << 2000n) + BigInt(i));
  assertEquals(toPlain([...many, ...many]), [...many, ...many].map(String));
});

Deno.test("toPlain() walks through a shared object once, and refuses cycles, depth and too many values", () => {
  const shared = { a: [1] };
  const plain = toPlain([shared, shared]) as unknown[];
  assertStrictEquals(plain[0], plain[1]);
  const cycle: unknown[] = [];
  cycle.push([cycle]);
  assertThrows(() => toPlain(cycle), TypeError, "contains itself");
  let deep: unknown[] = [];
  for (let i = 0; i < 1001; i++) deep = [deep];
  assertThrows(() => toPlain(deep), RangeError, "nesting");
  let graph: unknown = 1;
  for (let i = 0; i < 60; i++) graph = [graph, graph];
  assertThrows(() => toPlain(graph), RangeError, "10000000 values");
  assertEquals(toPlain([1, [2]], { maxItems: 4 }), [1, [2]]);
  assertThrows(() => toPlain([1, [2]], { maxItems: 3 }), RangeError);
  const named = toPlain(new Map([["__proto__", 1]])) as object;
  assertEquals(Object.keys(named), ["__proto__"]);
  assertStrictEquals(Object.getPrototypeOf(named), Object.prototype);
});
