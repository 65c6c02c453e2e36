import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Lock, Queue, SharedEvent, TimeoutError } from "@ferry/std/ipc";
import "@ferry/std/ipc/shared-memory";
import process from "node:process";
import { freshName, isThere, Program } from "./_program.ts";

const WAIT = { timeout: 60_000 };

Deno.test("Lock: two programs exclude each other, blocking and awaiting", async () => {
  const name = freshName();
  using lock = new Lock({ name });
  const held = lock.acquireSync();
  await using other = new Program(`
    const lock = new Lock({ name: "${name}" });
    say([lock.locked, lock.tryAcquire() === undefined]);
    const held = lock.acquireSync();
    say(held.abandoned);
    await new Promise((resolve) => setTimeout(resolve, 20));
    held.release();
    const again = await lock.acquire();
    say(again.abandoned);
    again.release();
    say("done");
  `);
  assertEquals(await other.said(), [true, true]);
  held.release();
  assertEquals(await other.said(), false);
  const mine = await lock.acquire(WAIT);
  assertEquals(mine.abandoned, false);
  await assertRejects(() => lock.acquire({ timeout: 1 }), TimeoutError);
  mine.release();
  assertEquals(await other.said(), false);
  assertEquals(await other.said(), "done");
});

Deno.test("Lock: a wait sleeps, blocking and awaiting", async () => {
  const name = freshName();
  using lock = new Lock({ name });
  using same = new Lock({ name });
  using _held = lock.acquireSync();
  const time = { timeout: 1500 };
  for (
    const wait of [() => Promise.try(() => same.acquireSync(time)), () => same.acquire(time)]
  ) {
    const before = process.cpuUsage();
    await assertRejects(wait, TimeoutError);
    const { user, system } = process.cpuUsage(before);
    assert(user + system < 700_000, `${user + system} µs of the processor in 1.5 s`);
  }
});

Deno.test("Lock: what is counted under it is not lost between two programs", async () => {
  const name = freshName();
  const counter = freshName();
  const source = `
    import { SharedMemory } from "@ferry/std/ipc/shared-memory";
    const lock = new Lock({ name: "${name}" });
    const words = new Int32Array(SharedMemory.open("${counter}").bytes.buffer);
    say("ready");
    for (let i = 0; i < 20_000; i++) {
      const held = i % 3 === 0 ? await lock.acquire() : lock.acquireSync();
      words[0]++;
      held.release();
    }
    say("done");
  `;
  const { SharedMemory } = await import("@ferry/std/ipc/shared-memory");
  using memory = SharedMemory.create({ size: 64, name: counter });
  using lock = new Lock({ name });
  await using one = new Program(source);
  await using two = new Program(source);
  for (const program of [one, two]) assertEquals(await program.said(), "ready");
  for (const program of [one, two]) assertEquals(await program.said(), "done");
  assertEquals(new Int32Array(memory.bytes.buffer)[0], 40_000);
  assertEquals(lock.locked, false);
  memory.unlink();
});

Deno.test("Lock: a killed program's lock goes to the next one, abandoned", async () => {
  const name = freshName();
  using lock = new Lock({ name });
  for (const way of ["sync", "async", "try"]) {
    await using other = new Program(`
      const lock = new Lock({ name: "${name}" });
      lock.acquireSync();
      say("held");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    `);
    assertEquals(await other.said(), "held");
    assertEquals(lock.tryAcquire(), undefined);
    const waiting = way === "async" ? lock.acquire(WAIT) : undefined;
    await other.kill();
    let held = way === "sync" ? lock.acquireSync(WAIT) : await waiting;
    while (held === undefined) held = lock.tryAcquire();
    assertEquals(held.abandoned, true, way);
    held.release();
    const next = lock.acquireSync();
    assertEquals(next.abandoned, false);
    next.release();
  }
});

Deno.test("A wait for a lock of another program ends when its signal aborts, and takes no wake-up with it", async () => {
  const name = freshName();
  using lock = new Lock({ name });
  using same = new Lock({ name });
  const held = lock.acquireSync();
  const stop = new AbortController();
  const aborted = same.acquire({ signal: stop.signal });
  const waiting = same.acquire(WAIT);
  stop.abort(new RangeError("enough"));
  await assertRejects(() => aborted, RangeError, "enough");
  held.release();
  (await waiting).release();
});

Deno.test("SharedEvent: set in one program, it wakes those who wait in others", async () => {
  const name = freshName();
  using event = new SharedEvent({ name });
  const source = (wait: string) => `
    const event = new SharedEvent({ name: "${name}" });
    say(event.isSet);
    say(${wait});
  `;
  await using one = new Program(source("event.waitSync()"));
  await using two = new Program(source("await event.wait()"));
  assertEquals([await one.said(), await two.said()], [false, false]);
  event.set();
  assertEquals([await one.said(), await two.said()], [true, true]);
  event.clear();
  assertEquals(await event.wait({ timeout: 1 }), false);
});

