import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  ByteArray,
  Complex,
  Decimal,
  Deque,
  Float,
  Fraction,
  FrozenSet,
  Global,
  isTuple,
  NdArray,
  PurePath,
  PyDict,
  PyObject,
  PySet,
  Range,
  tagTuple,
  TimeDelta,
  tuple,
  Uuid,
} from "@ferry/std/persist/types";

Deno.test("a tuple is an array with a tag that copies do not have", () => {
  const t = tuple(1, "a");
  assert(Array.isArray(t) && isTuple(t));
  assertEquals(t.length, 2);
  assert(!isTuple(t.slice()) && !isTuple([...t]) && !isTuple(structuredClone(t)));
  assertEquals(JSON.stringify(t), '[1,"a"]');
  const list = [1];
  assertStrictEquals(tagTuple(list) as unknown, list);
  assert(isTuple(list));
  assert(!isTuple({ [Symbol.for("ferry.tuple")]: true }));
});

Deno.test("PyDict: numbers that are equal in Python are one key, and the first form stays", () => {
  const dict = new PyDict<unknown, string>([[1, "int"]]);
  for (const key of [1, 1n, true, new Float(1), new Complex(1)]) {
    assertEquals(dict.get(key), "int", String(key));
    assert(dict.has(key));
  }
  dict.set(true, "bool").set(new Float(1), "float");
  assertEquals([...dict], [[1, "float"]]);
  assert(dict.delete(1n));
  assertEquals(dict.size, 0);

  const floats = new PyDict<unknown, number>([[new Float(0), 1]]);
  assertEquals([floats.get(0), floats.get(false), floats.get(0n), floats.get(-0)], [1, 1, 1, 1]);
  const big = new PyDict<unknown, number>([[2n ** 60n, 1]]);
  assertEquals([big.get(2 ** 60), big.get(new Float(2 ** 60)), big.get(2n ** 60n + 1n)], [
    1,
    1,
    undefined,
  ]);
  assert(!new PyDict([["1", 1]]).has(1 as never));
});

Deno.test("PyDict: tuples, bytes, frozensets and values are compared by what they hold", () => {
  const keys = () => [
    tuple(1, "a", null),
    tuple(tuple(1), new FrozenSet([1, 2])),
    tuple(),
    new Uint8Array([1, 2]),
    new FrozenSet(["a", "b"]),
    new Complex(1, 2),
    new Decimal("1.5"),
    new Fraction(1, 3),
    new Uuid(5n),
    new TimeDelta(1),
    new Global("a", "b"),
    new PurePath(["/", "a"]),
    Temporal.PlainDate.from("2020-01-01"),
    tuple("x".repeat(100), 1),
  ];
  const dict = new PyDict<unknown, number>();
  for (const [i, key] of keys().entries()) dict.set(key, i);
  assertEquals(dict.size, keys().length);
  for (const [i, key] of keys().entries()) assertEquals(dict.get(key), i, String(key));
  assertEquals(dict.get(tuple(true, "a", null)), 0);
  assertEquals(dict.get(tuple(new Float(1), "a", null)), 0);
  assertEquals(dict.get(new FrozenSet(["b", "a"])), 4);
  for (
    const near of [
      tuple(1, "a"),
      tuple("1", "a", null),
      tuple(1, "a", "N"),
      [1, "a", null],
      new Uint8Array([1]),
    ]
  ) {
    assert(!dict.has(near));
  }
  for (const key of keys()) assert(dict.delete(key));
  assertEquals(dict.size, 0);
  dict.set(tuple(1), 1).clear();
  assert(!dict.has(tuple(1)));
});

Deno.test("PyDict and PySet refuse keys that can change, and look-ups of them find nothing", () => {
  const kinds: [string, unknown][] = [
    ["list", [1]],
    ["dict", {}],
    ["dict without a prototype", Object.create(null)],
    ["PyDict", new PyDict()],
    ["set", new PySet([1])],
    ["bytearray", ByteArray.of(1)],
    ["deque", new Deque([1])],
    ["array", new Int16Array(1)],
    ["tuple of a list", tuple(1, tuple([]))],
    ["tuple of a set", tuple(new PySet())],
    ["tuple of an object and a list", tuple(new PyObject({ callable: new Global("a", "b") }), [])],
  ];
  for (const [kind, key] of kinds) {
    const dict = new PyDict<unknown, number>([[1, 1]]);
    assertThrows(() => dict.set(key, 2), TypeError, "can change", kind);
    assert(!dict.has(key) && dict.get(key) === undefined && !dict.delete(key), kind);
    assertThrows(() => new PySet([key]), TypeError, "can change", kind);
    assertThrows(() => new FrozenSet([key]), TypeError, "can change", kind);
    assertEquals([...dict], [[1, 1]]);
  }
});

