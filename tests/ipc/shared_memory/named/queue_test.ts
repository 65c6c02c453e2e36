import { assert, assertEquals, assertGreater, assertRejects, assertThrows } from "@std/assert";
import {
  JoinableQueue,
  Lock,
  Process,
  Queue,
  QueueEmptyError,
  QueueShutDownError,
  share,
  SharedEvent,
  SharedValue,
  UnsendableError,
  waitAny,
  waitAnySync,
} from "@ferry/std/ipc";
import "@ferry/std/ipc/shared-memory";
import { Random, seedFor } from "../../../_support/random.ts";
import { freshName, isThere, Program } from "./_program.ts";

const WAIT = { timeout: 60_000 };
const STRESS = Deno.env.get("FERRY_STRESS") === "1";

Deno.test("Queue: values of all kinds go from program to program, in order", async () => {
  const name = freshName();
  using there = new Queue<unknown>({ name });
  using back = new Queue<unknown>({ name: `${name}-back` });
  await using echo = new Program(`
    const there = new Queue({ name: "${name}" }), back = new Queue({ name: "${name}-back" });
    for await (const value of there) await back.put(value);
    say("over");
  `);
  const values = [
    1,
    -0,
    2n ** 70n,
    "text",
    "é€😀",
    null,
    undefined,
    [1, [2]],
    { id: 1, name: "x" },
    new Map([[{ a: 1 }, new Set([1])]]),
    new Date(0),
    new Uint8Array(100_000).fill(7),
    new Float64Array([1.5]),
    new RangeError("r", { cause: 1 }),
  ];
  for (const value of values) there.putSync(value);
  for (const value of values) assertEquals(await back.get(WAIT), value);
  await there.putMany(Array.from({ length: 10_000 }, (_, id) => ({ id, name: "x" })));
  for (let id = 0; id < 10_000;) {
    for (const item of back.getManySync(1000, WAIT)) assertEquals(item, { id: id++, name: "x" });
  }
  there.shutdown();
  assertEquals(await echo.said(), "over");
});

Deno.test("Queue: several programs put and get; nothing is lost or doubled", async () => {
  const name = freshName();
  using jobs = new Queue<number>({ name, maxSize: 50 });
  using results = new Queue<number[]>({ name: `${name}-results` });
  const worker = `
    const jobs = new Queue({ name: "${name}" }), results = new Queue({ name: "${name}-results" });
    const seen = [];
    try {
      for (let i = 0;; i++) seen.push(i % 2 ? await jobs.get() : jobs.getSync());
    } catch {
      results.putSync(seen);
    }
    await results.close();
    say("over");
  `;
  await using one = new Program(worker);
  await using two = new Program(worker);
  for (let i = 0; i < 5000; i++) {
    if (i % 2 === 0) jobs.putSync(i, WAIT);
    else await jobs.put(i, WAIT);
  }
  jobs.shutdown();
  const seen = [...await results.get(WAIT), ...await results.get(WAIT)].sort((a, b) => a - b);
  assertEquals(seen, Array.from({ length: 5000 }, (_, i) => i));
  assertEquals([await one.said(), await two.said()], ["over", "over"]);
  assertThrows(() => jobs.putSync(1), QueueShutDownError);
});

Deno.test("Queue: programs killed at random moments lose at most the item they had, and block nobody", async (t) => {
  const rounds = STRESS ? 60 : 6;
  const random = new Random(seedFor("programs with a queue, killed"));
  await t.step("putters and getters", async () => {
    const name = freshName();
    using queue = new Queue<{ from: number; id: number; pad: string }>({ name, capacity: 2 ** 22 });
    // Small and large items, so that segments come and go.
    const putter = (from: number) => `
      const queue = new Queue({ name: "${name}" });
      say("ready");
      for (let id = 0;; id++) {
        const pad = "x".repeat(id % 50 === 0 ? 30_000 : id % 97);
        queue.putSync({ from: ${from}, id, pad });
        while (queue.size > 40) queue.tryGet();
      }
    `;
    const getter = `
      const queue = new Queue({ name: "${name}" });
      say("ready");
      for (;;) {
        const { id, pad } = queue.getSync();
        if (pad.length !== (id % 50 === 0 ? 30_000 : id % 97)) throw new Error("torn");
      }
    `;
    for (let round = 0; round < rounds; round++) {
      await using one = new Program(putter(2 * round));
      await using two = new Program(putter(2 * round + 1));
      await using three = new Program(getter);
      for (const program of [one, two, three]) assertEquals(await program.said(), "ready");
      await new Promise((resolve) => setTimeout(resolve, random.below(100)));
      await three.kill();
      await two.kill();
      // This program goes on with the one that is left, and with what the dead have left.
      const last = new Map<number, number>();
      for (let i = 0; i < 200; i++) {
        const { from, id, pad } = queue.getSync(WAIT);
        assertEquals(pad.length, id % 50 === 0 ? 30_000 : id % 97);
        assert(id > (last.get(from) ?? -1), "in order");
        last.set(from, id);
      }
      await one.kill();
      while (queue.tryGet() !== undefined);
    }
    // Whatever was torn, its memory is not lost: a queue that leaks would be full by now.
    for (let i = 0; i < 200; i++) {
      queue.putSync({ from: -1, id: i, pad: "x".repeat(60_000) });
      if (i >= 20) assertEquals(queue.getSync().id, i - 20);
    }
  });
});

