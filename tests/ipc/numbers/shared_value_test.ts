import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  attach,
  Barrier,
  type ExclusiveLock,
  Lock,
  type NumericType,
  RLock,
  Semaphore,
  share,
  SharedValue,
} from "@ferry/std/ipc";
import { Crew } from "../../_support/crew.ts";
import { finish, launch } from "../../_support/processes.ts";

const LIMITS: [NumericType, string, number | bigint, number | bigint][] = [
  ["int8", "b", -128, 127],
  ["uint8", "B", 0, 255],
  ["int16", "h", -32768, 32767],
  ["uint16", "H", 0, 65535],
  ["int32", "i", -(2 ** 31), 2 ** 31 - 1],
  ["uint32", "I", 0, 2 ** 32 - 1],
  ["int64", "q", -(2n ** 63n), 2n ** 63n - 1n],
  ["uint64", "Q", 0n, 2n ** 64n - 1n],
];

Deno.test("SharedValue begins with zero, or with what it is given", () => {
  using zero = new SharedValue("int32");
  using seven = new SharedValue("int32", 7);
  using big = new SharedValue("int64");
  assertEquals(zero.value, 0);
  assertEquals(seven.value, 7);
  assertStrictEquals(big.value, 0n);
});

Deno.test("SharedValue holds the whole range of every integer type and rejects what is outside", () => {
  for (const [type, , min, max] of LIMITS) {
    using value = new SharedValue<NumericType>(type);
    for (const limit of [min, max]) {
      value.value = limit as number;
      assertStrictEquals(value.value, limit as number);
    }
    const step = typeof min === "bigint" ? 1n : 1;
    const below = (min as number) - (step as number);
    const above = (max as number) + (step as number);
    assertThrows(() => value.value = below, RangeError, `as ${type}: needs ${min} to ${max}`);
    assertThrows(() => value.value = above, RangeError, `as ${type}: needs ${min} to ${max}`);
    assertStrictEquals(value.value, max as number);
  }
});

Deno.test("SharedValue takes Python's letters for its types", () => {
  for (const [type, letter] of LIMITS) {
    using value = new SharedValue(letter as NumericType);
    assertEquals(value.type, type);
  }
  const others = { l: "int64", L: "uint64", f: "float32", d: "float64" } as const;
  for (const [letter, type] of Object.entries(others)) {
    using value = new SharedValue(letter as NumericType);
    assertEquals(value.type, type);
  }
});

Deno.test("SharedValue rejects a number of the wrong kind and names value and type", () => {
  using int = new SharedValue("int32", 5);
  using big = new SharedValue("int64", 5n);
  using float = new SharedValue("float64", 5);
  const put = (value: { value: unknown }, input: unknown) => () => value.value = input;
  assertThrows(put(int, 4.5), TypeError, "Cannot store 4.5 as int32: a whole number is needed");
  assertThrows(put(int, NaN), TypeError, "Cannot store NaN as int32");
  assertThrows(put(int, Infinity), TypeError, "Cannot store Infinity as int32");
  assertThrows(put(int, 5n), TypeError, "Cannot store 5n as int32");
  assertThrows(put(int, "5"), TypeError, 'Cannot store "5" as int32');
  assertThrows(put(int, true), TypeError, "Cannot store true as int32");
  assertThrows(put(int, null), TypeError, "Cannot store null as int32");
  assertThrows(put(int, undefined), TypeError, "Cannot store undefined as int32");
  assertThrows(put(int, [5]), TypeError, "Cannot store an array as int32");
  assertThrows(put(int, Symbol("s")), TypeError, "Cannot store Symbol(s) as int32");
  assertThrows(put(int, Object.create(null)), TypeError, "as int32");
  assertThrows(put(big, 4.5), TypeError, "Cannot store 4.5 as int64: a bigint or a whole number");
  assertThrows(put(big, 2 ** 53), RangeError, "a bigint is needed");
  assertThrows(put(float, 5n), TypeError, "Cannot store 5n as float64: a number is needed");
  assertThrows(put(float, "5"), TypeError, 'Cannot store "5" as float64');
  assertEquals([int.value, big.value, float.value], [5, 5n, 5]);
});

Deno.test("SharedValue of a 64-bit type takes whole numbers and gives bigints", () => {
  using value = new SharedValue("int64", 5);
  assertStrictEquals(value.value, 5n);
  value.value = -3;
  assertStrictEquals(value.value, -3n);
  using unsigned = new SharedValue("uint64");
  assertThrows(() => unsigned.value = -1, RangeError, "needs 0 to 18446744073709551615");
});

