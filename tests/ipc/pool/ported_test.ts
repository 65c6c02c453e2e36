// CPython's tests of pools, one by one: the classes _TestPool, _TestPoolWorkerErrors, _TestPoolWorkerLifetime,
// TestPoolNotLeakOnFailure and TestInitializers. The comment before each test says which it is.
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  Pool,
  Queue,
  ResultEncodingError,
  SharedEvent,
  SharedValue,
  TimeoutError,
  UnsendableError,
} from "@ferry/std/ipc";
import { program, run } from "../../_support/program.ts";

const LONG = { timeout: 60_000 };
const sqr = (x: number) => x * x;
const mul = (x: number, y: number) => x * y;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const SQUARES = range(100).map(sqr);

/** Throws in the middle of what it yields. */
function* failing(total: number, at: number): Generator<number> {
  for (let i = 0; i < total; i++) {
    if (i === at) throw new SyntaxError("an iterable of somebody's");
    yield i;
  }
}

// test_apply, test_async
Deno.test("apply() and applyAsync() give what a call returns", async () => {
  await using pool = new Pool({ processes: 2 });
  assertEquals(await pool.apply(sqr, [5]), 25);
  assertEquals(await pool.applyAsync(sqr, [7]).get(LONG), 49);
});

// test_map, test_starmap, test_map_async, test_starmap_async
Deno.test("map, starmap and their async forms give the results in order, in chunks too", async () => {
  await using pool = new Pool({ processes: 2 });
  assertEquals(await pool.map(sqr, range(10)), SQUARES.slice(0, 10));
  assertEquals(await pool.map(sqr, range(100), { chunkSize: 20 }), SQUARES);
  assertEquals(await pool.mapAsync(sqr, range(100)).get(LONG), SQUARES);
  const pairs = range(100).map((x) => [x, 99 - x] as [number, number]);
  const products = pairs.map(([x, y]) => mul(x, y));
  assertEquals(await pool.starmap(mul, pairs.slice(0, 10)), products.slice(0, 10));
  assertEquals(await pool.starmap(mul, pairs, { chunkSize: 20 }), products);
  assertEquals(await pool.starmapAsync(mul, pairs).get(LONG), products);
});

// test_map_async_callbacks
Deno.test("mapAsync() calls one of its callbacks, once", async () => {
  await using pool = new Pool({ processes: 1 });
  const calls: unknown[] = [];
  const options = {
    callback: (values: unknown) => calls.push(values),
    errorCallback: (error: unknown) => calls.push(error),
  };
  await pool.mapAsync(sqr, [1], options).wait(LONG);
  assertEquals(calls, [[1]]);
  await pool.mapAsync(
    (_: number) => {
      throw new RangeError("invalid");
    },
    [2],
    options,
  ).wait(LONG);
  assertEquals(calls.length, 2);
  assertInstanceOf(calls[1], RangeError);
  // Even where the callback takes long to be reached.
  await pool.map(sqr, [3]);
  assertEquals(calls.length, 2);
});

// test_map_unplicklable
Deno.test("map() of items that cannot be sent rejects, and the pool goes on", async () => {
  await using pool = new Pool({ processes: 1 });
  const bad = {
    get it() {
      throw new RangeError("not me");
    },
  };
  const items = [1, bad, 3] as unknown[];
  await assertRejects(() => pool.map((x: unknown) => x, items, { chunkSize: 1 }), RangeError);
  await assertRejects(() => pool.map((x: unknown) => x, [() => {}]), UnsendableError);
  assertEquals(await pool.apply(sqr, [2]), 4);
});

// test_map_chunksize, test_empty_iterable
Deno.test("Nothing to do is done at once, with any chunks", async () => {
  await using pool = new Pool({ processes: 1 });
  assertEquals(await pool.mapAsync(sqr, [], { chunkSize: 1 }).get({ timeout: 1 }), []);
  assertEquals(await pool.map(sqr, []), []);
  assertEquals(await pool.starmap(mul, []), []);
  assertEquals(await Array.fromAsync(pool.imap(sqr, [])), []);
  assertEquals(await Array.fromAsync(pool.imapUnordered(sqr, [])), []);
});

