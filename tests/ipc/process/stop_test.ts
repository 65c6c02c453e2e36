// Stopping a process from outside, in whatever state it is.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Connection,
  Lock,
  Pipe,
  Process,
  Queue,
  QueueEmptyError,
  QueueFullError,
  SharedEvent,
  SharedValue,
} from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";
import { program } from "../../_support/program.ts";

const LONG = { timeout: 60_000 };

/** What a process can be doing when it is stopped: each says so first. */
const states: Record<
  string,
  (started: SharedEvent, lock: Lock, end: Connection, queue: Queue<number>) => unknown
> = {
  "in a busy loop": (started) => {
    started.set();
    for (;;);
  },
  "blocked in recvSync()": (started, _lock, end) => {
    started.set();
    end.recvSync();
  },
  "blocked waiting for a lock": (started, lock) => {
    started.set();
    lock.acquireSync();
  },
  "blocked in getSync()": (started, _lock, _end, queue) => {
    started.set();
    queue.getSync();
  },
  "blocked in Atomics.wait()": (started) => {
    started.set();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  "awaiting recv()": async (started, _lock, end) => {
    const pending = end.recv();
    started.set();
    await pending;
  },
  "awaiting a timer": async (started) => {
    started.set();
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  "awaiting nothing that ever comes": async (started) => {
    started.set();
    await new Promise(() => {});
  },
  "catching all errors": (started) => {
    const forever = () => {
      for (;;);
    };
    started.set();
    for (;;) {
      try {
        forever();
      } catch {
        continue;
      } finally {
        forever();
      }
    }
  },
};

for (const [state, target] of Object.entries(states)) {
  Deno.test(`Process.kill() and terminate() stop a process ${state}`, async () => {
    using lock = new Lock();
    using _held = lock.acquireSync();
    using queue = new Queue<number>();
    for (
      const [stop, code, join] of [
        ["kill", -9, "join"],
        ["terminate", -15, "join"],
        ["kill", -9, "joinSync"],
      ] as const
    ) {
      using started = new SharedEvent();
      const [here, there] = new Pipe();
      await using process = new Process(target, { args: [started, lock, there, queue] });
      process.start();
      assert(await started.wait(LONG), "it did not start");
      assertEquals([process.isAlive, process.exitCode], [true, undefined]);
      process[stop]();
      assertEquals(await process[join](LONG), true);
      assertEquals([process.isAlive, process.exitCode], [false, code]);
      assertEquals(await process.join(LONG), true);
      assertEquals(process.exitCode, code);
      await assertRejects(() => within(here.recv()), Deno.errors.UnexpectedEof);
      here.close();
    }
    queue.putSync(1);
    assertEquals(queue.getSync(LONG), 1);
  });
}

Deno.test("Process stopped while it starts, at any moment, ends with the stopper's code", async () => {
  using counter = new SharedValue("int32", 0);
  for (let round = 0; round < 24; round++) {
    // This end stays open as long as the process runs: at the end of the pipe it would end by itself.
    using pipe = new Pipe();
    await using process = new Process((counter: SharedValue, connection: Connection) => {
      counter.add(1);
      connection.recvSync();
    }, { args: [counter, pipe[1]] });
    process.start();
    // Later and later, counted in turns of the event loop: before, during and after the start.
    for (let turn = 0; turn < round; turn++) {
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
    }
    process.kill();
    // Before it has begun to run it is over at once.
    assert(process.exitCode === undefined || process.exitCode === -9);
    assertEquals(await process.join(LONG), true);
    assertEquals(process.exitCode, -9);
  }
  using _free = await counter.lock.acquire(LONG);
});

Deno.test("Process.terminate() and kill() have no effect on one that has ended, or is being stopped", async () => {
  const process = new Process(() => Deno.exit(4));
  process.start();
  assert(await process.join(LONG));
  process.kill();
  process.terminate();
  assertEquals(await process.join(), true);
  assertEquals(process.exitCode, 4);
  process.close();
  assertThrows(() => process.kill(), Deno.errors.BadResource);

  const other = new Process(() => {
    for (;;);
  });
  other.start();
  other.terminate();
  other.kill();
  other.terminate();
  assert(await other.join(LONG));
  assertEquals(other.exitCode, -15);
  other.close();
});

Deno.test("Process.exitCode and isAlive tell when a stopped process is over, also those who only ask again and again", async () => {
  using started = new SharedEvent();
  await using process = new Process((started: SharedEvent) => {
    started.set();
    for (;;);
  }, { args: [started] });
  process.start();
  assert(await started.wait(LONG));
  assertEquals([process.exitCode, process.isAlive], [undefined, true]);
  assertThrows(() => process.close(), TypeError, "it is still running");
  process.kill();
  const deadline = performance.now() + LONG.timeout;
  while (process.isAlive) assert(performance.now() < deadline, "it seems to live on");
  assertEquals([process.exitCode, process.isAlive], [-9, false]);
  assert(await process.join(LONG));
  assertEquals([process.exitCode, process.isAlive], [-9, false]);
});

Deno.test("Process killed does not run its finally blocks, and its memory is not written to any more", async () => {
  using counter = new SharedValue("int32", 0, { lock: false });
  using started = new SharedEvent();
  await using process = new Process((counter: SharedValue, started: SharedEvent) => {
    try {
      started.set();
      for (;;) counter.add(1);
    } finally {
      counter.value = -1;
    }
  }, { args: [counter, started] });
  process.start();
  assert(await started.wait(LONG));
  process.kill();
  assert(await process.join(LONG));
  const seen = counter.value;
  // Long enough for a thread that still ran to count on: a whole other process comes and goes.
  await using other = new Process(() => {});
  other.start();
  assert(await other.join(LONG));
  assertEquals(counter.value, seen);
  assert(seen >= 0);
});

Deno.test("Queue keeps whole what processes put who were killed inside put()", async () => {
  using queue = new Queue<number[]>({ maxSize: 8 });
  for (let round = 0; round < 6; round++) {
    using started = new SharedEvent();
    await using process = new Process((queue: Queue<number[]>, started: SharedEvent) => {
      for (let i = 0;; i++) {
        queue.putSync(Array.from({ length: i % 500 }, (_, j) => i + j));
        if (i === 20) started.set();
      }
    }, { args: [queue, started] });
    process.start();
    const check = (item: number[]) => item.every((n, j) => n === item[0]! + j);
    while (!started.isSet) assert(check(await queue.get(LONG)));
    process.kill();
    for (let i = 0; i < 3 && !queue.isEmpty; i++) assert(check(await queue.get(LONG)));
    assert(await process.join(LONG));
    for (let item = queue.tryGet(); item !== undefined; item = queue.tryGet()) assert(check(item));
    assertEquals(queue.isEmpty, true);
    // And it has room for as many as before.
    for (let i = 0; i < 8; i++) queue.putSync([i], { timeout: 0 });
    assertThrows(() => queue.putSync([9], { timeout: 0 }), QueueFullError);
    for (let i = 0; i < 8; i++) assertEquals(queue.getSync({ timeout: 0 }), [i]);
    assertThrows(() => queue.getSync({ timeout: 0 }), QueueEmptyError);
  }
});

Deno.test("Queue loses at most the item in the hands of a process that was killed inside get()", async () => {
  const PUT = 400;
  for (let round = 0; round < 6; round++) {
    using queue = new Queue<number>();
    using taken = new SharedValue("int32", 0, { lock: false });
    for (let i = 0; i < PUT; i++) queue.putSync(i);
    await using process = new Process((queue: Queue<number>, taken: SharedValue) => {
      for (;;) {
        queue.getSync();
        taken.add(1);
      }
    }, { args: [queue, taken] });
    process.start();
    while (taken.value < 20 + round * 10) await new Promise((resolve) => setTimeout(resolve, 0));
    process.kill();
    assert(await process.join(LONG));
    const left: number[] = [];
    for (let item = queue.tryGet(); item !== undefined; item = queue.tryGet()) left.push(item);
    const lost = PUT - taken.value - left.length;
    assert(lost === 0 || lost === 1, `${lost} items lost`);
    // In order, up to the last one.
    assertEquals(left, Array.from({ length: left.length }, (_, i) => PUT - left.length + i));
  }
});

Deno.test("A program that kills a busy process ends by itself", async () => {
  for (const stop of ["kill", "terminate"]) {
    const { code, out, err } = await program(`
      import { Process, SharedEvent } from "@ferry/std/ipc";
      const started = new SharedEvent();
      const child = new Process((started) => { started.set(); for (;;); }, { args: [started] });
      child.start();
      await started.wait({ timeout: 20_000 });
      child.${stop}();
      console.log(await child.join({ timeout: 20_000 }), child.exitCode);
      Promise.resolve().then(() => console.log("over"));
    `);
    assertEquals([code, out], [0, `true ${stop === "kill" ? -9 : -15}\nover\n`], err);
  }
});

Deno.test("A program that kills a process while it starts ends by itself", async () => {
  const { code, out, err } = await program(`
    import { Process } from "@ferry/std/ipc";
    for (let i = 0; i < 20; i++) {
      const child = new Process(() => { for (;;); });
      child.start();
      if (i % 2) await new Promise((resolve) => setTimeout(resolve, i));
      child.kill();
      if (!(await child.join({ timeout: 20_000 })) || child.exitCode !== -9) console.log("failed", i);
    }
    console.log("over");
  `);
  // The runtime may say on stderr that it stopped a worker in its start.
  assertEquals([code, out], [0, "over\n"], err);
});

Deno.test("A process whose module awaits for ever at its top level runs until it is stopped, and keeps its arguments for nobody", async () => {
  const module = "data:text/javascript,await new Promise(() => {}); export default () => {};";
  for (const stop of ["kill", "terminate"] as const) {
    const [here, there] = new Pipe();
    await using process = new Process({ module }, { args: [there] });
    process.start();
    assertEquals(await process.join({ timeout: 300 }), false);
    assertEquals([process.isAlive, process.exitCode], [true, undefined]);
    process[stop]();
    assert(await process.join(LONG));
    assertEquals(process.exitCode, stop === "kill" ? -9 : -15);
    await assertRejects(() => within(here.recv()), Deno.errors.UnexpectedEof);
    here.close();
  }
});
