// A worker of a pool that is killed at each step: while it runs a task, sends the result, takes the next one.
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { activeChildren, Pool, SharedArray, SharedEvent, WorkerDiedError } from "@ferry/std/ipc";
import { census } from "../../_support/census.ts";
import { within } from "../../_support/crew.ts";
import { EFFORT } from "../../_support/random.ts";

/** How many steps lie between two that are tried: with FERRY_STRESS each is. */
const STRIDE = EFFORT > 1 ? 1 : 3;

/** Words of the report: how often the first task ran, and, after that of the second, where the worker stopped. */
const FIRST = 0;
const STOPPED = 2;

/**
 * A task. From here on the worker stops for ever before its step of that number. A step is an atomic operation that changes
 * something.
 */
function first(report: SharedArray<"int32">, stopped: SharedEvent, stopAt: number): string {
  report.add(0, 1);
  let steps = 0;
  for (
    const name of ["compareExchange", "and", "or", "sub", "add", "exchange", "store", "notify"]
  ) {
    const operation = Reflect.get(Atomics, name) as (...args: unknown[]) => unknown;
    Object.defineProperty(Atomics, name, {
      value: (...args: unknown[]) => {
        if (++steps === stopAt) {
          report.set(2, steps);
          stopped.set();
          for (;;);
        }
        return Reflect.apply(operation, Atomics, args);
      },
    });
  }
  return "first";
}

function second(report: SharedArray<"int32">): string {
  report.add(1, 1);
  return "second";
}

Deno.test("A pool's worker that is killed at any step loses at most the task it runs, and none is begun twice", async () => {
  using report = new SharedArray("int32", 3);
  const before = census(report).kinds;
  const lost: [string, number][] = [];
  {
    await using pool = new Pool({ processes: 1 });
    for (let stopAt = 1;; stopAt += STRIDE) {
      using stopped = new SharedEvent();
      // Known to be short, so that it is sent before the first one has ended.
      await within(pool.apply(second, [report]));
      report.fill(0);
      const [worker] = activeChildren();
      const results = [
        pool.apply(first, [report, stopped, stopAt]),
        pool.apply(second, [report]),
      ];
      const all = Promise.allSettled(results);
      const isStopped = await within(Promise.race([stopped.wait(), all.then(() => false)]));
      // It does not take so many steps.
      if (!isStopped && report.get(STOPPED) === 0) break;
      worker!.kill();
      const outcomes = await within(all, `step ${stopAt}`);
      for (const [at, outcome] of outcomes.entries()) {
        const name = ["first", "second"][at]!;
        if (outcome.status === "fulfilled") {
          assertEquals([outcome.value, report.get(at)], [name, 1], `step ${stopAt}`);
        } else {
          assertInstanceOf(outcome.reason, WorkerDiedError);
          assert(report.get(at) <= 1, `${name} ran twice, step ${stopAt}`);
          lost.push([name, stopAt]);
        }
      }
      assertEquals(report.get(FIRST), 1);
      assert(lost.filter(([, step]) => step === stopAt).length < 2, `both lost at ${stopAt}`);
    }
  }
  for (const name of ["first", "second"]) {
    assert(lost.some(([each]) => each === name), `${name} was never lost`);
  }
  assertEquals(census(report).kinds, before);
});
