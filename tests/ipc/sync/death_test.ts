// What becomes of locks, waits and meetings when a process is killed in the middle of them.
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Barrier,
  BrokenBarrierError,
  Condition,
  Lock,
  type Lockable,
  Process,
  Queue,
  RLock,
  Semaphore,
  SharedArray,
  SharedEvent,
  type SharedObject,
  SharedValue,
} from "@ferry/std/ipc";
import { ASLEEP, fallenAsleep } from "../../_support/asleep.ts";
import { within } from "../../_support/crew.ts";
import { finish, launch, slay } from "../../_support/processes.ts";

const LONG = { timeout: 60_000 };

/** Starts a process, awaits that it has come as far as it says, and gives what kills it. */
async function victim<A extends readonly SharedObject[]>(
  target: (started: SharedEvent, ...objects: A) => unknown,
  ...objects: A
): Promise<() => Promise<void>> {
  const started = new SharedEvent();
  // deno-lint-ignore no-explicit-any
  const process = new Process(target as any, { args: [started, ...objects] });
  process.start();
  assert(await started.wait(LONG), "the process did not start");
  return async () => {
    process.kill();
    await process.join(LONG);
    assertEquals(process.exitCode, -9);
    started[Symbol.dispose]();
  };
}

/** Until nobody holds the lock: the process has begun to wait and let it go. */
async function untilFree(lock: Lockable): Promise<void> {
  (await lock.acquire(LONG)).release();
}

const holders: Record<string, () => [SharedObject, Lockable]> = {
  Lock: () => {
    const lock = new Lock();
    return [lock, lock];
  },
  RLock: () => {
    const lock = new RLock();
    return [lock, lock];
  },
  "SharedValue.lock": () => {
    const value = new SharedValue("int32");
    return [value, value.lock];
  },
  "SharedArray.lock": () => {
    const array = new SharedArray("int32", 10);
    return [array, array.lock];
  },
  "Condition.lock": () => {
    const condition = new Condition();
    return [condition, condition.lock];
  },
};

for (const [name, make] of Object.entries(holders)) {
  Deno.test(`${name} of a killed process goes to the next, who learns of it, and only he`, async () => {
    const [object, lock] = make();
    const kill = await victim((started, object) => {
      const lock = "acquireSync" in object ? object : (object as SharedValue).lock;
      (lock as Lockable).acquireSync();
      if (!(object.constructor.name === "Lock")) (lock as Lockable).acquireSync();
      started.set();
      for (;;);
    }, object);
    assertEquals(lock.tryAcquire(), undefined);
    const waiting = lock.acquire();
    await kill();
    const guard = await within(waiting);
    assertEquals(guard.abandoned, true);
    guard.release();
    assertEquals(lock.locked, false);
    const next = lock.acquireSync(LONG);
    assertEquals(next.abandoned, false);
    next.release();
    object[Symbol.dispose]();
  });
}

Deno.test("Lock of a process that ends without releasing it is abandoned, too", async () => {
  using lock = new Lock();
  const process = new Process((lock: Lock) => void lock.acquireSync(), { args: [lock] });
  process.start();
  await process.join(LONG);
  assertEquals(process.exitCode, 0);
  using guard = lock.acquireSync(LONG);
  assert(guard.abandoned);
});

Deno.test("SharedValue of a killed lock holder works on, and keeps the news for who acquires the lock", async () => {
  using value = new SharedValue("int32", 3);
  const kill = await victim((started, value) => {
    value.update((n) => {
      started.set();
      while (n === 3);
      return n;
    });
  }, value);
  await kill();
  assertEquals(value.value, 3);
  assertEquals(value.update((n) => n + 1), 4);
  assertEquals(value.add(1), 4);
  {
    using outer = value.lock.acquireSync(LONG);
    using inner = value.lock.acquireSync(LONG);
    assertEquals([outer.abandoned, inner.abandoned], [true, false]);
  }
  using later = value.lock.acquireSync(LONG);
  assertEquals(later.abandoned, false);
});

