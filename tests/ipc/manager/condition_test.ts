// Conditions of a manager, as Python's: who may notify, how many are woken, and who has the lock when a wait ends.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { PyException } from "@ferry/std/ipc/manager";
import { both } from "./_both.ts";

const WAIT = { timeout: 60_000 };

for (const kind of ["lock", "rlock"] as const) {
  Deno.test(`A condition of a ${kind} cannot be waited for, and notifies nobody, without its lock`, async () => {
    await using pair = await both();
    const condition = await pair.a.condition(await pair.a[kind]());
    for (const method of ["wait", "notify", "notify_all"]) {
      const error = await assertRejects(() => condition.call(method), PyException, "un-acquired");
      assertEquals(error.name, "RuntimeError");
    }
    await using _held = await condition.acquire(WAIT);
    await condition.notify();
    await condition.notifyAll();
  });

  Deno.test(`A wait for a condition of a ${kind} that is aborted has the lock again, as often as before`, async () => {
    await using pair = await both();
    const mine = await pair.a.condition(await pair.a[kind]({ name: "lock" }), { name: "it" });
    const theirs = await pair.b.condition(await pair.b[kind]({ name: "lock" }), { name: "it" });
    const depth = kind === "rlock" ? 2 : 1;
    for (let i = 0; i < depth; i++) await mine.acquire(WAIT);
    const stop = new AbortController();
    const waiting = mine.wait({ signal: stop.signal });
    // The lock is free while it waits, and its abort is told of once it has the lock again.
    const held = await theirs.acquire(WAIT);
    stop.abort(new RangeError("enough"));
    // Answered after the abort was heard, which came through the same connection.
    assertEquals(await mine.call("__str__"), "<Condition object>");
    await theirs.notify();
    await held.release();
    await assertRejects(() => waiting, RangeError, "enough");
    for (let i = 0; i < depth; i++) {
      assertEquals(await theirs.call("acquire", [false]), false);
      await mine.release();
    }
    assertEquals(await theirs.call("acquire", [false]), true);
  });
}

Deno.test("notify() takes any integer of Python's, and no other number", async () => {
  await using pair = await both();
  const condition = await pair.a.condition(await pair.a.lock());
  let woken = 0;
  const waiting = [1, 2, 3, 4].map(async () => {
    await using _held = await condition.acquire(WAIT);
    await condition.wait(WAIT);
    woken++;
  });
  /** How many go on: they have had the lock before it is had again here. */
  const notified = async (...args: unknown[]): Promise<number> => {
    const before = woken;
    {
      await using _held = await condition.acquire(WAIT);
      await condition.call("notify", args);
    }
    await using _held = await condition.acquire(WAIT);
    return woken - before;
  };
  assertEquals(await notified(0), 0);
  for (const none of [-1, false, -(2n ** 70n)]) assertEquals(await notified(none), 0, `${none}`);
  assertEquals([await notified(true), await notified()], [1, 1]);
  for (const wrong of [1.5, "2", null]) {
    await assertRejects(() => notified(wrong), PyException, "integer", `${wrong}`);
  }
  assertEquals(await notified(2n ** 70n), 2);
  await Promise.all(waiting);
  assert(await condition.call("acquire", [false]));
});
