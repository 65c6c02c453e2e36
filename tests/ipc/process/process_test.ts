import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { activeChildren, Process, Queue, SharedEvent, type TargetFunction } from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";

const LONG = { timeout: 60_000 };
const TARGETS = new URL("./_targets.ts", import.meta.url);

/** A process that runs until the event is set. */
function waiting(go: SharedEvent): Process<[SharedEvent]> {
  return new Process((go: SharedEvent) => void go.waitSync({ timeout: 20_000 }), { args: [go] });
}

Deno.test("Process refuses what cannot run in another worker, when it is made", () => {
  // deno-lint-ignore no-explicit-any
  const make = (target: any, options?: any) => () => new Process(target, options);
  assertThrows(make(undefined), TypeError, "the target must be a function or { module: URL");
  assertThrows(make(null), TypeError, "the target must be a function or { module: URL");
  assertThrows(make("./worker.ts"), TypeError, "the target must be a function or { module: URL");
  assertThrows(make({ export: "run" }), TypeError, "the target must be a function or { module");
  assertThrows(make({ module: "./worker.ts" }), TypeError, 'Cannot run module "./worker.ts"');
  assertThrows(make({ module: "/worker.ts" }), TypeError, "a relative specifier means nothing");
  assertThrows(make({ module: "worker.ts" }), TypeError, "new URL(");
  assertThrows(
    make(Math.max),
    TypeError,
    "Cannot run max in another worker: it is native or bound",
  );
  assertThrows(make((() => {}).bind(null)), TypeError, "it is native or bound");
  assertThrows(make(class Job {}), TypeError, "Cannot run Job in another worker: it is a class");
  assertThrows(make(() => {}, { args: 5 }), TypeError, "args must be an array");
  assertThrows(make(() => {}, { args: "ab" }), TypeError, "args must be an array");
  assertThrows(make(() => {}, { args: { length: 0 } }), TypeError, "args must be an array");
  for (const maxHeap of [0, -1, NaN, 15, 16.5, 1e-3, Infinity]) {
    assertThrows(
      make(() => {}, { maxHeap }),
      RangeError,
      "maxHeap must be a whole number of MiB, 16 or more",
    );
  }
});

Deno.test("Process refuses generator functions and what does not compile alone, when it is made, and runs nothing", () => {
  const make = (target: (...args: never[]) => unknown) => () => {
    return new Process(target as TargetFunction);
  };
  let ran = 0;
  const symbol = Symbol("run");
  const key = () => `key${++ran}`;
  class Job {
    #seen = 0;
    static #hidden(): void {}
    static get hidden(): () => void {
      return Job.#hidden;
    }
    *steps(): Generator<number> {
      yield this.#seen;
    }
    look(): number {
      return this.#seen;
    }
    [Symbol.iterator](): void {}
    async [symbol](): Promise<void> {}
    async /* [ */ [Symbol.dispose](): Promise<void> {}
  }
  const named = { [key()](): void {} };
  const accessor = {
    get value(): number {
      return ++ran;
    },
  };
  const cases: [(...args: never[]) => unknown, string, string][] = [
    [function* count() {}, "count", "it is a generator function"],
    [async function* () {}, "this function", "it is a generator function"],
    [Job.prototype.steps, "steps", "it is a generator function"],
    [Job.prototype[Symbol.iterator], "[Symbol.iterator]", "it is a method with a computed name"],
    [Job.prototype[symbol], "[run]", "it is a method with a computed name"],
    [Job.prototype[Symbol.dispose], "[Symbol.dispose]", "it is a method with a computed name"],
    [named.key1!, "key1", "it is a method with a computed name"],
    [Job.hidden, "#hidden", "its source text cannot be compiled alone"],
    [Job.prototype.look, "look", "its source text cannot be compiled alone"],
    [() => import.meta.url, "this function", "its source text cannot be compiled alone"],
    [
      Object.getOwnPropertyDescriptor(accessor, "value")!.get!,
      "get value",
      "its source text cannot be compiled alone; a function, an arrow or a method with a plain name is needed",
    ],
  ];
  for (const [target, name, why] of cases) {
    assertThrows(make(target), TypeError, `Cannot run ${name} in another worker: ${why}`);
  }
  // Names by the language's own words, and with quotes, are plain ones.
  const plain = {
    class(): void {},
    async(): void {},
    get(): void {},
    "two words"(): void {},
    5(): void {},
    __proto__(): void {},
  };
  for (const target of Object.values(plain)) make(target)();
  make(Object.defineProperty(plain.async, "name", { value: "other" }))();
  assertEquals(ran, 1);
});

