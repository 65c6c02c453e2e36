// What a stopped process held is given back by whoever waits or asks for it, whatever its parent does meanwhile.
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type Connection,
  Lock,
  Pipe,
  type Process,
  SharedArray,
  SharedEvent,
  type Waitable,
  waitAnySync,
} from "@ferry/std/ipc";
import { ASLEEP, fallenAsleep } from "../../_support/asleep.ts";
import { launch, LONG } from "../../_support/processes.ts";

const { BrokenPipe, UnexpectedEof } = Deno.errors;

const stops = [["kill", -9], ["terminate", -15]] as const;

/** What the process has that is stopped, as this one sees it. */
interface Victim {
  process: Process;
  /** The other end of its end of a pipe. */
  end: Connection<string>;
  /** As above; its pipe to the process is full. */
  full: Connection<string>;
  /** Held by the process. */
  lock: Lock;
}

/** Does the step again and again until it gives something, without waiting anywhere. */
function poll<T>(step: () => T | undefined): T {
  const deadline = performance.now() + LONG.timeout;
  for (;;) {
    const result = step();
    if (result !== undefined) return result;
    if (performance.now() > deadline) throw new RangeError("polled in vain");
  }
}

function assertAbandoned(guard: { abandoned: boolean; release(): void }): void {
  assertEquals(guard.abandoned, true);
  guard.release();
}

/** Each of these must notice the death by itself. */
const uses: Record<string, (victim: Victim) => void> = {
  "Connection.recvSync()": ({ end }) => void assertThrows(() => end.recvSync(LONG), UnexpectedEof),
  "Connection.recvBytesSync()": ({ end }) =>
    void assertThrows(() => end.recvBytesSync(LONG), UnexpectedEof),
  "Connection.sendSync() into a full pipe": ({ full }) =>
    void assertThrows(() => full.sendSync("more", LONG), BrokenPipe),
  "Connection.sendBytesSync() into a full pipe": ({ full }) =>
    void assertThrows(() => full.sendBytesSync(new Uint8Array(500), LONG), BrokenPipe),
  "Connection.pollSync()": ({ end }) => assertEquals(end.pollSync(LONG), true),
  "waitAnySync()": ({ end }) => assertEquals(waitAnySync<Waitable>([end], LONG), [end]),
  "waitAnySync() of the process": ({ process }) =>
    assertEquals(waitAnySync<Waitable>([process], LONG), [process]),
  "Lock.acquireSync()": ({ lock }) => assertAbandoned(lock.acquireSync(LONG)),
  "Process.joinSync()": ({ process }) => assertEquals(process.joinSync(LONG), true),
  "Connection.tryRecv()": ({ end }) =>
    void assertThrows(() => poll(() => end.tryRecv()), UnexpectedEof),
  "Connection.trySend() into a full pipe": ({ full }) =>
    void assertThrows(() => poll(() => full.trySend("more") || undefined), BrokenPipe),
  "Connection.tryPoll()": ({ end }) => void poll(() => end.tryPoll() || undefined),
  "waitAnySync() with timeout 0": ({ end }) =>
    assertEquals(poll(() => waitAnySync([end], { timeout: 0 })[0]), end),
  "Lock.tryAcquire()": ({ lock }) => assertAbandoned(poll(() => lock.tryAcquire())),
  "Process.isAlive": ({ process }) => void poll(() => !process.isAlive || undefined),
};

async function stopAndUse(stop: "kill" | "terminate", code: number, use: (v: Victim) => void) {
  using lock = new Lock();
  using up = new SharedEvent();
  const [end, itsEnd] = new Pipe<string>();
  const [full, itsFull] = new Pipe<string>({ capacity: 1024 });
  await using process = launch(
    (up: SharedEvent, lock: Lock, ..._ends: Connection<string>[]) => {
      lock.acquireSync();
      up.set();
      for (;;);
    },
    up,
    lock,
    itsEnd,
    itsFull,
  );
  while (full.trySend("more"));
  assert(await up.wait(LONG), "the process did not start");
  process[stop]();
  // From here on nothing lets the event loop turn.
  use({ process: process as unknown as Process, end, full, lock });
  assert(process.joinSync(LONG));
  assertEquals([process.exitCode, process.isAlive], [code, false]);
  assertThrows(() => end.recvSync(LONG), UnexpectedEof);
  assertThrows(() => full.sendSync("more", LONG), BrokenPipe);
  for (const each of [end, full]) each.close();
}

for (const [stop, code] of stops) {
  for (const [name, use] of Object.entries(uses)) {
    Deno.test(`${name} right after ${stop}() sees the death, though the event loop does not turn`, async () => {
      await stopAndUse(stop, code, use);
    });
  }
}

/** In what another process sleeps that waits for the one that is stopped; each ends the sleep in its own way. */
const sleeps: Record<string, (lock: Lock, end: Connection<string>) => unknown> = {
  "Lock.acquireSync()": (lock) => lock.acquireSync().abandoned,
  "Connection.recvSync()": (_lock, end) => {
    try {
      return end.recvSync();
    } catch (error) {
      return (error as Error).name === "UnexpectedEof";
    }
  },
  "Connection.sendSync()": (_lock, end) => {
    try {
      for (;;) end.sendSync("x".repeat(100));
    } catch (error) {
      return (error as Error).name === "BrokenPipe";
    }
  },
};

