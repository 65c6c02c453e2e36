import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { type ExclusiveLock, Lock, type NumericType, RLock, SharedArray } from "@ferry/std/ipc";
import { Crew } from "../../_support/crew.ts";
import { EFFORT, random, seedFor } from "../../_support/random.ts";

const TYPES: NumericType[] = [
  ..."bBhHiIlLqQfd",
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "float32",
  "float64",
] as NumericType[];
const TEN = [3, 2, 6, 8, 3, 1, 8, 5, 9, 4];

Deno.test("SharedArray made from numbers has them, their slice, and rejects 4.5", () => {
  using numbers = new SharedArray("i", TEN);
  assertEquals([...numbers], TEN);
  assertEquals([...numbers.slice(2, 6)], [6, 8, 3, 1]);
  assertThrows(
    () => numbers.set(0, 4.5),
    TypeError,
    "Cannot store 4.5 as int32: a whole number is needed",
  );
  assertEquals(numbers.get(0), 3);
});

Deno.test("SharedArray of any type is made of zeros or of values, on memory aligned to cache lines", () => {
  for (const type of TYPES) {
    using zeros = new SharedArray(type, 3);
    using values = new SharedArray<NumericType>(type, [1, 2, 3]);
    assertEquals([...zeros].map(Number), [0, 0, 0]);
    assertEquals([...values].map(Number), [1, 2, 3]);
    assertEquals(values.view.byteOffset % 64, 0);
    assertEquals(values.length, 3);
    const sample = values.get(0);
    assertEquals(
      typeof sample,
      values.view.BYTES_PER_ELEMENT === 8 && type !== "d" && type !== "float64"
        ? "bigint"
        : "number",
    );
  }
});

Deno.test("SharedArray takes values from any iterable", () => {
  using fromSet = new SharedArray("int32", new Set([5, 6]));
  using fromView = new SharedArray("float64", new Float32Array([0.5, 1.5]));
  using other = new SharedArray("int32", fromSet);
  using none = new SharedArray("int32", []);
  assertEquals([[...fromSet], [...fromView], [...other], [...none]], [
    [5, 6],
    [0.5, 1.5],
    [5, 6],
    [],
  ]);
});

Deno.test("SharedArray rejects lengths that are negative, too large or not whole, and what is no length", () => {
  const make = (what: unknown) => () => new SharedArray("int32", what as number);
  assertThrows(make(-1), RangeError, "Cannot make a shared array of -1 elements");
  assertThrows(make(2 ** 31), RangeError, "needs 0 to 2147483647");
  assertThrows(make(1.5), TypeError, "a whole number is needed");
  assertThrows(make(NaN), TypeError, "a whole number is needed");
  assertThrows(make(undefined), TypeError, "Cannot store a undefined in a shared array");
  assertThrows(make({ length: 3 }), TypeError, "Cannot store a object in a shared array");
  assertThrows(make([1, 2.5]), TypeError, "Cannot store 2.5 as int32");
  assertThrows(make([1, 2 ** 31]), RangeError, "Cannot store 2147483648 as int32");
});

Deno.test("SharedArray.get() and set() take indexes from either end and reject others", () => {
  using array = new SharedArray("int32", TEN);
  assertEquals([array.get(0), array.get(9), array.get(-1), array.get(-10)], [3, 4, 4, 3]);
  array.set(-1, 77);
  assertEquals(array.get(9), 77);
  for (const index of [10, -11, 2 ** 40, Infinity]) {
    const expected = Number.isInteger(index) ? RangeError : TypeError;
    assertThrows(() => array.get(index), expected);
    assertThrows(() => array.set(index, 1), expected);
    assertThrows(() => array.add(index, 1), expected);
  }
  assertThrows(
    () => array.get(10),
    RangeError,
    "Index 10 is out of range: the array has 10 elements",
  );
  assertThrows(() => array.get(0.5), TypeError, "Cannot use 0.5 as an index");
  assertThrows(() => array.get(NaN), TypeError, "Cannot use NaN as an index");
  assertThrows(() => array.get("0" as never), TypeError, "Cannot use a string as an index");
});

