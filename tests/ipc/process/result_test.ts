// What a target returned or threw, at its parent.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type Connection,
  Pipe,
  Process,
  ProcessExitError,
  Queue,
  share,
  SharedEvent,
  SharedValue,
  TimeoutError,
  UnsendableError,
} from "@ferry/std/ipc";
import { program } from "../../_support/program.ts";

const LONG = { timeout: 60_000 };

/** The error that a promise rejects with. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(() => undefined, (error) => error);
}

Deno.test("Process.result() is what the target returned, awaited, the same value each time", async () => {
  const values: unknown[] = [
    undefined,
    null,
    0,
    "text",
    { list: [1, { deep: new Map([["key", new Set([1n])]]) }] },
    new Uint8Array(100_000).fill(7),
  ];
  for (const value of values) {
    for (
      const target of [(value: unknown) => value, (value: unknown) => Promise.resolve(value)]
    ) {
      await using process = new Process(target, { args: [value] });
      process.start();
      const early = process.result(LONG);
      assertEquals(await early, value);
      assert(await process.result() === await early);
      assertEquals([process.exitCode, process.signal.aborted], [0, false]);
    }
  }
});

Deno.test("Process.result() is known after joinSync() too, before any event", async () => {
  await using good = new Process((n: number) => ({ n }), { args: [4] });
  good.start();
  assert(good.joinSync(LONG));
  assertEquals(await good.result(), { n: 4 });

  await using bad = new Process(() => {
    throw new RangeError("no");
  });
  bad.start();
  assert(bad.joinSync(LONG));
  assertInstanceOf(bad.signal.reason, RangeError);
  await assertRejects(() => bad.result(), RangeError, "no");
});

Deno.test("Process.result() rejects with what the target threw: class, message, cause, properties and stack", async () => {
  await using process = new Process(function work() {
    const error = new RangeError("the reason", { cause: new TypeError("the cause") });
    throw Object.assign(error, { code: "E42", details: { list: [1, 2] } });
  });
  process.start();
  const error = await errorOf(process.result(LONG)) as RangeError & Record<string, unknown>;
  assertInstanceOf(error, RangeError);
  assertEquals([error.name, error.message, error.code], ["RangeError", "the reason", "E42"]);
  assertEquals(error.details, { list: [1, 2] });
  assertInstanceOf(error.cause, TypeError);
  assertEquals(error.cause.message, "the cause");
  assertStringIncludes(error.stack!, "at work (");
  assert(await errorOf(process.result()) === error);
  assert(process.signal.aborted && process.signal.reason === error);
  assertEquals(process.exitCode, 1);
});

Deno.test("Process.result() rejects with thrown values that are no errors, rejections and errors of timers", async () => {
  const cases: [() => unknown, (error: unknown) => boolean][] = [
    [() => {
      throw "text";
    }, (error) => error === "text"],
    [() => {
      throw undefined;
    }, (error) => error === undefined],
    [() => {
      throw { code: 5 };
    }, (error) => (error as { code: number }).code === 5],
    [async () => {
      await null;
      throw new Deno.errors.NotFound("later");
    }, (error) => error instanceof Deno.errors.NotFound],
    [() => {
      Promise.reject(new RangeError("nobody handles it"));
      return new Promise(() => {});
    }, (error) => error instanceof RangeError && error.message === "nobody handles it"],
    [() => {
      setTimeout(() => {
        throw new URIError("in a timer");
      });
      return new Promise(() => {});
    }, (error) => error instanceof URIError],
  ];
  for (const [target, check] of cases) {
    await using process = new Process(target);
    process.start();
    let rejected = false;
    await process.result(LONG).catch((error) => {
      rejected = true;
      assert(check(error), Deno.inspect(error));
    });
    assert(rejected);
    assertEquals(process.exitCode, 1);
    assert(process.signal.aborted);
  }
});

Deno.test("Process.result() rejects with the error of a module that is not there", async () => {
  await using process = new Process({ module: new URL("./_absent.ts", import.meta.url) });
  process.start();
  await assertRejects(() => process.result(LONG), TypeError, "_absent.ts");
});

Deno.test("Process.result() rejects with a ProcessExitError when there is no error to give", async () => {
  const never = () => {
    for (;;);
  };
  const cases: [() => unknown, ((process: Process) => void) | undefined, number, string][] = [
    [never, (process) => process.kill(), -9, "it was killed"],
    [never, (process) => process.terminate(), -15, "it was terminated"],
    [() => Deno.exit(3), undefined, 3, "it ended with exit code 3"],
    [
      () => {
        Deno.exitCode = 4;
      },
      undefined,
      4,
      "it ended with exit code 4",
    ],
  ];
  for (const [target, stop, code, text] of cases) {
    await using process = new Process(target, { name: "Worker-A" });
    process.start();
    const { signal } = process;
    stop?.(process as Process);
    const error = await assertRejects(() => process.result(LONG), ProcessExitError);
    assertEquals(error.exitCode, code);
    assertEquals(error.message, `Cannot give the result of Worker-A: ${text}`);
    assert(signal.aborted && signal.reason === (await errorOf(process.result())));
  }
});

Deno.test("Process.result() after Deno.exit(0) is undefined, and the signal does not abort", async () => {
  await using process = new Process(() => Deno.exit(0));
  process.start();
  assertEquals(await process.result(LONG), undefined);
  assertEquals([process.exitCode, process.signal.aborted], [0, false]);
});

Deno.test("Process.result() rejects when what was returned cannot be sent; the process ended well", async () => {
  await using process = new Process(() => ({ list: [1, { callback: () => {} }] }));
  process.start();
  const error = await assertRejects(() => process.result(LONG), UnsendableError);
  assertEquals(error.path, "value.list[1].callback");
  assertEquals([process.exitCode, process.signal.aborted], [0, false]);
});

Deno.test("Process.result() gives an error without those of its properties that cannot be sent", async () => {
  await using process = new Process(() => {
    const cause = Object.assign(new TypeError("inner"), { socket: () => {} });
    throw Object.assign(new RangeError("outer", { cause }), { code: 5, callback: () => {} });
  });
  process.start();
  const error = await errorOf(process.result(LONG)) as RangeError & { code: number };
  assertInstanceOf(error, RangeError);
  assertEquals([error.message, error.code, "callback" in error], ["outer", 5, false]);
  assertInstanceOf(error.cause, TypeError);
  assertEquals(error.cause.message, "inner");
  assertStringIncludes(error.stack!, "RangeError: outer\n    at ");
});

Deno.test("Process.result() gives errors that refer to each other, without what cannot be sent of them", async () => {
  await using circle = new Process(() => {
    const outer = Object.assign(new RangeError("outer"), { callback: () => {} });
    outer.cause = Object.assign(new TypeError("inner", { cause: outer }), { outer });
    throw outer;
  });
  await using several = new Process(() => {
    const first = Object.assign(new RangeError("first"), { callback: () => {} });
    throw new AggregateError([first, new TypeError("second"), () => {}], "several");
  });
  circle.start();
  several.start();
  const outer = await errorOf(circle.result(LONG)) as RangeError;
  assertInstanceOf(outer, RangeError);
  assertEquals([outer.message, "callback" in outer], ["outer", false]);
  const inner = outer.cause as TypeError & { outer: unknown };
  assertInstanceOf(inner, TypeError);
  assert(inner.cause === outer && inner.outer === outer);
  const all = await errorOf(several.result(LONG)) as AggregateError;
  assertInstanceOf(all, AggregateError);
  assertEquals(all.message, "several");
  assertEquals(all.errors.map((each) => each?.message), ["first", "second", undefined]);
  assertInstanceOf(all.errors[0], RangeError);
});

Deno.test("Process.result() gives shared objects that the process made, alive, and lets go of those nobody asked for", async () => {
  using here = new SharedValue("int32", 1);
  const size = () => share(here).buffer.byteLength;
  let before = 0;
  for (let round = 0; round < 12; round++) {
    const process = new Process(async () => {
      const { Pipe, SharedArray } = await import("@ferry/std/ipc");
      const array = new SharedArray("float64", 100_000);
      array.set(99_999, 2.5);
      const [one, other] = new Pipe<string>();
      one.sendSync("from the dead");
      return { array, one, other };
    });
    process.start();
    if (round % 2 === 0) {
      const { array, one, other } = await process.result(LONG);
      using _array = array;
      using _one = one;
      using _other = other as Connection<string>;
      assertEquals(array.get(99_999), 2.5);
      assertEquals(await other.recv(LONG), "from the dead");
    } else assert(await process.join(LONG));
    process.close();
    if (round === 3) before = size();
  }
  assertEquals(size(), before);
});

Deno.test("Process.result() can be given up and asked for again", async () => {
  using go = new SharedEvent();
  await using process = new Process((go: SharedEvent) => go.waitSync({ timeout: 20_000 }), {
    args: [go],
    name: "Slow",
  });
  await assertRejects(() => process.result(), TypeError, "Cannot get the result of Slow");
  process.start();
  const error = await assertRejects(() => process.result({ timeout: 1 }), TimeoutError);
  assertStringIncludes(error.message, "Cannot get the result of Slow: not possible within 1 ms");
  const reason = new RangeError("enough");
  const given = await errorOf(process.result({ signal: AbortSignal.abort(reason) }));
  assert(given === reason);
  go.set();
  assertEquals(await process.result(LONG), true);
});

Deno.test("Process.signal ends waits and iterations of its parent when the process fails", async () => {
  using queue = new Queue<number>();
  const [here, there] = new Pipe<number>();
  await using worker = new Process((_queue: Queue<number>, _there: Connection<number>) => {
    throw new RangeError("no answer today");
  }, { args: [queue, there] });
  const { signal } = worker;
  const waits = [
    errorOf(queue.get({ signal })),
    errorOf((async () => {
      for await (const _ of queue.items({ signal }));
    })()),
  ];
  worker.start();
  for (const wait of waits) {
    const error = await wait;
    assertInstanceOf(error, RangeError);
    assertEquals(error.message, "no answer today");
  }
  here.close();
});

Deno.test("Process.signal asked for after the end has aborted, unless the process ended well", async () => {
  await using bad = new Process(() => {
    throw new RangeError("no");
  });
  await using good = new Process(() => {});
  bad.start();
  good.start();
  assert(await bad.join(LONG) && await good.join(LONG));
  assertInstanceOf(bad.signal.reason, RangeError);
  assert(bad.signal === bad.signal);
  assertEquals(good.signal.aborted, false);
});

Deno.test("A process that was closed gives no result", async () => {
  const process = new Process(() => 5);
  process.start();
  assert(await process.join(LONG));
  process.close();
  await assertRejects(() => process.result(), Deno.errors.BadResource);
});

Deno.test("A program that iterates over the queue of a worker that throws ends with that error", async () => {
  const { code, out, err } = await program(`
    import { Process, Queue } from "@ferry/std/ipc";
    using squares = new Queue();
    await using worker = new Process((squares) => {
      squares.putSync(1);
      throw new RangeError("the worker's error");
    }, { args: [squares] });
    worker.start();
    for await (const square of squares.items({ signal: worker.signal })) console.log(square);
    console.log("not reached");
  `);
  assertEquals(code, 1, err);
  assert(!out.includes("not reached"));
  assertStringIncludes(err, "error: Uncaught (in promise) RangeError: the worker's error");
});

Deno.test("A process whose result is not asked for leaves no unhandled rejection", async () => {
  const { code, out, err } = await program(`
    import { Process } from "@ferry/std/ipc";
    const child = new Process(() => { throw new RangeError("unheard"); });
    child.start();
    const { signal } = child;
    await child.join();
    console.log(child.exitCode, signal.reason.name);
  `);
  assertEquals([code, out], [0, "1 RangeError\n"], err);
});

Deno.test("Process refuses to be asked before its start", () => {
  const process = new Process(() => {});
  assertEquals(process.signal.aborted, false);
  assertThrows(() => process.joinSync(), TypeError, "it was not started");
  process.close();
});
