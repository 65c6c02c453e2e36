// What becomes of a ReadWriteLock when workers are killed while they wait for it, have it, or are about to.
import { assert, assertEquals } from "@std/assert";
import { Process, ReadWriteLock, share, SharedArray, SharedEvent } from "@ferry/std/ipc";
import { census } from "../../../_support/census.ts";
import { within } from "../../../_support/crew.ts";
import { launch, LONG, slay } from "../../../_support/processes.ts";
import { EFFORT, Random, seedFor } from "../../../_support/random.ts";

/** Kills of the random test: with FERRY_STRESS, 2,000. */
const KILLS = EFFORT > 1 ? 2000 : 16;

/** The words of a lock that say who has it: its state, and of its own entries the agents and how often they read. */
function wordsOf(
  lock: ReadWriteLock,
): { state: number; entries: [agent: number, reads: number][] } {
  const { buffer, line } = share(lock);
  const words = new Int32Array(buffer, line * 64, 8 * 16);
  const entries: [number, number][] = [];
  for (let at = 16; at < words.length; at += 16) entries.push([words[at]!, words[at + 1]!]);
  return { state: words[5]!, entries: entries.filter(([agent]) => agent !== 0) };
}

/** Nobody has the lock or waits for it, and only this worker is known to it. */
function assertUnused(lock: ReadWriteLock): void {
  assertEquals(wordsOf(lock), { state: 0, entries: [[1, 0]] });
}

Deno.test("ReadWriteLock of a killed writer is abandoned for all who read, until somebody has written", async () => {
  using lock = new ReadWriteLock();
  using up = new SharedEvent();
  await using process = launch(
    (lock: ReadWriteLock, up: SharedEvent) => {
      lock.writeLock.acquireSync();
      up.set();
      for (;;);
    },
    lock,
    up,
  );
  assert(await up.wait(LONG));
  const reader = lock.readLock.acquire();
  process.kill();
  const readers = [
    await within(reader),
    lock.readLock.acquireSync(LONG),
    lock.readLock.tryAcquire()!,
  ];
  assertEquals(readers.map(({ abandoned }) => abandoned), [true, true, true]);
  for (const guard of readers) guard.release();
  const writer = lock.writeLock.acquireSync(LONG);
  assertEquals(writer.abandoned, true);
  writer.release();
  assertEquals(lock.readLock.acquireSync().abandoned, false);
  lock.readLock.release();
  assertEquals((await lock.writeLock.acquire()).abandoned, false);
  lock.writeLock.release();
  await slay(process);
  assertUnused(lock);
});

Deno.test("ReadWriteLock of killed readers goes to the writer, who has nothing to repair", async () => {
  using lock = new ReadWriteLock();
  const victims = [];
  await using all = new AsyncDisposableStack();
  for (let i = 0; i < 2; i++) {
    using up = new SharedEvent();
    victims.push(all.use(launch(
      async (lock: ReadWriteLock, up: SharedEvent) => {
        lock.readLock.acquireSync();
        await lock.readLock.acquire();
        up.set();
        for (;;);
      },
      lock,
      up,
    )));
    assert(await up.wait(LONG));
  }
  const mine = lock.readLock.acquireSync();
  assertEquals(lock.readers, 5);
  const writer = lock.writeLock.acquire();
  for (const victim of victims) await slay(victim);
  assertEquals(lock.readers, 1);
  mine.release();
  const guard = await within(writer);
  assertEquals(guard.abandoned, false);
  guard.release();
  assertUnused(lock);
});

Deno.test("ReadWriteLock of a process that ends without releasing it is given back", async () => {
  using lock = new ReadWriteLock();
  for (const side of ["readLock", "writeLock"] as const) {
    const process = new Process(
      (lock: ReadWriteLock, side: "readLock" | "writeLock") => void lock[side].acquireSync(),
      { args: [lock, side] },
    );
    process.start();
    assert(await process.join(LONG));
    assertEquals(process.exitCode, 0);
    using guard = await lock.writeLock.acquire(LONG);
    assertEquals(guard.abandoned, side === "writeLock");
  }
  assertUnused(lock);
});