Deno.test("PyDict: signatures cannot be forged by strings", () => {
  const dict = new PyDict<unknown, number>([[tuple("a,s1:b"), 1], ["t(s1:a)", 2]]);
  assert(!dict.has(tuple("a", "b")));
  assert(!dict.has(tuple("a")));
  assertEquals(dict.get("t(s1:a)"), 2);
});

Deno.test("PyDict: a tuple of shared tuples costs its nodes, and too deep a one is an error", () => {
  let shared = tuple<unknown[]>(1);
  for (let i = 0; i < 60; i++) shared = tuple(shared, shared);
  assert(new PyDict([[shared, 1]]).has(shared));
  let deep = tuple<unknown[]>(1);
  for (let i = 0; i < 100_000; i++) deep = tuple(deep);
  assertThrows(() => new PyDict([[deep, 1]]), RangeError, "tuples deep");
});

Deno.test("PySet and FrozenSet have Python's equality, and the frozen one does not change", () => {
  const set = new PySet<unknown>([1, true, new Float(1), tuple(1), tuple(1)]);
  assertEquals(set.size, 2);
  assert(set.has(tuple(1n)) && set.delete(tuple(1)) && !set.has(tuple(1)));
  set.clear();
  assertEquals(set.size, 0);
  const frozen = new FrozenSet([1, 2, 2]);
  assertEquals(frozen.size, 2);
  assertThrows(() => frozen.add(3), TypeError, "immutable");
  assertThrows(() => frozen.delete(1), TypeError, "immutable");
  assertThrows(() => frozen.clear(), TypeError, "immutable");
  assert(frozen instanceof Set);
});

Deno.test("Float works as a number, and shows that it is one of Python's", () => {
  assertEquals([+new Float(2) * 2, `${new Float(2)}`, `${new Float(0.5)}`], [4, "2.0", "0.5"]);
  assertEquals(JSON.stringify({ f: new Float(2) }), '{"f":2}');
});

Deno.test("ByteArray is a Uint8Array of its own class, also in parts", () => {
  const bytes = new ByteArray([1, 2, 3]);
  assert(bytes instanceof Uint8Array && bytes.subarray(1) instanceof ByteArray);
  assertEquals(new ByteArray(2).length, 2);
});

Deno.test("Range counts in both directions, with any size", () => {
  assertEquals([...new Range(5, 0, -2)], [5, 3, 1]);
  assertEquals([...new Range(2n ** 60n, 2n ** 60n + 2n)], [2n ** 60n, 2n ** 60n + 1n]);
  assertEquals([...new Range(0, 0)], []);
  assertThrows(() => new Range(0, 1, 0), RangeError, "step");
  assertThrows(() => new Range(0, 1, 0n), RangeError, "step");
});

Deno.test("TimeDelta carries, and refuses what Python has no room for", () => {
  const delta = new TimeDelta(0, 0, -1);
  assertEquals([delta.days, delta.seconds, delta.microseconds], [-1, 86399, 999999]);
  assertEquals(new TimeDelta(1, 86400 * 2 + 5, 2_000_001).seconds, 7);
  assertThrows(() => new TimeDelta(10 ** 9), RangeError);
  assertThrows(() => new TimeDelta(0.5), RangeError);
});

Deno.test("values refuse what they cannot be", () => {
  assertThrows(() => new Decimal("1,5"), RangeError, "not a number");
  assertThrows(() => new Fraction(1, 0), RangeError, "zero");
  assertThrows(() => new Uuid("xyz"), RangeError, "not a UUID");
  assertThrows(() => new Uuid(2n ** 128n), RangeError, "128 bits");
  assertThrows(() => NdArray.from(new Float64Array(3), [2, 2]), RangeError, "2 x 2");
});

Deno.test("Deque keeps the last items of a bounded one", () => {
  const deque = new Deque([1, 2, 3], 2);
  deque.append(4);
  assertEquals([deque.length, [...deque], deque.toArray()], [2, [3, 4], [3, 4]]);
  assertEquals([...new Deque([1], 0)], []);
});

Deno.test("a path is joined by the separator of its class", () => {
  assertEquals(`${new PurePath(["/", "a", "b"])}`, "/a/b");
  assertEquals(`${new PurePath(["c:\\", "a"], { className: "PureWindowsPath" })}`, "c:\\a");
  assertEquals(`${new PurePath([])}`, ".");
});
