// What can be given to a process, what cannot, and whose it is then.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { fileURLToPath } from "node:url";
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  type Connection,
  JoinableQueue,
  Lock,
  type Lockable,
  Pipe,
  Process,
  Queue,
  RLock,
  Semaphore,
  SharedArray,
  SharedEvent,
  SharedValue,
  SimpleQueue,
  UnsendableError,
} from "@ferry/std/ipc";
import { program, run } from "../../_support/program.ts";

const LONG = { timeout: 60_000 };
const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));
const BOOT = fileURLToPath(new URL("../../../ipc/process/_boot.ts", import.meta.url));
const TARGETS = new URL("./_targets.ts", import.meta.url);

/** The arguments as the process sees them, sent back. */
async function echoed(...args: unknown[]): Promise<unknown[]> {
  using queue = new Queue<unknown[]>();
  await using process = new Process({ module: TARGETS, export: "repeat" }, {
    args: [queue, ...args],
  });
  process.start();
  const back = await queue.get(LONG);
  assert(await process.join(LONG));
  assertEquals(process.exitCode, 0);
  return back;
}

Deno.test("Process's arguments arrive as they are: plain values, collections, errors, binary data", async () => {
  const sparse = [1, , 3]; // deno-lint-ignore no-sparse-arrays
  const args = [
    undefined,
    null,
    true,
    0,
    -0,
    NaN,
    2 ** 53,
    -(2n ** 100n),
    "",
    "naïve 🦕",
    [],
    sparse,
    { a: { b: [1, 2] } },
    new Map<unknown, unknown>([[1, "one"], ["two", { n: 2 }]]),
    new Set([1, "2"]),
    new Date(0),
    /a+/gi,
    new URL("https://example.com/?q=1"),
    new Uint8Array([1, 2, 3]),
    new Float64Array([0.5, -0]),
    new TypeError("no", { cause: "because" }),
    JSON.parse('{"__proto__": 1}'),
  ];
  const back = await echoed(...args);
  assertEquals(back, args);
  assert(Object.is(back[4], -0));
  assertEquals(1 in (back[11] as unknown[]), false);
  assertInstanceOf(back[20], TypeError);
});

Deno.test("Process's arguments keep cycles, and what they share, also between arguments", async () => {
  const node: { self?: unknown; list: unknown[] } = { list: [] };
  node.self = node;
  node.list.push(node.list);
  const [back, same] = await echoed(node, node) as [typeof node, typeof node];
  assert(back === same);
  assert(back.self === back);
  assert(back.list[0] === back.list);
});

Deno.test("Process's arguments may be large", async () => {
  const bytes = new Uint8Array(3_000_000).map((_, i) => i * 7);
  const text = "x".repeat(1_000_000);
  const [a, b, c] = await echoed(bytes, text, Array.from({ length: 50_000 }, (_, i) => i));
  assertEquals(a, bytes);
  assert(b === text);
  assertEquals((c as number[]).length, 50_000);
  assertEquals(bytes.length, 3_000_000, "the sender's bytes were moved away");
});

Deno.test("Process's arguments may be 100 MiB, and take little more memory than that", async () => {
  const { code, out, err } = await program(`
    import { Lock, Process } from "@ferry/std/ipc";
    const lock = new Lock();
    const child = new Process((bytes, lock) => {
      if (bytes.length !== 100 << 20 || bytes.at(-1) !== 7) Deno.exit(2);
      lock.acquireSync();
    }, { args: [new Uint8Array(100 << 20).fill(7), lock] });
    const before = Deno.memoryUsage().rss;
    child.start();
    console.log(await child.join({ timeout: 40_000 }), child.exitCode, lock.tryAcquire()?.abandoned);
    console.log(Deno.memoryUsage().rss - before < 600 << 20);
  `);
  assertEquals([code, out], [0, "true 0 true\ntrue\n"], err);
});

Deno.test("The lock of a shared value, array or condition can be an argument, and be put into a queue", async () => {
  using value = new SharedValue("int32", 1);
  using array = new SharedArray("int32", [1]);
  using condition = new Condition();
  using queue = new Queue<Lockable>();
  using done = new SharedEvent();
  await using process = new Process(
    async (locks: Lockable[], queue: Queue<Lockable>, done: SharedEvent) => {
      for (const lock of locks) lock.acquireSync();
      (await queue.get({ timeout: 20_000 })).acquireSync();
      done.set();
      await new Promise(() => {});
    },
    { args: [[value.lock, array.lock], queue, done] },
  );
  process.start();
  queue.putSync(condition.lock);
  assert(await done.wait(LONG));
  for (const { lock } of [value, array, condition]) {
    assertEquals([lock.locked, lock.tryAcquire()], [true, undefined]);
  }
  process.kill();
  assert(await process.join(LONG));
  for (const { lock } of [value, array, condition]) {
    using guard = lock.acquireSync(LONG);
    assert(guard.abandoned);
  }
  // In the same worker it is the same lock.
  using same = new Queue<Lockable>();
  same.putSync(value.lock);
  assert(same.getSync() === value.lock);
});

