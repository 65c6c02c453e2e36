// Processes inside processes: who knows whom, who waits for whom, and who ends with whom.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  activeChildren,
  cpuCount,
  currentProcess,
  Lock,
  parentProcess,
  Process,
  Queue,
  SharedEvent,
  SharedValue,
} from "@ferry/std/ipc";
import { program } from "../../_support/program.ts";

const LONG = { timeout: 60_000 };
const TARGETS = new URL("./_targets.ts", import.meta.url);

Deno.test("currentProcess(), parentProcess() and cpuCount() in the main process", () => {
  assertEquals(currentProcess(), { name: "MainProcess", id: 1, daemon: false });
  assertEquals(parentProcess(), undefined);
  assert(Number.isInteger(cpuCount()) && cpuCount() >= 1);
});

Deno.test("currentProcess() and parentProcess() in a process say what its parent knows", async () => {
  using queue = new Queue<unknown>();
  for (const daemon of [false, true]) {
    await using process = new Process({ module: TARGETS, export: "lookUp" }, {
      args: [queue],
      daemon,
    });
    assertEquals(process.daemon, daemon);
    process.start();
    assertEquals(
      await queue.get(LONG),
      [
        "MainProcess",
        1,
        true,
        false,
        false,
        false,
        true,
        process.name,
        process.id,
        daemon,
        0,
        cpuCount(),
      ],
    );
    assert(await process.join(LONG));
    assertEquals(process.exitCode, 0);
  }
});

Deno.test("Process inside a process inside a process: each knows its parent, names count on", async () => {
  using queue = new Queue<unknown>();
  await using process = new Process({ module: TARGETS, export: "family" }, {
    args: [queue, 2],
    name: "P",
  });
  process.start();
  const seen: unknown[] = [];
  for (let i = 0; i < 7; i++) seen.push(await queue.get(LONG));
  assertEquals(seen, [
    ["P", "MainProcess", false],
    ["P:1", "P", false],
    ["P:1:1", "P:1", false],
    ["P:1:2", "P:1", false],
    ["P:2", "P", false],
    ["P:2:1", "P:2", false],
    ["P:2:2", "P:2", false],
  ]);
  assert(await process.join(LONG));
  assertEquals([process.exitCode, queue.isEmpty], [0, true]);
});

Deno.test("activeChildren() lists, in the order of their start, those of this process that run", async () => {
  using go = new SharedEvent();
  const make = () =>
    new Process((go: SharedEvent) => void go.waitSync({ timeout: 20_000 }), { args: [go] });
  const [first, second, third] = [make(), make(), make()];
  assertEquals(activeChildren(), []);
  second.start();
  first.start();
  assertEquals(activeChildren().map((child) => child.name), [second.name, first.name]);
  assert(activeChildren()[0] === second as unknown);
  second.kill();
  assert(await second.join(LONG));
  assertEquals(activeChildren().map((child) => child.name), [first.name]);
  go.set();
  third.start();
  for (const child of activeChildren()) assert(await child.join(LONG));
  assertEquals(activeChildren(), []);
  assertEquals([first.exitCode, second.exitCode, third.exitCode], [0, -9, 0]);
});

Deno.test("A daemon may not have children", async () => {
  using queue = new Queue<unknown>();
  await using daemon = new Process(async (queue: Queue<unknown>) => {
    const { Process } = await import("@ferry/std/ipc");
    const child = new Process(() => {}, { daemon: false, name: "Child" });
    try {
      child.start();
    } catch (error) {
      queue.putSync(error);
      queue.putSync([child.isAlive, child.id]);
    }
  }, { args: [queue], daemon: true, name: "Daemon" });
  daemon.start();
  const error = await queue.get(LONG);
  assert(error instanceof TypeError);
  assertStringIncludes(error.message, "Daemon is a daemon and may not have children");
  assertEquals(await queue.get(LONG), [false, undefined]);
  assert(await daemon.join(LONG));
  assertEquals(daemon.exitCode, 0);
});

Deno.test("A process that returns or throws waits for its children before it ends", async () => {
  for (const [then, code] of [["return", 0], ["throw", 1]] as const) {
    using go = new SharedEvent();
    using queue = new Queue<unknown>();
    await using process = new Process({ module: TARGETS, export: "leaveChild" }, {
      args: [then, go, queue],
    });
    process.start();
    assertEquals(await queue.get(LONG), "child runs");
    assertEquals(await process.join({ timeout: 20 }), false);
    assertEquals(process.isAlive, true);
    go.set();
    assertEquals(await queue.get(LONG), "child ends");
    assert(await process.join(LONG));
    assertEquals(process.exitCode, code);
  }
});

Deno.test("A process that returns or throws stops its daemons", async () => {
  for (const [then, code] of [["return", 0], ["throw", 1]] as const) {
    using started = new SharedEvent();
    using go = new SharedEvent();
    using lock = new Lock();
    using counter = new SharedValue("int32", 0, { lock: false });
    await using process = new Process({ module: TARGETS, export: "parent" }, {
      args: [{ child: "busy", then, daemon: true }, started, go, lock, counter],
    });
    process.start();
    assert(await started.wait(LONG));
    assertEquals(lock.tryAcquire(), undefined);
    go.set();
    assert(await process.join(LONG));
    assertEquals(process.exitCode, code);
    using guard = await lock.acquire(LONG);
    assertEquals(guard.abandoned, true);
  }
});

