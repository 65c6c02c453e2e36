// The behaviours of CPython's test_tasks about gather, wait, as_completed and shield.
import { asCompleted, gather, shield, Task, wait } from "@ferry/std/net/tasks";
import { TimeoutError } from "@ferry/std/net/errors";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { turn, untilAborted } from "./_work.ts";

const later = <T>() => Promise.withResolvers<T>();

Deno.test("gather() gives results in the order of the tasks, whichever is first", async () => {
  const [a, b, c] = [later<number>(), later<string>(), later<boolean>()];
  const all = gather([a.promise, b.promise, () => c.promise]);
  c.resolve(true);
  b.resolve("b");
  await turn();
  a.resolve(1);
  const [one, two, three] = await all;
  // The types are those of the tasks.
  const typed: [number, string, boolean] = [one, two, three];
  assertEquals(typed, [1, "b", true]);
});

Deno.test("gather() rejects with the first error at once, and the others run on", async () => {
  const [a, b] = [later<number>(), later<number>()];
  let sawAbort = false;
  const all = gather([a.promise, (signal) => {
    signal.addEventListener("abort", () => sawAbort = true);
    return b.promise;
  }, () => Promise.reject(new RangeError("first"))]);
  await assertRejects(() => all, RangeError, "first");
  assertEquals(sawAbort, false);
  a.reject(new TypeError("second")); // Handled, though nobody hears of it.
  b.resolve(2);
  await turn();
});

Deno.test("gather() with returnExceptions gives errors in their places", async () => {
  const results = await gather(
    [() => 1, () => Promise.reject(new RangeError("two")), () => {
      throw "three";
    }],
    { returnExceptions: true },
  );
  assertEquals(results[0], 1);
  assert(results[1] instanceof RangeError);
  assert(results[2] instanceof Error && results[2].cause === "three");
});

Deno.test("gather() that is aborted aborts its tasks and rejects with the reason, with returnExceptions too", async () => {
  for (const returnExceptions of [false, true]) {
    const controller = new AbortController();
    const tasks = [new Task(untilAborted, { signal: controller.signal })];
    const all = returnExceptions
      ? gather([untilAborted, ...tasks], { signal: controller.signal, returnExceptions: true })
      : gather([untilAborted, ...tasks], { signal: controller.signal });
    const reason = new TypeError("stop");
    controller.abort(reason);
    assertStrictEquals(await assertRejects(() => all), reason);
    await assertRejects(() => tasks[0]!);
    assertEquals(tasks[0]!.state, "cancelled");
  }
  await assertRejects(() => gather([], { signal: AbortSignal.abort(new TypeError()) }), TypeError);
});

Deno.test("wait() splits into done and pending, cancels nothing and throws no task's error", async () => {
  const slow = later<number>();
  const broken = Promise.reject(new RangeError("broken"));
  const fine = Promise.resolve(1);
  const { done, pending } = await wait([slow.promise, broken, fine], { timeout: 1 });
  assertEquals([...done], [broken, fine]);
  assertEquals([...pending], [slow.promise]);
  slow.resolve(2);
  const all = await wait([slow.promise, broken, fine, fine]);
  assertEquals([all.done.size, all.pending.size], [3, 0]);
});

Deno.test("wait() with first-completed returns with the first, with first-exception with the first error", async () => {
  const [a, b, c] = [later<number>(), later<number>(), later<number>()];
  const promises = [a.promise, b.promise, c.promise];
  b.resolve(1);
  const first = await wait(promises, { returnWhen: "first-completed" });
  assertEquals([first.done.size, first.pending.size], [1, 2]);
  const failing = wait(promises, { returnWhen: "first-exception" });
  c.reject(new RangeError("c"));
  const second = await failing;
  assertEquals([...second.done], [b.promise, c.promise]);
  a.resolve(0);
  const third = await wait([a.promise, b.promise], { returnWhen: "first-exception" });
  assertEquals(third.pending.size, 0);
});

Deno.test("wait() with timeout 0 sees what is settled already", async () => {
  const { done } = await wait([Promise.resolve(1), later().promise], { timeout: 0 });
  assertEquals(done.size, 1);
});

Deno.test("wait() needs promises, and rejects with the signal's reason", async () => {
  await assertRejects(() => wait([]), RangeError, "at least one");
  const controller = new AbortController();
  const waiting = wait([later().promise], { signal: controller.signal });
  controller.abort(new TypeError("stop"));
  await assertRejects(() => waiting, TypeError, "stop");
});

Deno.test("asCompleted() gives tasks in the order of their ends, with their places", async () => {
  const all = [later<string>(), later<string>(), later<string>()];
  const seen: [number, string][] = [];
  const iterator = asCompleted(all.map(({ promise }) => promise));
  for (const place of [2, 0, 1]) {
    all[place]!.resolve(`task ${place}`);
    const { value } = await iterator.next();
    seen.push([value!.index, value!.value]);
  }
  assertEquals((await iterator.next()).done, true);
  assertEquals(seen, [[2, "task 2"], [0, "task 0"], [1, "task 1"]]);
});

Deno.test("asCompleted() throws a task's error where its value is read, and goes on", async () => {
  const seen: unknown[] = [];
  for await (const task of asCompleted([() => Promise.reject(new RangeError("x")), () => 1])) {
    if (task.status === "rejected") assertThrows(() => task.value, RangeError);
    else seen.push(task.value);
  }
  assertEquals(seen, [1]);
});

Deno.test("asCompleted() throws a TimeoutError when the time is over, and aborts the rest", async () => {
  let aborted = false;
  const seen: number[] = [];
  await assertRejects(async () => {
    const tasks = [() => 1, async (signal: AbortSignal) => {
      try {
        return await untilAborted(signal);
      } finally {
        aborted = true;
      }
    }];
    for await (const { value } of asCompleted(tasks, { timeout: 1 })) seen.push(value);
  }, TimeoutError);
  await turn();
  assertEquals([seen, aborted], [[1], true]);
});

Deno.test("asCompleted() that is left can be resumed, and ends without tasks at once", async () => {
  const iterator = asCompleted([() => 1, () => 2]);
  assertEquals((await iterator.next()).value!.value, 1);
  await turn();
  assertEquals((await iterator.next()).value!.value, 2);
  for await (const _ of asCompleted([])) throw new RangeError("nothing was to come");
});

Deno.test("shield() gives the result or the error", async () => {
  const { signal } = new AbortController();
  assertEquals(await shield(Promise.resolve(1), { signal }), 1);
  assertEquals(await shield(Promise.resolve(1)), 1);
  const broken = Promise.reject(new RangeError("x"));
  await assertRejects(() => shield(broken, { signal }), RangeError);
});

Deno.test("shield() that is aborted rejects, the work goes on, and a late error is told", async () => {
  const controller = new AbortController();
  const work = later<number>();
  const late: unknown[] = [];
  const waiting = shield(work.promise, {
    signal: controller.signal,
    onLateError: (error) => late.push(error),
  });
  controller.abort(new TypeError("stop"));
  await assertRejects(() => waiting, TypeError, "stop");
  const error = new RangeError("too late");
  work.reject(error);
  await turn();
  assertEquals(late, [error]);
});
