// What a SharedMap does in one worker, and that others see it.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  attach,
  Lock,
  MapFullError,
  Pipe,
  Queue,
  registerClass,
  share,
  SharedMap,
  type SharedMapKey,
  SharedValue,
  UnsendableError,
} from "@ferry/std/ipc";
import { census } from "../../../_support/census.ts";
import { finish, launch } from "../../../_support/processes.ts";

Deno.test("SharedMap does what a Map does", () => {
  using map = new SharedMap<string, unknown>();
  assertEquals([map.size, map.has("a"), map.get("a"), map.delete("a")], [
    0,
    false,
    undefined,
    false,
  ]);
  assertStrictEquals(map.set("a", 1), map);
  map.set("b", undefined);
  assertEquals([map.size, map.has("b"), map.get("a"), map.get("b")], [2, true, 1, undefined]);
  map.set("a", { deep: [1n, new Map([["x", new Date(0)]])] });
  assertEquals(map.get("a"), { deep: [1n, new Map([["x", new Date(0)]])] });
  assertEquals([map.delete("a"), map.delete("a"), map.size], [true, false, 1]);
  map.clear();
  assertEquals([map.size, [...map]], [0, []]);
});

Deno.test("SharedMap is made from pairs, and from another Map", () => {
  using one = new SharedMap<string | number, string>([["a", "A"], [1, "one"]]);
  assertEquals(new Map(one), new Map<string | number, string>([["a", "A"], [1, "one"]]));
  using two = new SharedMap(new Map([[1n, true]]));
  assertEquals([...two], [[1n, true]]);
  using three = new SharedMap(two);
  assertEquals([...three.keys()], [1n]);
  assertEquals([...three.values()], [true]);
});

const keys: [name: string, key: SharedMapKey][] = [
  ["the empty string", ""],
  ["text", "word"],
  ["Latin-1", "ÿ"],
  ["text beyond Latin-1", "日本 𝒳"],
  ["a lone surrogate", "\ud800"],
  ["another one", "\udfff"],
  ["U+FFFD", "\ufffd"],
  ["a zero character", "\0"],
  ["two of them", "\0\0"],
  ["digits", "1"],
  ["__proto__", "__proto__"],
  ["long text", "x".repeat(100_000)],
  ["long text beyond Latin-1", "Ж".repeat(50_001)],
  ["1", 1],
  ["0", 0],
  ["1.5", 1.5],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["NaN", NaN],
  ["5e-324", 5e-324],
  ["0n", 0n],
  ["1n", 1n],
  ["-1n", -1n],
  ["2n ** 63n - 1n", 2n ** 63n - 1n],
  ["2n ** 63n", 2n ** 63n],
  ["-(2n ** 63n)", -(2n ** 63n)],
  ["-(2n ** 63n) - 1n", -(2n ** 63n) - 1n],
  ["a long bigint", -(7n ** 5000n)],
  ["no bytes", new Uint8Array()],
  ["a byte", new Uint8Array([49])],
  ["two bytes", new Uint8Array([0, 0])],
  ["many bytes", new Uint8Array(70_000).fill(7)],
];

Deno.test("SharedMap keeps apart all keys that differ, and gives them back as they were", () => {
  using map = new SharedMap<SharedMapKey, string>();
  for (const [name, key] of keys) map.set(key, name);
  assertEquals(map.size, keys.length);
  for (const [name, key] of keys) assertEquals(map.get(key), name);
  const back = new Map([...map].map(([key, name]) => [name, key]));
  for (const [name, key] of keys) assertEquals(back.get(name), key, name);
});

Deno.test("SharedMap takes keys for the same as a Map does, and bytes by what they are", () => {
  using map = new SharedMap<SharedMapKey, string>();
  map.set(-0, "zero").set(0 / 0, "NaN").set(new Uint8Array([1, 2]), "bytes");
  assertEquals(map.get(0), "zero");
  assert(Object.is([...map.keys()].find((key) => key === 0), 0));
  const bits = new Float64Array(1);
  new BigUint64Array(bits.buffer)[0] = 0xfff8000000000001n;
  assertEquals(map.get(bits[0]!), "NaN");
  assertEquals(map.get(new Uint8Array([0, 1, 2, 3]).subarray(1, 3)), "bytes");
  assertEquals(map.get(new TextEncoder().encode("\x01\x02")), "bytes");
  const buffer = new SharedArrayBuffer(2);
  new Uint8Array(buffer).set([1, 2]);
  assertEquals(map.get(new Uint8Array(buffer)), "bytes");
});

