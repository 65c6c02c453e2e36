// Who waits for a reader-writer lock, for how long, and who comes next.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  attach,
  Queue,
  ReadWriteLock,
  share,
  SharedArray,
  SharedEvent,
  TimeoutError,
  waitAny,
  waitAnySync,
} from "@ferry/std/ipc";
import { ASLEEP, fallenAsleep } from "../../../_support/asleep.ts";
import { within } from "../../../_support/crew.ts";
import { finish, launch, LONG } from "../../../_support/processes.ts";

/** What has settled so far, of promises that are not to be waited for. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(() => done = true, () => done = true);
  // Enough turns for whatever could go on.
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 0));
  return done;
}

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
