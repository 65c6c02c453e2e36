import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  Barrier,
  LockNotHeldError,
  RLock,
  SharedArray,
  SharedEvent,
  TimeoutError,
} from "@ferry/std/ipc";
import { Crew } from "../../_support/crew.ts";
import { EFFORT, seedFor } from "../../_support/random.ts";

Deno.test("RLock is free for others only when it was released as often as acquired", async () => {
  using crew = new Crew(1);
  using lock = new RLock();
  lock.acquireSync();
  await lock.acquire();
  assert(lock.tryAcquire() !== undefined);
  for (let left = 3; left > 0; left--) {
    assert(lock.locked);
    assertEquals(await crew.run(0, "tryAcquire", [lock]), false);
    lock.release();
  }
  assert(!lock.locked);
  assertEquals(await crew.run(0, "tryAcquire", [lock]), true);
});

Deno.test("RLock.release() by who does not hold it is a LockNotHeldError and changes nothing", async () => {
  using crew = new Crew(1);
  using lock = new RLock();
  assertThrows(() => lock.release(), LockNotHeldError, "this worker does not hold the lock");
  lock.acquireSync();
  assertEquals(await crew.run(0, "releaseNotHeld", [lock]), true);
  assert(lock.locked);
  lock.release();
  assertThrows(() => lock.release(), LockNotHeldError);
});

Deno.test("RLock's guards release one level each", () => {
  using lock = new RLock();
  {
    using _outer = lock.acquireSync();
    {
      using inner = lock.acquireSync();
      assert(!inner.abandoned);
    }
    assert(lock.locked);
  }
  assert(!lock.locked);
});

Deno.test("RLock.acquire() and acquireSync() give up after their timeout in a worker that does not hold it", async () => {
  using crew = new Crew(1);
  using lock = new RLock();
  assertEquals(await crew.run(0, "acquire", [lock]), false);
  for (const timeout of [0, -1, 1]) {
    assertThrows(() => lock.acquireSync({ timeout }), TimeoutError, "acquire the lock");
    await assertRejects(() => lock.acquire({ timeout }), TimeoutError, "acquire the lock");
  }
  assertThrows(() => lock.acquireSync({ timeout: NaN }), RangeError);
  await assertRejects(() => lock.acquire({ timeout: NaN }), RangeError);
  assertEquals(await crew.run(0, "release", [lock]), "released");
  lock.acquireSync({ timeout: 0 }).release();
  assertThrows(() => lock.acquireSync({ timeout: NaN }), RangeError);
  assert(!lock.locked);
});

Deno.test("RLock.acquire() rejects with the signal's reason when aborted before and during the wait", async () => {
  using crew = new Crew(1);
  using lock = new RLock();
  const reason = new SyntaxError("no more");
  assertStrictEquals(
    await assertRejects(() => lock.acquire({ signal: AbortSignal.abort(reason) })),
    reason,
  );
  assert(!lock.locked);
  await crew.run(0, "acquire", [lock]);
  const aborter = new AbortController();
  const waiting = lock.acquire({ signal: aborter.signal });
  aborter.abort(reason);
  assertStrictEquals(await assertRejects(() => waiting), reason);
  await crew.run(0, "release", [lock]);
  assert(!lock.locked);
});

Deno.test("RLock.release() wakes workers that block or await", async () => {
  using crew = new Crew(2);
  using lock = new RLock();
  using started = new SharedEvent();
  for (const task of ["acquireWhile", "acquireAsync"]) {
    lock.acquireSync();
    lock.acquireSync();
    started.clear();
    const both = crew.all(task, [lock, started]);
    assert(started.waitSync({ timeout: 20_000 }));
    lock.release();
    lock.release();
    assertEquals(await both, ["acquired", "acquired"]);
  }
});

Deno.test("RLock throws a typed error after it was disposed of", () => {
  const lock = new RLock();
  lock[Symbol.dispose]();
  assertThrows(() => lock.acquireSync(), Deno.errors.BadResource, "RLock");
  assertThrows(() => lock.release(), Deno.errors.BadResource);
  assertThrows(() => lock.locked, Deno.errors.BadResource);
});

Deno.test("RLock keeps three workers apart that block, await and time out at random", async () => {
  const seed = seedFor("RLock keeps workers apart");
  using crew = new Crew(3);
  using lock = new RLock();
  using start = new Barrier(3);
  using cells = new SharedArray("int32", 4);
  const times = 2_000 * EFFORT;
  const timeouts = await crew.all<number>(
    "critical",
    [lock, cells, start],
    (i) => [times, seed + i],
  );
  const [inside, most, total] = cells;
  assertEquals([inside, most], [0, 1]);
  assertEquals(total, 3 * times - timeouts.reduce((a, b) => a + b));
});