Deno.test("SharedValue of a float type holds what floats hold", () => {
  using double = new SharedValue("float64");
  using single = new SharedValue("float32");
  for (const value of [0.1, -0, NaN, Infinity, -Infinity, Number.MAX_VALUE, 5e-324]) {
    double.value = value;
    assertStrictEquals(double.value, value);
  }
  single.value = 0.1;
  assertStrictEquals(single.value, Math.fround(0.1));
  single.value = Infinity;
  assertEquals(single.value, Infinity);
  assertThrows(() => single.value = 1e300, RangeError, "larger than the largest float32");
  single.value = NaN;
  assert(Number.isNaN(single.value));
});

Deno.test("SharedValue rejects an unknown type and names those there are", () => {
  const make = (type: unknown) => () => new SharedValue(type as "int32");
  assertThrows(make("int"), TypeError, 'Unknown number type "int": needs one of int8');
  assertThrows(make("__proto__"), TypeError, "Unknown number type");
  assertThrows(make(undefined), TypeError, "Unknown number type undefined");
  assertThrows(make({}), TypeError, "Unknown number type");
});

Deno.test("SharedValue.update() changes the value and gives the new one", () => {
  using value = new SharedValue("int32", 20);
  assertEquals(value.update((n) => n + 1), 21);
  assertEquals(value.value, 21);
});

Deno.test("SharedValue.update() leaves the value and the lock alone when its function fails", () => {
  for (const lock of [true, false, new Lock(), new RLock()]) {
    using value = new SharedValue("int32", 20, { lock });
    const fail = () => {
      throw new SyntaxError("no");
    };
    assertThrows(() => value.update(fail), SyntaxError, "no");
    assertThrows(() => value.update(() => 1.5), TypeError, "Cannot store 1.5");
    assertThrows(() => value.update(() => Promise.resolve(1) as never), TypeError, "a Promise");
    assertEquals(value.value, 20);
    if (lock !== false) assert(!value.lock.locked);
  }
});

Deno.test("SharedValue.update() holds the lock while its function runs, and the function may take it again", async () => {
  using value = new SharedValue("int32", 1);
  const result = value.update((n) => {
    assert(value.lock.locked);
    using _again = value.lock.acquireSync();
    value.value = 50; // overwritten by the result
    return n + value.update((m) => m + 1);
  });
  assertEquals(result, 52);
  assert(!value.lock.locked);
  using crew = new Crew(1);
  assertEquals(await crew.run(0, "embeddedLockIsTaken", [value]), false);
});

Deno.test("SharedValue.add(), sub(), exchange() and compareExchange() give the value before, as Atomics do", () => {
  for (const lock of [true, false]) {
    using value = new SharedValue("int16", 10, { lock });
    assertEquals(value.add(5), 10);
    assertEquals(value.sub(3), 15);
    assertEquals(value.exchange(100), 12);
    assertEquals(value.compareExchange(99, 1), 100);
    assertEquals(value.compareExchange(100, 1), 100);
    assertEquals(value.value, 1);
    using big = new SharedValue("uint64", 10n, { lock });
    assertEquals(big.add(5n), 10n);
    assertEquals(big.sub(3), 15n);
    assertEquals(big.exchange(7n), 12n);
    assertEquals(big.compareExchange(7, 8n), 7n);
    assertEquals(big.value, 8n);
  }
});

