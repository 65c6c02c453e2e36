import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  Barrier,
  type BoundedSemaphore,
  Semaphore,
  SharedArray,
  SharedEvent,
  TimeoutError,
} from "@ferry/std/ipc";
import { Crew, within } from "../../_support/crew.ts";
import { EFFORT, seedFor } from "../../_support/random.ts";

Deno.test("Semaphore counts its permits down and up, past its first value, too", () => {
  using semaphore = new Semaphore(2);
  assertEquals(semaphore.value, 2);
  semaphore.acquireSync();
  assertEquals(semaphore.value, 1);
  assert(!semaphore.locked);
  assert(semaphore.tryAcquire() !== undefined);
  assertEquals(semaphore.value, 0);
  assert(semaphore.locked);
  assertEquals(semaphore.tryAcquire(), undefined);
  for (const value of [1, 2, 3, 4]) {
    semaphore.release();
    assertEquals(semaphore.value, value);
  }
});

Deno.test("Semaphore has one permit by default, and its guard gives it back", async () => {
  using semaphore = new Semaphore();
  {
    using guard = await semaphore.acquire();
    assertEquals(semaphore.value, 0);
    assert(!guard.abandoned);
  }
  assertEquals(semaphore.value, 1);
  semaphore.acquireSync().release();
  assertEquals(semaphore.value, 1);
});

Deno.test("Semaphore rejects a first value that is negative, too large or not whole", () => {
  const make = (value: unknown) => () => new Semaphore(value as number);
  assertThrows(make(-1), RangeError, "Cannot make a semaphore of -1: needs 0 to 2147483647");
  assertThrows(make(2 ** 31), RangeError);
  assertThrows(make(0.5), TypeError, "a whole number is needed");
  assertThrows(make(NaN), TypeError);
  assertThrows(make("1"), TypeError);
  assertThrows(make(null), TypeError);
});

Deno.test("Semaphore.release() above the most it can count is a RangeError", () => {
  using semaphore = new Semaphore(2 ** 31 - 1);
  assertThrows(() => semaphore.release(), RangeError, "released too many times");
  assertEquals(semaphore.value, 2 ** 31 - 1);
});

Deno.test("Semaphore.acquire() and acquireSync() give up after their timeout", async () => {
  using semaphore = new Semaphore(0);
  for (const timeout of [0, -1, -Infinity, 1]) {
    assertThrows(() => semaphore.acquireSync({ timeout }), TimeoutError, "acquire the semaphore");
    await assertRejects(
      () => semaphore.acquire({ timeout }),
      TimeoutError,
      "acquire the semaphore",
    );
  }
  assertThrows(() => semaphore.acquireSync({ timeout: NaN }), RangeError);
  await assertRejects(() => semaphore.acquire({ timeout: NaN }), RangeError);
  semaphore.release();
  assertThrows(() => semaphore.acquireSync({ timeout: NaN }), RangeError);
  semaphore.acquireSync({ timeout: 0 });
  assertEquals(semaphore.value, 0);
});

Deno.test("Semaphore.acquire() rejects with the signal's reason when aborted before and during the wait", async () => {
  using semaphore = new Semaphore(1);
  const reason = new SyntaxError("no more");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await assertRejects(() => semaphore.acquire({ signal })), reason);
  assertEquals(semaphore.value, 1);
  semaphore.acquireSync();
  const aborter = new AbortController();
  const waiting = semaphore.acquire({ signal: aborter.signal });
  aborter.abort(reason);
  assertStrictEquals(await assertRejects(() => waiting), reason);
  semaphore.release();
  assertEquals(semaphore.value, 1);
});

Deno.test("Semaphore.acquire() that was aborted does not swallow the permit of the next waiter", async () => {
  using semaphore = new Semaphore(0);
  const aborter = new AbortController();
  const first = semaphore.acquire({ signal: aborter.signal });
  const second = semaphore.acquire();
  await Promise.resolve();
  aborter.abort();
  semaphore.release();
  await assertRejects(() => first, DOMException);
  await within(second);
  assertEquals(semaphore.value, 0);
});

Deno.test("Semaphore.release() in one worker lets another in", async () => {
  using crew = new Crew(2);
  using semaphore = new Semaphore(0);
  using started = new SharedEvent();
  const both = Promise.all([
    crew.run(0, "acquireWhile", [semaphore, started]),
    crew.run(1, "acquireAsync", [semaphore, started]),
  ]);
  assert(started.waitSync({ timeout: 20_000 }));
  semaphore.release(); // each gives it back
  assertEquals(await both, ["acquired", "acquired"]);
  assertEquals(semaphore.value, 1);
});

Deno.test("Semaphore throws a typed error after it was disposed of", () => {
  const semaphore: Semaphore | BoundedSemaphore = new Semaphore(1);
  semaphore[Symbol.dispose]();
  assertThrows(() => semaphore.acquireSync(), Deno.errors.BadResource, "Semaphore");
  assertThrows(() => semaphore.release(), Deno.errors.BadResource);
  assertThrows(() => semaphore.value, Deno.errors.BadResource);
});

Deno.test("Semaphore never lets in more workers than it has permits, whatever is aborted", async () => {
  const seed = seedFor("Semaphore never lets in more");
  using crew = new Crew(4);
  using start = new Barrier(4);
  for (const permits of [1, 2, 3]) {
    using semaphore = new Semaphore(permits);
    using cells = new SharedArray("int32", 2);
    await crew.all("permits", [semaphore, cells, start], (i) => [1_500 * EFFORT, seed + i]);
    const [inside, most] = cells;
    assertEquals(inside, 0);
    assert(most! >= 1 && most! <= permits, `${most} of ${permits} were inside`);
    assertEquals(semaphore.value, permits);
  }
});