Deno.test("SharedMap keeps a value and a key as they were when they were set", () => {
  using map = new SharedMap<Uint8Array, number[]>();
  const key = new Uint8Array([1]);
  const value = [1];
  map.set(key, value);
  key[0] = 2;
  value.push(2);
  assertEquals(map.get(new Uint8Array([1])), [1]);
  map.get(new Uint8Array([1]))!.push(3);
  assertEquals(map.get(new Uint8Array([1])), [1]);
});

Deno.test("SharedMap.update() replaces a value by what the function makes of it", () => {
  using map = new SharedMap<string | Uint8Array, number>();
  assertEquals(map.update("a", (n) => (n ?? 10) + 1), 11);
  assertEquals(map.update("a", (n) => (n ?? 10) + 1), 12);
  assertThrows(
    () =>
      map.update("a", () => {
        throw new RangeError("no");
      }),
    RangeError,
    "no",
  );
  assertThrows(() => map.update("a", (() => Symbol()) as never), UnsendableError);
  assertThrows(() => map.update("new", (() => Promise.resolve(1)) as never), UnsendableError);
  assertEquals([map.get("a"), map.has("new")], [12, false]);
  const key = new Uint8Array([1]);
  map.update(key, () => key[0] = 9);
  assertEquals([map.get(new Uint8Array([1])), map.has(key)], [9, false]);
});

Deno.test("SharedMap.update() may read the map, and change others, but not change this one", () => {
  using map = new SharedMap<string, unknown>([["a", 1], ["b", 2]]);
  using other = new SharedMap<string, unknown>();
  map.update("a", () => {
    for (
      const change of [
        () => map.set("b", 3),
        () => map.update("b", () => 3),
        () => map.delete("b"),
        () => map.pop("b"),
        () => map.clear(),
        () => map.setDefault("c", 3),
        () => [...map],
      ]
    ) assertThrows(change, Deno.errors.Busy, "in the middle of changing the map");
    other.set("read", [map.get("a"), map.get("b"), map.has("c"), map.size, map.setDefault("b", 3)]);
    return 5;
  });
  assertEquals(other.get("read"), [1, 2, false, 2, 2]);
  assertEquals(new Map(map), new Map<string, unknown>([["a", 5], ["b", 2]]));
  map.set("b", 4);
});

Deno.test("SharedMap.setDefault() and pop() set and take once", () => {
  using map = new SharedMap<string, unknown>();
  const value = {};
  assertStrictEquals(map.setDefault("a", value), value);
  assertEquals(map.setDefault("a", 2), {});
  assertEquals([map.pop("a"), map.pop("a"), map.size], [{}, undefined, 0]);
  assertEquals(map.setDefault("b", undefined), undefined);
  assertEquals(map.setDefault("b", 1), undefined);
});

Deno.test("SharedMap iterates over what was there when it began", () => {
  using map = new SharedMap<number, number>();
  for (let i = 0; i < 1000; i++) map.set(i, i);
  const entries = map.entries();
  const keys = map.keys();
  map.clear();
  for (let i = 500; i < 2000; i++) map.set(i, -i);
  assertEquals(
    [...entries].sort(([a], [b]) => a - b),
    Array.from({ length: 1000 }, (_, i) => [
      i,
      i,
    ]),
  );
  assertEquals([...keys].length, 1000);
  assertEquals([...entries], []);
  map.clear();
  assertEquals([...map], []);
});

