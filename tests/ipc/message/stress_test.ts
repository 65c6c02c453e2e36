// Long random sequences through pipes and queues: everything comes once, whole and in its order.
import { assert, assertEquals } from "@std/assert";
import { Pipe, Process, Queue } from "@ferry/std/ipc";
import { finish, LONG } from "../../_support/processes.ts";
import { EFFORT, random, seedFor } from "../../_support/random.ts";
import { difference, type Item, sequence } from "./_stress_worker.ts";

const MODULE = import.meta.resolve("./_stress_worker.ts");

function run(name: string, args: unknown[]): Process {
  const process = new Process({ module: MODULE, export: name }, { args });
  process.start();
  return process;
}

for (const capacity of [1024, 4096, 65_536]) {
  Deno.test(`Pipe of ${capacity} bytes gives a random sequence to another process as it is`, async () => {
    const seed = seedFor(`pipe of ${capacity} bytes`);
    const count = Math.ceil(4_000_000 * EFFORT / capacity / (capacity < 60_000 ? 4 : 1)) + 200;
    for (let round = 0; round < 2; round++) {
      const [reader, writer] = new Pipe({ duplex: round === 0, capacity });
      const args = [seed + round, capacity, count] as const;
      await using one = run("write", [writer, ...args]);
      await using two = run("read", [reader, ...args]);
      await finish(one, two);
    }
  });
}

Deno.test("Pipe gives random sequences in both directions at once, between a process and its parent", async () => {
  const seed = seedFor("both directions");
  const capacity = 2048;
  const count = 300 * EFFORT;
  const [there, far] = new Pipe<unknown>({ capacity });
  const [back, farBack] = new Pipe<unknown>({ capacity });
  await using one = run("read", [far, seed, capacity, count]);
  await using two = run("write", [farBack, seed + 1, capacity, count]);
  const reading = (async () => {
    let n = 0;
    for (const expected of sequence(seed + 1, capacity, count)) {
      assertEquals(difference(await back.recv(LONG), expected), undefined, `message ${n++}`);
    }
  })();
  for (const message of sequence(seed, capacity, count)) {
    if (message instanceof Uint8Array) await there.sendBytes(message, LONG);
    else await there.send(message, LONG);
  }
  there.close();
  await reading;
  await finish(one, two);
  back.close();
});

Deno.test("Pipe within one process gives a random sequence as it is, sent and received by turns", () => {
  const seed = seedFor("by turns");
  const capacity = 1024;
  const next = random(seed);
  using pipe = new Pipe<unknown>({ capacity });
  const under: unknown[] = [];
  for (const message of sequence(seed, capacity, 3000 * EFFORT)) {
    const bytes = message instanceof Uint8Array;
    const sent = () => bytes ? pipe.first.trySendBytes(message) : pipe.first.trySend(message);
    if (sent()) under.push(message);
    const takes = next() % 4;
    for (let i = 0; i < takes && under.length > 0; i++) {
      assertEquals(difference(pipe.second.tryRecv(), under.shift() as never), undefined);
    }
    if (under.length === 0) assertEquals(pipe.second.tryPoll(), false);
  }
  while (under.length > 0) {
    assertEquals(difference(pipe.second.tryRecv(), under.shift() as never), undefined);
  }
  assertEquals(pipe.second.tryPoll(), false);
});

for (const maxSize of [0, 1, 7]) {
  Deno.test(`Queue of ${maxSize || "any"} items gives each item of two producers to one of two consumers, once and in order`, async () => {
    const seed = seedFor(`queue of ${maxSize}`);
    const count = (maxSize === 1 ? 1500 : 5000) * EFFORT;
    using queue = new Queue<Item>({ maxSize });
    using results = new Queue<[number, number][]>();
    await using c0 = run("consume", [queue, results, seed + 10]);
    await using c1 = run("consume", [queue, results, seed + 11]);
    await using p0 = run("produce", [queue, 0, seed, count]);
    await using p1 = run("produce", [queue, 1, seed, count]);
    await finish(p0, p1);
    queue.shutdown();
    const counts = [new Uint8Array(count), new Uint8Array(count)];
    for (let consumer = 0; consumer < 2; consumer++) {
      const last = [-1, -1];
      for (const [producer, i] of await results.get(LONG)) {
        assert(i > last[producer]!, `item ${i} of ${producer} came after ${last[producer]}`);
        last[producer] = i;
        counts[producer]![i]!++;
      }
    }
    await finish(c0, c1);
    for (const [producer, each] of counts.entries()) {
      const wrong = each.findIndex((times) => times !== 1);
      assertEquals(wrong, -1, `item ${wrong} of ${producer} came ${each[wrong]} times`);
    }
  });
}