Deno.test("Queue: a getter whose putter was killed goes on with the next one", async () => {
  const name = freshName();
  using queue = new Queue<string>({ name });
  const waiting = queue.get(WAIT);
  await using first = new Program(`
    const queue = new Queue({ name: "${name}" });
    // As if it were killed in the middle of a put: it dies while it encodes.
    say("ready");
    queue.putSync({ get x() { Deno.kill(Deno.pid, "SIGKILL"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); } });
  `);
  assertEquals(await first.said(), "ready");
  await first.ended();
  await using second = new Program(`
    const queue = new Queue({ name: "${name}" });
    queue.putSync("from the second");
    say("put");
  `);
  assertEquals(await second.said(), "put");
  assertEquals(await waiting, "from the second");
});

Deno.test("Queue: what belongs to one program is refused, what has a name travels by it", async () => {
  const name = freshName();
  using queue = new Queue<unknown>({ name });
  for (const value of [new Lock(), { deep: [new Queue()] }, new SharedValue("int32", 0).lock]) {
    assertThrows(() => queue.putSync(value), UnsendableError);
    await assertRejects(() => queue.putMany([1, value]), UnsendableError);
  }
  assertEquals(queue.size, 0);
  using lock = new Lock({ name: `${name}-lock` });
  await using other = new Program(`
    const queue = new Queue({ name: "${name}" });
    using lock = (await queue.get()).lock;
    say([lock instanceof Lock, lock.locked]);
  `);
  const held = lock.acquireSync();
  queue.putSync({ lock });
  assertEquals(await other.said(), [true, true]);
  held.release();
});

Deno.test("A worker of the same program opens the name, or is given the object", async () => {
  const name = freshName();
  using queue = new Queue<number>({ name });
  await using child = new Process((queue: Queue<number>) => queue.putSync(queue.getSync() + 1), {
    args: [queue],
    imports: [
      import.meta.resolve("@ferry/std/ipc"),
      import.meta.resolve("@ferry/std/ipc/shared-memory"),
    ],
  });
  queue.putSync(1);
  child.start();
  await child.join({ timeout: 60_000 });
  assertEquals([child.exitCode, queue.getSync(WAIT)], [0, 2]);
});

Deno.test("Queue: a capacity that is used up is an error of the put, and the queue goes on", () => {
  const name = freshName();
  using queue = new Queue<Uint8Array>({ name, capacity: 1_000_000 });
  const item = new Uint8Array(100_000);
  let put = 0;
  assertThrows(
    () => {
      for (;; put++) queue.putSync(item);
    },
    RangeError,
    "its capacity is",
  );
  assert(put >= 7, `${put} items`);
  // What an item took is free once the next one is taken.
  queue.getSync();
  for (let i = 0; i < 100; i++) {
    assertEquals(queue.getSync().length, item.length);
    queue.putSync(item);
  }
});

Deno.test("JoinableQueue: join() waits for other programs; its name is no plain queue's", async () => {
  const name = freshName();
  using queue = new JoinableQueue<number>({ name });
  assertThrows(() => new Queue({ name }), TypeError, "another class");
  queue.putSync(1);
  await using other = new Program(`
    const queue = new JoinableQueue({ name: "${name}" });
    queue.getSync();
    queue.taskDone();
    say("done");
  `);
  await queue.join(WAIT);
  assertEquals(await other.said(), "done");
  assertThrows(() => queue.getSync({ timeout: 1 }), QueueEmptyError);
  assert(isThere(name));
});

Deno.test("waitAny() waits for objects with names, of several at once; what blocks does not", async () => {
  const name = freshName();
  using queue = new Queue<number>({ name });
  using event = new SharedEvent({ name: `${name}-event` });
  using own = new Queue<number>();
  await using other = new Program(`
    const queue = new Queue({ name: "${name}" }), event = new SharedEvent({ name: "${name}-event" });
    say("ready");
    await event.wait();
    queue.putSync(1);
  `);
  assertEquals(await other.said(), "ready");
  const waiting = waitAny([queue, event, own], WAIT);
  event.set();
  assert((await waiting).includes(event));
  assertEquals(await waitAny([queue, own], WAIT), [queue]);
  assertEquals(queue.getSync(), 1);
  assertEquals(await waitAny([queue], { timeout: 1 }), []);
  assertThrows(() => waitAnySync([queue]), TypeError, "waitAny()");
  assertThrows(() => share(queue), TypeError, "open it by its name");
});

Deno.test("waitAny() has nothing left running when it ends", async () => {
  using queue = new Queue<number>({ name: freshName() });
  const libc = Deno.dlopen("libc.so.6", {
    usleep: { parameters: ["u32"], result: "i32", nonblocking: true },
  });
  // More than the runtime has threads: what sleeps for the queue is not woken before the first of these ends.
  let ended = 0;
  const busy = Array.from({ length: 200 }, async () => {
    await libc.symbols.usleep(100_000);
    ended++;
  });
  assertEquals(await waitAny([queue], { timeout: 1 }), []);
  assertGreater(ended, 0);
  await Promise.all(busy);
  libc.close();
});
