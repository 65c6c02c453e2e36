// A pool's workers: how many, how long they stay, and how a pool ends.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { currentProcess, Pool } from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";
import { program } from "../../_support/program.ts";

const module = new URL("./_tasks.ts", import.meta.url);

/** The error that a promise rejects with. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(() => undefined, (error) => error);
}

Deno.test("The initializer runs once in each worker, before its first task", async () => {
  await using pool = new Pool({
    processes: 2,
    initializer: { module, export: "initialize" },
    initArgs: [5],
  });
  const found = await pool.map({ module, export: "sinceStart" }, [0, 0, 0, 0], { chunkSize: 1 });
  assertEquals(found, [5, 5, 5, 5]);
});

Deno.test("Workers grow with the work up to `processes`, and shrink when there is none", async () => {
  await using pool = new Pool({ processes: 2, minProcesses: 0, idleTimeout: 1 });
  let most = 0;
  const ended = Promise.withResolvers<void>();
  pool.addEventListener("workerstart", () => most = Math.max(most, pool.stats().workers));
  pool.addEventListener("workerend", () => pool.stats().workers === 0 && ended.resolve());
  assertEquals(pool.stats().workers, 0);
  assertEquals(await pool.map((n: number) => n, [1, 2, 3, 4]), [1, 2, 3, 4]);
  assertEquals(most, 2);
  await within(ended.promise, "The end of idle workers");
  assertEquals(await pool.apply(() => 1), 1);
});

Deno.test("maxTasksPerChild replaces workers", async () => {
  await using pool = new Pool({ processes: 1, maxTasksPerChild: 2 });
  const ask = async () => {
    const { currentProcess } = await import("@ferry/std/ipc");
    return currentProcess().name;
  };
  const names: string[] = [];
  for (let i = 0; i < 5; i++) names.push(await pool.apply(ask));
  assertEquals(names, [1, 1, 2, 2, 3].map((n) => `PoolWorker-${n}`));
  assertEquals(currentProcess().name, "MainProcess");
});

Deno.test("maxHeap replaces a worker that keeps more than that after its task", async () => {
  await using pool = new Pool({ processes: 1, maxHeap: 32 });
  const grow = (mib: number) => {
    const held = (globalThis as { held?: unknown[] }).held ??= [];
    for (let i = 0; i < mib; i++) held.push(new Array(131_072).fill(i + 0.5));
    return held.length;
  };
  const lengths: number[] = [];
  for (let i = 0; i < 8; i++) {
    lengths.push(await pool.apply(grow, [12]));
    // The heap is looked at now and then.
    await pool.apply(() => new Promise((resolve) => setTimeout(resolve, 60)));
  }
  assert(Math.max(...lengths) < 96, `Cannot have kept ${lengths}`);
});

Deno.test("stats() and events tell what goes on", async () => {
  await using pool = new Pool({ processes: 1 });
  const drained = new Promise((resolve) => pool.addEventListener("drain", resolve, { once: true }));
  await pool.map((n: number) => n, [1, 2, 3], { chunkSize: 1 });
  await errorOf(pool.apply(() => {
    throw new RangeError("no");
  }));
  await within(drained);
  const { workers, idle, waiting, running, done, failed, waitTime, runTime } = pool.stats();
  assertEquals({ workers, idle, waiting, running, done, failed }, {
    workers: 1,
    idle: 1,
    waiting: 0,
    running: 0,
    done: 3,
    failed: 1,
  });
  for (const times of [waitTime, runTime]) {
    assertEquals(times.count, 4);
    assert(times.min <= times.p50 && times.p50 <= times.p90 && times.p90 <= times.p99);
    assert(times.p99 <= times.max && times.min <= times.mean && times.mean <= times.max);
  }
  assertEquals(new Pool({ processes: 1, minProcesses: 0 }).stats().waitTime, {
    count: 0,
    mean: 0,
    min: 0,
    max: 0,
    p50: 0,
    p90: 0,
    p99: 0,
  });
});

Deno.test("close(), join() and terminate()", async () => {
  const pool = new Pool({ processes: 2 });
  await assertRejects(() => pool.join(), TypeError, "is running");
  const results = Array.from({ length: 20 }, (_, n) => pool.applyAsync((n: number) => n, [n]));
  pool.close();
  pool.close();
  await assertRejects(() => pool.apply(() => 1), Deno.errors.BadResource, "closed");
  assertThrows(() => pool.applyAsync(() => 1), Deno.errors.BadResource);
  assertThrows(() => pool.imap(() => 1, [1]), Deno.errors.BadResource);
  assertThrows(() => pool.stream(function* () {}, []), Deno.errors.BadResource);
  assert(await pool.join({ timeout: 30_000 }));
  assertEquals(results.map((result) => result.getSync()), Array.from({ length: 20 }, (_, n) => n));
  assertEquals(pool.stats().workers, 0);
  pool.terminate();
  await pool.join();
});

Deno.test("terminate() rejects what is not done, with 100,000 tasks waiting", async () => {
  const pool = new Pool({ processes: 2 });
  const busy = () => {
    for (;;);
  };
  const results = Array.from({ length: 100_000 }, () => pool.applyAsync(busy));
  pool.terminate();
  await within(pool.join(), "The end of the pool");
  for (const result of results) {
    assertThrows(() => result.getSync(), Deno.errors.Interrupted, "terminated");
  }
});

Deno.test("Programs end with idle pools open, and wait for tasks", async () => {
  const open = await program(`
    import { Pool } from "@ferry/std/ipc";
    const pool = new Pool({ processes: 2 });
    console.log(await pool.apply((n: number) => n * 2, [21]));
    pool.apply(() => new Promise((resolve) => setTimeout(resolve, 100))).then(() => console.log("waited"));
  `);
  assertEquals([open.code, open.out], [0, "42\nwaited\n"], open.err);
});

Deno.test("Pools in processes and in the tasks of pools", async () => {
  await using pool = new Pool({ processes: 1 });
  const nested = async (depth: number): Promise<number> => {
    const { Pool } = await import("@ferry/std/ipc");
    await using pool = new Pool({ processes: 1 });
    return await pool.apply((n: number) => n * 2, [depth]);
  };
  assertEquals(await pool.apply(nested, [4]), 8);
});
