import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  LeaseLostError,
  Manager,
  PyException,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
} from "@ferry/std/ipc/manager";
import { Random, rounds, seedFor } from "../../../_support/random.ts";
import { hasRedis } from "../../../_support/redis_server.ts";
import { both, Child, redisTest, WAIT } from "./_setup.ts";

const found = hasRedis("queues of managers on Redis");

if (found) {
  redisTest(
    "queues give their items in order, wait, and end waits by time or signal",
    async (server) => {
      await using pair = await both(server);
      const a = await pair.a.queue<number>(2, { name: "q" });
      const b = await pair.b.queue<number>(0, { name: "q" });
      await assertRejects(() => b.get({ timeout: 10 }), QueueEmptyError);
      await assertRejects(() => b.get({ timeout: 0 }), QueueEmptyError);
      assertEquals(await b.tryGet(), undefined);
      const waits = Array.from({ length: 20 }, () => b.get(WAIT));
      for (let i = 0; i < 20; i++) await a.put(i, WAIT);
      assertEquals(await Promise.all(waits), Array.from({ length: 20 }, (_, i) => i));
      await a.put(1);
      await a.put(2);
      assertEquals([await a.tryPut(3), await a.isFull(), await b.size(), await b.isEmpty()], [
        false,
        true,
        2,
        false,
      ]);
      const error = await assertRejects(() => a.put(3, { timeout: 10 }), QueueFullError);
      assertEquals(error.value, 3);
      assert(error.message.startsWith("Cannot put: the queue was full for 10 ms"), error.message);
      const put = a.put(3, WAIT);
      assertEquals(await b.get(WAIT), 1);
      await put;
      const reason = new RangeError("enough");
      const stop = AbortSignal.abort(reason);
      await assertRejects(() => b.get({ signal: stop }), RangeError, "enough");
      assertEquals([await b.get(), await b.get(), await b.size()], [2, 3, 0]);
    },
  );

  redisTest("a get that is aborted takes nothing, or gives what it took", async (server) => {
    await using pair = await both(server);
    const queue = await pair.a.queue<number>();
    let taken = 0;
    for (let i = 0; i < 200; i++) {
      const stop = new AbortController();
      const got = queue.get({ signal: stop.signal }).then(() => taken++, (error) => {
        assertEquals(error.name, "AbortError");
      });
      const put = queue.put(i);
      if (i % 3 !== 0) await Promise.resolve();
      if (i % 5 === 0) await queue.size();
      stop.abort();
      await Promise.all([got, put]);
    }
    assertEquals(taken + await queue.size(), 200);
  });

  redisTest(
    "a queue that is shut down takes nothing, gives what is left, and ends all waits",
    async (server) => {
      await using pair = await both(server);
      const queue = await pair.a.queue<number>(1);
      await queue.put(1);
      const put = assertRejects(() => queue.put(2, WAIT), QueueShutDownError);
      await queue.shutdown();
      await put;
      assertEquals(await queue.get(), 1);
      await assertRejects(() => queue.get(), QueueShutDownError);
      const other = await pair.b.queue<number>(0, { name: "other" });
      const get = assertRejects(() => other.get(WAIT), QueueShutDownError);
      await other.shutdown({ immediate: true });
      await get;
    },
  );

  redisTest("taskDone says which item is done, and join waits for all", async (server) => {
    await using pair = await both(server);
    const a = await pair.a.joinableQueue<unknown>(0, { name: "q" });
    const b = await pair.b.joinableQueue<unknown>(0, { name: "q" });
    await a.join();
    const objects = [{ n: 1 }, { n: 2 }, { n: 3 }];
    for (const object of objects) await a.put(object);
    const got = [await b.get(), await b.get(), await b.get()];
    let joined = false;
    const joining = a.join().then(() => joined = true);
    await b.taskDone(got[1]);
    await b.taskDone();
    assertEquals([joined, await a.size()], [false, 0]);
    await assertRejects(() => b.taskDone(got[1]), PyException, "too many");
    // The one that is not done goes back when its taker leaves.
    await pair.b[Symbol.asyncDispose]();
    assertEquals(await a.get(WAIT), { n: 3 });
    await a.taskDone();
    await joining;
    assertEquals((await assertRejects(() => a.taskDone(), PyException)).name, "ValueError");
    const stop = AbortSignal.abort(new RangeError("enough"));
    await a.put(1);
    await assertRejects(() => a.join({ signal: stop }), RangeError);
  });

  redisTest(
    "an item of a plain queue is done when the next is asked for, or its taker leaves",
    async (server) => {
      await using pair = await both(server);
      const a = await pair.a.queue<number>(0, { name: "q" });
      for (let i = 0; i < 4; i++) await a.put(i);
      const b = await pair.b.queue<number>(0, { name: "q" });
      assertEquals([await b.get(), await b.get()], [0, 1]);
      await b.taskDone();
      await b.taskDone();
      assertEquals(await b.get(), 2);
      await pair.b[Symbol.asyncDispose]();
      assertEquals([await a.get(), await a.tryGet()], [3, undefined]);
    },
  );

  redisTest(
    "an item whose taker is killed goes to the next, before those that came later",
    async (server) => {
      await using manager = await Manager.connect(server.url, { lease: 400 });
      const queue = await manager.joinableQueue<number>(0, { name: "queue" });
      for (let i = 0; i < 3; i++) await queue.put(i);
      {
        await using child = new Child("take", server.url, "400");
        assertEquals(await child.line(), "took 0");
        assertEquals(await queue.get(), 1);
        await queue.taskDone();
        child.signal("SIGKILL");
        const joining = queue.join();
        const got: number[] = [];
        while (got.length < 2) {
          // The next in line is there at once; the one that comes back takes its lease.
          got.push(await queue.get(WAIT));
          await queue.taskDone();
        }
        assertEquals(got.toSorted(), [0, 2]);
        await joining;
      }
    },
  );

  redisTest(
    "a taker that was stopped for longer than its lease learns that its item went back",
    async (server) => {
      await using manager = await Manager.connect(server.url, { lease: 300 });
      const queue = await manager.joinableQueue<number>(0, { name: "queue" });
      await queue.put(7);
      assertEquals(await queue.get(), 7);
      await server.command("ZREM", "ferry:sessions", await sessionOf(server));
      // As if others had buried it: its things are where they were, but it is not known any more.
      await assertRejects(() => queue.taskDone(), LeaseLostError, "lease of 300 ms");
    },
  );

  redisTest(
    "workers are killed at random moments: each item is dealt with, at least once",
    async (server) => {
      const seed = seedFor("redis queue kills");
      const random = new Random(seed);
      const items = rounds(60, 600);
      await using manager = await Manager.connect(server.url, { lease: 500 });
      const queue = await manager.joinableQueue<number>(0, { name: "queue" });
      const sum = await manager.value("i", 0, { name: "sum" });
      for (let i = 0; i < items; i++) await queue.put(i);
      const seen: number[] = [];
      const joining = queue.join().then(() => queue.shutdown());
      let done = false;
      void joining.then(() => done = true);
      let kills = 0;
      const crew = Array.from({ length: 2 }, async () => {
        while (!done) {
          await using child = new Child("work", server.url, "500");
          const life = kills++ < 6 ? random.below(12) : Infinity;
          for (let n = 0;; n++) {
            const line = await child.line();
            if (line === undefined) break;
            seen.push(Number(line));
            if (n >= life) child.signal("SIGKILL");
          }
        }
      });
      await Promise.all([joining, ...crew]);
      const all = Array.from({ length: items }, (_, i) => i);
      assertEquals([...new Set(seen)].sort((a, b) => a - b), all);
      // What was done twice was added twice, and never less than once.
      const least = all.reduce((a, b) => a + b, 0);
      assert(await sum.get() >= least, `${await sum.get()} ${least}`);
      assertEquals([await queue.size(), await queue.tryGet().catch((error) => error.name)], [
        0,
        "QueueShutDownError",
      ]);
    },
  );

  redisTest(
    "queues know whether they are full, and what was got by its method's name is done",
    async (server) => {
      await using manager = await Manager.connect(server.url);
      const endless = await manager.joinableQueue<number>();
      const small = await manager.queue<number>(1);
      assertEquals([await endless.isFull(), await small.isFull()], [false, false]);
      await endless.put(1);
      await small.put(1);
      assertEquals([await endless.isFull(), await small.isFull()], [false, true]);
      assertEquals(await endless.call("get"), 1);
      await endless.join({ signal: AbortSignal.timeout(20_000) });
      const error = await assertRejects(() => manager.create("Queue", [1.5]), Error, "an integer");
      assert(!(error instanceof Deno.errors.NotSupported));
    },
  );

  redisTest(
    "an item that arrives after its wait was given up goes back, also if its client closes at once",
    async (server) => {
      await using pair = await both(server);
      const mine = await pair.a.queue<number>(0, { name: "q" });
      const theirs = await pair.b.queue<number>(0, { name: "q" });
      await theirs.put(1);
      server.signal("SIGSTOP");
      const stop = new AbortController();
      const taken = mine.get({ signal: stop.signal });
      stop.abort(new RangeError("enough"));
      await assertRejects(() => taken, RangeError, "enough");
      const closed = pair.a[Symbol.asyncDispose]();
      server.signal("SIGCONT");
      await closed;
      assertEquals(await theirs.get({ timeout: 20_000 }), 1);
    },
  );
}

/** The session of the only client. */
async function sessionOf(server: { port: number }): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await connection.write(new TextEncoder().encode("ZRANGE ferry:sessions 0 -1\r\n"));
  const answer = new Uint8Array(1024);
  const length = await connection.read(answer);
  return new TextDecoder().decode(answer.subarray(0, length!)).split("\r\n")[2]!;
}