// test_map_handle_iterable_exception
Deno.test("map() throws what its iterable throws, wherever that is", async () => {
  await using pool = new Pool({ processes: 2 });
  for (const [total, at] of [[1, 0], [1000, 10]] as const) {
    await assertRejects(() => pool.map(sqr, failing(total, at)), SyntaxError);
    await assertRejects(() => pool.map(sqr, failing(total, at), { chunkSize: 1 }), SyntaxError);
  }
  const noIterator = { [Symbol.iterator]: () => null as never };
  await assertRejects(() => pool.map(sqr, noIterator, { chunkSize: 1 }), TypeError);
  assertEquals(await pool.apply(sqr, [3]), 9);
});

// test_async_timeout
Deno.test("AsyncResult.get() gives up after its timeout, and the task goes on", async () => {
  await using pool = new Pool({ processes: 1 });
  using go = new SharedEvent();
  const result = pool.applyAsync((go: SharedEvent) => go.waitSync({ timeout: 60_000 }), [go]);
  await assertRejects(() => result.get({ timeout: 1 }), TimeoutError);
  assertEquals(await result.wait({ timeout: 1 }), false);
  go.set();
  assertEquals(await result.get(LONG), true);
});

// test_imap, test_imap_unordered
Deno.test("imap() gives results one by one, in order or not, whatever the chunks", async () => {
  await using pool = new Pool({ processes: 2 });
  for (const chunkSize of [1, 53]) {
    const results = pool.imap(sqr, range(100), { chunkSize });
    for (const expected of SQUARES) {
      assertEquals(await results.next(), { done: false, value: expected });
    }
    assertEquals(await results.next(), { done: true, value: undefined });
    const unordered = await Array.fromAsync(pool.imapUnordered(sqr, range(100), { chunkSize }));
    assertEquals(unordered.sort((a, b) => a - b), SQUARES);
  }
});

// test_imap_handle_iterable_exception, test_imap_unordered_handle_iterable_exception
Deno.test("imap() gives the results of what came before its source failed, then the failure", async () => {
  await using pool = new Pool({ processes: 2 });
  for (const chunkSize of [1, 2, 4]) {
    const ordered = pool.imap(sqr, failing(10, 3), { chunkSize });
    for (const expected of [0, 1, 4]) assertEquals((await ordered.next()).value, expected);
    await assertRejects(() => ordered.next(), SyntaxError);
    const got: number[] = [];
    await assertRejects(async () => {
      for await (const value of pool.imapUnordered(sqr, failing(10, 3), { chunkSize })) {
        got.push(value);
      }
    }, SyntaxError);
    assertEquals(got.sort(), [0, 1, 4]);
  }
  await assertRejects(() => pool.imap(sqr, failing(1, 0)).next(), SyntaxError);
});

// test_make_pool
Deno.test("A pool has one worker or more", async () => {
  assertThrows(() => new Pool({ processes: 0 }), RangeError, "from 1 on");
  assertThrows(() => new Pool({ processes: -1 }), RangeError, "from 1 on");
  const pool = new Pool({ processes: 3 });
  assertEquals([pool.processes, pool.stats().workers], [3, 3]);
  pool.close();
  assert(await pool.join(LONG));
});

// test_terminate
Deno.test("terminate() with 10,000 long tasks waiting returns at once, and join() comes to an end", async () => {
  const pool = new Pool({ processes: 2 });
  using never = new SharedEvent();
  const result = pool.mapAsync(
    (never: SharedEvent) => never.waitSync({ timeout: 60_000 }),
    new Array(10_000).fill(never),
    { chunkSize: 1 },
  );
  pool.terminate();
  assert(await pool.join(LONG));
  await assertRejects(() => result.get(LONG), Deno.errors.Interrupted);
});

// test_context, test_enter
Deno.test("`await using` terminates a pool; it cannot be used afterwards", async () => {
  let left: Pool;
  {
    await using pool = new Pool({ processes: 2 });
    left = pool;
    assertEquals(await pool.mapAsync(sqr, range(10)).get(LONG), SQUARES.slice(0, 10));
  }
  await assertRejects(() => left.map(sqr, [1]), Deno.errors.BadResource, "was terminated");
  assertThrows(() => left.applyAsync(sqr, [1]), Deno.errors.BadResource);
});

