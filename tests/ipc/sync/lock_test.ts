import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Barrier, Lock, Queue, SharedArray, SharedEvent, TimeoutError } from "@ferry/std/ipc";
import { ASLEEP, fallenAsleep } from "../../_support/asleep.ts";
import { Crew, within } from "../../_support/crew.ts";
import { finish, launch, LONG } from "../../_support/processes.ts";
import { EFFORT, seedFor } from "../../_support/random.ts";

Deno.test("Lock.tryAcquire() takes a free lock and no other", () => {
  using lock = new Lock();
  assert(!lock.locked);
  const guard = lock.tryAcquire();
  assert(lock.locked);
  assertEquals(lock.tryAcquire(), undefined);
  guard!.release();
  assert(!lock.locked);
});

Deno.test("Lock.release() of a free lock is a RangeError", () => {
  using lock = new Lock();
  assertThrows(() => lock.release(), RangeError, "it is not locked");
  lock.acquireSync();
  lock.release();
  assertThrows(() => lock.release(), RangeError, "released too many times");
});

Deno.test("Lock's guard releases at the end of its scope", async () => {
  using lock = new Lock();
  {
    using guard = lock.acquireSync();
    assert(lock.locked);
    assert(!guard.abandoned);
  }
  assert(!lock.locked);
  {
    using _guard = await lock.acquire();
    assert(lock.locked);
  }
  assert(!lock.locked);
});

Deno.test("Lock.acquire() and acquireSync() give up after their timeout", async () => {
  using lock = new Lock();
  using _held = lock.acquireSync();
  for (const timeout of [0, -1, -Infinity, 1, 0.25]) {
    const error = assertThrows(
      () => lock.acquireSync({ timeout }),
      TimeoutError,
      "acquire the lock",
    );
    assertEquals(error.timeout, timeout);
    assert(error instanceof Deno.errors.TimedOut);
    await assertRejects(() => lock.acquire({ timeout }), TimeoutError, "acquire the lock");
  }
});

Deno.test("Lock.acquire() and acquireSync() with timeout 0 take a free lock", async () => {
  using lock = new Lock();
  lock.acquireSync({ timeout: 0 }).release();
  (await lock.acquire({ timeout: 0 })).release();
  (await lock.acquire({ timeout: -5 })).release();
});

Deno.test("Lock.acquire() rejects a timeout that is no number", async () => {
  using lock = new Lock();
  assertThrows(() => lock.acquireSync({ timeout: NaN }), RangeError, "NaN");
  assert(!lock.locked);
  using _held = lock.acquireSync();
  assertThrows(() => lock.acquireSync({ timeout: NaN }), RangeError, "NaN");
  assertThrows(() => lock.acquireSync({ timeout: "1" as never }), TypeError, 'received "1"');
  await assertRejects(() => lock.acquire({ timeout: NaN }), RangeError, "NaN");
});

Deno.test("Lock.acquire() rejects with the signal's reason when aborted before, and takes nothing", async () => {
  using lock = new Lock();
  const reason = new SyntaxError("no more");
  const error = await assertRejects(() => lock.acquire({ signal: AbortSignal.abort(reason) }));
  assertStrictEquals(error, reason);
  assert(!lock.locked);
});

Deno.test("Lock.acquire() rejects with the signal's reason when aborted during the wait", async () => {
  using lock = new Lock();
  const held = lock.acquireSync();
  const aborter = new AbortController();
  const waiting = lock.acquire({ signal: aborter.signal });
  aborter.abort("stop");
  assertEquals(await waiting.catch((reason) => reason), "stop");
  held.release();
  assert(!lock.locked);
});

Deno.test("Lock.acquire() that was aborted does not swallow the wake-up of the next waiter", async () => {
  using lock = new Lock();
  const held = lock.acquireSync();
  const aborter = new AbortController();
  const first = lock.acquire({ signal: aborter.signal });
  const second = lock.acquire();
  await Promise.resolve();
  aborter.abort();
  held.release();
  await assertRejects(() => first, DOMException);
  (await within(second)).release();
});