Deno.test("SharedMap holds values of any size, and uses again what deleted ones took", () => {
  using map = new SharedMap<number, Uint8Array>();
  for (const size of [0, 1, 16_000, 16_384, 70_000, 3_000_000]) {
    const value = Uint8Array.from({ length: size }, (_, i) => i % 251);
    map.set(size, value);
    assert(map.get(size)!.every((byte, i) => byte === value[i]));
    assertEquals(map.get(size)!.length, size);
  }
  map.clear();
  const { byteLength } = share(map).buffer;
  for (let i = 0; i < 200; i++) map.set(i % 2, new Uint8Array(1_000_000));
  const grown = share(map).buffer.byteLength - byteLength;
  assert(grown < 40_000_000, `200 MB in turns took ${grown} bytes`);
  for (let i = 0; i < 20_000; i++) {
    map.set(100 + i, new Uint8Array(10));
    if (i >= 10) map.delete(100 + i - 10);
  }
  map.delete(0);
  map.delete(1);
  assertEquals(map.size, 10);
  assert(map.byteLength < 500_000, `10 entries take ${map.byteLength} bytes`);
});

Deno.test("SharedMap that may take no more says so, stays as it was, and has room again after a delete", () => {
  using map = new SharedMap<number, string>(null, { maxBytes: 1_000_000 });
  assertEquals(map.maxBytes, 1_000_000);
  let n = 0;
  const error = assertThrows(() => {
    for (;; n++) map.set(n, `value ${n}`);
  }, MapFullError) as MapFullError;
  assertEquals(error.maxBytes, 1_000_000);
  assertEquals(
    error.message.replace(/\d+/, "N"),
    "Cannot set: the map would take N bytes of shared memory, its maxBytes is 1000000",
  );
  assert(n > 5000, `only ${n} entries fit`);
  assert(map.byteLength <= 1_000_000);
  assertEquals(map.size, n);
  for (let i = 0; i < n; i++) assertEquals(map.get(i), `value ${i}`);
  assertThrows(() => map.set(0, "x".repeat(1_000_000)), MapFullError);
  assertThrows(() => map.setDefault(-1, "x".repeat(1_000_000)), MapFullError);
  assertThrows(() => map.update(0, () => "x".repeat(1_000_000)), MapFullError);
  assertEquals([map.get(0), map.has(-1)], ["value 0", false]);
  for (let i = 0; i < n; i++) map.delete(i);
  for (let i = 0; i < n / 4; i++) map.set(i, `value ${i}`);
  map.clear();
  assertEquals(map.byteLength, 0);
});

Deno.test("SharedMap keeps alive the shared objects in its values, as long as they are in it", () => {
  using map = new SharedMap<string, unknown>();
  const before = census(map);
  {
    using lock = new Lock();
    using value = new SharedValue("int32", 7);
    map.set("lock", { lock });
    map.set("value", [value, value, 1]);
    assertStrictEquals((map.get("lock") as { lock: Lock }).lock, lock);
  }
  const [value] = map.get("value") as [SharedValue];
  assertEquals(value.value, 7);
  value[Symbol.dispose]();
  for (let i = 0; i < 3000; i++) map.set(`key ${i}`, i); // moves them
  const copy = new Map(map);
  const again = (copy.get("value") as [SharedValue])[0];
  assertEquals(again.value, 7);
  map.set("value", 0);
  assertEquals(again.value, 7);
  again[Symbol.dispose]();
  const lock = (map.pop("lock") as { lock: Lock }).lock;
  assert(lock.tryAcquire() !== undefined);
  lock[Symbol.dispose]();
  (copy.get("lock") as { lock: Lock }).lock[Symbol.dispose]();
  for (let i = 0; i < 100; i++) {
    using lock = new Lock();
    map.set(`lock ${i % 10}`, lock);
    if (i % 7 === 0) map.delete(`lock ${i % 10}`);
  }
  map.clear();
  assertEquals(census(map), before);
  {
    using lock = new Lock();
    map.set("last", lock);
    using other = new SharedMap([["lock", lock]]);
    using queue = new Queue();
    map.set("more", [other, queue, map.size]);
  }
  map.clear();
  assertEquals(census(map), before);
});

Deno.test("SharedMap refuses what has one owner, and what cannot be sent, with its path", () => {
  using map = new SharedMap<string, unknown>([["a", 1]]);
  using pipe = new Pipe();
  using lock = new Lock();
  const before = census(map);
  const error = assertThrows(
    () => map.set("a", { lock, ends: [pipe.first] }),
    UnsendableError,
  ) as UnsendableError;
  assertEquals(error.path, "value.ends[0]");
  assert(error.message.includes("has one owner"), error.message);
  assertThrows(() => map.set("b", { f: () => 1 }), UnsendableError, "value.f");
  assertThrows(
    () => map.set("b", ["x".repeat(50_000), lock, pipe.first]),
    UnsendableError,
    "value[2]",
  );
  assertEquals([map.get("a"), map.size], [1, 1]);
  assertEquals(census(map), before);
  pipe.first.sendSync("still open");
  assertEquals(pipe.second.recvSync(), "still open");
});

