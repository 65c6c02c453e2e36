// Many who wait for one object on Redis. The lease is so long that no beat of it wakes anybody: each has to be told.
import { assert, assertEquals } from "@std/assert";
import { hasRedis } from "../../../_support/redis_server.ts";
import { both, redisTest, WAIT } from "./_setup.ts";

const LEASE = { lease: 600_000 };
const CROWD = 200;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

if (hasRedis("many who wait for managers on Redis")) {
  for (const kind of ["lock", "semaphore"] as const) {
    redisTest(
      `${CROWD} calls of two clients that wait for one ${kind} all have it, one at a time`,
      async (server) => {
        await using pair = await both(server, LEASE);
        const [a, b] = kind === "lock"
          ? [await pair.a.lock({ name: "it" }), await pair.b.lock({ name: "it" })]
          : [await pair.a.semaphore(1, { name: "it" }), await pair.b.semaphore(1, { name: "it" })];
        const held = await a.acquire();
        let [inside, most, done] = [0, 0, 0];
        const waiting = range(CROWD).map(async (i) => {
          const guard = await (i % 2 === 0 ? a : b).acquire(WAIT);
          most = Math.max(most, ++inside);
          await Promise.resolve();
          inside--;
          done++;
          await guard.release();
        });
        for (const lock of [a, b]) assertEquals(await lock.tryAcquire(), undefined);
        assertEquals(done, 0);
        await held.release();
        await Promise.all(waiting);
        assertEquals([most, done], [1, CROWD]);
        assert(await b.tryAcquire());
      },
    );
  }

  redisTest(
    `${CROWD} calls of two clients that wait for one event, and for one queue, all go on`,
    async (server) => {
      await using pair = await both(server, LEASE);
      const all = await Promise.all([pair.a, pair.b].map(async (client) => ({
        event: await client.event({ name: "event" }),
        queue: await client.queue<number>(0, { name: "queue" }),
      })));
      const events = range(CROWD).map((i) => all[i % 2]!.event.wait(WAIT));
      const items = range(CROWD).map((i) => all[i % 2]!.queue.get(WAIT));
      for (const { queue } of all) assertEquals(await queue.size(), 0);
      await all[0]!.event.set();
      await Promise.all(events);
      for (const i of range(CROWD)) await all[i % 2]!.queue.put(i);
      assertEquals((await Promise.all(items)).sort((a, b) => a - b), range(CROWD));
      assertEquals(await all[1]!.queue.size(), 0);
    },
  );

  redisTest(
    "who waits while its listening connection alone is lost is told what has changed meanwhile, and later",
    async (server) => {
      await using pair = await both(server, LEASE);
      const mine = await pair.a.queue<number>(0, { name: "queue" });
      const theirs = await pair.b.queue<number>(0, { name: "queue" });
      /** Asks until the answer is the one; both are numbers. */
      const until = async (answer: string, ...command: string[]) => {
        const end = performance.now() + 30_000;
        while (await server.command(...command) !== answer) assert(performance.now() < end, answer);
      };
      const first = mine.get(WAIT);
      await until(":1", "CLIENT", "KILL", "TYPE", "pubsub");
      await theirs.put(1);
      assertEquals(await first, 1);
      const second = mine.get(WAIT);
      await until("*1", "PUBSUB", "CHANNELS");
      await until(":1", "CLIENT", "KILL", "TYPE", "pubsub");
      await until("*1", "PUBSUB", "CHANNELS");
      await theirs.put(2);
      assertEquals(await second, 2);
    },
  );
}
