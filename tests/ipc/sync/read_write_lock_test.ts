import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  attach,
  LockNotHeldError,
  Pipe,
  Queue,
  ReadWriteLock,
  share,
  SharedArray,
  SharedEvent,
  TimeoutError,
  UnsendableError,
  waitAny,
  waitAnySync,
} from "@ferry/std/ipc";
import { ASLEEP, fallenAsleep } from "../../_support/asleep.ts";
import { census } from "../../_support/census.ts";
import { within } from "../../_support/crew.ts";
import { finish, launch, LONG } from "../../_support/processes.ts";
import { EFFORT } from "../../_support/random.ts";

/** What has settled so far, of promises that are not to be waited for. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(() => done = true, () => done = true);
  // Enough turns for whatever could go on.
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 0));
  return done;
}

Deno.test("ReadWriteLock is held by many readers, or by one writer", async () => {
  using lock = new ReadWriteLock();
  const { readLock, writeLock } = lock;
  const first = readLock.acquireSync();
  const second = await readLock.acquire(LONG);
  const third = readLock.tryAcquire()!;
  assertEquals([lock.readers, lock.writing], [3, false]);
  assertEquals([readLock.locked, writeLock.locked], [false, true]);
  assertEquals(writeLock.tryAcquire(), undefined);
  for (const guard of [first, second, third]) guard.release();
  assertEquals([lock.readers, writeLock.locked], [0, false]);
  const alone = writeLock.acquireSync();
  assertEquals([lock.readers, lock.writing], [0, true]);
  assertEquals([readLock.locked, writeLock.locked], [true, true]);
  assertEquals([readLock.tryAcquire(), writeLock.tryAcquire()], [undefined, undefined]);
  alone.release();
  assertEquals([lock.readers, lock.writing], [0, false]);
});

Deno.test("ReadWriteLock's guards end their hold with their scope, and are not abandoned", async () => {
  using lock = new ReadWriteLock();
  {
    using held = lock.readLock.acquireSync();
    using also = await lock.readLock.acquire();
    assertEquals([held.abandoned, also.abandoned, lock.readers], [false, false, 2]);
  }
  {
    using held = await lock.writeLock.acquire();
    assertEquals([held.abandoned, lock.writing], [false, true]);
  }
  assertEquals([lock.readers, lock.writing], [0, false]);
});

Deno.test("ReadWriteLock lets a writer that waits go before readers that come later", async () => {
  using lock = new ReadWriteLock();
  const order: string[] = [];
  const first = lock.readLock.acquireSync();
  const writer = lock.writeLock.acquire().then((guard) => (order.push("write"), guard));
  const reader = lock.readLock.acquire().then((guard) => (order.push("read"), guard));
  assertEquals([lock.readLock.locked, lock.readLock.locked], [true, true]);
  assert(!await settled(reader));
  first.release();
  (await within(writer)).release();
  (await within(reader)).release();
  assertEquals(order, ["write", "read"]);
});

Deno.test("ReadWriteLock lets all writers that wait go before the readers, and then all readers at once", async () => {
  using lock = new ReadWriteLock();
  using log = new SharedArray("int32", 8, { lock: false });
  using next = new SharedArray("int32", 1);
  const first = lock.readLock.acquireSync();
  const run = async (
    lock: ReadWriteLock,
    asleep: SharedEvent,
    log: SharedArray,
    next: SharedArray,
    helper: string,
    code: number,
  ) => {
    const { tellWhenAsleep } = await import(helper);
    tellWhenAsleep(asleep);
    const guard = (code < 10 ? lock.writeLock : lock.readLock).acquireSync();
    log.set(next.add(0, 1), code);
    // Readers meet in the lock.
    const until = performance.now() + 20_000;
    while (code >= 10 && lock.readers < 2) if (performance.now() > until) Deno.exit(9);
    if (code >= 10) next.add(0, 1);
    while (code >= 10 && next.get(0) < 6) if (performance.now() > until) Deno.exit(8);
    guard.release();
  };
  await using all = new AsyncDisposableStack();
  const processes = [];
  for (const code of [1, 10, 2, 11]) {
    using asleep = new SharedEvent();
    processes.push(all.use(launch(run, lock, asleep, log, next, ASLEEP, code)));
    all.use(await fallenAsleep(asleep));
  }
  first.release();
  await finish(...processes);
  assertEquals([...log].slice(0, 2).sort(), [1, 2]);
  assertEquals([...log].slice(2, 6).filter((code) => code >= 10).sort(), [10, 11]);
});

for (const how of ["times out", "is aborted", "is disposed of", "fails its one try"]) {
  Deno.test(`ReadWriteLock keeps nobody out for a writer that ${how}`, async () => {
    using lock = new ReadWriteLock();
    using other = new SharedEvent();
    using go = new SharedEvent();
    await using process = launch(
      (lock: ReadWriteLock, other: SharedEvent, go: SharedEvent) => {
        const guard = lock.readLock.acquireSync();
        other.set();
        if (!go.waitSync({ timeout: 20_000 })) Deno.exit(9);
        // Nobody wakes it but the writer that gives up.
        lock.readLock.acquireSync().release();
        guard.release();
      },
      lock,
      other,
      go,
    );
    assert(await other.wait(LONG));
    const reading = () => lock.readLock.acquire();
    if (how === "times out") {
      const writer = lock.writeLock.acquire({ timeout: 20 });
      const reader = reading();
      await assertRejects(() => writer, TimeoutError, "Cannot acquire the write lock");
      (await within(reader)).release();
      assertThrows(() => lock.writeLock.acquireSync({ timeout: 5 }), TimeoutError);
    } else if (how === "is aborted") {
      const controller = new AbortController();
      const writer = lock.writeLock.acquire({ signal: controller.signal });
      const reader = reading();
      assert(!await settled(reader));
      controller.abort(new RangeError("enough"));
      await assertRejects(() => writer, RangeError, "enough");
      (await within(reader)).release();
    } else if (how === "is disposed of") {
      const same = share(lock);
      const writer = lock.writeLock.acquire();
      lock[Symbol.dispose]();
      await assertRejects(() => writer, Deno.errors.BadResource);
      using again = attach<ReadWriteLock>(same);
      (await within(again.readLock.acquire())).release();
    } else {
      for (const timeout of [0, -1]) {
        assertThrows(() => lock.writeLock.acquireSync({ timeout }), TimeoutError);
        await assertRejects(() => lock.writeLock.acquire({ timeout }), TimeoutError);
      }
      assertEquals(lock.writeLock.tryAcquire(), undefined);
      lock.readLock.tryAcquire()!.release();
      (await within(reading())).release();
    }
    go.set();
    await finish(process);
  });
}

Deno.test("ReadWriteLock.readLock.acquireSync() passes a writer that waits for what this worker reads", async () => {
  using lock = new ReadWriteLock();
  using waits = new SharedEvent();
  const outer = lock.readLock.acquireSync();
  await using process = launch(
    async (lock: ReadWriteLock, waits: SharedEvent, helper: string) => {
      (await import(helper)).tellWhenAsleep(waits);
      lock.writeLock.acquireSync().release();
    },
    lock,
    waits,
    ASLEEP,
  );
  await using _witness = await fallenAsleep(waits);
  assert(lock.readLock.locked);
  const task = lock.readLock.acquire();
  assert(!await settled(task), "a task waits behind the writer");
  const inner = lock.readLock.acquireSync();
  lock.readLock.tryAcquire()!.release();
  inner.release();
  outer.release();
  (await within(task)).release();
  await finish(process);
});

Deno.test("ReadWriteLock keeps nobody out for a task whose thread blocks", async () => {
  using lock = new ReadWriteLock();
  using queue = new Queue<string>();
  using up = new SharedEvent();
  using read = new SharedEvent();
  await using process = launch(
    (lock: ReadWriteLock, queue: Queue<string>, up: SharedEvent, read: SharedEvent) => {
      const first = lock.readLock.acquireSync();
      up.set();
      if (!read.waitSync({ timeout: 20_000 })) Deno.exit(9);
      first.release();
      using again = lock.readLock.acquireSync({ timeout: 20_000 });
      queue.putSync(`${again.abandoned}`);
    },
    lock,
    queue,
    up,
    read,
  );
  assert(await up.wait(LONG));
  const writer = lock.writeLock.acquire();
  assert(lock.readLock.locked);
  // This thread itself, which must not wait for its own task …
  lock.readLock.acquireSync(LONG).release();
  assert(!await settled(writer));
  assert(lock.readLock.locked, "the task is back in front");
  read.set();
  // … and another worker, which this thread waits for.
  assertEquals(queue.getSync(LONG), "false");
  (await within(writer)).release();
  await finish(process);
});

Deno.test("ReadWriteLock refuses to block for what its own worker holds", async () => {
  using lock = new ReadWriteLock();
  {
    using _held = lock.readLock.acquireSync();
    assertThrows(
      () => lock.writeLock.acquireSync(),
      Deno.errors.Busy,
      "Cannot acquire the write lock: this worker holds the lock itself, and would wait for ever",
    );
    assertThrows(() => lock.writeLock.acquireSync({ timeout: 1 }), TimeoutError);
  }
  {
    using _held = lock.writeLock.acquireSync();
    assertThrows(() => lock.writeLock.acquireSync(), Deno.errors.Busy);
    assertThrows(() => lock.readLock.acquireSync(), Deno.errors.Busy, "acquire the read lock");
    assertThrows(() => lock.readLock.acquireSync({ timeout: 1 }), TimeoutError);
  }
  // Tasks can wait for each other.
  const guard = lock.writeLock.acquireSync();
  const reader = lock.readLock.acquire();
  guard.release();
  (await within(reader)).release();
});

Deno.test("ReadWriteLock is released only by the worker that holds it", async () => {
  using lock = new ReadWriteLock();
  using up = new SharedEvent();
  using go = new SharedEvent();
  assertThrows(() => lock.readLock.release(), LockNotHeldError, "Cannot release the read lock");
  assertThrows(() => lock.writeLock.release(), LockNotHeldError, "Cannot release the write lock");
  for (const write of [false, true]) {
    up.clear();
    go.clear();
    await using process = launch(
      (lock: ReadWriteLock, up: SharedEvent, go: SharedEvent, write: boolean) => {
        using _held = (write ? lock.writeLock : lock.readLock).acquireSync();
        up.set();
        if (!go.waitSync({ timeout: 20_000 })) Deno.exit(9);
      },
      lock,
      up,
      go,
      write,
    );
    assert(await up.wait(LONG));
    assertThrows(() => lock.readLock.release(), LockNotHeldError);
    assertThrows(() => lock.writeLock.release(), LockNotHeldError);
    assertEquals([lock.readers, lock.writing], [write ? 0 : 1, write]);
    if (!write) {
      using _mine = lock.readLock.acquireSync();
      assertEquals(lock.readers, 2);
    }
    go.set();
    await finish(process);
  }
  const guard = lock.readLock.acquireSync();
  lock.readLock.release();
  assertThrows(() => guard.release(), LockNotHeldError);
});

Deno.test("ReadWriteLock checks what it is given", async () => {
  using lock = new ReadWriteLock();
  for (const side of [lock.readLock, lock.writeLock]) {
    assertThrows(() => side.acquireSync(1 as never), TypeError, "options must be an object");
    await assertRejects(() => side.acquire(false as never), TypeError, "options must be an object");
    await assertRejects(() => side.acquire({ signal: {} as never }), TypeError, "AbortSignal");
    assertThrows(
      () => side.acquireSync({ signal: AbortSignal.timeout(0) } as never),
      TypeError,
      "no signal",
    );
    assertThrows(() => side.acquireSync({ timeout: NaN }), RangeError);
    const reason = new SyntaxError("no more");
    const signal = AbortSignal.abort(reason);
    assertStrictEquals(await assertRejects(() => side.acquire({ signal })), reason);
  }
  assertEquals([lock.readers, lock.writing], [0, false]);
});

Deno.test("ReadWriteLock refuses more reads than it can count", () => {
  using lock = new ReadWriteLock();
  const { buffer, line } = share(lock);
  const state = new Int32Array(buffer, line * 64 + 20, 1);
  state[0] = 0x7ffffff0;
  lock.readLock.acquireSync();
  for (const acquire of ["acquireSync", "tryAcquire"] as const) {
    assertThrows(() => lock.readLock[acquire](), RangeError, "134,217,728 times");
  }
  assertEquals(lock.readers, 2 ** 27);
  assertEquals(lock.writeLock.tryAcquire(), undefined);
  lock.readLock.release();
  lock.readLock.acquireSync();
});

Deno.test("ReadWriteLock that was disposed of throws, and ends the waits of its worker", async () => {
  for (const side of ["readLock", "writeLock"] as const) {
    const lock = new ReadWriteLock();
    using kept = new Queue<ReadWriteLock>();
    kept.putSync(lock); // its memory stays
    lock.writeLock.acquireSync();
    const { BadResource } = Deno.errors;
    const wait = assertRejects(() => lock[side].acquire(), BadResource, "disposed of");
    const any = assertRejects(() => waitAny([lock[side]]), BadResource);
    lock[Symbol.dispose]();
    await within(wait);
    await within(any);
    assertThrows(() => lock[side].acquireSync(), Deno.errors.BadResource);
    assertThrows(() => lock[side].acquireSync(LONG), Deno.errors.BadResource);
    assertThrows(() => lock[side].tryAcquire(), Deno.errors.BadResource);
    assertThrows(() => lock[side].release(), Deno.errors.BadResource);
    assertThrows(() => lock[side].locked, Deno.errors.BadResource);
    assertThrows(() => lock[side].watch(() => {}), Deno.errors.BadResource);
    assertThrows(() => lock.readers, Deno.errors.BadResource);
    assertThrows(() => lock.writing, Deno.errors.BadResource);
    // What it held, it holds, and has again with the lock.
    using again = kept.getSync(LONG);
    assert(again.writing);
    again.writeLock.release();
  }
});

Deno.test("ReadWriteLock travels: by handle, in messages, and to a process and back as the same object", async () => {
  using lock = new ReadWriteLock();
  assertStrictEquals(attach(share(lock)), lock);
  using pipe = new Pipe<{ lock: ReadWriteLock }, ReadWriteLock>();
  await using process = launch(
    async (there) => {
      const { lock } = await there.recv({ timeout: 20_000 });
      lock.readLock.acquireSync().release();
      lock.writeLock.acquireSync().release();
      there.sendSync(lock);
    },
    pipe.second,
  );
  pipe.first.sendSync({ lock });
  assertStrictEquals(await pipe.first.recv(LONG), lock);
  await finish(process);
  using queue = new Queue<unknown>();
  assertThrows(() => queue.putSync(lock.readLock), UnsendableError);
});

Deno.test("waitAny() and waitAnySync() tell when a side of a ReadWriteLock could be acquired", async () => {
  using lock = new ReadWriteLock();
  const { readLock, writeLock } = lock;
  assertEquals(await waitAny([writeLock, readLock]), [writeLock, readLock]);
  using up = new SharedEvent();
  using go = new SharedEvent();
  for (const held of ["readLock", "writeLock"] as const) {
    for (const sync of [false, true]) {
      up.clear();
      go.clear();
      await using process = launch(
        (
          lock: ReadWriteLock,
          up: SharedEvent,
          go: SharedEvent,
          held: "readLock" | "writeLock",
        ) => {
          const guard = lock[held].acquireSync();
          up.set();
          if (!go.waitSync({ timeout: 20_000 })) Deno.exit(9);
          guard.release();
        },
        lock,
        up,
        go,
        held,
      );
      assert(await up.wait(LONG));
      assertEquals(
        await waitAny([writeLock, readLock], { timeout: 0 }),
        held === "readLock" ? [readLock] : [],
      );
      assertEquals(waitAnySync([writeLock], { timeout: 0 }), []);
      if (sync) {
        go.set();
        assertEquals(waitAnySync([writeLock], LONG), [writeLock]);
      } else {
        const ready = waitAny([writeLock], LONG);
        assert(!await settled(ready));
        go.set();
        assertEquals(await ready, [writeLock]);
      }
      await finish(process);
    }
  }
  // A look keeps nobody out.
  const guard = readLock.acquireSync();
  assertEquals(await waitAny([writeLock], { timeout: 0 }), []);
  readLock.acquireSync().release();
  (await readLock.acquire()).release();
  // A writer in between takes it first, and rings when it is done.
  const ready = waitAny([readLock, writeLock], LONG);
  assertEquals(await ready, [readLock]);
  const writer = writeLock.acquire();
  const later = waitAny([readLock]);
  guard.release();
  const written = await within(writer);
  assert(!await settled(later));
  written.release();
  assertEquals(await within(later), [readLock]);
});

Deno.test("ReadWriteLock shows who holds it", () => {
  using lock = new ReadWriteLock();
  using _held = lock.readLock.acquireSync();
  assertEquals(Deno.inspect(lock), "ReadWriteLock { readers: 1, writing: false }");
});

Deno.test("ReadWriteLock has room for any number of workers, and gives it back", async () => {
  using event = new SharedEvent();
  const before = census(event);
  {
    using lock = new ReadWriteLock();
    await using all = new AsyncDisposableStack();
    const processes = Array.from({ length: 10 }, () =>
      all.use(launch(
        (lock: ReadWriteLock, event: SharedEvent) => {
          using _held = lock.readLock.acquireSync();
          if (!event.waitSync({ timeout: 50_000 })) Deno.exit(9);
        },
        lock,
        event,
      )));
    const until = performance.now() + LONG.timeout;
    while (lock.readers < 10) {
      assert(performance.now() < until, `${lock.readers} read`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assertEquals(lock.writeLock.tryAcquire(), undefined);
    event.set();
    await finish(...processes);
    (await lock.writeLock.acquire(LONG)).release();
  }
  assertEquals(census(event), before);
});

Deno.test("ReadWriteLock: readers never see half of what writers write", async () => {
  using lock = new ReadWriteLock();
  using data = new SharedArray("int32", 64, { lock: false });
  const rounds = 2000 * EFFORT;
  const work = async (
    lock: ReadWriteLock,
    data: SharedArray,
    rounds: number,
    seed: number,
  ) => {
    const { view } = data;
    let state = seed;
    let written = 0;
    for (let round = 0; round < rounds; round++) {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      const write = state % 8 === 0;
      const side = write ? lock.writeLock : lock.readLock;
      // A worker that awaits holds nothing meanwhile, so both kinds of waiting meet.
      const guard = state % 3 === 0 ? await side.acquire() : side.acquireSync();
      if (write) {
        if (lock.readers !== 0 || !lock.writing) throw new RangeError("not alone");
        for (let i = 0; i < view.length; i++) view[i]!++;
        written++;
      } else {
        const first = view[0];
        for (const n of view) if (n !== first) throw new RangeError("half written");
      }
      guard.release();
    }
    return written;
  };
  await using all = new AsyncDisposableStack();
  const processes = [3, 5, 7, 11].map((seed) => all.use(launch(work, lock, data, rounds, seed)));
  let written = 0;
  for (const process of processes) {
    written += await process.result({ timeout: 60_000 * EFFORT }) as number;
  }
  assertEquals([...data], Array(64).fill(written));
  assertEquals([lock.readers, lock.writing], [0, false]);
});
