// The behaviours of CPython's test_waitfor and test_timeouts.
import { shield, TaskGroup, timeout, waitFor } from "@ferry/std/net/tasks";
import { TimeoutError } from "@ferry/std/net/errors";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { tidiesUp, turn, untilAborted } from "./_work.ts";

Deno.test("waitFor() with 0 or less gives what is there already", async () => {
  for (const ms of [0, -1]) {
    assertEquals(await waitFor(Promise.resolve("done"), { timeout: ms }), "done");
    const broken = Promise.reject(new RangeError("broken"));
    await assertRejects(() => waitFor(broken, { timeout: ms }), RangeError);
  }
});

Deno.test("waitFor() with 0 or less does not begin work", async () => {
  for (const ms of [0, -1]) {
    let begun = false;
    await assertRejects(
      () => waitFor(() => void (begun = true), { timeout: ms }),
      TimeoutError,
    );
    assertEquals(begun, false);
    const never = Promise.withResolvers<void>().promise;
    await assertRejects(() => waitFor(never, { timeout: ms }), TimeoutError);
  }
});

Deno.test("waitFor() cancels the work and waits until it has ended", async () => {
  const notes: string[] = [];
  const error = await assertRejects(
    () => waitFor(tidiesUp(notes, "tidied"), { timeout: 1 }),
    TimeoutError,
  );
  assertEquals(error.timeout, 1);
  assertEquals(notes, ["tidied"]);
});

Deno.test("waitFor() gives the result of work that finishes in spite of its signal", async () => {
  const work = (signal: AbortSignal) => untilAborted(signal).catch(() => "in time after all");
  assertEquals(await waitFor(work, { timeout: 1 }), "in time after all");
});

Deno.test("waitFor() gives the error of work that fails while it is cancelled", async () => {
  const work = (signal: AbortSignal) =>
    untilAborted(signal).catch(() => {
      throw new RangeError("foreign");
    });
  await assertRejects(() => waitFor(work, { timeout: 1 }), RangeError, "foreign");
});

Deno.test("waitFor() without a timeout waits for ever", async () => {
  const later = Promise.withResolvers<string>();
  const waiting = waitFor(later.promise);
  await turn();
  later.resolve("late");
  assertEquals(await waiting, "late");
});

Deno.test("waitFor() leaves a promise alone whose time is over, and handles its error", async () => {
  const later = Promise.withResolvers<string>();
  await assertRejects(() => waitFor(later.promise, { timeout: 1 }), TimeoutError);
  later.reject(new RangeError("nobody waits")); // Unhandled, it would end the program.
  await turn();
});

Deno.test("waitFor() rejects with the signal's reason, whatever the timeout", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new TypeError("stop");
  const one = waitFor(untilAborted, { signal, timeout: 60_000 });
  const two = waitFor(Promise.withResolvers<void>().promise, { signal, timeout: 60_000 });
  await turn();
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => one), reason);
  assertStrictEquals(await assertRejects(() => two), reason);
});

Deno.test("waitFor() of shielded work stops waiting, not the work", async () => {
  const work = Promise.withResolvers<string>();
  await assertRejects(
    () => waitFor((signal) => shield(work.promise, { signal }), { timeout: 1 }),
    TimeoutError,
  );
  work.resolve("done");
  assertEquals(await work.promise, "done");
});

Deno.test("timeout() gives the result when the work is faster, and never fires after it", async () => {
  const limit = timeout(60_000);
  {
    using _limit = limit;
    assertEquals(await limit.run(() => 1), 1);
    assert(limit.when! > performance.now());
  }
  assertEquals([limit.expired, limit.signal.aborted], [false, false]);
  assertThrows(() => limit.reschedule(1), Deno.errors.BadResource, "ended");
});

Deno.test("timeout() aborts its signal with a TimeoutError that says how long", async () => {
  using limit = timeout(2);
  const error = await assertRejects(() => limit.run(untilAborted), TimeoutError);
  assertEquals([limit.expired, error.timeout], [true, 2]);
  assertThrows(() => limit.reschedule(1), Deno.errors.BadResource, "expired");
});

Deno.test("timeout() of 0 or less is over at once", () => {
  for (const ms of [0, -1, -Infinity]) {
    using limit = timeout(ms);
    assert(limit.expired && limit.signal.aborted);
  }
});

Deno.test("timeout(undefined) and timeout(Infinity) never end, until they are rescheduled", async () => {
  for (const ms of [undefined, Infinity]) {
    using limit = timeout(ms);
    assertEquals(limit.when, undefined);
    await turn();
    assertEquals(limit.expired, false);
    limit.reschedule(1);
    await assertRejects(() => limit.run(untilAborted), TimeoutError);
  }
});

Deno.test("timeout() that is nested rejects with the error of the one that is over", async () => {
  using outer = timeout(1);
  let innerExpired: boolean | undefined;
  const error = await assertRejects(() =>
    outer.run(async (signal) => {
      using inner = timeout(60_000, { signal });
      try {
        await inner.run(untilAborted);
      } finally {
        innerExpired = inner.expired;
      }
    }), TimeoutError);
  assertStrictEquals(error, outer.signal.reason);
  assertEquals([outer.expired, innerExpired], [true, false]);
});

Deno.test("timeout() lets foreign errors through, and its own work goes on after it is caught", async () => {
  using limit = timeout(60_000);
  await assertRejects(() => limit.run(() => Promise.reject(new RangeError("foreign"))), RangeError);
  assertEquals(await limit.run(() => "again"), "again");
});

Deno.test("timeout() holds longer than a timer can", () => {
  using limit = timeout(2 ** 40);
  assert(limit.when! > 2 ** 39);
  assertEquals(limit.expired, false);
});

Deno.test("timeout(NaN) is a RangeError", () => {
  assertThrows(() => timeout(NaN), RangeError, "number of milliseconds");
});

Deno.test("timeout() ends a group of tasks and reports the time, not the tasks", async () => {
  using limit = timeout(1);
  await assertRejects(
    () =>
      limit.run((signal) =>
        TaskGroup.run((group) => void group.createTask(untilAborted), { signal })
      ),
    TimeoutError,
  );
});
