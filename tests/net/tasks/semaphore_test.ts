// The behaviours of CPython's SemaphoreTests in test_locks.
import { Semaphore } from "@ferry/std/net/tasks";
import { TimeoutError } from "@ferry/std/net/errors";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { turn } from "./_work.ts";

Deno.test("Semaphore counts", async () => {
  const semaphore = new Semaphore();
  assertEquals([semaphore.value, semaphore.locked], [1, false]);
  const permit = await semaphore.acquire();
  assertEquals([semaphore.value, semaphore.locked], [0, true]);
  permit[Symbol.dispose]();
  permit[Symbol.dispose]();
  assertEquals([semaphore.value, semaphore.locked], [1, false]);
  assert(new Semaphore(0).locked);
});

Deno.test("Semaphore needs a count", () => {
  for (const value of [-1, 1.5, NaN]) assertThrows(() => new Semaphore(value), RangeError);
});

Deno.test("Semaphore serves in order, and nobody slips in when a permit is given back", async () => {
  const semaphore = new Semaphore(1);
  const order: string[] = [];
  const held = await semaphore.acquire();
  const waiters = ["a", "b", "c"].map(async (name) => {
    using _permit = await semaphore.acquire();
    order.push(name);
    await turn();
  });
  held[Symbol.dispose]();
  // The permit belongs to the first waiter now, though it has not run yet.
  assertEquals(semaphore.tryAcquire(), undefined);
  assert(semaphore.locked);
  const late = (async () => {
    using _permit = await semaphore.acquire();
    order.push("late");
  })();
  await Promise.all([...waiters, late]);
  assertEquals(order, ["a", "b", "c", "late"]);
  assertEquals(semaphore.value, 1);
});

Deno.test("Semaphore: a waiter that is aborted takes no permit with it", async () => {
  const semaphore = new Semaphore(1);
  const held = await semaphore.acquire();
  const controller = new AbortController();
  const first = semaphore.acquire({ signal: controller.signal });
  const second = semaphore.acquire();
  controller.abort(new TypeError("gave up"));
  await assertRejects(() => first, TypeError, "gave up");
  held[Symbol.dispose]();
  using _permit = await second;
  await assertRejects(() => semaphore.acquire({ signal: controller.signal }), TypeError);
});

Deno.test("Semaphore: an abort after the permit was given changes nothing", async () => {
  const semaphore = new Semaphore(1);
  const held = await semaphore.acquire();
  const controller = new AbortController();
  const waiting = semaphore.acquire({ signal: controller.signal });
  held[Symbol.dispose]();
  controller.abort();
  {
    using _permit = await waiting;
    assertEquals(semaphore.value, 0);
  }
  assertEquals(semaphore.value, 1);
});

Deno.test("Semaphore.acquire() with a timeout throws a TimeoutError and waits no longer", async () => {
  const semaphore = new Semaphore(0);
  for (const timeout of [1, 0, -1]) {
    await assertRejects(() => semaphore.acquire({ timeout }), TimeoutError);
  }
  semaphore.release();
  assertEquals(semaphore.value, 1); // Not lost to a waiter that has gone.
});

Deno.test("Semaphore: more may be released than was acquired, unless it is bounded", () => {
  const semaphore = new Semaphore(1);
  semaphore.release();
  assertEquals(semaphore.value, 2);
  const bounded = new Semaphore(1, { bounded: true });
  assertThrows(() => bounded.release(), RangeError, "all 1 of its permits");
  const permit = bounded.tryAcquire()!;
  permit[Symbol.dispose]();
  assertEquals(bounded.value, 1);
});
