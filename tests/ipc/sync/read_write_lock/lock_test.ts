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
  UnsendableError,
  waitAny,
} from "@ferry/std/ipc";
import { census } from "../../../_support/census.ts";
import { within } from "../../../_support/crew.ts";
import { finish, launch, LONG } from "../../../_support/processes.ts";
import { EFFORT } from "../../../_support/random.ts";

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