// test_traceback
Deno.test("An error of a task has the stack of the worker; one of the program's own iterable has its own", async () => {
  await using pool = new Pool({ processes: 1 });
  const error = await assertRejects(
    () =>
      pool.apply(function deepInTheWorker() {
        throw new RangeError("some test");
      }),
    RangeError,
    "some test",
  );
  assert(error.stack!.includes("deepInTheWorker"), error.stack);
  const own = await assertRejects(() => pool.map(sqr, failing(1, 0)), SyntaxError);
  assert(own.stack!.includes("failing"), own.stack);
});

// test_wrapped_exception
Deno.test("An error that brings down map() with chunks is the task's own", async () => {
  await using pool = new Pool({ processes: 1 });
  const raising = (_: number) => {
    throw new RangeError("key");
  };
  await assertRejects(() => pool.map(raising, [1, 2, 3], { chunkSize: 1 }), RangeError, "key");
  await assertRejects(() => pool.map(raising, [1, 2, 3], { chunkSize: 3 }), RangeError, "key");
});

// test_map_no_failfast
Deno.test("map() that fails waits for all its tasks", async () => {
  await using pool = new Pool({ processes: 2 });
  using done = new SharedValue("int32", 0);
  const work = (n: number, done: SharedValue<"int32">) => {
    if (n === 0) throw new RangeError("at once");
    for (const end = performance.now() + 30; performance.now() < end;);
    done.add(1);
  };
  const items = range(8).map((n) => [n, done] as Parameters<typeof work>);
  await assertRejects(() => pool.starmap(work, items, { chunkSize: 1 }), RangeError, "at once");
  assertEquals(done.value, 7);
});

// test_release_task_refs
Deno.test("A pool keeps neither the arguments nor the results of tasks that are done", async () => {
  const { code, out, err } = await run({
    args: ["-A", "--v8-flags=--expose-gc", "--config", "deno.json", "-"],
    stdin: `
      import { Pool } from "@ferry/std/ipc";
      await using pool = new Pool({ processes: 2 });
      const refs = [];
      async function calls() {
        const items = Array.from({ length: 10 }, (_, i) => ({ i }));
        refs.push(...items.map((item) => new WeakRef(item)));
        const results = await pool.map((x) => ({ x }), items, { chunkSize: 3 });
        refs.push(...results.map((result) => new WeakRef(result)));
        refs.push(new WeakRef(await pool.apply((x) => x, [items[0]])));
        refs.push(new WeakRef(await pool.applyAsync((x) => x, [items[1]]).get()));
        for await (const result of pool.imap((x) => x, items)) refs.push(new WeakRef(result));
      }
      await calls();
      const alive = () => refs.filter((ref) => ref.deref() !== undefined).length;
      for (let i = 0; i < 50 && alive() > 0; i++) {
        // What was looked at lives until the end of the turn.
        await new Promise((resolve) => setTimeout(resolve, 20));
        gc();
      }
      console.log(refs.length, alive());
    `,
  });
  assertEquals([code, out], [0, "32 0\n"], err);
});

// test_resource_warning: there is nobody to warn; instead, a pool that nobody closed keeps no program.
Deno.test("A program ends though its pool was dropped running", async () => {
  const { code, out, err } = await program(`
    import { Pool } from "@ferry/std/ipc";
    console.log(await new Pool({ processes: 2 }).apply((n) => n, [1]));
  `);
  assertEquals([code, out], [0, "1\n"], err);
});

// test_async_error_callback
Deno.test("errorCallback is called with the error of the task", async () => {
  await using pool = new Pool({ processes: 2 });
  let seen: unknown;
  const result = pool.applyAsync(
    () => {
      throw new SyntaxError("of the task");
    },
    [],
    { errorCallback: (error) => seen = error },
  );
  const error = await assertRejects(() => result.get(LONG), SyntaxError);
  assertEquals([seen, result.successful], [error, false]);
});