Deno.test("SharedArray.at() gives undefined outside, as arrays do", () => {
  using array = new SharedArray("int32", TEN);
  for (const index of [0, 9, -1, -10, 10, -11, 1.7, -1.7, NaN, Infinity]) {
    assertStrictEquals(array.at(index), TEN.at(index), `at ${index}`);
  }
});

Deno.test("SharedArray.slice() agrees with Python's slices for all bounds and steps", () => {
  using array = new SharedArray("int32", [0, 1, 2, 3, 4]);
  const bounds = [undefined, -7, -5, -4, -1, 0, 1, 3, 4, 5, 7];
  for (const start of bounds) {
    for (const end of bounds) {
      for (const step of [undefined, 1, 2, 3, 7, -1, -2, -3, -7]) {
        const expected = pythonSlice(5, start, end, step ?? 1);
        assertEquals([...array.slice(start, end, step)], expected, `${start}:${end}:${step}`);
      }
    }
  }
  assertThrows(() => array.slice(0, 5, 0), RangeError, "step must not be 0");
  assertThrows(() => array.slice(0, 5, 0.5), TypeError, "step must be a whole number");
  assertThrows(() => array.slice(NaN), TypeError, "bounds must be numbers");
});

/** As the language reference tells it (slice.indices), one index at a time. */
function pythonSlice(
  n: number,
  start: number | undefined,
  end: number | undefined,
  step: number,
): number[] {
  const clamp = (at: number, low: number, high: number) => {
    if (at < 0) at += n;
    return at < low ? low : at > high ? high : at;
  };
  const out: number[] = [];
  if (step > 0) {
    const last = end === undefined ? n : clamp(end, 0, n);
    for (let i = start === undefined ? 0 : clamp(start, 0, n); i < last; i += step) out.push(i);
  } else {
    const last = end === undefined ? -1 : clamp(end, -1, n - 1);
    for (let i = start === undefined ? n - 1 : clamp(start, -1, n - 1); i > last; i += step) {
      out.push(i);
    }
  }
  return out;
}

Deno.test("SharedArray.slice() is a copy of the same type on memory of its own", () => {
  using array = new SharedArray("uint16", [1, 2, 3]);
  const copy = array.slice();
  assert(copy instanceof Uint16Array);
  assert(copy.buffer instanceof ArrayBuffer);
  assert(array.slice(undefined, undefined, -1).buffer instanceof ArrayBuffer);
  copy[0] = 9;
  assertEquals(array.get(0), 1);
});

Deno.test("SharedArray.assign() writes from an index on", () => {
  using array = new SharedArray("int32", 6);
  array.assign(1, [7, 8]);
  array.assign(-1, new Set([5]));
  array.assign(0, []);
  array.assign(6, []);
  assertEquals([...array], [0, 7, 8, 0, 0, 5]);
  assertThrows(() => array.assign(5, [1, 2]), RangeError, "Can only assign sequence of same size");
  assertThrows(() => array.assign(6, [1]), RangeError, "Index 6 is out of range");
  assertEquals([...array], [0, 7, 8, 0, 0, 5]);
});

Deno.test("SharedArray.assign() writes a slice of the same size, with any step", () => {
  using array = new SharedArray("int32", TEN);
  array.assign({ start: 4, end: 8 }, [90, 91, 92, 93]);
  assertEquals([...array], [3, 2, 6, 8, 90, 91, 92, 93, 9, 4]);
  array.assign({ start: -2, end: 0, step: -3 }, [1, 2, 3]);
  assertEquals([...array], [3, 2, 3, 8, 90, 2, 92, 93, 1, 4]);
  array.assign({}, new Int16Array(10));
  assertEquals([...array], Array(10).fill(0));
  for (const values of [[], [1], [1, 2, 3]]) {
    assertThrows(
      () => array.assign({ start: 0, end: 2 }, values),
      RangeError,
      `Can only assign sequence of same size: ${values.length} values for 2 elements`,
    );
  }
});

Deno.test("SharedArray.assign() writes nothing when one value does not fit", () => {
  using array = new SharedArray("uint8", [1, 2, 3]);
  assertThrows(() => array.assign(0, [7, 8, 256]), RangeError, "Cannot store 256 as uint8");
  assertThrows(() => array.assign(0, [7, 8, 0.5]), TypeError, "Cannot store 0.5 as uint8");
  assertEquals([...array], [1, 2, 3]);
});

