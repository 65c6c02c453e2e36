// Pools whose workers die, whose tasks are stopped, and that cannot start.
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  activeChildren,
  BrokenPoolError,
  Pool,
  ProcessExitError,
  SharedArray,
  SharedEvent,
  SharedValue,
  TimeoutError,
  WorkerDiedError,
} from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";
import { EFFORT, Random } from "../../_support/random.ts";

const module = new URL("./_tasks.ts", import.meta.url);

/** The error that a promise rejects with. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(() => undefined, (error) => error);
}

Deno.test("A task whose worker dies rejects, and the next ones run in a new worker", async () => {
  await using pool = new Pool({ processes: 1 });
  const deaths: [() => unknown, number, unknown][] = [
    [() => Deno.exit(3), 3, ProcessExitError],
    [() => Deno.exit(0), 0, undefined],
    [
      () => {
        setTimeout(() => {
          throw new RangeError("later");
        });
        return new Promise(() => {});
      },
      1,
      RangeError,
    ],
  ];
  for (const [die, exitCode, cause] of deaths) {
    const after = pool.applyAsync((n: number) => n, [1]);
    const error = await within(errorOf(pool.apply(die)), `${die}`);
    assertInstanceOf(error, WorkerDiedError);
    assertEquals([error.exitCode, error.taskIndex], [exitCode, 0]);
    if (cause === undefined) assertEquals(error.cause, undefined);
    else assertInstanceOf(error.cause, cause as typeof Error);
    assertEquals(await after.get(), 1);
  }
  assertThrows(() => pool.applySync(() => Deno.exit(5)), WorkerDiedError);
  assertEquals(pool.applySync((n: number) => n, [2]), 2);
});

Deno.test("A worker that is killed from outside loses only what it runs", async () => {
  await using pool = new Pool({ processes: 2 });
  await pool.ready();
  using started = new SharedValue("int32", 0);
  const hang = (started: SharedValue<"int32">) => {
    started.add(1);
    for (;;);
  };
  const hanging = [0, 1].map(() => errorOf(pool.apply(hang, [started])));
  const waiting = Array.from({ length: 50 }, (_, n) => pool.apply((n: number) => n, [n]));
  while (started.value < 2) await new Promise((resolve) => setTimeout(resolve));
  for (const child of activeChildren()) child.kill();
  for (const error of await within(Promise.all(hanging))) {
    assertInstanceOf(error, WorkerDiedError);
    assertEquals(error.exitCode, -9);
  }
  assertEquals(await within(Promise.all(waiting)), Array.from({ length: 50 }, (_, n) => n));
});

Deno.test("A worker that needs too much heap dies alone", async () => {
  await using pool = new Pool({ processes: 1, maxHeap: 32 });
  const grow = () => {
    const all: unknown[] = [];
    for (;;) all.push(new Array(10_000).fill(all.length + 0.5));
  };
  assertInstanceOf(await within(errorOf(pool.apply(grow))), WorkerDiedError);
  assertEquals(await pool.apply(() => 1), 1);
});

Deno.test("A task that runs longer than its timeout is stopped, and only that", async () => {
  await using pool = new Pool({ processes: 2 });
  const hang = () => {
    for (;;);
  };
  const before = Array.from({ length: 20 }, (_, n) => pool.apply((n: number) => n, [n]));
  const late = errorOf(pool.apply(hang, [], { timeout: 20 }));
  const after = Array.from({ length: 20 }, (_, n) => pool.apply((n: number) => n, [n]));
  assertInstanceOf(await within(late), TimeoutError);
  assertEquals((await Promise.all([...before, ...after])).length, 40);
  assertThrows(() => pool.applySync(hang, [], { timeout: 20 }), TimeoutError);
  // The time that it waits does not count.
  using go = new SharedEvent();
  const hold = [0, 1].map(() => pool.apply((go: SharedEvent) => go.waitSync(), [go]));
  const patient = pool.apply((n: number) => n, [1], { timeout: 5_000 });
  go.set();
  assertEquals(await patient, 1);
  await Promise.all(hold);
});

Deno.test("An aborted task ends alone, whether it waits or runs", async () => {
  await using pool = new Pool({ processes: 1 });
  using started = new SharedEvent();
  const hang = (started: SharedEvent) => {
    started.set();
    for (;;);
  };
  const [running, waiting, unused] = [0, 1, 2].map(() => new AbortController());
  const first = errorOf(pool.apply(hang, [started], { signal: running!.signal }));
  const second = errorOf(pool.apply(() => 2, [], { signal: waiting!.signal }));
  const third = pool.apply(() => 3, [], { signal: unused!.signal });
  await started.wait();
  waiting!.abort("not needed");
  assertEquals(await second, "not needed");
  running!.abort("enough");
  assertEquals(await first, "enough");
  assertEquals(await within(third), 3);
  unused!.abort();
  assertEquals(
    await errorOf(pool.apply(() => 4, [], { signal: AbortSignal.abort("too late") })),
    "too late",
  );
  const result = pool.applyAsync(hang, [started]);
  result.cancel();
  assertEquals((await errorOf(result.get()) as Error).name, "AbortError");
  assertEquals(await pool.apply(() => 5), 5);
});

Deno.test("10,000 tasks aborted in random order: each rejects or returns, none hangs", async () => {
  await using pool = new Pool({ processes: 2 });
  await pool.ready();
  const random = new Random(1);
  const controllers = Array.from({ length: 10_000 }, () => new AbortController());
  const results = controllers.map(({ signal }, n) =>
    pool.apply((n: number) => n, [n], { signal }).then(
      (value) => value === n,
      (reason) => reason === n,
    )
  );
  const order = controllers.map((_, n) => n);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  for (const [i, n] of order.entries()) {
    controllers[n]!.abort(n);
    // Some get their chance to run meanwhile.
    if (i % 500 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  assert((await within(Promise.all(results))).every(Boolean));
  assertEquals(await pool.apply(() => "alive"), "alive");
});

Deno.test("An initializer that throws breaks the pool", async () => {
  using times = new SharedValue("int32", 0);
  await using pool = new Pool({
    processes: 2,
    initializer: { module, export: "failToStart" },
    initArgs: [times],
  });
  const error = await assertRejects(() => within(pool.apply(() => 1)), BrokenPoolError, "no ink");
  assertInstanceOf(error.cause, RangeError);
  await assertRejects(() => pool.apply(() => 1), BrokenPoolError);
  await assertRejects(() => pool.ready(), BrokenPoolError);
  assertThrows(() => pool.applySync(() => 1), BrokenPoolError);
  assert(times.value <= 2, `The initializer ran ${times.value} times`);
});

Deno.test("A pool gives up when its workers die one after the other before they are ready", async () => {
  await using pool = new Pool({ processes: 1, initializer: () => Deno.exit(4) });
  await assertRejects(() => within(pool.apply(() => 1)), BrokenPoolError, "no worker");
  await using missing = new Pool({ processes: 1, imports: ["file:///no/such/module.ts"] });
  await assertRejects(() => within(missing.ready()), BrokenPoolError);
});

Deno.test("What waits behind a task that takes longer than expected is done by others", async () => {
  await using pool = new Pool({ processes: 2 });
  await pool.ready();
  const maybe = (wait: SharedEvent | undefined) => wait?.waitSync();
  // So that it is known to be short.
  await pool.map(maybe, Array.from({ length: 200 }, () => undefined), { chunkSize: 1 });
  using go = new SharedEvent();
  const tasks = Array.from(
    { length: 60 },
    (_, n) => pool.apply(maybe, [n === 20 ? go : undefined]),
  );
  const [stuck] = tasks.splice(20, 1);
  await within(Promise.all(tasks), "Tasks behind a long one");
  go.set();
  await stuck;
});

Deno.test("Workers killed at random moments: every task has one outcome, and runs at most once", async () => {
  const seconds = EFFORT > 1 ? 20 : 1.5;
  const random = new Random(7);
  const until = performance.now() + seconds * 1000;
  using ran = new SharedArray("int32", 200);
  let rounds = 0, lost = 0;
  await using pool = new Pool({ processes: 2 });
  const work = (n: number, ran: SharedArray<"int32">, spin: number) => {
    ran.add(n, 1);
    for (const end = performance.now() + spin; performance.now() < end;);
    return n;
  };
  while (performance.now() < until) {
    rounds++;
    ran.fill(0);
    const results = Array.from(
      { length: 200 },
      (_, n) => pool.apply(work, [n, ran, random.below(10) === 0 ? 1 : 0]),
    );
    const all = Promise.allSettled(results);
    for (let kills = random.below(3); kills >= 0; kills--) {
      await new Promise((resolve) => setTimeout(resolve, random.below(8)));
      const children = activeChildren();
      if (children.length > 0) random.pick(children).kill();
    }
    for (const [n, outcome] of (await within(all, "A round")).entries()) {
      if (outcome.status === "fulfilled") assertEquals([outcome.value, ran.get(n)], [n, 1]);
      else {
        assertInstanceOf(outcome.reason, WorkerDiedError, String(outcome.reason));
        assert(ran.get(n) <= 1);
        lost++;
      }
    }
  }
  assert(lost <= rounds * 3, `${lost} tasks lost in ${rounds} rounds`);
});