Deno.test("Process runs exports of modules, named by URL or specifier, the default one too", async () => {
  using queue = new Queue<unknown>();
  const targets: [{ module: URL | string; export?: string }, unknown[], unknown][] = [
    [{ module: TARGETS }, [], "the default export"],
    [{ module: TARGETS.href }, [], "the default export"],
    [{ module: TARGETS, export: "repeat" }, [1, "two"], [1, "two"]],
    [
      {
        module: `data:text/javascript,${
          encodeURIComponent("export const put = (q, n) => q.putSync(n + 1)")
        }`,
        export: "put",
      },
      [3],
      4,
    ],
  ];
  for (const [target, args, expected] of targets) {
    await using process = new Process(target, { args: [queue, ...args] });
    process.start();
    assertEquals(await queue.get(LONG), expected);
    assert(await process.join(LONG));
    assertEquals(process.exitCode, 0);
  }
});

Deno.test("Process runs functions, arrows, methods and asynchronous ones by their source", async () => {
  using queue = new Queue<string>();
  const object = {
    method(queue: Queue<string>) {
      queue.putSync("method");
    },
    async late(queue: Queue<string>) {
      await Promise.resolve();
      queue.putSync("async method");
    },
    class(queue: Queue<string>) {
      queue.putSync("method named class");
    },
    renamed(queue: Queue<string>) {
      queue.putSync("renamed method");
    },
  };
  const targets: [(queue: Queue<string>) => unknown, string][] = [
    [(queue) => queue.putSync("arrow"), "arrow"],
    [function (queue) {
      queue.putSync("function");
    }, "function"],
    [async (queue) => await queue.put("async arrow"), "async arrow"],
    [object.method, "method"],
    [object.late, "async method"],
    [object.class, "method named class"],
    [Object.defineProperty(object.renamed, "name", { value: "other" }), "renamed method"],
  ];
  for (const [target, expected] of targets) {
    await using process = new Process(target, { args: [queue] });
    process.start();
    assertEquals(await queue.get(LONG), expected);
    assert(await process.join(LONG));
    assertEquals(process.exitCode, 0);
  }
});

Deno.test("Process's function target does not see the variables around it", async () => {
  const outside = 5;
  await using process = new Process(() => {
    try {
      if (outside) Deno.exit(12);
    } catch (error) {
      Deno.exit(error instanceof ReferenceError ? 11 : 13);
    }
  });
  process.start();
  assert(await process.join(LONG));
  assertEquals(process.exitCode, 11);
});

Deno.test("Process.name counts those made, unless one is given", () => {
  const first = new Process(() => {});
  const number = Number(/^Process-(\d+)$/.exec(first.name)?.[1]);
  assert(number >= 1, first.name);
  assertEquals(new Process(() => {}, { name: "Named" }).name, "Named");
  assertEquals(new Process(() => {}).name, `Process-${number + 1}`);
});

Deno.test("Process goes from described through running to ended", async () => {
  using go = new SharedEvent();
  const process = waiting(go);
  assertEquals([process.id, process.isAlive, process.exitCode, process.daemon], [
    undefined,
    false,
    undefined,
    false,
  ]);
  assertEquals(activeChildren().length, 0);
  process.start();
  assert(process.id! > 1);
  assertEquals([process.isAlive, process.exitCode], [true, undefined]);
  assert(activeChildren().includes(process as Process));
  go.set();
  assertEquals(await process.join(LONG), true);
  assertEquals([process.isAlive, process.exitCode], [false, 0]);
  assertEquals(activeChildren().length, 0);
  // Joining again is no error and does not wait.
  assertEquals(await process.join(), true);
  assertEquals(process.joinSync(), true);
  process.close();
});

Deno.test("Process.start() a second time throws, while it runs and after its end", async () => {
  using go = new SharedEvent();
  await using process = waiting(go);
  process.start();
  assertThrows(() => process.start(), TypeError, "it was started before");
  assertEquals(process.isAlive, true);
  go.set();
  assert(await process.join(LONG));
  assertThrows(() => process.start(), TypeError, "it was started before");
  assertEquals(process.exitCode, 0);
});

Deno.test("Process that was not started can be neither joined nor stopped, but closed", async () => {
  const process = new Process(() => {}, { name: "Idle" });
  await assertRejects(() => process.join(), TypeError, "Cannot join Idle: it was not started");
  assertThrows(() => process.joinSync(), TypeError, "Cannot join Idle: it was not started");
  assertThrows(() => process.kill(), TypeError, "Cannot kill Idle: it was not started");
  assertThrows(() => process.terminate(), TypeError, "Cannot terminate Idle: it was not started");
  process.close();
  await using _undisposed = new Process(() => {});
});

