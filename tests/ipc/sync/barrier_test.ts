import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Barrier, BrokenBarrierError, SharedArray, SharedValue } from "@ferry/std/ipc";
import { Crew } from "../../_support/crew.ts";
import { EFFORT } from "../../_support/random.ts";

const LONG = { timeout: 60_000 };

/** So many functions of this worker arrive, and then others get a turn. */
async function arrive(barrier: Barrier, count: number): Promise<Promise<number | Error>[]> {
  const waits = Array.from(
    { length: count },
    () => barrier.wait(LONG).catch((error: Error) => error),
  );
  await Promise.resolve();
  assertEquals(barrier.waiting, count);
  return waits;
}

async function assertBroken(waits: Promise<number | Error>[]): Promise<void> {
  for (const end of await Promise.all(waits)) assert(end instanceof BrokenBarrierError, `${end}`);
}

Deno.test("Barrier lets all go on when the last has come, and gives each its place", async () => {
  using barrier = new Barrier(5);
  assertEquals([barrier.parties, barrier.waiting, barrier.broken], [5, 0, false]);
  for (let round = 0; round < 3; round++) {
    const waits = await arrive(barrier, 4);
    assertEquals(await barrier.wait(LONG), 4);
    assertEquals(await Promise.all(waits), [0, 1, 2, 3]);
    assertEquals(barrier.waiting, 0);
  }
});

Deno.test("Barrier keeps workers that block and that await in lockstep", async () => {
  using crew = new Crew(4);
  using barrier = new Barrier(4);
  for (const rounds of [1, 10]) {
    using counts = new SharedArray("int32", 1);
    const places = await crew.all<number[]>(
      "pass",
      [barrier, counts],
      (i) => [rounds, i % 2 === 0],
    );
    assertEquals(counts.get(0), 4 * rounds);
    for (let round = 0; round < rounds; round++) {
      const place = places.map((list) => list[round]!).sort();
      assertEquals(place, [0, 1, 2, 3]);
    }
  }
});

Deno.test("Barrier lets nobody get ahead in hundreds of rounds", async () => {
  using crew = new Crew(3);
  using barrier = new Barrier(3);
  using logs = new SharedArray("int32", 3);
  const rounds = 500 * EFFORT;
  const worst = await crew.all<number>("lockstep", [barrier, logs], (i) => [i, rounds]);
  assertEquals(Math.max(...worst), 1);
  assertEquals([...logs], [rounds, rounds, rounds]);
});

Deno.test("Barrier runs its action once a round, before anybody goes on", async () => {
  let actions = 0;
  using barrier = new Barrier(3, { action: () => actions++ });
  for (let round = 1; round <= 3; round++) {
    const waits = await arrive(barrier, 2);
    const seen = waits.map((wait) => wait.then(() => actions));
    assertEquals(barrier.waitSync(LONG), 2);
    assertEquals(await Promise.all(seen), [round, round]);
  }
});

Deno.test("Barrier awaits its action, and who comes meanwhile belongs to the next round", async () => {
  const action = Promise.withResolvers<void>();
  using barrier = new Barrier(2, { action: () => action.promise });
  const [first] = await arrive(barrier, 1);
  const second = barrier.wait(LONG);
  await Promise.resolve();
  assertEquals(barrier.waiting, 0);
  const early = barrier.wait(LONG);
  action.resolve();
  assertEquals([await first, await second], [0, 1]);
  assertEquals(await barrier.wait(LONG), 1);
  assertEquals(await early, 0);
});

Deno.test("Barrier breaks for all when its action fails, and the error goes to who ran it", async () => {
  using barrier = new Barrier(3, {
    action: () => {
      throw new SyntaxError("no action");
    },
  });
  const waits = await arrive(barrier, 2);
  await assertRejects(() => barrier.wait(LONG), SyntaxError, "no action");
  await assertBroken(waits);
  assert(barrier.broken);
  barrier.reset();
  const again = await arrive(barrier, 2);
  assertThrows(() => barrier.waitSync(LONG), SyntaxError, "no action");
  await assertBroken(again);
});

Deno.test("Barrier.waitSync() breaks when its action returns a promise", async () => {
  using barrier = new Barrier(1, { action: () => Promise.resolve() });
  assertThrows(() => barrier.waitSync(LONG), TypeError, "use wait()");
  assert(barrier.broken);
  barrier.reset();
  assertEquals(await barrier.wait(LONG), 0);
});

Deno.test("Barrier.abort() and reset() during the action leave who runs it with an error", async () => {
  for (const how of ["abort", "reset"] as const) {
    const action = Promise.withResolvers<void>();
    using barrier = new Barrier(2, { action: () => action.promise });
    const waits = await arrive(barrier, 1);
    const acting = barrier.wait(LONG);
    await Promise.resolve();
    barrier[how]();
    await assertBroken(waits);
    action.resolve();
    await assertRejects(() => acting, BrokenBarrierError);
    assertEquals(barrier.broken, how === "abort");
  }
});

Deno.test("Barrier.abort() breaks it for those who wait and those who come", async () => {
  using barrier = new Barrier(3);
  const waits = await arrive(barrier, 2);
  barrier.abort();
  assert(barrier.broken);
  await assertBroken(waits);
  await assertRejects(() => barrier.wait(), BrokenBarrierError, "it is broken");
  assertThrows(() => barrier.waitSync(), BrokenBarrierError);
  barrier.reset();
  assertEquals([barrier.broken, barrier.waiting], [false, 0]);
  const again = await arrive(barrier, 2);
  assertEquals(await barrier.wait(LONG), 2);
  assertEquals(await Promise.all(again), [0, 1]);
});