Deno.test("SharedArray.assign() can take its own values", () => {
  using array = new SharedArray("int32", [1, 2, 3, 4]);
  array.assign({ step: -1 }, array);
  assertEquals([...array], [4, 3, 2, 1]);
});

Deno.test("SharedArray.fill(), indexOf() and includes() do what arrays' do", () => {
  using array = new SharedArray("int32", TEN);
  assertEquals([array.indexOf(8), array.indexOf(8, 4), array.indexOf(7), array.indexOf(3, -6)], [
    3,
    6,
    -1,
    4,
  ]);
  assertEquals([array.includes(9), array.includes(7)], [true, false]);
  array.fill(0, { start: 1, step: 2 });
  assertEquals([...array], [3, 0, 6, 0, 3, 0, 8, 0, 9, 0]);
  array.fill(1);
  assertEquals([...array], Array(10).fill(1));
  assertThrows(() => array.fill(0.5), TypeError, "Cannot store 0.5");
  using big = new SharedArray("int64", [1n, 2n]);
  assertEquals([big.indexOf(2), big.indexOf(2n)], [1, 1]);
});

Deno.test("SharedArray's atomic operations give the value before", () => {
  for (const lock of [true, false]) {
    using array = new SharedArray("int32", [1, 2, 3], { lock });
    assertEquals(array.add(0, 10), 1);
    assertEquals(array.sub(-1, 10), 3);
    assertEquals(array.exchange(1, 7), 2);
    assertEquals(array.compareExchange(1, 7, 8), 7);
    assertEquals(array.compareExchange(1, 7, 9), 8);
    assertEquals(array.update(1, (n) => n * 2), 16);
    assertEquals([...array], [11, 16, -7]);
  }
  using floats = new SharedArray("float32", 1);
  assertThrows(() => floats.add(0, 1), TypeError, "use update()");
});

Deno.test("SharedArray.view is the memory itself, and keeps it alive", () => {
  let view: Int32Array;
  {
    const array = new SharedArray("int32", TEN);
    view = array.view;
    view[0] = -5;
    assertEquals(array.get(0), -5);
    array.set(1, -6);
    assertEquals(view[1], -6);
    assertStrictEquals(array.view, view);
    assert(view.buffer instanceof SharedArrayBuffer);
  }
  assertEquals(view[2], 6);
});

Deno.test("SharedArray iterates over the numbers as they were when it began", () => {
  using array = new SharedArray("int32", [1, 2, 3]);
  const seen = [];
  for (const n of array) {
    seen.push(n);
    array.fill(0);
  }
  assertEquals(seen, [1, 2, 3]);
});

Deno.test("SharedArray has its own lock, a given one, another array's, or none", () => {
  using own = new SharedArray("int32", 10);
  assertStrictEquals(own.lock, own.lock);
  for (const lock of [new Lock(), new RLock()]) {
    using given = new SharedArray("int32", 10, { lock });
    assertStrictEquals(given.lock, lock);
    using _held = lock.acquireSync();
    given.set(0, 1); // its owner need not wait
  }
  using other = new SharedArray("int32", 10, { lock: own.lock });
  assertStrictEquals(other.lock, own.lock);
  using raw = new SharedArray("int32", 10, { lock: false });
  assertThrows(() => raw.lock, TypeError, "made with lock: false");
  assertThrows(
    () => new SharedArray("int32", 1, { lock: "no" as unknown as ExclusiveLock }),
    TypeError,
  );
});

Deno.test("SharedArray is zeroed when its memory was used before", () => {
  for (let i = 0; i < 3; i++) {
    using array = new SharedArray("int32", 5);
    assertEquals([...array], [0, 0, 0, 0, 0]);
    array.assign(0, [0, 1, 2, 3, 4]);
    assertEquals([...array], [0, 1, 2, 3, 4]);
  }
});