Deno.test("SharedValue.add() wraps around the same with and without a lock", () => {
  const operands = [1, -1, 2 ** 31, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  for (const [type, , min, max] of LIMITS) {
    for (const operand of operands) {
      for (const start of [min, max]) {
        using locked = new SharedValue(type as "int32", start as number);
        using raw = new SharedValue(type as "int32", start as number, { lock: false });
        locked.add(operand);
        raw.add(operand);
        assertStrictEquals(locked.value, raw.value, `${type} ${start} + ${operand}`);
        locked.sub(operand);
        assertStrictEquals(locked.value, start as number);
      }
    }
  }
});

Deno.test("SharedValue's atomic operations reject fractions and float types", () => {
  using int = new SharedValue("int32");
  using float = new SharedValue("float64");
  assertThrows(() => int.add(0.5), TypeError, "Cannot add or subtract 0.5 with int32");
  assertThrows(() => int.exchange(0.5), TypeError, "Cannot store 0.5 as int32");
  assertThrows(() => int.compareExchange(0, 2 ** 31), RangeError, "Cannot store 2147483648");
  for (
    const operation of [
      () => float.add(1),
      () => float.sub(1),
      () => float.exchange(1),
      () => float.compareExchange(0, 1),
    ]
  ) assertThrows(operation, TypeError, "an integer type is needed, use update()");
});

Deno.test("SharedValue uses the lock it is given, and gives it back", () => {
  for (const lock of [new Lock(), new RLock()]) {
    using value = new SharedValue("int32", 0, { lock });
    assertStrictEquals(value.lock, lock);
    using _held = lock.acquireSync();
    assert(value.lock.locked);
    value.value = 3; // its owner need not wait
    assertEquals(value.add(1), 3);
  }
});

Deno.test("SharedValue shares the lock of another value", () => {
  using first = new SharedValue("int32");
  using second = new SharedValue("int32", 0, { lock: first.lock });
  assertStrictEquals(second.lock, first.lock);
});

Deno.test("SharedValue without a lock has none to give", () => {
  using value = new SharedValue("int32", 0, { lock: false });
  assertThrows(() => value.lock, TypeError, "made with lock: false");
});

Deno.test("SharedValue rejects something else as its lock", () => {
  for (const lock of ["notalock", 1, {}, new Semaphore(1)]) {
    assertThrows(
      () => new SharedValue("int32", 0, { lock: lock as unknown as ExclusiveLock }),
      TypeError,
      "lock must be a boolean, a Lock, an RLock",
    );
  }
});

Deno.test("SharedValue keeps a given lock alive after its maker has disposed of it", () => {
  const lock = new Lock();
  using value = new SharedValue("int32", 0, { lock });
  lock[Symbol.dispose]();
  for (let i = 0; i < 100; i++) new Lock().acquireSync(); // would take over the lock's memory
  value.value = 9;
  assertEquals(value.value, 9);
  assert(!value.lock.locked);
});

Deno.test("SharedValue throws a typed error after it was disposed of", () => {
  const value = new SharedValue("int32", 4);
  const { lock } = value;
  value[Symbol.dispose]();
  value[Symbol.dispose]();
  const uses = [
    () => value.value,
    () => value.value = 1,
    () => value.update((n) => n),
    () => value.add(1),
    () => value.exchange(1),
    () => lock.acquireSync(),
    () => lock.locked,
    () => lock.release(),
  ];
  for (const use of uses) assertThrows(use, Deno.errors.BadResource, "was disposed of");
});

Deno.test("SharedValue attached in the same worker is the same object", () => {
  using value = new SharedValue("int32", 4);
  assertStrictEquals(attach(share(value)), value);
});

Deno.test("SharedValue shows each type's changes made in another worker", async () => {
  using crew = new Crew(1);
  using int = new SharedValue("i", -1);
  using double = new SharedValue("d", 1.5);
  using short = new SharedValue("h", 3);
  using raw = new SharedValue("int32", 5, { lock: false });
  using big = new SharedValue("q", 2n ** 33n);
  await crew.run(0, "setAll", [int, double, short, raw], [61, -2.5, 232, 7]);
  assertEquals([int.value, double.value, short.value, raw.value], [61, -2.5, 232, 7]);
  await crew.run(0, "double", [int, double, short, raw, big]);
  assertEquals([int.value, double.value, short.value, raw.value], [122, -5, 464, 14]);
  assertEquals(big.value, 2n ** 34n);
});

Deno.test("SharedValue loses no addition of three workers, whichever way they add", async () => {
  using crew = new Crew(3);
  using start = new Barrier(3);
  for (const [task, lock] of [["add", true], ["add", false], ["mixed", true]] as const) {
    using value = new SharedValue("int32", 0, { lock });
    await crew.all(task, [value, start], () => [30_000]);
    assertEquals(value.value, 90_000, `${task}, lock ${lock}`);
  }
  for (const lock of [new Lock(), new RLock()]) {
    using value = new SharedValue("int32", 0, { lock });
    await crew.all("mixed", [value, start], () => [9_000]);
    assertEquals(value.value, 27_000);
  }
});

Deno.test("SharedValue.lock makes changes of two values one step for other workers", async () => {
  using crew = new Crew(2);
  using start = new Barrier(2);
  using low = new SharedValue("int32");
  using high = new SharedValue("int32", 0, { lock: low.lock });
  const uneven = await crew.all("unevenPair", [low, high, start], () => [5_000]);
  assertEquals(uneven, [0, 0]);
  assertEquals([low.value, high.value], [10_000, 10_000]);
});

Deno.test('SharedValue("float16") is one number for all workers', async () => {
  using half = new SharedValue("float16", 0.5);
  await using process = launch((half: SharedValue<"float16">) => {
    half.update((value) => value * 3);
  }, half);
  await finish(process);
  assertEquals([half.value, half.type], [1.5, "float16"]);
});
