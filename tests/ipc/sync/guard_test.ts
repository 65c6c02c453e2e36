// A guard stands for one acquire: it releases that one, once.
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import {
  BoundedSemaphore,
  Condition,
  type Guard,
  Lock,
  LockNotHeldError,
  ReadWriteLock,
  RLock,
  Semaphore,
  SharedArray,
  SharedEvent,
  SharedValue,
} from "@ferry/std/ipc";
import { finish, launch, LONG } from "../../_support/processes.ts";

/** How a guard is given up a second time. */
const TWICE: readonly [string, (guard: Guard) => void][] = [
  ["release() after the end of its scope", (guard) => (guard[Symbol.dispose](), guard.release())],
  ["the end of its scope after release()", (guard) => (guard.release(), guard[Symbol.dispose]())],
  ["release() twice", (guard) => (guard.release(), guard.release())],
];

Deno.test("A guard that was released does not release the lock that another worker holds by then", async () => {
  using lock = new Lock();
  using held = new SharedEvent();
  using go = new SharedEvent();
  const guard = lock.acquireSync();
  guard.release();
  await using other = launch(
    (lock: Lock, held: SharedEvent, go: SharedEvent) => {
      using _guard = lock.acquireSync();
      held.set();
      if (!go.waitSync({ timeout: 20_000 })) Deno.exit(9);
      if (!lock.locked) Deno.exit(8);
    },
    lock,
    held,
    go,
  );
  assert(await held.wait(LONG));
  guard[Symbol.dispose]();
  guard.release();
  assert(lock.locked, "the other worker's lock was released");
  assertEquals(lock.tryAcquire(), undefined);
  go.set();
  await finish(other);
});

for (const [how, twice] of TWICE) {
  for (
    const [name, make] of [
      ["Lock", () => new Lock()],
      ["RLock", () => new RLock()],
      ["SharedValue.lock", () => new SharedValue("int32", 0).lock],
      ["SharedArray.lock", () => new SharedArray("int32", 1).lock],
      ["Condition", () => new Condition()],
      ["ReadWriteLock.readLock", () => new ReadWriteLock().readLock],
      ["ReadWriteLock.writeLock", () => new ReadWriteLock().writeLock],
      ["Semaphore", () => new Semaphore(1)],
      ["BoundedSemaphore", () => new BoundedSemaphore(1)],
    ] as const
  ) {
    Deno.test(`A guard of ${name} releases once: ${how}`, async () => {
      const lock = make();
      for (
        const acquire of [
          () => lock.acquireSync(),
          () => lock.acquireSync(LONG),
          () => lock.tryAcquire()!,
          () => lock.acquire(LONG),
        ]
      ) {
        twice(await acquire());
        assertEquals(lock.locked, false);
      }
      if (lock instanceof Semaphore) assertEquals(lock.value, 1);
    });
  }
}

Deno.test("An older guard of a lock does not release what its own worker acquired since", () => {
  using lock = new Lock();
  const first = lock.acquireSync();
  first.release();
  const second = lock.acquireSync();
  first[Symbol.dispose]();
  assert(lock.locked);
  second.release();
  assert(!lock.locked);
});

Deno.test("Each guard of an RLock undoes its own acquire", () => {
  using lock = new RLock();
  const outer = lock.acquireSync();
  const inner = lock.acquireSync();
  outer.release();
  outer.release();
  assert(lock.locked, "held once more");
  inner.release();
  assert(!lock.locked);
});

Deno.test("A guard whose lock was released by hand says so, and leaves the lock to whoever has it", async () => {
  using lock = new Lock();
  using held = new SharedEvent();
  using go = new SharedEvent();
  const guard = lock.acquireSync();
  lock.release();
  await using other = launch(
    (lock: Lock, held: SharedEvent, go: SharedEvent) => {
      using _guard = lock.acquireSync();
      held.set();
      if (!go.waitSync({ timeout: 20_000 })) Deno.exit(9);
    },
    lock,
    held,
    go,
  );
  assert(await held.wait(LONG));
  assertThrows(() => guard.release(), LockNotHeldError);
  assert(lock.locked, "the other worker's lock was released");
  go.set();
  await finish(other);
});

Deno.test("Lock and RLock give guards of one class", () => {
  using lock = new Lock();
  using rlock = new RLock();
  using one = lock.acquireSync();
  using two = rlock.acquireSync();
  assertInstanceOf(one, two.constructor as new () => object);
  assertEquals([one.abandoned, two.abandoned], [false, false]);
});