for (const [when, settled] of [["", true], [" and has not noticed yet", false]] as const) {
  Deno.test(`Lock.acquire() that was aborted${when} does not swallow the wake-up of an acquireSync() of its process`, async () => {
    using lock = new Lock();
    using asleep = new SharedEvent();
    using back = new Queue<unknown>();
    const held = lock.acquireSync();
    await using process = launch(
      async (
        lock: Lock,
        asleep: SharedEvent,
        back: Queue<unknown>,
        helper: string,
        settled: boolean,
      ) => {
        const { tellWhenAsleep } = await import(helper);
        const aborter = new AbortController();
        const aborted = lock.acquire({ signal: aborter.signal }).catch((reason) => reason);
        aborter.abort("given up");
        if (settled) await aborted;
        tellWhenAsleep(asleep);
        const guard = lock.acquireSync(); // without a timeout: it would look again and hide that nobody woke it
        back.putSync([guard.abandoned, await aborted]);
        guard.release();
      },
      lock,
      asleep,
      back,
      ASLEEP,
      settled,
    );
    await using _witness = await fallenAsleep(asleep);
    held.release();
    assertEquals(await back.get(LONG), [false, "given up"]);
    await finish(process);
    assert(!lock.locked);
  });
}

Deno.test("Lock.acquire() by several functions of one worker lets in one at a time, and all in the end", async () => {
  using lock = new Lock();
  let inside = 0;
  await Promise.all(Array.from({ length: 50 }, async () => {
    using _held = await lock.acquire({ timeout: 20_000 });
    assertEquals(++inside, 1);
    await Promise.resolve();
    inside--;
  }));
  assert(!lock.locked);
});

Deno.test("Lock may be released by another worker", async () => {
  using crew = new Crew(1);
  using lock = new Lock();
  lock.acquireSync();
  assertEquals(await crew.run(0, "tryAcquire", [lock]), false);
  assertEquals(await crew.run(0, "acquireFails", [lock], 1), "timed out");
  assertEquals(await crew.run(0, "release", [lock]), "released");
  assertEquals(await crew.run(0, "release", [lock]), "RangeError");
  assertEquals(await crew.run(0, "acquire", [lock]), false);
  assert(lock.locked);
  lock.release();
});

Deno.test("Lock.release() wakes a worker that blocks and one that awaits", async () => {
  using crew = new Crew(2);
  using lock = new Lock();
  using started = new SharedEvent();
  for (const task of ["acquireWhile", "acquireAsync"]) {
    const held = lock.acquireSync();
    started.clear();
    const both = crew.all(task, [lock, started]);
    assert(started.waitSync({ timeout: 20_000 }));
    held.release();
    assertEquals(await both, ["acquired", "acquired"]);
    assert(!lock.locked);
  }
});

Deno.test("Lock throws a typed error after it was disposed of", async () => {
  const lock = new Lock();
  lock[Symbol.dispose]();
  assertThrows(() => lock.acquireSync(), Deno.errors.BadResource, "Lock");
  assertThrows(() => lock.release(), Deno.errors.BadResource);
  assertThrows(() => lock.locked, Deno.errors.BadResource);
  assertThrows(() => lock.tryAcquire(), Deno.errors.BadResource);
  await assertRejects(() => lock.acquire(), Deno.errors.BadResource);
});

Deno.test("Lock keeps three workers apart that block, await and time out at random", async () => {
  const seed = seedFor("Lock keeps workers apart");
  using crew = new Crew(3);
  using lock = new Lock();
  using start = new Barrier(3);
  using cells = new SharedArray("int32", 4);
  const times = 3_000 * EFFORT;
  const timeouts = await crew.all<number>(
    "critical",
    [lock, cells, start],
    (i) => [times, seed + i],
  );
  const [inside, most, total] = cells;
  assertEquals([inside, most], [0, 1]);
  assertEquals(total, 3 * times - timeouts.reduce((a, b) => a + b));
  assert(!lock.locked);
});