Deno.test("Process's arguments may be every kind of shared object, which are the same ones there", async () => {
  using lock = new Lock();
  using rlock = new RLock();
  using semaphore = new Semaphore(0);
  using bounded = new BoundedSemaphore(1);
  using event = new SharedEvent();
  using condition = new Condition();
  using barrier = new Barrier(2);
  using value = new SharedValue("int32", 20);
  using array = new SharedArray("float64", [1, 2, 3]);
  using queue = new Queue<string>();
  using simple = new SimpleQueue<string>();
  using joinable = new JoinableQueue<string>();
  const [here, there] = new Pipe<string>();
  bounded.acquireSync();
  joinable.putSync("job");
  rlock.acquireSync();
  await using process = new Process(
    (
      objects: { locks: Map<string, Lock | RLock>; counts: Set<Semaphore | BoundedSemaphore> },
      event: SharedEvent,
      [condition, barrier]: [Condition, Barrier],
      { value, array }: { value: SharedValue<"int32">; array: SharedArray<"float64"> },
      queues: [Queue<string>, SimpleQueue<string>, JoinableQueue<string>],
      there: Connection<string>,
    ) => {
      const long = { timeout: 20_000 };
      objects.locks.get("lock")!.acquireSync(long).release();
      if (objects.locks.get("rlock")!.tryAcquire() !== undefined) Deno.exit(40);
      for (const count of objects.counts) count.release();
      value.update((n) => n + 1);
      array.set(2, 4.5);
      queues[0].putSync("queue");
      queues[1].putSync("simple queue");
      queues[2].getSync(long);
      queues[2].taskDone();
      there.sendSync("pipe");
      {
        using _held = condition.acquireSync(long);
        event.set();
        if (!condition.waitSync(long)) Deno.exit(41);
      }
      barrier.waitSync(long);
    },
    {
      args: [
        {
          locks: new Map<string, Lock | RLock>([["lock", lock], ["rlock", rlock]]),
          counts: new Set([semaphore, bounded]),
        },
        event,
        [condition, barrier],
        { value, array },
        [queue, simple, joinable],
        there,
      ],
    },
  );
  process.start();
  assert(await event.wait(LONG));
  {
    using _held = await condition.acquire(LONG);
    assertEquals(condition.notify(), 1);
  }
  await barrier.wait(LONG);
  assertEquals(await here.recv(LONG), "pipe");
  assertEquals([value.value, array.get(2)], [21, 4.5]);
  assertEquals([await queue.get(LONG), await simple.get(LONG)], ["queue", "simple queue"]);
  assertEquals([semaphore.value, bounded.value], [1, 1]);
  await joinable.join(LONG);
  assert(await process.join(LONG));
  assertEquals(process.exitCode, 0);
  rlock.release();
  here.close();
});

Deno.test("Process's arguments are taken as they are when it starts", async () => {
  using queue = new Queue<unknown[]>();
  const list = [1];
  await using process = new Process({ module: TARGETS, export: "repeat" }, {
    args: [queue, list] as unknown[],
  });
  list.push(2);
  process.start();
  list.push(3);
  assertEquals(await queue.get(LONG), [[1, 2]]);
  assert(await process.join(LONG));
});

Deno.test("Process.start() with an argument that cannot be sent throws its path and starts nothing", async () => {
  using value = new SharedValue("int32", 1);
  const [here, there] = new Pipe<string>();
  for (
    const [bad, path] of [
      [{ list: [1, { callback: () => {} }] }, ".list[1].callback"],
      [Symbol("s"), ""],
      [new Map([["key", Promise.resolve()]]), ""],
      [new WeakMap(), ""],
    ] as [unknown, string][]
  ) {
    const process = new Process((..._: unknown[]) => {}, { args: [value, there, bad] });
    const error = assertThrows(() => process.start(), UnsendableError);
    assert(error.path.includes("[2]" + path), error.path);
    assertEquals([process.isAlive, process.id, process.exitCode], [false, undefined, undefined]);
    // It may be tried again, with the same outcome: it was not started.
    assertThrows(() => process.start(), UnsendableError);
    process.close();
  }
  // What was given along is still here.
  there.sendSync("still here");
  assertEquals(await here.recv(LONG), "still here");
  value.value = 5;
  assertEquals(value.value, 5);
  await using process = new Process((there: Connection<string>) => there.sendSync("moved"), {
    args: [there],
  });
  process.start();
  assertEquals(await here.recv(LONG), "moved");
  assert(await process.join(LONG));
  here.close();
});