Deno.test("Lock is not disturbed by the death of those who wait for it", async () => {
  using lock = new Lock();
  const held = lock.acquireSync();
  const kills = [
    await victim((started, lock) => {
      started.set();
      lock.acquireSync();
    }, lock),
    await victim(async (started, lock) => {
      const pending = lock.acquire();
      started.set();
      await pending;
    }, lock),
  ];
  const mine = lock.acquire();
  for (const kill of kills) await kill();
  held.release();
  const guard = await within(mine);
  assertEquals(guard.abandoned, false);
  guard.release();
});

for (const how of ["block", "await"]) {
  Deno.test(`Lock goes to the next of those who ${how} when the first is killed after it was woken and before it had it`, async () => {
    const blocks = how === "block";
    using lock = new Lock();
    using inFront = new SharedEvent();
    using woken = new SharedEvent();
    using behind = new SharedEvent();
    using back = new Queue<boolean>();
    const held = lock.acquireSync();
    await using first = launch(
      (lock: Lock, inFront: SharedEvent, woken: SharedEvent, blocks: boolean) => {
        if (blocks) {
          const { wait } = Atomics;
          Atomics.wait = (...args: unknown[]) => {
            inFront.set();
            Reflect.apply(wait, Atomics, args);
            woken.set();
            for (;;); // never comes to look at the lock
          };
          lock.acquireSync();
        } else {
          lock.acquire();
          inFront.set();
          for (;;); // too busy to notice that it was woken
        }
      },
      lock,
      inFront,
      woken,
      blocks,
    );
    assert(await inFront.wait(LONG));
    // Without a timeout: one that ends would look again and hide that nobody woke it.
    await using second = launch(
      async (
        lock: Lock,
        behind: SharedEvent,
        back: Queue<boolean>,
        helper: string,
        blocks: boolean,
      ) => {
        const { tellWhenAsleep } = await import(helper);
        if (blocks) tellWhenAsleep(behind);
        const acquired = blocks ? lock.acquireSync() : lock.acquire();
        if (!blocks) behind.set();
        const guard = await acquired;
        back.putSync(guard.abandoned);
        guard.release();
      },
      lock,
      behind,
      back,
      ASLEEP,
      blocks,
    );
    await using _witness = await fallenAsleep(behind);
    held.release();
    if (blocks) assert(await woken.wait(LONG));
    await slay(first);
    assertEquals(await back.get(LONG), false);
    await finish(second);
    assert(!lock.locked);
  });
}

Deno.test("Semaphore's permits do not go to those who died waiting", async () => {
  using semaphore = new Semaphore(0);
  const kills = [
    await victim((started, semaphore) => {
      started.set();
      semaphore.acquireSync();
    }, semaphore),
    await victim(async (started, semaphore) => {
      const pending = semaphore.acquire();
      started.set();
      await pending;
    }, semaphore),
  ];
  const mine = semaphore.acquire();
  for (const kill of kills) await kill();
  semaphore.release();
  await within(mine);
  assertEquals(semaphore.value, 0);
});

Deno.test("SharedEvent reaches the living when one who waited has died", async () => {
  using event = new SharedEvent();
  const kill = await victim((started, event) => {
    started.set();
    event.waitSync();
  }, event);
  const mine = event.wait();
  await kill();
  event.set();
  assertEquals(await within(mine), true);
});

Deno.test("Condition.notify() is not lost on one who died waiting", async () => {
  using condition = new Condition();
  const kill = await victim((started, condition) => {
    condition.acquireSync();
    started.set();
    condition.waitSync();
  }, condition);
  await untilFree(condition);
  using _held = condition.acquireSync(LONG);
  const mine = condition.wait();
  await kill();
  {
    using _again = await condition.acquire(LONG);
    assertEquals(condition.notify(5), 1);
  }
  assertEquals(await within(mine), true);
});

