/** Random operations, the same for the same seed, done to a shelf and to a `Map` that says what should come of them. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { KeyRange, Shelf, ShelfSync } from "@ferry/std/persist/shelve";
import type { Random } from "../../_support/random.ts";

export type Value = string | number | null | Uint8Array | Value[];
export type Model = Map<string, Value>;

/** One operation: what it does to each, and whether the answer is the same. */
export interface Operation {
  readonly text: string;
  model(map: Model): unknown;
  run(shelf: Shelf<Value>): Promise<unknown>;
  /** The same without promises, where that is another call. */
  runSync?(shelf: ShelfSync<Value>): unknown;
}

const KEYS = [
  ...Array.from({ length: 24 }, (_, i) => `key${i}`),
  ...["", "a", "a\0b", "a\0", "\0", "é", "\uffff", "😀", "😀😀", "𐀀", "\ufeffx", "\ufffd", "~"],
  ..."x,xx,xxx,ÿ,kéy,key1\0,key\u0101,zebra".split(","),
  "long".repeat(200),
];

export function compare(a: string, b: string): number {
  const [x, y] = [new TextEncoder().encode(a), new TextEncoder().encode(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i]! - y[i]!;
  return x.length - y.length;
}

/** The keys of a range, as they should be. */
function keysIn(map: Model, { prefix = "", start, end, reverse, limit }: KeyRange): string[] {
  const keys = [...map.keys()].filter((key) =>
    key.startsWith(prefix) && (start === undefined || compare(key, start) >= 0) &&
    (end === undefined || compare(key, end) < 0)
  ).sort(compare);
  if (reverse) keys.reverse();
  return keys.slice(0, limit);
}

function value(random: Random): Value {
  switch (random.below(12)) {
    case 0:
      return null;
    case 1:
      return "text ".repeat(random.below(30_000));
    case 2:
      return new Uint8Array(random.pick([0, 1, 32_700, 32_768, 65_536, 65_537, 200_000])).fill(7);
    case 3:
      return Array.from({ length: random.below(50) }, (_, i) => `item ${i}`);
    default:
      return random.below(1e9);
  }
}

function range(random: Random): KeyRange {
  const range: KeyRange = {};
  if (random.below(3) === 0) range.prefix = random.pick(["key", "key1", "x", "a", "😀", ""]);
  if (random.below(3) === 0) range.start = random.pick(KEYS);
  if (random.below(3) === 0) range.end = random.pick(KEYS);
  if (random.below(2) === 0) range.reverse = true;
  if (random.below(3) === 0) range.limit = random.below(10);
  return range;
}

/** The operation that the seed's numbers give next. */
export function operation(random: Random): Operation {
  const key = random.pick(KEYS);
  const make = (
    text: string,
    model: Operation["model"],
    run: Operation["run"],
    runSync?: Operation["runSync"],
  ): Operation => ({
    text: `${text} ${JSON.stringify(key.slice(0, 20))}`,
    model,
    run,
    ...runSync === undefined ? {} : { runSync },
  });
  const rare = random.below(400);
  if (rare === 0) return make("clear", (map) => map.clear(), (shelf) => shelf.clear());
  if (rare < 5) return make("reorganize", () => {}, (shelf) => shelf.reorganize());
  switch (random.below(16)) {
    case 0:
      return make("get", (map) => map.get(key), (shelf) => shelf.get(key));
    case 1:
      return make("has", (map) => map.has(key), (shelf) => shelf.has(key));
    case 2:
      return make("delete", (map) => map.delete(key), (shelf) => shelf.delete(key));
    case 3:
      return make("size", (map) => map.size, (shelf) => shelf.size(), (shelf) => shelf.size);
    case 4: {
      const some = Array.from({ length: random.below(40) }, (): [string, Value] => [
        random.pick(KEYS),
        value(random),
      ]);
      return make(
        "update",
        (map) => some.forEach(([key, value]) => map.set(key, value)),
        (shelf) => shelf.update(some),
      );
    }
    case 5: {
      const fallback = value(random);
      return make("setDefault", (map) => {
        if (!map.has(key)) map.set(key, fallback);
        return map.get(key);
      }, (shelf) => shelf.setDefault(key, fallback));
    }
    case 6:
      return make("pop", (map) => {
        const value = map.get(key);
        map.delete(key);
        return value;
      }, (shelf) => shelf.pop(key));
    case 7: {
      const among = range(random);
      return make(`popItem ${JSON.stringify(among)}`, (map) => {
        const [first] = keysIn(map, { ...among, limit: 1 });
        if (first === undefined) return undefined;
        const value = map.get(first);
        map.delete(first);
        return [first, value];
      }, (shelf) => shelf.popItem(among));
    }
    case 8: {
      const among = range(random);
      return make(
        `keys ${JSON.stringify(among)}`,
        (map) => keysIn(map, among),
        (shelf) => Array.fromAsync(shelf.keys(among)),
      );
    }
    case 9: {
      const among = range(random);
      return make(
        `entries ${JSON.stringify(among)}`,
        (map) => keysIn(map, among).map((key) => [key, map.get(key)]),
        (shelf) => Array.fromAsync(shelf.entries(among)),
      );
    }
    case 10: {
      const other = random.pick(KEYS);
      const [one, two] = [value(random), random.below(1e6)];
      const fails = random.below(3) === 0;
      return make("transaction", (map) => {
        if (fails) return undefined;
        const before = map.get(key);
        map.set(key, one);
        map.delete(other);
        map.set("sum", two);
        return before;
      }, async (shelf) => {
        const run = () =>
          shelf.transaction(async (tx) => {
            const before = await tx.get(key);
            tx.set(key, one);
            tx.delete(other);
            tx.set("sum", two);
            if (fails) throw new RangeError("undone");
            return before;
          });
        if (!fails) return await run();
        await assertRejects(run, RangeError, "undone");
        return undefined;
      }, (shelf) => {
        const run = () =>
          shelf.transaction(() => {
            const before = shelf.get(key);
            shelf.set(key, one);
            shelf.delete(other);
            shelf.set("sum", two);
            if (fails) throw new RangeError("undone");
            return before;
          });
        if (!fails) return run();
        assertThrows(run, RangeError, "undone");
        return undefined;
      });
    }
    default: {
      const set = value(random);
      const options = random.below(6) === 0 ? { expireIn: 3_600_000 } : {};
      return make(
        "set",
        (map) => void map.set(key, set),
        (shelf) => shelf.set(key, set, options),
      );
    }
  }
}

/** Whether a shelf holds exactly what the model does. */
export async function assertSame(shelf: Shelf<Value>, map: Model, what: string): Promise<void> {
  const expected = keysIn(map, {}).map((key) => [key, map.get(key)]);
  assertEquals(await Array.fromAsync(shelf), expected, what);
  assertEquals(await shelf.size(), map.size, what);
}

/** Runs an operation on a shelf that answers at once; its other methods are called like those that promise. */
export async function runSync(next: Operation, shelf: ShelfSync<Value>): Promise<unknown> {
  if (next.runSync !== undefined) return next.runSync(shelf);
  return await next.run(shelf as unknown as Shelf<Value>);
}

/** As {@linkcode assertSame}. */
export function assertSameSync(shelf: ShelfSync<Value>, map: Model, what: string): void {
  assertEquals([...shelf], keysIn(map, {}).map((key) => [key, map.get(key)]), what);
  assertEquals(shelf.size, map.size, what);
}