Deno.test("Barrier.reset() sends those who wait away and is whole for the next", async () => {
  using barrier = new Barrier(3);
  barrier.reset();
  const waits = await arrive(barrier, 2);
  barrier.reset();
  assertEquals([barrier.broken, barrier.waiting], [false, 0]);
  const again = await arrive(barrier, 2);
  await assertBroken(waits);
  assertEquals(await barrier.wait(LONG), 2);
  assertEquals(await Promise.all(again), [0, 1]);
});

Deno.test("Barrier breaks for all when one's timeout passes", async () => {
  for (const timeout of [0, -1, 1]) {
    using barrier = new Barrier(3);
    const waits = await arrive(barrier, 1);
    await assertRejects(() => barrier.wait({ timeout }), BrokenBarrierError);
    assert(barrier.broken);
    await assertBroken(waits);
    barrier.reset();
    const again = await arrive(barrier, 1);
    assertThrows(() => barrier.waitSync({ timeout }), BrokenBarrierError);
    await assertBroken(again);
  }
});

Deno.test("Barrier's own timeout holds for waits that are given none, in all workers", async () => {
  using crew = new Crew(1);
  using barrier = new Barrier(2, { timeout: 1 });
  assertThrows(() => barrier.waitSync(), BrokenBarrierError);
  barrier.reset();
  await assertRejects(() => barrier.wait(), BrokenBarrierError);
  barrier.reset();
  assertEquals(await crew.run(0, "waitBarrier", [barrier]), "broken");
  barrier.reset();
  const other = crew.run(0, "waitBarrier", [barrier], LONG.timeout);
  assertEquals([await barrier.wait(LONG), await other].sort(), [0, 1]);
});

Deno.test("Barrier.wait() rejects with the signal's reason, and breaks only if it had come", async () => {
  const reason = new SyntaxError("enough");
  using barrier = new Barrier(3);
  const waits = await arrive(barrier, 1);
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await assertRejects(() => barrier.wait({ signal })), reason);
  assertEquals([barrier.broken, barrier.waiting], [false, 1]);
  const aborter = new AbortController();
  const aborted = barrier.wait({ signal: aborter.signal });
  await Promise.resolve();
  aborter.abort(reason);
  assertStrictEquals(await assertRejects(() => aborted), reason);
  assert(barrier.broken);
  await assertBroken(waits);
});

Deno.test("Barrier.wait() aborted at the moment it came about goes on as the others do", async () => {
  using barrier = new Barrier(2);
  const aborter = new AbortController();
  const first = barrier.wait({ signal: aborter.signal });
  await Promise.resolve();
  assertEquals(barrier.waitSync(LONG), 1);
  aborter.abort();
  assertEquals(await first, 0);
  assert(!barrier.broken);
});

Deno.test("Barrier of one party never waits", async () => {
  using barrier = new Barrier(1);
  assertEquals(barrier.waitSync({ timeout: 0 }), 0);
  assertEquals(await barrier.wait({ timeout: 0 }), 0);
});

Deno.test("Barrier rejects parties and timeouts that make no sense", async () => {
  for (const parties of [0, -1, 1.5, NaN, Infinity, 2 ** 31, "2" as never, undefined as never]) {
    assertThrows(() => new Barrier(parties), RangeError, "Cannot make a barrier for");
  }
  assertThrows(() => new Barrier(2, { timeout: NaN }), RangeError, "NaN");
  using barrier = new Barrier(2);
  assertThrows(() => barrier.waitSync({ timeout: NaN }), RangeError, "NaN");
  await assertRejects(() => barrier.wait({ timeout: NaN }), RangeError, "NaN");
  assertEquals([barrier.broken, barrier.waiting], [false, 0]);
});

Deno.test("Barrier has room for many parties", async () => {
  using barrier = new Barrier(1500);
  const waits = await arrive(barrier, 1499);
  assertEquals(barrier.waitSync(LONG), 1499);
  assertEquals(await Promise.all(waits), Array.from({ length: 1499 }, (_, i) => i));
});

Deno.test("Barrier's action belongs to each worker's object", async () => {
  using crew = new Crew(2);
  using count = new SharedValue("int32");
  using barrier = new Barrier(2);
  assertEquals((await crew.all<number>("waitBarrierWithAction", [barrier, count])).sort(), [0, 1]);
  assertEquals(count.value, 1);
  const last = barrier.wait(LONG);
  await Promise.resolve();
  assertEquals(await crew.run(0, "waitBarrier", [barrier]), 1); // keeps the action it was given
  assertEquals([await last, count.value], [0, 2]);
});

Deno.test("Barrier throws a typed error after it was disposed of", () => {
  const barrier = new Barrier(1);
  barrier[Symbol.dispose]();
  assertThrows(() => barrier.waitSync(), Deno.errors.BadResource, "Barrier");
  assertThrows(() => barrier.abort(), Deno.errors.BadResource);
  assertThrows(() => barrier.reset(), Deno.errors.BadResource);
  assertThrows(() => barrier.broken, Deno.errors.BadResource);
});