/** What a process does with the lock, step by step, and what this one has of it meanwhile. */
const SCENARIOS: Record<string, [parent: "nothing" | "read" | "write", lets: boolean]> = {
  "reads": ["nothing", false],
  "reads twice": ["nothing", false],
  "reads beside another": ["read", false],
  "writes": ["nothing", false],
  "gives up reading": ["write", false],
  "gives up writing": ["read", false],
  "waits to read": ["write", true],
  "waits to write": ["read", true],
  "awaits to read": ["write", true],
  "awaits to write": ["read", true],
  "writes while others wait": ["nothing", true],
  "reads while a writer waits": ["nothing", true],
};

/** Runs a scenario, and stops before the step of that number for ever. A step is an atomic operation that changes something. */
async function actor(
  lock: ReadWriteLock,
  report: SharedArray<"int32">,
  changed: SharedEvent,
  scenario: string,
  stopAt: number,
): Promise<void> {
  const { readLock, writeLock } = lock;
  const real = { ...Object.getOwnPropertyDescriptors(Atomics) };
  let steps = -Infinity;
  const tell = (what: number) => {
    steps = -Infinity;
    report.set(0, what);
    changed.set();
  };
  for (
    const name of [
      "compareExchange",
      "and",
      "sub",
      "add",
      "exchange",
      "notify",
      "wait",
      "waitAsync",
    ]
  ) {
    const operation = real[name as keyof typeof real]!.value as (...args: unknown[]) => unknown;
    Object.defineProperty(Atomics, name, {
      value: (...args: unknown[]) => {
        if (++steps > stopAt) {
          tell(2);
          for (;;);
        }
        return Reflect.apply(operation, Atomics, args);
      },
    });
  }
  /** Others begin to wait. Their steps are not counted. */
  const pause = () => {
    const counted = steps;
    tell(1);
    while (report.get(0) === 1);
    steps = counted;
  };
  steps = 0;
  switch (scenario) {
    case "reads":
    case "reads beside another":
      readLock.acquireSync().release();
      (await readLock.acquire()).release();
      break;
    case "reads twice": {
      const outer = readLock.acquireSync();
      readLock.acquireSync().release();
      outer.release();
      break;
    }
    case "writes":
      writeLock.acquireSync().release();
      (await writeLock.acquire()).release();
      break;
    case "gives up reading":
    case "gives up writing":
      try {
        (scenario.endsWith("reading") ? readLock : writeLock).acquireSync({ timeout: 5 });
      } catch { /* as it should */ }
      break;
    case "waits to read":
      readLock.acquireSync().release();
      break;
    case "waits to write":
      writeLock.acquireSync().release();
      break;
    case "awaits to read":
      (await readLock.acquire()).release();
      break;
    case "awaits to write":
      (await writeLock.acquire()).release();
      break;
    case "writes while others wait":
    case "reads while a writer waits": {
      const guard = (scenario.startsWith("writes") ? writeLock : readLock).acquireSync();
      pause();
      guard.release();
    }
  }
  tell(3);
  for (;;);
}