for (const child of ["busy", "idle"] as const) {
  Deno.test(`A process that is stopped, or calls Deno.exit(), takes its ${child} child with it, which gives back what it held`, async () => {
    for (const how of ["kill", "terminate", "exit"] as const) {
      for (const blocking of [false, true]) {
        using started = new SharedEvent();
        using go = new SharedEvent();
        using lock = new Lock();
        using counter = new SharedValue("int32", 0, { lock: false });
        await using process = new Process({ module: TARGETS, export: "parent" }, {
          args: [{ child, then: how === "exit" ? "exit" : "wait" }, started, go, lock, counter],
        });
        process.start();
        assert(await started.wait(LONG));
        assertEquals(lock.tryAcquire(), undefined);
        if (how === "exit") go.set();
        else process[how]();
        if (blocking) {
          assert(process.joinSync(LONG));
          using guard = lock.acquireSync(LONG);
          assertEquals(guard.abandoned, true);
        } else {
          assert(await process.join(LONG));
          using guard = lock.tryAcquire()!;
          assertEquals(guard.abandoned, true);
        }
        assert(await process.join(LONG));
        assertEquals(process.exitCode, { kill: -9, terminate: -15, exit: 3 }[how]);
        const seen = counter.value;
        await using other = new Process(() => {});
        other.start();
        assert(await other.join(LONG));
        assertEquals(counter.value, seen);
      }
    }
  });
}

Deno.test("A program waits for its processes, and ends with its own exit code", async () => {
  const { code, out, err } = await program(`
    import { Process } from "@ferry/std/ipc";
    new Process(async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      Deno.stdout.writeSync(new TextEncoder().encode("child ends\\n"));
      Deno.exit(5);
    }).start();
    console.log("main ends");
  `);
  assertEquals([code, out], [0, "main ends\nchild ends\n"], err);
});

Deno.test("A program does not wait for its daemons, busy, blocked or idle; they end with it", async () => {
  const { code, out, err } = await program(`
    import { Process, Queue, SharedEvent } from "@ferry/std/ipc";
    const queue = new Queue(), up = [];
    for (const target of [
      (up) => { up.set(); for (;;); },
      (up, queue) => { up.set(); queue.getSync(); },
      async (up) => { up.set(); await new Promise((resolve) => setTimeout(resolve, 90_000)); },
    ]) {
      const started = new SharedEvent();
      up.push(started);
      new Process(target, { args: [started, queue], daemon: true }).start();
    }
    for (const started of up) console.log(await started.wait({ timeout: 20_000 }));
    console.log("main ends");
  `);
  assertEquals([code, out, err], [0, "true\ntrue\ntrue\nmain ends\n", ""]);
});

Deno.test("Process.join() of a daemon keeps the program alive until the daemon ends", async () => {
  for (const options of ["", "{ timeout: 20_000 }"]) {
    const { code, out, err } = await program(`
      import { Process } from "@ferry/std/ipc";
      const target = () => new Promise((resolve) => setTimeout(resolve, 100));
      const child = new Process(target, { daemon: true });
      child.start();
      console.log(await child.join(${options}), child.exitCode);
    `);
    assertEquals([code, out, err], [0, "true 0\n", ""]);
  }
});

Deno.test("A program that kills processes while they start their own goes on, and ends by itself", async () => {
  const { code, out, err } = await program(`
    import { Lock, Process, SharedValue } from "@ferry/std/ipc";
    const lock = new Lock(), counter = new SharedValue("int32", 0, { lock: false });
    for (let round = 0; round < 10; round++) {
      const seen = counter.value;
      const parent = new Process(async (lock, counter) => {
        const { Process } = await import("@ferry/std/ipc");
        for (let i = 0; i < 5; i++) {
          new Process((lock, counter) => {
            counter.add(1);
            for (;;) lock.acquireSync().release();
          }, { args: [lock, counter] }).start();
          counter.add(1);
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
        for (;;) lock.acquireSync().release();
      }, { args: [lock, counter] });
      parent.start();
      while (counter.value < seen + 1 + round % 8) {
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      parent.kill();
      if (!(await parent.join({ timeout: 20_000 })) || parent.exitCode !== -9) console.log("failed");
      (await lock.acquire({ timeout: 20_000 })).release();
    }
    console.log("over");
  `);
  // The runtime may say on stderr that it stopped a worker in its start.
  assertEquals([code, out], [0, "over\n"], err);
});

Deno.test("A process killed while it starts another gives what that was given back once, not twice", async () => {
  const { code, out, err } = await program(`
    import { Lock, Process, SharedValue } from "@ferry/std/ipc";
    const lock = new Lock(), counter = new SharedValue("int32", 0, { lock: false });
    for (let round = 0; round < 20; round++) {
      const seen = counter.value;
      const parent = new Process(async (lock, counter) => {
        const { Process } = await import("@ferry/std/ipc");
        const child = new Process((lock) => {
          for (;;) lock.acquireSync().release();
        }, { args: [lock, counter] });
        counter.add(1);
        child.start();
        for (;;);
      }, { args: [lock, counter] });
      parent.start();
      while (counter.value === seen && parent.isAlive) {
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      // Aimed at another moment of the start each time, 3 ms apart.
      const until = performance.now() + round * 3;
      while (performance.now() < until);
      parent.kill();
      // It would end by itself, with an error, if its arguments had been given back to others before.
      if (!(await parent.join({ timeout: 20_000 })) || parent.exitCode !== -9) {
        console.log("failed in round", round, parent.exitCode);
        break;
      }
    }
    (await lock.acquire({ timeout: 20_000 })).release();
    console.log("over");
  `);
  assertEquals([code, out], [0, "over\n"], err);
});
