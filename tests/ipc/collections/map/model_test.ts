// Random operations, held against a plain Map: in one worker, and in several at once.
import { assert, assertEquals } from "@std/assert";
import { Barrier, Lock, Process, SharedEvent, SharedMap, type SharedMapKey } from "@ferry/std/ipc";
import { finish, launch, LONG } from "../../../_support/processes.ts";
import { EFFORT, Random, rounds, seedFor } from "../../../_support/random.ts";

function keyOf(random: Random, n: number): SharedMapKey {
  switch (random.below(5)) {
    case 0:
      return n;
    case 1:
      return BigInt(n) ** (n % 3 === 0 ? 9n : 1n);
    case 2:
      return new Uint8Array([n, n >> 8]);
    case 3:
      return `Ω${n}`;
    default:
      return `key ${n}`;
  }
}

/** A name of the key that a plain Map can have. */
const nameOf = (key: SharedMapKey): string =>
  `${typeof key} ${key instanceof Uint8Array ? key.toHex() : String(key)}`;

function valueOf(random: Random, i: number): unknown {
  switch (random.below(6)) {
    case 0:
      return i;
    case 1:
      return "v".repeat(random.below(100));
    case 2:
      return { i, list: [i, null, { deep: BigInt(i) }] };
    case 3:
      return undefined;
    case 4:
      return random.below(50) === 0 ? new Uint8Array(random.below(100_000)).fill(i) : -i / 3;
    default:
      return new Map([[i, new Set([i])]]);
  }
}

Deno.test("SharedMap agrees with a Map after any operations", () => {
  const seed = seedFor("SharedMap and Map");
  const random = new Random(seed);
  for (let round = 0; round < 10 * EFFORT; round++) {
    using map = new SharedMap<SharedMapKey, unknown>();
    const model = new Map<string, unknown>();
    const range = 1 + random.below(random.pick([3, 40, 2000]));
    for (let i = 0; i < 3000; i++) {
      const key = keyOf(random, random.below(range));
      const name = nameOf(key);
      const what = random.below(1000);
      if (what < 350) {
        const value = valueOf(random, i);
        map.set(key, value);
        model.set(name, value);
      } else if (what < 600) assertEquals(map.get(key), model.get(name));
      else if (what < 700) assertEquals(map.has(key), model.has(name));
      else if (what < 800) assertEquals(map.delete(key), model.delete(name));
      else if (what < 850) {
        assertEquals(map.pop(key), model.get(name));
        model.delete(name);
      } else if (what < 900) {
        const value = valueOf(random, i);
        const expected = model.has(name) ? model.get(name) : value;
        assertEquals(map.setDefault(key, value), expected);
        model.set(name, expected);
      } else if (what < 990) {
        const make = (old: unknown) => [typeof old, i];
        model.set(name, make(model.get(name)));
        assertEquals(map.update(key, make), model.get(name));
      } else if (what < 992) {
        map.clear();
        model.clear();
      } else assertEquals(new Map([...map].map(([key, value]) => [nameOf(key), value])), model);
      if (i % 100 === 0) assertEquals(map.size, model.size);
    }
    assertEquals(new Map([...map].map(([key, value]) => [nameOf(key), value])), model);
  }
});

/** What a worker has put in, or found: how many times it changed each key, by how much. */
type Sums = Map<number, number>;

