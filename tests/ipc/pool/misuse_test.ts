// Pools whose calls are ended before they have begun, and options that are not what they should be.
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Pipe, Pool, type PoolOptions } from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";

/** More than a timer of the runtime can do. */
const MONTHS = 2 ** 31 + 5;

Deno.test("Calls whose function is being captured end when their pool is terminated", async () => {
  const two = 2;
  const calls: ((pool: Pool) => Promise<unknown>)[] = [
    (pool) => pool.apply(() => two, [], { capture: true }),
    (pool) => pool.applyAsync(() => two, [], { capture: true }).get(),
    (pool) => pool.map((n: number) => n * two, [1], { capture: true }),
    (pool) => Array.fromAsync(pool.imap((n: number) => n * two, [1], { capture: true })),
  ];
  for (const call of calls) {
    await using pool = new Pool({ processes: 1 });
    const ended = assertRejects(() => call(pool), Deno.errors.Interrupted);
    pool.terminate();
    await within(ended, "a call of a terminated pool");
  }
});

Deno.test("Pool.map() ends when its items terminate the pool", async () => {
  await using pool = new Pool({ processes: 1 });
  function* items() {
    yield 1;
    pool.terminate();
    yield 2;
  }
  const ended = assertRejects(() => pool.map((n: number) => n, items()), Deno.errors.Interrupted);
  await within(ended, "a map of a terminated pool");
});

Deno.test("A signal that aborts while the function is captured ends the call", async () => {
  await using pool = new Pool({ processes: 1 });
  const two = 2;
  const calls: ((signal: AbortSignal) => Promise<unknown>)[] = [
    (signal) => pool.apply(() => two, [], { capture: true, signal }),
    (signal) =>
      Array.fromAsync(pool.stream(
        function* () {
          yield two;
        },
        [],
        { capture: true, signal },
      )),
  ];
  for (const call of calls) {
    const controller = new AbortController();
    const ended = assertRejects(() => call(controller.signal), RangeError, "mine");
    controller.abort(new RangeError("mine"));
    await within(ended, "an aborted call");
  }
});

Deno.test("Timeouts of months do not end at once", async () => {
  await using pool = new Pool({ processes: 2, minProcesses: 0, idleTimeout: MONTHS });
  const task = () => new Promise<string>((resolve) => setTimeout(() => resolve("done"), 50));
  for (const timeout of [MONTHS, 1e300, Number.MAX_VALUE]) {
    assertEquals(await pool.apply(task, [], { timeout }), "done");
    assertEquals(await pool.applyAsync(task).get({ timeout }), "done");
  }
  assertEquals(await Array.fromAsync(pool.imap((n: number) => n, [1, 2])), [1, 2]);
  const [here, there] = new Pipe<string>();
  const received = here.recv({ timeout: MONTHS });
  const next = here.recv({ timeout: MONTHS });
  await new Promise((resolve) => setTimeout(resolve, 20));
  there.sendSync("one");
  there.sendSync("two");
  assertEquals(await Promise.all([received, next]), ["one", "two"]);
  here.close();
  there.close();
});

Deno.test("Pool refuses callbacks that are none, when it is called", async () => {
  await using pool = new Pool({ processes: 1 });
  for (const wrong of [5, "x", {}, null]) {
    const fn = wrong as unknown as () => void;
    assertThrows(() => pool.applyAsync(() => 1, [], { callback: fn }), TypeError, "callback must");
    assertThrows(
      () => pool.applyAsync(() => 1, [], { errorCallback: fn }),
      TypeError,
      "errorCallback must",
    );
    await assertRejects(
      () => pool.map((n: number) => n, [1], { onProgress: fn }),
      TypeError,
      "onProgress must",
    );
  }
});

Deno.test("Pool refuses null as initializer and idle timeouts that are no numbers", () => {
  for (const wrong of [{ initializer: null }, { idleTimeout: "5" }, { idleTimeout: null }]) {
    assertThrows(() => new Pool(wrong as unknown as PoolOptions), TypeError);
  }
  assertThrows(() => new Pool({ idleTimeout: NaN }), RangeError);
});

Deno.test("Pool.stream() takes a buffer of any size", async () => {
  await using pool = new Pool({ processes: 1 });
  const items = pool.stream(
    function* () {
      yield 1;
    },
    [],
    { bufferSize: 2 ** 40 },
  );
  assertEquals(await Array.fromAsync(items), [1]);
});