class Nosy {
  readonly run: () => unknown;
  constructor(run: () => unknown) {
    this.run = run;
  }
}
let decoding: () => unknown = () => {};
registerClass("map_test.Nosy", Nosy, {
  encode: (nosy) => nosy.run() as never,
  decode: (value) => {
    decoding();
    return new Nosy(() => value);
  },
});

Deno.test("SharedMap can be used by the code of what is set and got", () => {
  using map = new SharedMap<string, unknown>([["other", "x".repeat(5000)]]);
  using lock = new Lock();
  map.set("nosy", new Nosy(() => map.set("inner", new Nosy(() => map.get("other"))).size));
  decoding = () => map.set("decoded", map.get("other"));
  assertEquals((map.get("nosy") as Nosy).run(), 2);
  assertEquals(map.get("decoded"), "x".repeat(5000));
  // With a shared object in it, the value is decoded under the lock.
  map.set("nosy", [lock, new Nosy(() => 1)]);
  assertThrows(() => map.get("nosy"), Deno.errors.Busy);
  decoding = () => {
    throw new RangeError("unreadable");
  };
  map.set("nosy", new Nosy(() => 1));
  assertThrows(() => map.get("nosy"), RangeError, "unreadable");
  assertThrows(() => map.pop("nosy"), RangeError, "unreadable");
  assert(map.has("nosy"));
  decoding = () => {};
  assert(map.pop("nosy") instanceof Nosy);
});

Deno.test("SharedMap disposed of by the code of what it is used with touches no memory of others", () => {
  for (
    const use of [
      (map: SharedMap) => map.set("a", new Nosy(() => map[Symbol.dispose]())),
      (map: SharedMap) => map.setDefault("a", new Nosy(() => map[Symbol.dispose]())),
    ]
  ) {
    const map = new SharedMap();
    assertThrows(() => use(map), Deno.errors.BadResource, "disposed of");
  }
  const map = new SharedMap();
  using other = new SharedMap();
  assertEquals(map.update("a", () => (map[Symbol.dispose](), 5)), 5);
  assertEquals([map.disposed, other.size], [true, 0]);
  assertThrows(() => map.get("a"), Deno.errors.BadResource, "Cannot use this SharedMap");
  const entries = new SharedMap([["a", 1]]);
  const iterator = entries.entries();
  entries[Symbol.dispose]();
  assertEquals([...iterator], [["a", 1]]);
});

Deno.test("SharedMap can be shared, sent, and held by itself under another name", async () => {
  using map = new SharedMap<string, unknown>([["a", 1]]);
  assertStrictEquals(attach(share(map)), map);
  using queue = new Queue<SharedMap<string, unknown>>();
  queue.putSync(map);
  assertStrictEquals(queue.getSync(), map);
  using inner = new SharedMap<string, unknown>();
  inner.set("there", true);
  map.set("inner", inner);
  await finish(launch(
    (map: SharedMap<string, unknown>) => {
      const inner = map.get("inner") as SharedMap<string, unknown>;
      for (let i = 0; i < 5000; i++) inner.set(`key ${i}`, { i, there: inner.get("there") });
      map.set("a", 2);
    },
    map,
  ));
  assertEquals([map.get("a"), inner.size], [2, 5001]);
  assertEquals(inner.get("key 4999"), { i: 4999, there: true });
});

Deno.test("SharedMap shows what it is", () => {
  using map = new SharedMap([["a", 1]], { maxBytes: 65_536 });
  assert(
    /^SharedMap \{ size: 1, byteLength: \d+, maxBytes: 65536 \}$/.test(Deno.inspect(map)),
    Deno.inspect(map),
  );
  using unlimited = new SharedMap(null, { maxBytes: Infinity });
  assertEquals(Deno.inspect(unlimited), "SharedMap { size: 0, byteLength: 0, maxBytes: Infinity }");
});