Deno.test("SharedArray throws a typed error after it was disposed of", () => {
  const array = new SharedArray("int32", 3);
  array[Symbol.dispose]();
  const uses = [
    () => array.get(0),
    () => array.set(0, 1),
    () => array.at(0),
    () => array.slice(),
    () => array.assign(0, [1]),
    () => array.fill(0),
    () => array.indexOf(0),
    () => [...array],
    () => array.view,
    () => array.add(0, 1),
    () => array.lock,
  ];
  for (const use of uses) assertThrows(use, Deno.errors.BadResource, "was disposed of");
});

Deno.test("SharedArray blocks of all sizes, made and dropped at random, keep their contents", () => {
  const next = random(seedFor("SharedArray blocks"));
  const live: { array: SharedArray<"uint32">; first: number }[] = [];
  for (let i = 0; i < 3000 * EFFORT; i++) {
    if (live.length > 40 || (live.length > 0 && next() % 3 === 0)) {
      const [{ array, first }] = live.splice(next() % live.length, 1) as [typeof live[number]];
      for (let at = 0; at < array.length; at++) {
        if (array.view[at] !== (first + at) % 1000) {
          throw new RangeError(`element ${at} of ${array.length} is ${array.view[at]}`);
        }
      }
      array[Symbol.dispose]();
    } else {
      const first = next() % 1000;
      const length = next() % (next() % 4 === 0 ? 20_000 : 100);
      const array = new SharedArray("uint32", length);
      for (let at = 0; at < length; at++) {
        if (array.view[at] !== 0) throw new RangeError(`not zeroed at ${at}`);
        array.view[at] = (first + at) % 1000;
      }
      live.push({ array, first });
    }
  }
  for (const { array } of live) array[Symbol.dispose]();
});

Deno.test("SharedArray shows changes made in another worker", async () => {
  using crew = new Crew(1);
  for (const lock of [true, false]) {
    using sums = new SharedArray("i", [680, 626, 934, 821, 150, 233, 548, 982, 714, 831], { lock });
    const expected: number[] = [];
    for (const n of sums) expected.push((expected.at(-1) ?? 0) + n);
    await crew.run(0, "prefixSum", [sums]);
    assertEquals([...sums], expected);
    using doubles = new SharedArray("d", 10, { lock });
    for (let i = 0; i < 10; i++) doubles.set(i, i / 4);
    await crew.run(0, "double", [doubles]);
    assertEquals([...doubles], Array.from({ length: 10 }, (_, i) => i / 2));
    assertEquals(await crew.run(0, "sumView", [doubles]), 22.5);
  }
});

Deno.test("SharedArray.includes() finds NaN, which indexOf() does not, and bigints by their numbers", () => {
  for (const type of ["float16", "float32", "float64"] as const) {
    using numbers = new SharedArray(type, [1, NaN, -0]);
    assert(numbers.includes(NaN));
    assertEquals(numbers.indexOf(NaN), -1);
    assert(numbers.includes(0) && numbers.includes(-0) && !numbers.includes(2));
  }
  using big = new SharedArray("int64", [5n]);
  assert(big.includes(5) && big.includes(5n) && !big.includes(6));
  const closed = new SharedArray("float64", [NaN]);
  closed[Symbol.dispose]();
  assertThrows(() => closed.includes(NaN), Deno.errors.BadResource);
});

Deno.test('SharedArray("float16") holds half-precision numbers, checked and rounded', () => {
  using halves = new SharedArray("float16", [0.5, 1 / 3, -65504]);
  assertEquals([halves.type, halves.length], ["float16", 3]);
  assert(halves.view instanceof Float16Array);
  assertEquals([...halves], [0.5, Math.f16round(1 / 3), -65504]);
  assertEquals(halves.update(0, () => 0.1), Math.f16round(0.1), "what was stored");
  halves.set(1, Infinity);
  halves.set(2, NaN);
  assertEquals([...halves], [Math.f16round(0.1), Infinity, NaN]);
  assertThrows(() => halves.set(0, 65505), RangeError, "larger than the largest float16");
  assertThrows(() => halves.set(0, 1n as never), TypeError, "as float16: a number is needed");
  assertThrows(() => halves.add(0, 1), TypeError, "float16");
  using letter = new SharedArray("e", 2);
  assertEquals(letter.type, "float16");
  using single = new SharedArray("float32", 1);
  assertEquals(single.update(0, () => 0.1), Math.fround(0.1), "what was stored");
});
