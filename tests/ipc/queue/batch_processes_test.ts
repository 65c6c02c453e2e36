// Batches of several processes, some of which are killed.
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { Queue, SharedArray, SharedEvent, SharedValue } from "@ferry/std/ipc";
import { finish, launch, LONG, slay } from "../../_support/processes.ts";
import { EFFORT, Random, seedFor } from "../../_support/random.ts";

function upTo(n: number, from = 0): number[] {
  return Array.from({ length: n }, (_, i) => from + i);
}

Deno.test("Several processes put and get batches of random sizes through a small queue: each item once, each putter's in order", async () => {
  const random = new Random(seedFor("batches between processes"));
  using queue = new Queue<[number, number]>({ maxSize: 16 });
  using results = new Queue<[number, number][]>();
  const EACH = 2000;
  const put = (queue: Queue<[number, number]>, who: number, count: number, seed: number) => {
    for (let i = 0; i < count;) {
      const size = Math.min(1 + (i * seed) % 40, count - i);
      queue.putManySync(Array.from({ length: size }, (_, n) => [who, i + n]), { timeout: 60_000 });
      i += size;
    }
  };
  const get = (
    queue: Queue<[number, number]>,
    results: Queue<[number, number][]>,
    seed: number,
  ) => {
    const all: [number, number][] = [];
    try {
      for (;;) all.push(...queue.getManySync(1 + (all.length * seed) % 25, { timeout: 60_000 }));
    } catch (error) {
      if ((error as Error).name !== "QueueShutDownError") throw error;
      results.putSync(all);
    }
  };
  const putters = [0, 1].map((who) => launch(put, queue, who, EACH, 1 + random.below(99)));
  const getters = [0, 1].map(() => launch(get, queue, results, 1 + random.below(99)));
  for (const putter of putters) assert(await putter.join({ timeout: 60_000 }), "a putter hangs");
  queue.shutdown();
  const lists = [await results.get(LONG), await results.get(LONG)];
  for (const who of [0, 1]) {
    const numbers = lists.map((list) => list.filter(([from]) => from === who).map(([, n]) => n));
    for (const list of numbers) assertEquals(list, list.toSorted((a, b) => a - b));
    assertEquals(numbers.flat().toSorted((a, b) => a - b), upTo(EACH));
  }
  await finish(...putters, ...getters);
});

/** Keeps this thread busy for about so many microseconds of work. */
function spin(rounds: number): void {
  for (let i = 0, x = 1; i < rounds; i++) x = Math.imul(x, 16807) ^ i;
}

Deno.test("Queue gets whole items and keeps their order when a process is killed in putMany() at any moment", async () => {
  const random = new Random(seedFor("putMany killed at any moment"));
  for (let round = 0; round < 8 * EFFORT; round++) {
    using counter = new SharedValue("int32", 3);
    using queue = new Queue<{ i: number; filler: Uint8Array; counter?: SharedValue }>({
      maxSize: round % 2 * 50,
    });
    using log = new SharedArray("int32", 1, { lock: false });
    await using process = launch(
      (queue: Queue<unknown>, log: SharedArray, counter: SharedValue, seed: number) => {
        for (let i = 0;;) {
          const items = Array.from({ length: 1 + (i * seed) % 60 }, (_, n) => {
            const filler = new Uint8Array((i + n) * seed % 3000).fill(i + n);
            return (i + n) % 7 === 3 ? { i: i + n, filler, counter } : { i: i + n, filler };
          });
          queue.putManySync(items);
          i += items.length;
          log.view[0] = i;
        }
      },
      queue as Queue<unknown>,
      log,
      counter,
      1 + random.below(997),
    );
    let expected = 0;
    const check = (items: { i: number; filler: Uint8Array; counter?: SharedValue }[]) => {
      for (const { i, filler, counter } of items) {
        assertEquals(i, expected++);
        assert(filler.every((byte) => byte === (i & 255)), `item ${i} is damaged`);
        if (i % 7 === 3) assertInstanceOf(counter, SharedValue);
      }
    };
    const enough = 50 + random.below(300);
    while (expected < enough) check(await queue.getMany(1 + random.below(40), LONG));
    spin(random.below(50_000));
    await slay(process);
    // What its calls had put is there, and nothing but a beginning of what it was putting.
    while (!queue.isEmpty) check(queue.tryGetMany(1 + random.below(40)));
    assert(expected >= log.view[0]!, `${expected} of ${log.view[0]}`);
    queue.putManySync([{ i: 0, filler: new Uint8Array(70_000) }, {
      i: 1,
      filler: new Uint8Array(1),
    }]);
    assertEquals(queue.tryGetMany().map(({ i }) => i), [0, 1]);
  }
});

Deno.test("Queue loses at most what was taken, and keeps its order, when a process is killed in getMany() at any moment", async () => {
  const random = new Random(seedFor("getMany killed at any moment"));
  const ITEMS = 4000;
  for (let round = 0; round < 8 * EFFORT; round++) {
    using counter = new SharedValue("int32", 3);
    using queue = new Queue<{ i: number; filler: Uint8Array; counter?: SharedValue }>();
    using log = new SharedArray("int32", 2, { lock: false });
    using ready = new SharedEvent();
    queue.putManySync(
      upTo(ITEMS).map((i) => {
        const filler = new Uint8Array(random.below(1000)).fill(i);
        return i % 50 === 3 ? { i, filler, counter } : { i, filler };
      }),
    );
    await using process = launch(
      (queue: Queue<{ i: number }>, log: SharedArray, ready: SharedEvent, seed: number) => {
        for (let n = 0;;) {
          const items = queue.getManySync(1 + (n * seed) % 80);
          for (const { i } of items) {
            if (i !== n++) Deno.exit(99);
          }
          log.view[0] = n;
          if (n > 100) ready.set();
        }
      },
      queue as Queue<{ i: number }>,
      log,
      ready,
      1 + random.below(97),
    );
    assert(await ready.wait(LONG));
    spin(random.below(100_000));
    await slay(process);
    const rest = queue.tryGetMany();
    const first = ITEMS - rest.length;
    const logged = log.view[0]!;
    assert(first >= logged && first <= logged + 80, `${first}, written down ${logged}`);
    for (const [n, { i, filler }] of rest.entries()) {
      assertEquals(i, first + n);
      assert(filler.every((byte) => byte === (i & 255)), `item ${i} is damaged`);
    }
    queue.putManySync([{ i: 7, filler: new Uint8Array(0) }]);
    assertEquals(queue.getManySync(5, LONG).map(({ i }) => i), [7]);
  }
});