// test_unpickleable_result
Deno.test("Twenty results in a row that cannot be sent reject one by one, and the pool goes on", async () => {
  await using pool = new Pool({ processes: 2 });
  for (let i = 0; i < 20; i++) {
    let seen: unknown;
    const result = pool.applyAsync(() => () => 42, [], { errorCallback: (error) => seen = error });
    const error = await assertRejects(() => result.get(LONG), ResultEncodingError);
    assertEquals([seen, error.cause instanceof UnsendableError], [error, true]);
  }
  assertEquals(await pool.apply(sqr, [9]), 81);
});

// test_pool_worker_lifetime
Deno.test("Workers with a limit of tasks are replaced, and no task is lost", async () => {
  await using pool = new Pool({ processes: 3, maxTasksPerChild: 10 });
  await pool.ready(LONG);
  const who = async (n: number) => {
    const { currentProcess } = await import("@ferry/std/ipc");
    return [n * n, currentProcess().name] as const;
  };
  const results = await pool.map(who, range(100), { chunkSize: 1 });
  assertEquals(results.map(([square]) => square), SQUARES);
  const count = Map.groupBy(results, ([, name]) => name);
  assert(count.size >= 10, `${count.size} workers`);
  for (const [name, tasks] of count) assert(tasks.length <= 10, name);
  assertEquals(await pool.apply(sqr, [4]), 16);
});

// test_pool_worker_lifetime_early_close
Deno.test("close() right after the tasks loses none, though workers must be replaced for them", async () => {
  const pool = new Pool({ processes: 3, maxTasksPerChild: 1 });
  const results = range(6).map((n) =>
    pool.applyAsync((n: number) => {
      for (const end = performance.now() + 20; performance.now() < end;);
      return n * n;
    }, [n])
  );
  pool.close();
  assert(await pool.join(LONG));
  assertEquals(await Promise.all(results.map((result) => result.get(LONG))), [0, 1, 4, 9, 16, 25]);
});

// test_pool_maxtasksperchild_invalid
Deno.test("maxTasksPerChild is a whole number from 1 on", () => {
  for (const maxTasksPerChild of [0, -1, 0.5]) {
    assertThrows(() => new Pool({ processes: 1, maxTasksPerChild }), RangeError);
  }
  assertThrows(() => new Pool({ processes: 1, maxTasksPerChild: "12" as never }), TypeError);
});

// test_worker_finalization_via_atexit_handler_of_multiprocessing
Deno.test("A worker that ends in order runs its unload listeners", async () => {
  using told = new Queue<string>();
  const pool = new Pool({ processes: 1 });
  await pool.apply((told: Queue<string>) => {
    addEventListener("unload", () => told.putSync("unload"));
  }, [told]);
  pool.close();
  assert(await pool.join(LONG));
  assertEquals(told.tryGetMany(), ["unload"]);
});

// test_release_unused_processes
const starting = "A pool that cannot start all its workers starts none, and leaves nothing";
Deno.test(starting, { ignore: Deno.build.os !== "linux" }, async () => {
  const { code, out, err } = await program(`
    import { activeChildren, Pool } from "@ferry/std/ipc";
    const threads = () => [...Deno.readDirSync("/proc/self/task")].length;
    // The runtime's own threads are there.
    await using other = new Pool({ processes: 1 });
    await other.ready();
    const before = threads();
    let starts = 0;
    const initArgs = [{
      get number() {
        if (++starts === 3) throw new RangeError("the third fails");
        return starts;
      },
    }];
    try {
      new Pool({ processes: 5, initializer: () => {}, initArgs });
    } catch (error) {
      console.log(error.message, starts);
    }
    const deadline = performance.now() + 20_000;
    while (threads() > before && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    console.log(threads() <= before, activeChildren().length);
  `);
  assertEquals([code, out], [0, "the third fails 3\ntrue 1\n"], err);
});

// test_pool_initializer
Deno.test("An initializer is a function, and runs in each worker with its arguments", async () => {
  assertThrows(() => new Pool({ initializer: 1 as never }), TypeError);
  using counter = new SharedValue("int32", 0);
  await using pool = new Pool({
    processes: 1,
    initializer: (counter: SharedValue<"int32">, n: number) => counter.add(n),
    initArgs: [counter, 3],
  });
  await pool.ready(LONG);
  assertEquals(counter.value, 3);
});