Deno.test("An object with a name lives as long as somebody has it open", async () => {
  const name = freshName();
  const queue = new Queue<number>({ name });
  queue.putSync(1);
  assert(isThere(name));
  await using other = new Program(`
    const queue = new Queue({ name: "${name}" });
    say(queue.size);
    say(queue.getSync());
    say(queue.getSync());
    queue.close();
    say("closed");
    setInterval(() => {}, 1000);
  `);
  assertEquals([await other.said(), await other.said()], [1, 1]);
  queue.putSync(2);
  queue.close();
  assertThrows(() => queue.putSync(3), Deno.errors.BadResource);
  assertEquals([await other.said(), await other.said()], [2, "closed"]);
  assertEquals(isThere(name), false);
  using fresh = new Queue<number>({ name });
  assertEquals(fresh.size, 0);
});

Deno.test("A name whose users were all killed begins anew, and other leftovers are swept", async () => {
  const [name, left] = [freshName(), freshName()];
  await using other = new Program(`
    const queue = new Queue({ name: "${name}" }), lock = new Lock({ name: "${left}" });
    queue.putSync(1);
    lock.acquireSync();
    say("ready");
    setInterval(() => {}, 1000);
  `);
  assertEquals(await other.said(), "ready");
  await other.kill();
  assertEquals([isThere(name), isThere(left)], [true, true]);
  using queue = new Queue<number>({ name });
  assertEquals(queue.size, 0);
  await using next = new Program(`
    using lock = new Lock({ name: "${freshName()}" });
    say("swept");
  `);
  assertEquals(await next.said(), "swept");
  assertEquals(isThere(left), false);
});

Deno.test("A program that ends, however, leaves no name", async () => {
  for (const end of ["", "Deno.exit(3)", "throw new RangeError('on purpose')"]) {
    const name = freshName();
    await using other = new Program(`
      const lock = new Lock({ name: "${name}" });
      lock.acquireSync();
      say("held");
      ${end};
    `);
    assertEquals(await other.said(), "held");
    await other.ended();
    using lock = new Lock({ name });
    assertEquals(lock.locked, false, end);
  }
});

Deno.test("What cannot be a name, or is another kind's, is refused", () => {
  const name = freshName();
  using _lock = new Lock({ name });
  assertThrows(() => new SharedEvent({ name }), TypeError, "another kind");
  assertThrows(() => new Queue({ name }), TypeError, "another kind");
  for (const wrong of ["", "a/b", "a\0b", "\ud800"]) {
    assertThrows(() => new Lock({ name: wrong }), TypeError, "needed a name that is not empty");
  }
  assertThrows(() => new Lock({ name: 5 as never }), TypeError, "name must be a string");
  assertThrows(
    () => new Lock({ name: "é".repeat(123) }),
    TypeError,
    "most 245 bytes, received 246",
  );
  using _longest = new Lock({ name: name.padEnd(245, "x") });
  for (const capacity of [0, -1, NaN, 2 ** 60]) {
    assertThrows(() => new Queue({ name: freshName(), capacity }), RangeError, "capacity");
  }
  assertThrows(
    () => new Queue({ name: freshName(), capacity: "1" as never }),
    TypeError,
    "must be a number of bytes",
  );
  using _smallest = new Queue({ name: freshName(), capacity: 1 });
  assertThrows(() => new Lock("door" as never), TypeError, '{ name: "door" }');
});

Deno.test("What opens a name needs the module that does so, and --allow-ffi; the errors say which", async () => {
  const attempt = `
    try {
      new Lock({ name: "${freshName()}" });
    } catch (error) {
      say([error.name, error.message]);
    }
  `;
  await using bare = new Program(attempt, ["-A"], "");
  const [kind, message] = await bare.said() as [string, string];
  assertEquals(kind, "NotSupported");
  assert(message.includes('import "@ferry/std/ipc/shared-memory"'), message);
  await using locked = new Program(attempt, ["--allow-read"]);
  const [name, text] = await locked.said() as [string, string];
  assertEquals(name, "NotCapable");
  assert(text.includes("--allow-ffi"), text);
  await using enough = new Program(
    `
      using lock = new Lock({ name: "${freshName()}" });
      using queue = new Queue({ name: "${freshName()}" });
      queue.putSync(1);
      say([lock.locked, await queue.get()]);
    `,
    ["--allow-ffi"],
  );
  assertEquals(await enough.said(), [false, 1]);
});

Deno.test("A hundred awaits are woken, and keep nothing else from going on", async () => {
  const name = freshName();
  using event = new SharedEvent({ name });
  using same = new SharedEvent({ name });
  const waiting = Promise.all(Array.from({ length: 100 }, () => event.wait(WAIT)));
  const stop = new AbortController();
  const aborted = event.wait({ signal: stop.signal });
  assertEquals(await event.wait({ timeout: 50 }), false);
  // Files are read on the threads that such waits sleep on.
  await Deno.readTextFile(new URL(import.meta.url));
  stop.abort(new RangeError("enough"));
  await assertRejects(() => aborted, RangeError, "enough");
  same.set();
  assert((await waiting).every(Boolean));
});

Deno.test("Lock: 511 threads can have one open, or one thread that many times", () => {
  const name = freshName();
  const locks: Lock[] = [];
  assertThrows(
    () => {
      for (;;) locks.push(new Lock({ name }));
    },
    RangeError,
    "511 threads",
  );
  assertEquals(locks.length, 511);
  // Who closes it makes room.
  for (let i = 0; i < 600; i++) {
    locks[i % 511]![Symbol.dispose]();
    locks[i % 511] = new Lock({ name });
  }
  locks.forEach((lock) => lock[Symbol.dispose]());
  using lock = new Lock({ name });
  assertEquals(lock.locked, false);
});