Deno.test("Process.join() gives up after its timeout, at once when it is 0, and can be called again", async () => {
  using go = new SharedEvent();
  await using process = waiting(go);
  process.start();
  assertEquals(await process.join({ timeout: 0 }), false);
  assertEquals(process.joinSync({ timeout: 0 }), false);
  assertEquals(await process.join({ timeout: 5 }), false);
  assertEquals(process.joinSync({ timeout: 5 }), false);
  assertEquals(process.isAlive, true);
  // As Python's join(-1).
  assertEquals(await process.join({ timeout: -1 }), false);
  assertEquals(process.joinSync({ timeout: -1 }), false);
  await assertRejects(() => process.join({ timeout: NaN }), RangeError, "received NaN");
  assertThrows(() => process.joinSync({ timeout: NaN }), RangeError, "received NaN");
  go.set();
  assertEquals(await process.join(LONG), true);
  assertEquals(await process.join({ timeout: 0 }), true);
});

Deno.test("Process.join() rejects with the signal's reason when aborted before and during the wait", async () => {
  using go = new SharedEvent();
  await using process = waiting(go);
  process.start();
  for (const timeout of [undefined, 20_000]) {
    const options = timeout === undefined ? {} : { timeout };
    const reason = new RangeError("enough");
    const early = AbortSignal.abort(reason);
    assertEquals(
      await within(process.join({ ...options, signal: early }).catch((error) => error)),
      reason,
    );
    const controller = new AbortController();
    const pending = process.join({ ...options, signal: controller.signal });
    controller.abort(reason);
    assertEquals(await within(pending.catch((error) => error)), reason);
  }
  assertEquals(process.isAlive, true);
  go.set();
  assertEquals(await process.join({ ...LONG, signal: new AbortController().signal }), true);
});

Deno.test("Process.joinSync() blocks until the end, and the exit code is known then", async () => {
  await using process = new Process(() => Deno.exit(9));
  process.start();
  assertEquals(process.joinSync(LONG), true);
  assertEquals([process.exitCode, process.isAlive], [9, false]);
  assertEquals(await process.join(LONG), true);
  assertEquals(process.exitCode, 9);
});

Deno.test("Process.join() may be awaited by many at once", async () => {
  using go = new SharedEvent();
  await using process = waiting(go);
  process.start();
  const all = Promise.all([
    process.join(),
    process.join(LONG),
    process.join(),
    process.join({ timeout: 0 }),
  ]);
  go.set();
  assertEquals((await within(all)).slice(0, 3), [true, true, true]);
});

Deno.test("Process.close() throws while it runs; afterwards everything does, except closing", async () => {
  using go = new SharedEvent();
  const process = new Process((go: SharedEvent) => void go.waitSync({ timeout: 20_000 }), {
    args: [go],
    name: "Shop",
  });
  process.start();
  assertThrows(() => process.close(), TypeError, "Cannot close Shop: it is still running");
  assertEquals(process.isAlive, true);
  go.set();
  assert(await process.join(LONG));
  process.close();
  process.close();
  await process[Symbol.asyncDispose]();
  for (
    const use of [
      () => process.start(),
      () => process.joinSync(),
      () => process.kill(),
      () => process.terminate(),
      () => process.isAlive,
      () => process.exitCode,
      () => process.id,
    ]
  ) assertThrows(use, Deno.errors.BadResource, "Cannot use Shop: the process object was closed");
  await assertRejects(() => process.join(), Deno.errors.BadResource);
});

Deno.test("Process given to await using is stopped at the end of the block", async () => {
  let seen: Process;
  {
    await using process = new Process(() => {
      for (;;);
    });
    process.start();
    seen = process;
    assertEquals(activeChildren().length, 1);
  }
  assertEquals(activeChildren().length, 0);
  assertThrows(() => seen.isAlive, Deno.errors.BadResource);
});

Deno.test("Process: twenty run at once, in groups, and each ends with its own code", async () => {
  for (let group = 0; group < 2; group++) {
    using go = new SharedEvent();
    const processes = Array.from(
      { length: 20 },
      (_, i) =>
        new Process((go: SharedEvent, i: number) => {
          if (!go.waitSync({ timeout: 20_000 })) Deno.exit(99);
          Deno.exit(i);
        }, { args: [go, i] }),
    );
    for (const process of processes) process.start();
    assertEquals(activeChildren().length, 20);
    assertEquals(new Set(processes.map((process) => process.id)).size, 20);
    go.set();
    for (const process of processes) assert(await process.join(LONG));
    assertEquals(processes.map((process) => process.exitCode), processes.map((_, i) => i));
    assertEquals(activeChildren().length, 0);
  }
});