Deno.test("A Connection moves to a process when that starts, not before", async () => {
  const [here, there] = new Pipe<string>();
  await using process = new Process((there: Connection<string>) => {
    there.sendSync(`${there.recvSync({ timeout: 20_000 })}, too`);
  }, { args: [there] });
  there.sendSync("mine");
  assertEquals(here.recvSync(LONG), "mine");
  process.start();
  assertThrows(() => there.sendSync("no"), Deno.errors.BadResource);
  assertThrows(() => there.recvSync(LONG), Deno.errors.BadResource);
  await using other = new Process((_: Connection<string>) => {}, { args: [there] });
  assertThrows(() => other.start());
  assertEquals([other.isAlive, other.exitCode], [false, undefined]);
  here.sendSync("yours");
  assertEquals(await here.recv(LONG), "yours, too");
  assert(await process.join(LONG));
  here.close();
});

Deno.test("Process.start() with a disposed argument throws and starts nothing", () => {
  const value = new SharedValue("int32", 1);
  value[Symbol.dispose]();
  const process = new Process((_: SharedValue) => {}, { args: [value] });
  assertThrows(() => process.start(), Error, "disposed");
  assertEquals(process.isAlive, false);
});

Deno.test("A process keeps what it was given alive, though its parent lets go of it", async () => {
  using go = new SharedEvent();
  using done = new Queue<number>();
  const value = new SharedValue("int32", 41);
  await using process = new Process(
    (go: SharedEvent, value: SharedValue<"int32">, done: Queue<number>) => {
      if (!go.waitSync({ timeout: 20_000 })) Deno.exit(99);
      done.putSync(value.value + 1);
    },
    { args: [go, value, done] },
  );
  process.start();
  value[Symbol.dispose]();
  const others = Array.from({ length: 50 }, () => new SharedValue("int32", -1));
  go.set();
  assertEquals(await done.get(LONG), 42);
  assert(await process.join(LONG));
  for (const other of others) other[Symbol.dispose]();
});

/** A program whose processes cannot start, for lack of a permission; it tells what that costs. */
const UNSTARTABLE = `
  import { Pipe, Process, share, SharedArray, SharedValue } from "@ferry/std/ipc";
  const value = new SharedValue("int32", 1), [here, there] = new Pipe();
  let before = 0;
  const failures = new Map();
  for (let i = 0; i < 60; i++) {
    // Large enough that leaking one a few times shows.
    const array = new SharedArray("float64", 100_000);
    const pipe = new Pipe();
    const child = new Process(() => {}, { args: i % 2 === 0 ? [array] : [array, pipe[0]] });
    let outcome;
    try {
      child.start();
      outcome = String(await child.join({ timeout: 20_000 }) && child.exitCode);
    } catch (error) {
      outcome = error.name + ", alive: " + child.isAlive + ", id: " + child.id;
    }
    failures.set(outcome, (failures.get(outcome) ?? 0) + 1);
    for (const object of [array, ...pipe]) object[Symbol.dispose]();
    if (i === 20) before = share(value).buffer.byteLength;
  }
  const child = new Process(() => {}, { args: [there] });
  try {
    child.start();
    await child.join();
    console.log("moved away");
  } catch {
    there.sendSync("still mine");
    console.log(await here.recv({ timeout: 20_000 }));
  }
  console.log(share(value).buffer.byteLength - before, JSON.stringify([...failures]));
`;

Deno.test("Process.start() that the system refuses throws, moves nothing, and gives back what it took", async () => {
  const { code, out, err } = await run({ args: ["--config", CONFIG, "-"], stdin: UNSTARTABLE });
  assertEquals(
    [code, out],
    [0, 'still mine\n0 [["NotCapable, alive: false, id: undefined",60]]\n'],
    err,
  );
});

Deno.test("Process that fails before it takes over its arguments ends with exit code 1, and they are given back", async () => {
  const { code, out, err } = await run({
    args: [`--allow-read=${BOOT}`, "--config", CONFIG, "-"],
    stdin: UNSTARTABLE,
  });
  assertEquals([code, out], [0, 'moved away\n0 [["1",60]]\n'], err);
  assertStringIncludes(err, "Process-1: Requires read access to ");
});
