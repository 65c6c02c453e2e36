import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { LeaseLostError, Manager, PyException, TimeoutError } from "@ferry/std/ipc/manager";
import { Random, rounds, seedFor } from "../../../_support/random.ts";
import { hasRedis } from "../../../_support/redis_server.ts";
import { both, Child, redisTest, WAIT } from "./_setup.ts";

const found = hasRedis("locks of managers on Redis");

/** Settles when a signal aborts. */
function aborted(signal: AbortSignal): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  signal.addEventListener("abort", () => resolve(signal.reason), { once: true });
  if (signal.aborted) resolve(signal.reason);
  return promise;
}

if (found) {
  redisTest("a lock is held by one, and its tokens grow", async (server) => {
    await using pair = await both(server);
    const [a, b] = [await pair.a.lock({ name: "l" }), await pair.b.lock({ name: "l" })];
    const first = await a.acquire();
    assertEquals(await a.tryAcquire(), undefined, "a task of the same client waits, too");
    assertEquals(await b.tryAcquire(), undefined);
    await assertRejects(() => b.acquire({ timeout: 20 }), TimeoutError);
    const error = await assertRejects(() => b.release(), PyException, "another client");
    assertEquals(error.name, "RuntimeError");
    const next = b.acquire(WAIT);
    await first.release();
    await first.release();
    const second = await next;
    assert(second.token! > first.token!, `${second.token} ${first.token}`);
    await second.release();
    await assertRejects(() => a.release(), PyException, "unlocked");
    {
      await using guard = await a.acquire();
      assertFalse(guard.signal!.aborted);
      const stop = new AbortController();
      const stopped = b.acquire({ signal: stop.signal });
      stop.abort(new RangeError("enough"));
      await assertRejects(() => stopped, RangeError, "enough");
    }
    assert(await b.tryAcquire());
  });

  redisTest("an rlock is acquired again by its client", async (server) => {
    await using pair = await both(server);
    const [a, b] = [await pair.a.rlock({ name: "l" }), await pair.b.rlock({ name: "l" })];
    const [first, second] = [await a.acquire(), await a.acquire()];
    assertEquals(first.token, second.token);
    await second.release();
    assertEquals(await b.tryAcquire(), undefined);
    await first.release();
    assert(await b.tryAcquire());
  });

  redisTest("semaphores count, and bounded ones notice too many releases", async (server) => {
    await using pair = await both(server);
    const [a, b] = [
      await pair.a.semaphore(2, { name: "s" }),
      await pair.b.semaphore(5, { name: "s" }),
    ];
    const guards = [await a.acquire(), await b.acquire()];
    assertEquals(await b.tryAcquire(), undefined);
    const next = b.acquire(WAIT);
    await guards[0]!.release();
    await (await next).release();
    await guards[1]!.release();
    await a.release();
    const three = [await b.tryAcquire(), await b.tryAcquire(), await b.tryAcquire()];
    assert(three.every((guard) => guard !== undefined));
    const bounded = await pair.a.boundedSemaphore(1);
    assertEquals((await assertRejects(() => bounded.release(), PyException)).name, "ValueError");
    await assertRejects(() => pair.a.semaphore(-1), PyException);
  });

  redisTest(
    "what is released for another client was held by one that has it still",
    async (server) => {
      await using pair = await both(server);
      await using third = await Manager.connect(server.url);
      const [a, b, c] = [
        await pair.a.semaphore(1, { name: "s" }),
        await pair.b.semaphore(1, { name: "s" }),
        await third.semaphore(1, { name: "s" }),
      ];
      await (await a.acquire()).release();
      assertEquals(await c.call("locked"), false);
      await b.acquire();
      assertEquals(await c.call("locked"), true);
      await c.release();
      // It has nothing to give back any more.
      await pair.b[Symbol.asyncDispose]();
      assertEquals(await c.call("get_value"), 1);
    },
  );

  redisTest("what a client that leaves or is killed held goes to the next", async (server) => {
    for (const kind of ["lock", "rlock", "semaphore", "boundedSemaphore"] as const) {
      await using pair = await both(server);
      const of = (manager: Manager) =>
        kind === "lock" || kind === "rlock"
          ? manager[kind]({ name: kind })
          : manager[kind](1, { name: kind });
      const [a, b] = [await of(pair.a), await of(pair.b)];
      await a.acquire();
      const next = b.acquire(WAIT);
      await pair.a[Symbol.asyncDispose]();
      await using _held = await next;
    }
    await using manager = await Manager.connect(server.url, { lease: 400 });
    await using child = new Child("hold", server.url, "400");
    const held = await child.line();
    const lock = await manager.lock({ name: "lock" });
    assertEquals(await lock.tryAcquire(), undefined);
    child.signal("SIGKILL");
    await using guard = await lock.acquire(WAIT);
    assert(guard.token! > Number(held!.split(" ")[1]), `${guard.token} after ${held}`);
  });

  redisTest(
    "what the dead held is given back by whoever comes next, also if nobody was there meanwhile",
    async (server) => {
      {
        await using child = new Child("hold", server.url, "200");
        assertEquals(await child.line(), "held 1");
        child.signal("SIGKILL");
      }
      // Each of them is there for a moment only, and has a lease that is none here.
      for (let had = false; !had;) {
        await using manager = await Manager.connect(server.url, { lease: 600_000 });
        const guard = await (await manager.lock({ name: "lock" })).tryAcquire();
        had = guard !== undefined;
      }
    },
  );

  redisTest(
    "a holder that is stopped for longer than its lease learns that the lock is lost",
    async (server) => {
      await using manager = await Manager.connect(server.url, { lease: 300 });
      const lock = await manager.lock({ name: "lock" });
      const rlock = await manager.rlock();
      const guard = await lock.acquire();
      const again = await rlock.acquire();
      // The server does not answer, so that no beat comes through.
      server.signal("SIGSTOP");
      const reason = await aborted(guard.signal!);
      assert(reason instanceof LeaseLostError, String(reason));
      assert(again.signal!.aborted);
      server.signal("SIGCONT");
      await assertRejects(() => guard.release(), LeaseLostError, "lease of 300 ms");
      await assertRejects(async () => {
        await using _late = again;
      }, LeaseLostError);
      // It is free, for this client too, and an rlock is not taken for the former's.
      const next = await lock.acquire(WAIT);
      assert(next.token! > guard.token!);
      await next.release();
      await (await rlock.acquire(WAIT)).release();
      await assertRejects(() => rlock.release(), PyException, "unlocked");
    },
  );

  redisTest(
    "a program that was stopped learns when it goes on that its lock is another's",
    async (server) => {
      await using manager = await Manager.connect(server.url, { lease: 300 });
      await using child = new Child("hold", server.url, "300");
      assertEquals(await child.line(), "held 1");
      const lock = await manager.lock({ name: "lock" });
      child.signal("SIGSTOP");
      const guard = await lock.acquire(WAIT);
      child.signal("SIGCONT");
      assertEquals(await child.line(), "LeaseLostError");
      // Its former session does not take the lock away from who has it now.
      assertFalse(guard.signal!.aborted);
      await guard.release();
    },
  );

  redisTest(
    "a lock is kept for as long as its client lives, far longer than its lease",
    async (server) => {
      await using pair = await both(server, { lease: 200 });
      const [a, b] = [await pair.a.lock({ name: "l" }), await pair.b.lock({ name: "l" })];
      const guard = await a.acquire();
      await assertRejects(() => b.acquire({ timeout: 1000 }), TimeoutError);
      assertFalse(guard.signal!.aborted);
      await guard.release();
    },
  );

  redisTest(
    "holders are killed at random moments: one after the other, with growing tokens",
    async (server) => {
      const random = new Random(seedFor("redis lock kills"));
      await using manager = await Manager.connect(server.url, { lease: 400 });
      const state = await manager.dict<string, number>({}, { name: "state" });
      const killed: string[] = [];
      let told = 0;
      await Promise.all(Array.from({ length: 2 }, async () => {
        for (let round = 0; round < rounds(3, 30); round++) {
          await using child = new Child("lock", server.url, "400");
          const life = 1 + random.below(20);
          for (let n = 0; n < life; n++) {
            const line = await child.line();
            assert(/^\d+$/.test(line ?? ""), line);
            told = Math.max(told, Number(line));
          }
          child.signal("SIGKILL");
          for (const line of await child.lines()) {
            if (!/^\d*$/.test(line)) killed.push(line);
            told = Math.max(told, Number(line));
          }
        }
      }));
      assertEquals(killed, []);
      await using _last = await (await manager.lock({ name: "lock" })).acquire(WAIT);
      // Each kill may have stopped one after it had counted and before it could tell.
      const n = (await state.get("n"))!;
      assert(n >= told && n <= told + 2 * rounds(3, 30), `${n} ${told}`);
    },
  );

  redisTest("what many clients do under a lock is done by one at a time", async (server) => {
    await using pair = await both(server);
    const [a, b] = [await pair.a.lock({ name: "l" }), await pair.b.lock({ name: "l" })];
    const value = await pair.a.value("i", 0);
    await Promise.all(Array.from({ length: 60 }, async (_, i) => {
      await using _held = await (i % 2 === 0 ? a : b).acquire(WAIT);
      await value.set(await value.get() + 1);
    }));
    assertEquals(await value.get(), 60);
  });
}