/** Adds to counters of all workers, and sets, checks and removes keys of its own. */
async function worker(
  map: SharedMap<string, unknown>,
  start: Barrier,
  me: number,
  seed: number,
  rounds: number,
): Promise<Sums> {
  const { Lock } = await import("@ferry/std/ipc");
  let state = seed | 0 || 1;
  const below = (n: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
  const same = (a: unknown, b: unknown, what: string) => {
    if (JSON.stringify(a) !== JSON.stringify(b)) {
      throw new RangeError(`${what}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`);
    }
  };
  const model = new Map<string, unknown>();
  const added: Sums = new Map();
  start.waitSync({ timeout: 60_000 });
  for (let i = 0; i < rounds; i++) {
    const own = `worker ${me}, key ${below(300)}`;
    const counter = below(20);
    switch (below(7)) {
      case 0: {
        const value = { i, text: "x".repeat(below(200)), me };
        map.set(own, value);
        model.set(own, value);
        break;
      }
      case 1:
        same(map.get(own), model.get(own), "get");
        break;
      case 2:
        same(map.delete(own), model.delete(own), "delete");
        break;
      case 3:
        same(map.pop(own), model.get(own), "pop");
        model.delete(own);
        break;
      case 4:
        map.update(`counter ${counter}`, (n) => (n as number ?? 0) + i);
        added.set(counter, (added.get(counter) ?? 0) + i);
        break;
      case 5:
        // Whatever another worker has set is whole.
        for (const key of [`shared ${counter}`, `worker ${1 - me}, key ${below(300)}`]) {
          const found = map.get(key) as { i: number; text: string } | undefined;
          if (found !== undefined && !/^x*$/.test(found.text)) throw new RangeError("torn");
        }
        map.set(`shared ${counter}`, { i, text: "x".repeat(below(3000)), me });
        break;
      default: {
        if (i % 10 !== 0) break;
        using lock = new Lock();
        if (i % 20 === 0) map.set(`lock ${counter}`, lock);
        else (map.get(`lock ${counter}`) as Lock | undefined)?.[Symbol.dispose]();
        if (i % 1000 !== 0) break;
        const seen = new Map(map);
        for (const [key, value] of model) same(seen.get(key), value, "iterate");
        for (const key of seen.keys()) {
          if (key.startsWith(`worker ${me},`) && !model.has(key)) throw new RangeError("too much");
        }
      }
    }
  }
  for (const [key, value] of model) same(map.get(key), value, "in the end");
  return added;
}

Deno.test("SharedMap loses and tears nothing when several workers use it at once", async () => {
  const seed = seedFor("SharedMap in several workers");
  using map = new SharedMap<string, unknown>();
  using start = new Barrier(3);
  const processes = [0, 1, 2].map((me) =>
    new Process(worker, { args: [map, start, me, seed + 7 * me, 8000 * EFFORT] as const })
  );
  for (const process of processes) process.start();
  const sums = new Map<number, number>();
  for (const process of processes) {
    for (const [counter, added] of await process.result({ timeout: LONG.timeout * EFFORT })) {
      sums.set(counter, (sums.get(counter) ?? 0) + added);
    }
  }
  assert(sums.size > 0);
  for (const [counter, sum] of sums) assertEquals(map.get(`counter ${counter}`), sum);
  for (const value of map.values()) if (value instanceof Lock) value[Symbol.dispose]();
});

/** How many entries. */
const MANY = rounds(300_000, 3_000_000);

Deno.test(`SharedMap holds ${MANY} entries`, () => {
  const entries = MANY;
  using map = new SharedMap<number, string>();
  for (let i = 0; i < entries; i++) map.set(i, `value ${i}`);
  assertEquals(map.size, entries);
  for (let i = 0; i < entries; i += 7) {
    if (map.get(i) !== `value ${i}`) throw new RangeError(`value of ${i}: ${map.get(i)}`);
  }
  let sum = 0;
  for (const key of map.keys()) sum += key;
  assertEquals(sum, entries * (entries - 1) / 2);
  for (let i = 0; i < entries; i += 2) map.delete(i);
  assertEquals([map.size, map.has(2), map.get(3)], [entries / 2, false, "value 3"]);
  map.clear();
  assertEquals([map.size, map.byteLength], [0, 0]);
});

Deno.test("SharedMap gives whole values while their table is replaced again and again", async () => {
  using map = new SharedMap<string, string>();
  using stop = new SharedEvent();
  await using writer = launch(
    (map: SharedMap<string, string>, stop: SharedEvent) => {
      // Each of these values has a new table, where the one before the last was.
      for (let n = 0; !stop.isSet; n++) map.set("key", String(n % 10).repeat(200_000));
    },
    map,
    stop,
  );
  for (let seen = 0; seen < 2000;) {
    const text = map.get("key");
    if (text === undefined) continue;
    seen++;
    assert(text.length === 200_000 && text === text[0]!.repeat(text.length), "torn");
  }
  stop.set();
  await finish(writer);
});
