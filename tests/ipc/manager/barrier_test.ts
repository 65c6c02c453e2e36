// Barriers of a manager, as Python's: rounds, what is done between them, and what breaks them.
import { assertEquals, assertRejects } from "@std/assert";
import {
  type BarrierProxy,
  BrokenBarrierError,
  type Manager,
  PyException,
  RemoteError,
} from "@ferry/std/ipc/manager";
import { both } from "./_both.ts";

const WAIT = { timeout: 60_000 };

/** Something that is done between two rounds, for as long as the test wants. */
class Action {
  #begun = Promise.withResolvers<void>();
  #ended = Promise.withResolvers<void>();
  runs = 0;

  readonly run = async (): Promise<void> => {
    this.runs++;
    this.#begun.resolve();
    await this.#ended.promise;
  };

  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  end(error?: Error): void {
    if (error === undefined) this.#ended.resolve();
    else this.#ended.reject(error);
    [this.#begun, this.#ended] = [Promise.withResolvers(), Promise.withResolvers()];
  }
}

async function withAction(manager: Manager): Promise<{ barrier: BarrierProxy; action: Action }> {
  const action = new Action();
  const barrier = await manager.create("Barrier", [2, action.run]) as BarrierProxy;
  return { barrier, action };
}

Deno.test("A barrier's time is that of the call, else its own, and the end of one breaks it for all", async () => {
  await using pair = await both();
  const barrier = await pair.a.barrier(2, { timeout: 20 });
  await assertRejects(() => barrier.wait(), BrokenBarrierError);
  assertEquals(await barrier.broken(), true);
  await barrier.reset();
  const first = barrier.wait(WAIT);
  // A later end of the server's than the barrier's own would be.
  await assertRejects(() => pair.b.queue().then((queue) => queue.get({ timeout: 40 })));
  assertEquals((await Promise.all([first, barrier.wait()])).sort(), [0, 1]);
  const patient = assertRejects(() => barrier.wait(WAIT), BrokenBarrierError);
  assertEquals(await barrier.waiting(), 1);
  await barrier.abort();
  await patient;
  assertEquals(await barrier.waiting(), 0);
  await assertRejects(() => barrier.wait(WAIT), BrokenBarrierError, "", "it stays broken");
});

Deno.test("A party that gives up breaks the barrier for the others", async () => {
  await using pair = await both();
  const barrier = await pair.a.barrier(3);
  const other = assertRejects(() => barrier.wait(WAIT), BrokenBarrierError);
  const stop = new AbortController();
  const mine = barrier.wait({ signal: stop.signal });
  assertEquals(await barrier.waiting(), 2);
  stop.abort(new RangeError("enough"));
  await assertRejects(() => mine, RangeError, "enough");
  await other;
  assertEquals(await barrier.broken(), true);
});

Deno.test("What is done between two rounds ends before anybody goes on, and the next round waits for it", async () => {
  await using pair = await both();
  const { barrier, action } = await withAction(pair.a);
  for (let round = 1; round <= 2; round++) {
    let gone = 0;
    const first = [barrier.wait(WAIT), barrier.wait(WAIT)];
    first.forEach((wait) => void wait.then(() => gone++, () => {}));
    await action.begun;
    const next = [barrier.wait(WAIT), barrier.wait(WAIT)];
    assertEquals([await barrier.broken(), gone, action.runs], [false, 0, 2 * round - 1]);
    action.end();
    assertEquals((await Promise.all(first)).sort(), [0, 1]);
    await action.begun;
    action.end();
    assertEquals((await Promise.all(next)).sort(), [0, 1]);
  }
});

Deno.test("What is done between two rounds and fails breaks the barrier; its error goes to who came last", async () => {
  await using pair = await both();
  const { barrier, action } = await withAction(pair.a);
  const first = assertRejects(() => barrier.wait(WAIT), BrokenBarrierError);
  assertEquals(await barrier.waiting(), 1);
  const last = assertRejects(() => barrier.wait(WAIT), PyException, "not today");
  await action.begun;
  const late = assertRejects(() => barrier.wait(WAIT), BrokenBarrierError);
  await barrier.call("__str__");
  action.end(new RangeError("not today"));
  await Promise.all([first, last, late]);
  assertEquals(await barrier.broken(), true);
  await barrier.reset();
  const again = [barrier.wait(WAIT), barrier.wait(WAIT)];
  await action.begun;
  action.end();
  assertEquals((await Promise.all(again)).sort(), [0, 1]);
});

for (const way of ["abort", "reset"] as const) {
  Deno.test(`${way}() tells all who wait, also while something is done between two rounds`, async () => {
    await using pair = await both();
    const { barrier, action } = await withAction(pair.a);
    const alone = assertRejects(() => barrier.wait(WAIT), BrokenBarrierError);
    assertEquals(await barrier.waiting(), 1);
    await barrier[way]();
    await alone;
    if (way === "abort") await barrier.reset();
    const all = [1, 2].map(() => assertRejects(() => barrier.wait(WAIT), BrokenBarrierError));
    await action.begun;
    await barrier[way]();
    assertEquals([await barrier.broken(), await barrier.waiting()], [way === "abort", 0]);
    if (way === "abort") {
      action.end();
      await Promise.all(all);
      await barrier.reset();
    } else {
      // A round after the reset is not disturbed by what began before it.
      const next = barrier.wait(WAIT);
      assertEquals(await barrier.waiting(), 1);
      action.end(new RangeError("too late"));
      await all[0];
      await all[1]!.catch(() => {});
      assertEquals([await barrier.broken(), await barrier.waiting()], [false, 1]);
      const last = barrier.wait(WAIT);
      await action.begun;
      action.end();
      assertEquals((await Promise.all([next, last])).sort(), [0, 1]);
    }
  });
}

Deno.test("Who comes while something is done between two rounds waits no longer than it wants", async () => {
  await using pair = await both();
  const { barrier, action } = await withAction(pair.a);
  const first = [1, 2].map(() => assertRejects(() => barrier.wait(WAIT), BrokenBarrierError));
  await action.begun;
  await assertRejects(() => barrier.wait({ timeout: 10 }), BrokenBarrierError);
  assertEquals(await barrier.broken(), true);
  action.end();
  await Promise.all(first);
});

Deno.test("A barrier is for one party or more, and does what can be called", async () => {
  await using pair = await both();
  for (const parties of [0, -1, 1.5, "2"]) {
    await assertRejects(() => pair.a.barrier(parties as number), RemoteError, "parties must be");
  }
  await assertRejects(() => pair.a.create("Barrier", [2, "x"]), RemoteError, "not callable");
  const single = await pair.a.create("Barrier", [], { parties: 1 }) as BarrierProxy;
  assertEquals([await single.wait(WAIT), await single.wait(WAIT)], [0, 0]);
  await assertRejects(() => single.call("__getattribute__", ["x"]), PyException, "no attribute");
});
