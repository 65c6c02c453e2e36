// What a pool runs, and what comes back.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type AsyncResult,
  Pool,
  QueueFullError,
  ResultEncodingError,
  SharedArray,
  SharedEvent,
  SharedValue,
  TimeoutError,
  UnsendableError,
} from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";

const module = new URL("./_tasks.ts", import.meta.url);

/** The error that a promise rejects with. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(() => undefined, (error) => error);
}

Deno.test("apply() runs functions, exports of modules and asynchronous ones, and gives what they return", async () => {
  await using pool = new Pool({ processes: 2 });
  assertEquals(await pool.apply((a: number, b: string) => [b, a], [1, "x"]), ["x", 1]);
  assertEquals(await pool.apply(() => undefined), undefined);
  assertEquals(await pool.apply(async (n: number) => await Promise.resolve(n + 1), [1]), 2);
  assertEquals(await pool.apply({ module }, [21]), 42);
  assertEquals(await pool.apply({ module, export: "sinceStart" }), 0);
  const value = new Map([["set", new Set([1n, -0])]]);
  assertEquals(await pool.apply((value: unknown) => value, [value]), value);
});

Deno.test("applySync() and mapSync() block the thread, also right after calls that await", async () => {
  await using pool = new Pool({ processes: 2 });
  for (let i = 0; i < 50; i++) {
    assertEquals(pool.applySync((a: number, b: number) => a * b, [i, 7]), i * 7);
    assertEquals(await pool.apply((n: number) => n, [i]), i);
    const pending = pool.apply((n: number) => -n, [i + 1]);
    assertEquals(pool.applySync(async (n: number) => await n, [i]), i);
    assertEquals(await pending, -i - 1);
  }
  assertEquals(pool.mapSync((n: number) => n ** 2, [1, 2, 3]), [1, 4, 9]);
  assertThrows(
    () =>
      pool.applySync(() => {
        throw new RangeError("no");
      }),
    RangeError,
    "no",
  );
  const { signal } = new AbortController();
  assertThrows(() => pool.applySync(() => {}, [], { signal } as never), TypeError, "signal");
  assertThrows(() => pool.mapSync(() => {}, [1], { signal } as never), TypeError, "signal");
  const capture = { capture: true };
  assertThrows(() => pool.applySync(() => {}, [], capture as never), TypeError, "event loop");
  assertThrows(() => pool.mapSync(() => {}, [1], capture as never), TypeError, "event loop");
});

Deno.test("Errors arrive with class, message, cause, own properties and the worker's stack", async () => {
  await using pool = new Pool({ processes: 1 });
  const fail = () => {
    const cause = new TypeError("below");
    throw Object.assign(new RangeError("above", { cause }), { code: 7, run: () => {} });
  };
  for (const call of [Call.first, Call.again]) {
    const error = await errorOf(pool.apply(fail));
    assertInstanceOf(error, RangeError, call);
    assertEquals(error.message, "above");
    assertInstanceOf(error.cause, TypeError);
    assertEquals((error as { code?: unknown }).code, 7);
    assertStringIncludes(error.stack!, "#fail:");
  }
  assertEquals(await errorOf(pool.apply(() => Promise.reject("a string"))), "a string");
  // deno-lint-ignore no-explicit-any
  const missing = await errorOf(pool.apply(() => (globalThis as any, nowhere)));
  assertStringIncludes(String(missing), "pass nowhere in args");
});

const Call = { first: "the first time", again: "with a function that is known" };
declare const nowhere: unknown;

Deno.test("What cannot be sent is refused: arguments, results, functions", async () => {
  await using pool = new Pool({ processes: 1 });
  await assertRejects(
    () => pool.apply((f: unknown) => f, [() => {}]),
    UnsendableError,
    "value[0]",
  );
  const error = await assertRejects(
    () => pool.apply(() => ({ inside: () => {} })),
    ResultEncodingError,
  );
  assertInstanceOf(error.cause, UnsendableError);
  await assertRejects(() => pool.apply(Math.max as never, [1]), TypeError, "native");
  await assertRejects(() => pool.apply(class {} as never), TypeError, "class");
  await assertRejects(() => pool.apply({ module, export: "nothing" }), TypeError, "no such export");
  await assertRejects(() => pool.apply({ module, export: "notAFunction" }), TypeError, "number");
  await assertRejects(() => pool.apply({ module: "./_tasks.ts" }), TypeError, "relative");
  // One of many that are sent together.
  const many = [1, 2, 3].map((n) => pool.apply((v: unknown) => typeof v, [n === 2 ? () => {} : n]));
  assertEquals((await Promise.allSettled(many)).map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  // The worker is free for the next task though that is not known to be short.
  const long = pool.apply(() => {
    for (const end = performance.now() + 5; performance.now() < end;);
  });
  const refused = assertRejects(
    () => pool.apply((v: unknown) => v, [() => {}]),
    UnsendableError,
  );
  const last = pool.apply(() => "still here");
  await long;
  await refused;
  assertEquals(await within(last, "The task behind one that is refused"), "still here");
});

Deno.test("A result whose class the program does not know rejects its task, and no other", async () => {
  await using pool = new Pool({ processes: 2 });
  await pool.apply({ module, export: "secret" }, [0]).catch(() => {});
  const results = Array.from(
    { length: 40 },
    (_, n) =>
      n % 4 === 1
        ? pool.apply({ module, export: "secret" }, [n])
        : pool.apply({ module }, [n]) as Promise<unknown>,
  );
  const settled = await within(Promise.allSettled(results), "A result that does not decode");
  for (const [n, outcome] of settled.entries()) {
    if (n % 4 === 1) {
      assertStringIncludes(String((outcome as PromiseRejectedResult).reason), "Secret");
    } else assertEquals((outcome as PromiseFulfilledResult<unknown>).value, n * 2);
  }
});

Deno.test("A result that does not decode is found though its worker answers late, and another one is idle", async () => {
  await using pool = new Pool({ processes: 2 });
  await pool.ready();
  for (let i = 0; i < 5; i++) {
    const lost = errorOf(pool.apply({ module, export: "secretThenBusy" }, [i]));
    assertStringIncludes(String(await within(lost, `Result ${i}`)), "Secret");
  }
});

Deno.test("map() and starmap() keep the order, whatever the chunks", async () => {
  await using pool = new Pool({ processes: 2 });
  const items = Array.from({ length: 101 }, (_, n) => n);
  for (const chunkSize of [undefined, 1, 7, 1000]) {
    assertEquals(
      await pool.map((n: number) => n * 2, items, { chunkSize }),
      items.map((n) => n * 2),
    );
  }
  assertEquals(await pool.map({ module }, items), items.map((n) => n * 2));
  assertEquals(await pool.map((n: number) => [n], [1, 2]), [[1], [2]]);
  assertEquals(await pool.map(async (n: number) => await n, new Set([3, 1])), [3, 1]);
  assertEquals(await pool.map((n: number) => n, []), []);
  assertEquals(await pool.starmap((a: number, b: number) => a - b, [[3, 1], [1, 3]]), [2, -2]);
  assertEquals(await pool.starmap((a: number, b: number) => a + b, new Map([[1, 2]])), [3]);
});

Deno.test("map() reports progress, and rejects with the first failure once all chunks have ended", async () => {
  await using pool = new Pool({ processes: 2 });
  const progress: number[][] = [];
  await pool.map((n: number) => n, [1, 2, 3, 4, 5], {
    chunkSize: 2,
    onProgress: (done, total) => void progress.push([done, total]),
  });
  await assertRejects(
    () =>
      pool.map((n: number) => n, [1, 2, 3], {
        chunkSize: 1,
        onProgress: () => {
          throw new SyntaxError("no bar");
        },
      }),
    SyntaxError,
    "no bar",
  );
  assertEquals(progress.at(-1), [5, 5]);
  assertEquals(progress.length, 3);

  using ran = new SharedArray("int32", 6);
  const work = (ran: SharedArray<"int32">, n: number) => {
    ran.set(n, 1);
    if (n === 1 || n === 4) throw new RangeError(`item ${n}`);
  };
  const items = [0, 1, 2, 3, 4, 5].map((n) => [ran, n] as [SharedArray<"int32">, number]);
  await assertRejects(() => pool.starmap(work, items, { chunkSize: 1 }), RangeError, "item 1");
  assertEquals([...ran], [1, 1, 1, 1, 1, 1]);
});

Deno.test("applyAsync(), mapAsync() and starmapAsync() give a result to ask for later", async () => {
  await using pool = new Pool({ processes: 1 });
  using go = new SharedEvent();
  const told: unknown[] = [];
  const result: AsyncResult<string> = pool.applyAsync(
    (go: SharedEvent) => {
      go.waitSync();
      return "done";
    },
    [go],
    { callback: (value) => told.push(value) },
  );
  assertEquals(result.ready, false);
  assertThrows(() => result.successful, TypeError, "not ready");
  assertEquals(await result.wait({ timeout: 1 }), false);
  await assertRejects(() => result.get({ timeout: 1 }), TimeoutError);
  assertThrows(() => result.getSync({ timeout: 1 }), TimeoutError);
  await assertRejects(() => result.get({ signal: AbortSignal.abort("enough") }));
  go.set();
  assertEquals(await result.get(), "done");
  assertEquals([result.ready, result.successful], [true, true]);
  assertEquals(told, ["done"]);

  const failed = pool.applyAsync(
    () => {
      throw new RangeError("no");
    },
    [],
    { errorCallback: (error) => told.push(error) },
  );
  assertThrows(() => failed.getSync(), RangeError, "no");
  assertEquals([failed.ready, failed.successful], [true, false]);
  assertInstanceOf(told[1], RangeError);

  assertEquals(await pool.mapAsync((n: number) => n, [1, 2]).get(), [1, 2]);
  assertEquals(pool.mapAsync((n: number) => n, [1, 2]).getSync(), [1, 2]);
  assertEquals(await pool.starmapAsync((a: number, b: number) => a + b, [[1, 2]]).get(), [3]);
});

Deno.test("capture: functions use variables around them, as they are at the call", async () => {
  await using pool = new Pool({ processes: 2 });
  using total = new SharedValue("int32", 0);
  let factor = 2;
  const times = (n: number) => {
    total.add(n);
    return n * factor;
  };
  assertEquals(await pool.apply(times, [4], { capture: true }), 8);
  factor = 3;
  assertEquals(await pool.map(times, [1, 2, 3], { capture: true }), [3, 6, 9]);
  assertEquals(await Array.fromAsync(pool.imap(times, [5], { capture: true })), [15]);
  assertEquals(await pool.applyAsync(times, [1], { capture: true }).get(), 3);
  const letters = function* () {
    yield factor;
  };
  assertEquals(await Array.fromAsync(pool.stream(letters, [], { capture: true })), [3]);
  assertEquals(total.value, 16);
});

Deno.test("Tasks of a higher priority are begun first, those of the same one in order", async () => {
  await using pool = new Pool({ processes: 1 });
  using go = new SharedEvent();
  using order = new SharedArray("int32", 6);
  using at = new SharedValue("int32", 0);
  const hold = pool.apply((go: SharedEvent) => go.waitSync(), [go]);
  const note = (n: number, order: SharedArray<"int32">, at: SharedValue<"int32">) =>
    order.set(at.add(1), n);
  const tasks = [1, 2, 3, 4, 5, 6].map((n) =>
    pool.apply(note, [n, order, at], { priority: n === 5 ? 2 : n % 2 === 0 ? 1 : 0 })
  );
  go.set();
  await Promise.all([hold, ...tasks]);
  assertEquals([...order], [5, 2, 4, 6, 1, 3]);
});

Deno.test("maxQueue: apply() waits for room, applyAsync() throws", async () => {
  await using pool = new Pool({ processes: 1, maxQueue: 2 });
  await pool.ready();
  using go = new SharedEvent();
  const hold = pool.apply((go: SharedEvent) => go.waitSync(), [go]);
  const first = pool.applyAsync(() => 1);
  const second = pool.applyAsync(() => 2);
  assertThrows(() => pool.applyAsync(() => 3), QueueFullError);
  const stop = new AbortController();
  const aborted = errorOf(pool.apply(() => 4, [], { signal: stop.signal }));
  const third = pool.apply(() => 5);
  stop.abort("no patience");
  assertEquals(await aborted, "no patience");
  assertEquals(pool.stats().waiting, 2);
  go.set();
  await hold;
  assertEquals([await first.get(), await second.get(), await third], [1, 2, 5]);
});

Deno.test("Options of a wrong type or range are refused", async () => {
  for (const options of [3, null, [], "2"]) {
    assertThrows(() => new Pool(options as never), TypeError, "options must be an object");
  }
  for (
    const [options, word] of [
      [{ processes: 0 }, "processes"],
      [{ processes: 1.5 }, "processes"],
      [{ processes: NaN }, "processes"],
      [{ processes: Infinity }, "processes"],
      [{ processes: 1, minProcesses: 2 }, "minProcesses"],
      [{ maxTasksPerChild: 0 }, "maxTasksPerChild"],
      [{ maxHeap: 1 }, "maxHeap"],
      [{ maxQueue: 0 }, "maxQueue"],
      [{ idleTimeout: -1 }, "idleTimeout"],
    ] as const
  ) assertThrows(() => new Pool(options), RangeError, word);
  for (
    const [options, word] of [
      [{ processes: "2" }, "processes"],
      [{ initializer: 1 }, "function"],
      [{ initArgs: 1 }, "initArgs"],
      [{ imports: "x" }, "imports"],
    ] as const
  ) assertThrows(() => new Pool(options as never), TypeError, word);

  await using pool = new Pool({ processes: 1, minProcesses: 0 });
  const f = () => {};
  await assertRejects(() => pool.apply(f, 1 as never), TypeError, "args");
  await assertRejects(() => pool.apply(f, [], 1 as never), TypeError, "options");
  await assertRejects(() => pool.apply(f, [], { timeout: NaN }), RangeError, "timeout");
  await assertRejects(() => pool.apply(f, [], { signal: {} as never }), TypeError, "signal");
  await assertRejects(
    () => pool.apply(f, [], { priority: "high" as never }),
    TypeError,
    "priority",
  );
  await assertRejects(() => pool.apply(f, [], { capture: 1 as never }), TypeError, "capture");
  await assertRejects(() => pool.map(f, [1], { chunkSize: 0 }), RangeError, "chunkSize");
  assertThrows(() => pool.imap(f, [1], { bufferSize: 0 }), RangeError, "bufferSize");
  assertThrows(() => pool.imap(f, [1], { chunkSize: "1" as never }), TypeError, "chunkSize");
  await assertRejects(() => pool.map(f, 5 as never), TypeError, "iterable");
  assertThrows(() => pool.imap(f, {} as never), TypeError, "iterable");
});

Deno.test("map() takes hundreds of thousands of items, one by one, and each result is in its place", async () => {
  await using pool = new Pool({ processes: 2 });
  const numbers = Array.from({ length: 300_000 }, (_, i) => i);
  const mapped = pool.map((n: number) => -n, numbers, { chunkSize: 1 });
  assert(pool.stats().waiting > 290_000);
  assertEquals((await within(mapped)).findIndex((n, i) => n !== -i), -1);
  assertEquals(pool.stats().done, 300_000);
  assertEquals(pool.stats().waiting, 0);
});

Deno.test("A map that is cancelled leaves nothing waiting, and others of every priority go on", async () => {
  await using pool = new Pool({ processes: 1 });
  const stop = new AbortController();
  const items = Array.from({ length: 10_000 }, (_, i) => i);
  const cut = pool.map((n: number) => n, items, {
    chunkSize: 1,
    signal: stop.signal,
    onProgress: (done) => done === 100 && stop.abort(new RangeError("enough")),
  });
  const others = [1, 0, -1].map((priority) =>
    pool.map((n: number) => n * 2, items.slice(0, 500), { chunkSize: 7, priority })
  );
  assertInstanceOf(await within(errorOf(cut)), RangeError);
  for (const other of others) {
    assertEquals(await within(other), items.slice(0, 500).map((n) => n * 2));
  }
  assertEquals(pool.stats().waiting, 0);
  assertEquals(pool.stats().running, 0);
});
