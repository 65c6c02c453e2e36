// What SharedMap and Broadcast say to what they cannot take, and where memory ends.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Broadcast,
  Queue,
  share,
  SharedMap,
  type SharedMapKey,
  type SharedObject,
} from "@ferry/std/ipc";
import { program } from "../../_support/program.ts";

type ErrorClass = new (message?: string) => Error;
type Refusal = [name: string, call: () => unknown, error: ErrorClass, message: string];

// deno-lint-ignore no-explicit-any
const any = (value: unknown): any => value;
const makeMap = (...args: unknown[]) => () => new (any(SharedMap))(...args);
const makeBroadcast = (...args: unknown[]) => () => new (any(Broadcast))(...args);

function detached(): Uint8Array {
  const bytes = new Uint8Array(8);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

function outOfBounds(): Uint8Array {
  const buffer = new ArrayBuffer(8, { maxByteLength: 8 });
  const bytes = new Uint8Array(buffer, 4, 4);
  buffer.resize(4);
  return bytes;
}

const refusals: Refusal[] = [
  ["a number for entries", makeMap(5), TypeError, "an iterable of pairs is needed, received 5"],
  ["text for entries", makeMap("ab"), TypeError, "an iterable of pairs is needed"],
  ["options for entries", makeMap({ maxBytes: 1 }), TypeError, "options come second"],
  ["what are no pairs", makeMap([5]), TypeError, "each entry must be a pair"],
  ["null for a pair", makeMap([null]), TypeError, "each entry must be a pair"],
  ["a pair with a bad key", makeMap([[null, 1]]), TypeError, "received null"],
  ["a number for options", makeMap(null, 5), TypeError, "options must be an object"],
  ["an array for options", makeMap(null, [5]), TypeError, "options must be an object"],
  ["maxBytes NaN", makeMap(null, { maxBytes: NaN }), RangeError, "received NaN"],
  ["maxBytes 0", makeMap(null, { maxBytes: 0 }), RangeError, "received 0"],
  ["maxBytes -1", makeMap(null, { maxBytes: -1 }), RangeError, "received -1"],
  ["maxBytes '5'", makeMap(null, { maxBytes: "5" }), TypeError, 'received "5"'],
  ["maxBytes null", makeMap(null, { maxBytes: null }), TypeError, "received null"],
  ["a number for options of a broadcast", makeBroadcast(5), TypeError, "options must be an object"],
  ["null for them", makeBroadcast(null), TypeError, "options must be an object"],
  ["capacity 0", makeBroadcast({ capacity: 0 }), RangeError, "received 0"],
  ["capacity NaN", makeBroadcast({ capacity: NaN }), RangeError, "received NaN"],
  ["capacity Infinity", makeBroadcast({ capacity: Infinity }), RangeError, "received Infinity"],
  ["capacity 1.5", makeBroadcast({ capacity: 1.5 }), RangeError, "received 1.5"],
  ["capacity '5'", makeBroadcast({ capacity: "5" }), TypeError, 'received "5"'],
  ["maxBytes 1", makeBroadcast({ maxBytes: 1 }), RangeError, "from 64 to"],
  ["maxBytes 2n", makeBroadcast({ maxBytes: 2n }), TypeError, "received 2n"],
];

for (const [name, call, error, message] of refusals) {
  Deno.test(`SharedMap and Broadcast refuse ${name}`, () => {
    assertThrows(call, error, message);
  });
}

const noKeys: [name: string, key: unknown][] = [
  ["undefined", undefined],
  ["null", null],
  ["true", true],
  ["a symbol", Symbol("s")],
  ["an object", {}],
  ["a String", new String("a")],
  ["a function", () => 1],
  ["an ArrayBuffer", new ArrayBuffer(1)],
  ["a DataView", new DataView(new ArrayBuffer(1))],
  ["an Uint16Array", new Uint16Array(1)],
  ["an Uint8ClampedArray", new Uint8ClampedArray(1)],
  ["a Proxy", new Proxy(new Uint8Array(1), {})],
  ["an imitation", Object.create(Uint8Array.prototype)],
  ["detached bytes", detached()],
  ["bytes out of bounds", outOfBounds()],
];

Deno.test("SharedMap refuses keys of other types, by every method, and is as it was", () => {
  using map = new SharedMap<SharedMapKey, unknown>([["a", 1]]);
  for (const [name, key] of noKeys) {
    const calls = {
      "get": () => map.get(any(key)),
      "look for a key": () => map.has(any(key)),
      "set": () => map.set(any(key), 1),
      "delete": () => map.delete(any(key)),
      "pop": () => map.pop(any(key)),
      "update": () => map.update(any(key), () => 1),
    };
    for (const [attempted, call] of Object.entries(calls)) {
      assertThrows(call, TypeError, `Cannot ${attempted}: `, name);
    }
    assertThrows(() => map.setDefault(any(key), 1), TypeError, "Cannot set: ", name);
  }
  assertThrows(() => map.update("a", any(5)), TypeError, "a function is needed, received 5");
  assertThrows(() => map.set("x".repeat(2 ** 28), 1), RangeError, "the key takes 268435456 bytes");
  assertEquals([...map], [["a", 1]]);
});

Deno.test("SharedMap takes bytes whose class tells lies by what they are", () => {
  using map = new SharedMap<SharedMapKey, number>();
  class Liar extends Uint8Array {
    override get length(): number {
      map.set("from length", 1);
      return 3;
    }
    static get [Symbol.species](): Uint8ArrayConstructor {
      map.set("from species", 1);
      return any(Array);
    }
  }
  const liar = new Liar(3);
  map.set(liar, 5);
  map.update(liar, (n) => n! + 1);
  assertEquals(map.get(new Uint8Array(3)), 6);
});

Deno.test("Broadcast refuses options that are none, without publishing or subscribing", async () => {
  using news = new Broadcast<number>();
  assertThrows(() => news.subscribe(any("dropOldest")), TypeError, '{ slow: "dropOldest" }');
  for (const slow of ["drop", 5, null, true]) {
    assertThrows(() => news.subscribe(any({ slow })), TypeError, '"block", "dropOldest" or "cut');
  }
  assertEquals(news.subscriptions, 0);
  using one = news.subscribe({ slow: undefined });
  assertThrows(() => news.publishSync(1, any(100)), TypeError, "options must be an object");
  assertThrows(() => news.publishSync(1, { timeout: NaN }), RangeError, "received NaN");
  const signal = AbortSignal.abort();
  assertThrows(() => news.publishSync(1, any({ signal })), TypeError, "no signal can end a call");
  assertThrows(() => one.getSync(any({ signal })), TypeError, "no signal can end a call");
  await assertRejects(() => news.publish(1, any(5)), TypeError, "options must be an object");
  await assertRejects(() => news.publish(1, { signal }), DOMException);
  await assertRejects(() => one.get(any({ signal: 5 })), TypeError, "must be an AbortSignal");
  assertThrows(() => one.items(any(5)), TypeError, "options must be an object");
  for (const max of [0, -1, 1.5, NaN]) assertThrows(() => one.tryGetMany(max), RangeError, "max");
  for (const max of ["5", null, 1n]) assertThrows(() => one.tryGetMany(any(max)), TypeError, "max");
  assertEquals(one.tryGetMany(), []);
});

Deno.test("SharedMap, Broadcast and Subscription that were disposed of say so, whatever is asked", async () => {
  const map = new SharedMap([["a", 1]]);
  const news = new Broadcast<number>();
  const one = news.subscribe();
  one.close();
  one.close();
  news.close();
  news.close();
  map[Symbol.dispose]();
  map[Symbol.dispose]();
  const calls: (() => unknown)[] = [
    () => map.get("a"),
    () => map.has("a"),
    () => map.set("a", 1),
    () => map.delete("a"),
    () => map.pop("a"),
    () => map.setDefault("a", 1),
    () => map.update("a", () => 1),
    () => map.clear(),
    () => map.entries(),
    () => map.keys(),
    () => map.values(),
    () => map.size,
    () => map.maxBytes,
    () => map.byteLength,
    () => news.publishSync(1),
    () => news.tryPublish(1),
    () => news.subscribe(),
    () => news.shutdown(),
    () => news.capacity,
    () => news.maxBytes,
    () => news.subscriptions,
    () => news.isShutDown,
    () => one.getSync(),
    () => one.tryGet(),
    () => one.getManySync(),
    () => one.tryGetMany(),
    () => one.watch(() => {}),
    () => one.size,
    () => one.lagged,
    () => one.slow,
  ];
  for (const call of calls) {
    assertThrows(call, Deno.errors.BadResource, "it was disposed of in this worker", `${call}`);
  }
  await assertRejects(() => news.publish(1), Deno.errors.BadResource);
  await assertRejects(() => one.get(), Deno.errors.BadResource);
  await assertRejects(() => one.getMany(), Deno.errors.BadResource);
  await assertRejects(() => one.items().next(), Deno.errors.BadResource);
});

/** The words of an object's block: see `_layout.ts`. */
function wordsOf(object: SharedObject): Int32Array {
  const { buffer, line } = share(object);
  return new Int32Array(buffer, line * 64, 1024);
}

Deno.test("Broadcast goes on when its counters wrap around", () => {
  using news = new Broadcast<number>({ capacity: 50, maxBytes: 4096 });
  const words = wordsOf(news);
  words[19] = -500; // units
  words[32] = -20_000; // twice the items
  using all = news.subscribe();
  using some = news.subscribe({ slow: "dropOldest" });
  let got = 0;
  for (let n = 0; n < 30_000; n++) {
    news.publishSync(n);
    assertEquals(all.size, n - got + 1);
    if (n % 31 === 30) {
      for (const m of all.tryGetMany()) assertEquals(m, got++);
    }
    if (n % 1000 === 999) {
      assertEquals(some.tryGetMany(), Array.from({ length: 50 }, (_, i) => n - 49 + i));
      assertEquals(some.lagged, (n + 1) / 1000 * 950);
    }
  }
  assert(words[32]! > 0 && words[19]! > 0);
});

Deno.test("SharedMap goes on when the versions of its stripes wrap around", () => {
  using queue = new Queue<SharedMap<number, number>>();
  const map = new SharedMap<number, number>();
  const words = wordsOf(map);
  for (let stripe = 0; stripe < 32; stripe++) words[16 + 16 * stripe + 1] = -2;
  for (let i = 0; i < 100; i++) map.set(i, i);
  // In a worker that sees it for the first time.
  queue.putSync(map);
  map[Symbol.dispose]();
  using again = queue.getSync();
  for (let i = 0; i < 20_000; i++) again.set(i, i);
  for (let i = 0; i < 20_000; i++) if (again.get(i) !== i) throw new RangeError(`${i}`);
  assertEquals(again.size, 20_000);
  assert(words[16 + 1]! > 0);
});

Deno.test("SharedMap and Broadcast say so when there is no more shared memory, and are as they were", async () => {
  const { code, out, err } = await program(`
    import { Broadcast, SharedArray, SharedMap } from "@ferry/std/ipc";
    const map = new SharedMap([["a", 1]], { maxBytes: Infinity });
    const news = new Broadcast({ capacity: 100_000, maxBytes: 2 ** 30 });
    const sub = news.subscribe();
    const all = [];
    // Memory that nobody touches costs nothing.
    for (let size = 2 ** 31; size > 100; size /= 2) {
      try {
        for (;;) all.push(new SharedArray("uint8", size, { lock: false }));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
    const until = (act) => {
      for (let n = 0;; n++) {
        try {
          act(n);
        } catch (error) {
          console.log(error.name, error.message.slice(0, 15));
          return n;
        }
      }
    };
    const set = until((n) => map.set(n, "x".repeat(1000)));
    until(() => map.update("a", () => "x".repeat(100_000)));
    console.log(map.get("a"), map.size === set + 1);
    const published = until((n) => news.publishSync("x".repeat(3000)));
    console.log(sub.tryGetMany().length === published);
  `);
  assertEquals(err, "");
  assertEquals(out.trim().split("\n"), [
    "RangeError Cannot allocate",
    "RangeError Cannot allocate",
    "1 true",
    "RangeError Cannot allocate",
    "true",
  ]);
  assertEquals(code, 0);
});
