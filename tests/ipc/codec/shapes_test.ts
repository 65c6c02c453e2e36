import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Codec } from "@ferry/std/ipc/codec";
import { Random, seedFor } from "../../_support/random.ts";

function keyed(prefix: string, count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, i]));
}

Deno.test("a shape travels with its keys once or twice and by number from then on, in every codec of the memory", () => {
  const shapes = new SharedArrayBuffer(65_536);
  const a = new Codec({ shapes });
  const b = new Codec({ shapes });
  const row = { identifier: 1, description: 2 };
  const sizes = [a, a, a, b, b].map((codec) => codec.encode(row).length);
  assert(sizes[0]! > 25);
  assertEquals(sizes.slice(1, 3), [4, 4]);
  // b has to see it twice before it looks into the table.
  assertStrictEquals(sizes[4], 4);
  assertEquals(b.decode(a.encode(row)), row);
  assertEquals(a.decode(b.encode(row)), row);
});

Deno.test("without shared memory a message carries each key list once", () => {
  const rows = Array.from(
    { length: 100 },
    (_, id) => ({ identifier: id % 50, description: id % 50 }),
  );
  assert(new Codec().encode(rows).length < 100 * 3 + 40);
});

Deno.test("a full table, long keys and wide objects still arrive, with their keys", () => {
  const shapes = new SharedArrayBuffer(256);
  const codec = new Codec({ shapes });
  const other = new Codec({ shapes });
  for (let kind = 0; kind < 50; kind++) {
    for (let round = 0; round < 3; round++) {
      for (const value of [keyed(`k${kind}_`, 1 + kind), { ["x".repeat(kind * 9)]: round }]) {
        assertEquals(other.decode(codec.encode(value)), value);
      }
    }
  }
});

Deno.test("keys that are data do not fill the table", () => {
  const shapes = new SharedArrayBuffer(4096);
  const codec = new Codec({ shapes });
  for (let i = 0; i < 20_000; i++) codec.encode({ [`user${i}`]: i });
  const row = { identifier: 1, description: 2 };
  codec.encode(row);
  codec.encode(row);
  assertStrictEquals(codec.encode(row).length, 4);
  assertEquals(new Codec({ shapes }).decode(codec.encode(row)), row);
});

Deno.test("room reserved by an agent that died before it published is only lost", () => {
  const shapes = new SharedArrayBuffer(4096);
  const words = new Int32Array(shapes);
  Atomics.add(words, 0, 128);
  new Uint8Array(shapes).fill(0xff, 4 * (1 + 64), 4 * (1 + 64) + 128);
  const codec = new Codec({ shapes });
  const row = { identifier: 1, description: 2 };
  codec.encode(row);
  codec.encode(row);
  assertStrictEquals(codec.encode(row).length, 4);
  assertEquals(new Codec({ shapes }).decode(codec.encode(row)), row);
});

Deno.test("keys of any characters are kept in the table", () => {
  const shapes = new SharedArrayBuffer(65_536);
  const codec = new Codec({ shapes });
  const row = JSON.parse('{"é": 1, "漢字": 2, "": 3, "__proto__": 4, "\\ud800": 5, "0": 6}');
  for (let i = 0; i < 3; i++) {
    const arrived = new Codec({ shapes }).decode(codec.encode(row)) as object;
    assertEquals(Object.entries(arrived), Object.entries(row));
  }
});

Deno.test("a message with an unknown shape is refused", () => {
  const row = { id: 1, name: 2 };
  const codec = new Codec({ shapes: new SharedArrayBuffer(4096) });
  codec.encode(row);
  codec.encode(row);
  const bytes = codec.encode(row);
  assertThrows(() => new Codec().decode(bytes), Deno.errors.InvalidData, "unknown shape");
  const empty = new Codec({ shapes: new SharedArrayBuffer(4096) });
  assertThrows(() => empty.decode(bytes), Deno.errors.InvalidData, "unknown shape");
});

Deno.test("memory for shapes that is too small or odd is refused", () => {
  for (const size of [0, 4, 60, 101]) {
    assertThrows(() => new Codec({ shapes: new SharedArrayBuffer(size) }), RangeError);
  }
});

Deno.test("workers that publish the same and different shapes at once understand each other", async () => {
  const seed = seedFor("competing workers");
  const random = new Random(seed);
  const shapes = new SharedArrayBuffer(65_536);
  const gate = new Int32Array(new SharedArrayBuffer(8));
  const url = new URL("./_shapes_worker.ts", import.meta.url);
  const workers = Array.from({ length: 3 }, () => new Worker(url, { type: "module" }));
  const answer = (worker: Worker) =>
    new Promise<unknown>((resolve, reject) => {
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = (event) => reject(event.error ?? new TypeError(event.message));
    });
  try {
    const encoded = workers.map(answer);
    for (const worker of workers) {
      const order = Array.from({ length: 200 }, () => random.below(60));
      worker.postMessage({ shapes, gate, order });
    }
    while (Atomics.load(gate, 0) < workers.length) {
      await Atomics.waitAsync(gate, 0, Atomics.load(gate, 0), 10_000).value;
    }
    Atomics.store(gate, 1, 1);
    Atomics.notify(gate, 1);
    const messages = (await Promise.all(encoded) as Uint8Array[][]).flat();
    assertStrictEquals(messages.length, 3 * 600);
    const wrong = workers.map(answer);
    for (const worker of workers) worker.postMessage(messages);
    assertEquals(await Promise.all(wrong), [0, 0, 0], `FERRY_SEED=${seed}`);
  } finally {
    for (const worker of workers) worker.terminate();
  }
});