for (const [scenario, [parent, lets]] of Object.entries(SCENARIOS)) {
  Deno.test(`ReadWriteLock survives a kill at each step of a process that ${scenario}`, async () => {
    let steps = 0;
    for (let stopAt = 0, done = false; !done; stopAt++) {
      using lock = new ReadWriteLock();
      using report = new SharedArray("int32", 1);
      using changed = new SharedEvent();
      const held = parent === "nothing"
        ? undefined
        : parent === "read"
        ? lock.readLock.acquireSync()
        : lock.writeLock.acquireSync();
      await using process = launch(actor, lock, report, changed, scenario, stopAt);
      const waits: Promise<Disposable>[] = [];
      const until = performance.now() + LONG.timeout;
      for (let released = false;;) {
        assert(performance.now() < until, `step ${stopAt}: ${report.get(0)}`);
        const said = report.get(0);
        if (said > 1) {
          done = said === 3;
          break;
        }
        // It has, or waits for, the lock: who waits here must be woken by it, or by its reaper.
        if (said === 1 && waits.length === 0) {
          waits.push(lock.writeLock.acquire(), lock.writeLock.acquire(), lock.readLock.acquire());
          report.set(0, 0);
        } else if (lets && !released && (wordsOf(lock).state & 3) !== 0) {
          released = true;
          held?.release();
        }
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      // What is read can be read by others, too, once nobody waits to write: the dead keep nobody out.
      const beside = parent === "read" && !lets ? lock.readLock.acquire() : undefined;
      await slay(process);
      if (beside !== undefined) (await within(beside)).release();
      held?.release();
      for (const wait of waits) {
        await within(wait.then((guard) => (guard[Symbol.dispose](), guard)));
      }
      (await within(lock.writeLock.acquire())).release();
      (await within(lock.readLock.acquire())).release();
      assertUnused(lock);
      steps = stopAt;
    }
    assert(steps >= 1, `${steps} steps`);
  });
}

/** Reads and writes until it is killed. Of the data, all numbers are equal unless somebody writes. */
async function worker(
  lock: ReadWriteLock,
  data: SharedArray<"int32">,
  ready: SharedEvent,
  seed: number,
): Promise<void> {
  const { view } = data;
  let state = seed | 0 || 1;
  for (;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const write = state % 4 === 0;
    const side = write ? lock.writeLock : lock.readLock;
    const timeout = 1 + (state & 3);
    try {
      const guard = state % 3 === 0
        ? await side.acquire({ timeout })
        : side.acquireSync({ timeout });
      if (write) {
        if (guard.abandoned) view.fill(view[0]!);
        for (let i = 0; i < view.length; i++) view[i]!++;
      } else if (!guard.abandoned && view.some((n) => n !== view[0])) {
        ready.clear();
        return;
      }
      if (!write && state % 5 === 0) {
        using _inner = lock.readLock.acquireSync();
      }
      guard.release();
    } catch (error) {
      if ((error as Error).name !== "TimeoutError") throw error;
    }
    ready.set();
  }
}

Deno.test(`ReadWriteLock survives ${KILLS} kills: nobody is kept out, nothing half written is taken for whole, nothing leaked`, async () => {
  const seed = seedFor("ReadWriteLock under kills");
  const random = new Random(seed);
  using data = new SharedArray("int32", 32, { lock: false });
  using ready = new SharedEvent();
  const before = census(ready);
  {
    using lock = new ReadWriteLock();
    const survivor = launch(worker, lock, data, ready, random.below(2 ** 30));
    for (let kill = 0; kill < KILLS; kill++) {
      ready.clear();
      await using victim = launch(worker, lock, data, ready, random.below(2 ** 30));
      assert(await ready.wait(LONG));
      const until = performance.now() + random.next() * 3;
      do {
        using guard = await lock.readLock.acquire(LONG);
        if (!guard.abandoned) assertEquals(new Set(data.view).size, 1);
      } while (performance.now() < until);
      victim.kill();
      // While its thread comes down, and after.
      const write = lock.writeLock.acquire(LONG);
      // It may be first: a death makes all look again.
      const read = lock.readLock.acquire(LONG).then((guard) => guard.release());
      {
        using guard = await write;
        if (guard.abandoned) data.view.fill(data.view[0]!);
        assertEquals(new Set(data.view).size, 1);
      }
      await read;
      await slay(victim);
      assert(survivor.isAlive, "the other worker found half of what was written");
    }
    await slay(survivor);
    (await lock.writeLock.acquire(LONG)).release();
    assertUnused(lock);
  }
  assertEquals(census(ready), before);
});