/** What the parent does from the moment of the kill on. */
const parents: Record<string, (sleeper: Process, done: Int32Array) => void> = {
  "blocks until that one ends": (sleeper) => {
    assert(sleeper.joinSync(LONG), "it did not end");
  },
  "is busy and never waits": (_sleeper, done) => {
    const deadline = performance.now() + LONG.timeout;
    while (Atomics.load(done, 0) === 0) {
      assert(performance.now() < deadline, "it sleeps on");
    }
  },
};

for (const [name, sleep] of Object.entries(sleeps)) {
  for (const [what, wait] of Object.entries(parents)) {
    Deno.test(`${name} of a third process is ended by a kill() whose caller ${what}`, async () => {
      using lock = new Lock();
      using up = new SharedEvent();
      using asleep = new SharedEvent();
      using done = new SharedArray("int32", 1);
      const [here, there] = new Pipe<string>({ capacity: 1024 });
      await using victim = launch(
        (up: SharedEvent, lock: Lock, _end: Connection<string>) => {
          lock.acquireSync();
          up.set();
          for (;;);
        },
        up,
        lock,
        there,
      );
      assert(await up.wait(LONG));
      await using sleeper = launch(
        async (
          source: string,
          helper: string,
          lock: Lock,
          end: Connection<string>,
          asleep: SharedEvent,
          done: SharedArray,
        ) => {
          const { tellWhenAsleep } = await import(helper);
          const sleep = new Function(`return ${source}`)();
          tellWhenAsleep(asleep);
          const right = sleep(lock, end); // without a timeout: one that ends would look again
          done.set(0, right ? 1 : 2);
        },
        String(sleep),
        ASLEEP,
        lock,
        here,
        asleep,
        done,
      );
      await using _witness = await fallenAsleep(asleep);
      const { view } = done;
      victim.kill();
      wait(sleeper as unknown as Process, view);
      assertEquals(view[0], 1);
    });
  }
}

// A thread in a call into the runtime goes on until that returns, and may write to shared memory until then.
Deno.test({
  name: "Lock of a process killed in Deno.Command's outputSync() is granted when that has returned",
  ignore: Deno.build.os === "windows", // no sh
  fn: async () => {
    for (const how of ["acquireSync", "tryAcquire", "joinSync"]) {
      using lock = new Lock();
      const directory = await Deno.makeTempDir();
      const [begun, over] = [`${directory}/begun`, `${directory}/over`];
      await using process = launch(
        (lock: Lock, begun: string, over: string) => {
          lock.acquireSync();
          const script = `: > "$0"; sleep 0.3; : > "$1"`;
          new Deno.Command("sh", { args: ["-c", script, begun, over] }).outputSync();
          for (;;);
        },
        lock,
        begun,
        over,
      );
      poll(() => exists(begun) || undefined);
      process.kill();
      assertEquals(lock.tryAcquire(), undefined);
      if (how === "joinSync") assert(process.joinSync(LONG));
      const guard = how === "tryAcquire" ? poll(() => lock.tryAcquire()) : lock.acquireSync(LONG);
      assert(exists(over), "granted while the call was not over");
      assertAbandoned(guard);
      assert(process.joinSync(LONG));
      assertEquals(process.exitCode, -9);
      await Deno.remove(directory, { recursive: true });
    }
  },
});

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    assert(error instanceof Deno.errors.NotFound, String(error));
    return false;
  }
}

Deno.test("Lock of a process killed while it sorts a large shared array is granted when nothing writes there any more", async () => {
  const LENGTH = 3_000_000;
  using lock = new Lock();
  using array = new SharedArray("float64", LENGTH, { lock });
  using up = new SharedEvent();
  using taken = new SharedEvent();
  const { view } = array;
  for (let i = 0; i < LENGTH; i++) view[i] = (i * 7919) % LENGTH;
  const since = performance.now();
  view.slice().sort();
  const takes = performance.now() - since;
  await using process = launch(
    (array: SharedArray<"float64">, up: SharedEvent) => {
      array.lock.acquireSync();
      const { view } = array;
      up.set();
      view.sort();
      for (;;);
    },
    array,
    up,
  );
  // One that sleeps until it has the lock, and one that asks.
  await using other = launch(
    (lock: Lock, taken: SharedEvent) => {
      const { abandoned } = lock.acquireSync();
      if (abandoned) taken.set();
      for (;;);
    },
    lock,
    taken,
  );
  assert(up.waitSync(LONG));
  process.kill();
  assert(taken.waitSync(LONG), "nobody got the lock");
  const before = checksum(view);
  assert(process.joinSync(LONG));
  assertEquals(process.exitCode, -9);
  // Long enough for a thread that still sorted: other processes come and go.
  for (const until = performance.now() + 2 * takes; performance.now() < until;) {
    await using other = launch(() => {});
    assert(await other.join(LONG));
  }
  assertEquals(checksum(view), before);
  other.kill();
  assertAbandoned(lock.acquireSync(LONG));
});

/** Depends on where each number is. */
function checksum(numbers: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum = (sum * 31 + numbers[i]!) % 4_294_967_291;
  return sum;
}