Deno.test("Condition.notify() of one who dies before he has the lock again goes to the next", async () => {
  for (const asynchronous of [false, true]) {
    using condition = new Condition(new Lock());
    const kill = await (asynchronous
      ? victim(async (started, condition) => {
        await condition.acquire();
        started.set();
        await condition.wait();
      }, condition)
      : victim((started, condition) => {
        condition.acquireSync();
        started.set();
        condition.waitSync();
      }, condition));
    await untilFree(condition);
    condition.acquireSync(LONG);
    const mine = condition.wait();
    await condition.acquire(LONG);
    assertEquals(condition.notify(1), 1); // the process: it has waited longer
    await kill();
    condition.release();
    assertEquals(await within(mine), true);
    assertEquals(condition.abandoned, false);
    condition.release();
  }
});

Deno.test("Condition says that a wait took its lock back from the dead", async () => {
  using condition = new Condition();
  condition.acquireSync();
  const mine = condition.wait();
  const kill = await victim((started, condition) => {
    condition.acquireSync();
    condition.notify();
    started.set();
    for (;;);
  }, condition);
  await kill();
  assertEquals(await within(mine), true);
  assertEquals(condition.abandoned, true);
  assertEquals(condition.waitSync({ timeout: 0 }), false);
  assertEquals(condition.abandoned, false);
  condition.release();
});

Deno.test("Barrier breaks when a party dies waiting, and can be reset", async () => {
  for (const asynchronous of [false, true]) {
    using barrier = new Barrier(3);
    const broken = assertRejects(() => barrier.wait(), BrokenBarrierError);
    const kill = await (asynchronous
      ? victim(async (started, barrier) => {
        const pending = barrier.wait();
        started.set();
        await pending;
      }, barrier)
      : victim((started, barrier) => {
        // A wait that blocks cannot say so: another wait of this process is there as well.
        barrier.wait().catch(() => {});
        started.set();
        for (;;);
      }, barrier));
    assertEquals(barrier.waiting, 2);
    await kill();
    await within(broken);
    assertEquals(barrier.broken, true);
    barrier.reset();
    const all = Promise.all([barrier.wait(), barrier.wait(), barrier.wait()]);
    assertEquals(await within(all), [0, 1, 2]);
  }
});

Deno.test("Barrier breaks when the party dies that runs the action", async () => {
  using barrier = new Barrier(2);
  const mine = assertRejects(() => barrier.wait(), BrokenBarrierError);
  const kill = await victim((started, barrier) => {
    barrier.action = () => {
      started.set();
      for (;;);
    };
    barrier.waitSync();
  }, barrier);
  const late = assertRejects(() => barrier.wait(), BrokenBarrierError);
  await kill();
  await within(mine);
  await within(late);
  assertEquals(barrier.broken, true);
});

Deno.test("Locks, conditions and barriers work on after many workers were killed at any moment", async () => {
  using lock = new Lock();
  using counter = new SharedValue("int32", 0, { lock: false });
  using condition = new Condition(lock);
  for (let round = 0; round < 6; round++) {
    const kill = await victim(
      (started, lock, counter, condition) => {
        for (let i = 0;; i++) {
          using _held = lock.acquireSync();
          counter.value += 1;
          condition.notify();
          if (i % 3 === 0) condition.waitSync({ timeout: 0 });
          if (i === round()) started.set();
        }
        function round(): number {
          return 50;
        }
      },
      lock,
      counter,
      condition,
    );
    for (let i = 0; i < 50; i++) {
      using _held = await lock.acquire(LONG);
      counter.value += 1;
      await condition.wait({ timeout: 1 });
    }
    await kill();
    using _held = await lock.acquire(LONG);
    assertEquals(condition.notifyAll(), 0);
  }
  assert(counter.value > 300);
});
