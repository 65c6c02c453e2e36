// The last moments of a process: listeners of "unload", and what can happen there.
import { assert, assertEquals } from "@std/assert";
import { Process, Queue, SharedArray, SharedEvent } from "@ferry/std/ipc";
import { program } from "../../_support/program.ts";

const LONG = { timeout: 60_000 };

for (const stop of ["kill", "terminate"] as const) {
  for (const join of ["join", "joinSync"] as const) {
    Deno.test(`Process.${stop}() stops a process in a listener of unload that never ends, seen by ${join}()`, async () => {
      using inside = new SharedEvent();
      using counter = new SharedArray("int32", 1, { lock: false });
      await using process = new Process(
        (inside: SharedEvent, counter: SharedArray<"int32">) => {
          const { view } = counter;
          globalThis.addEventListener("unload", () => {
            inside.set();
            for (;;) view[0]!++;
          });
        },
        { args: [inside, counter] },
      );
      process.start();
      assert(await inside.wait(LONG));
      assertEquals([process.exitCode, process.isAlive], [undefined, true]);
      assertEquals(await process.join({ timeout: 1 }), false);
      process[stop]();
      assert(await process[join](LONG));
      assertEquals(process.exitCode, stop === "kill" ? -9 : -15);
      // Nothing writes into memory that this program may use again.
      const seen = counter.get(0);
      await using other = new Process(() => {});
      other.start();
      assert(await other.join(LONG));
      assertEquals(counter.get(0), seen);
    });
  }
}

Deno.test("Process does not count as ended while its listeners of unload run, and they may use what it holds", async () => {
  using queue = new Queue<string>();
  using go = new SharedEvent();
  await using process = new Process((queue: Queue<string>, go: SharedEvent) => {
    globalThis.addEventListener("unload", () => {
      queue.putSync("listening");
      if (go.waitSync({ timeout: 20_000 })) queue.putSync("done");
    });
    return 7;
  }, { args: [queue, go] });
  process.start();
  assertEquals(await queue.get(LONG), "listening");
  assertEquals([process.joinSync({ timeout: 5 }), process.isAlive], [false, true]);
  go.set();
  assertEquals(await queue.get(LONG), "done");
  assertEquals(await process.result(LONG), 7);
  assertEquals(process.exitCode, 0);
});

Deno.test("Deno.exit() in a listener of unload ends the process with that code", async () => {
  await using process = new Process(() => {
    globalThis.addEventListener("unload", () => Deno.exit(6));
    globalThis.addEventListener("unload", () => {
      for (;;);
    });
  });
  process.start();
  assert(await process.join(LONG));
  assertEquals(process.exitCode, 6);
});

Deno.test("An error in a listener of unload is reported, and the exit code is 1", async () => {
  const { code, out, err } = await program(`
    import { Process } from "@ferry/std/ipc";
    const child = new Process(() => {
      addEventListener("unload", () => { throw new RangeError("at the very end"); });
    }, { name: "Child" });
    child.start();
    console.log(await child.join({ timeout: 20_000 }), child.exitCode);
  `);
  assertEquals([code, out], [0, "true 1\n"], err);
  assertEquals(err.split("Child: RangeError: at the very end").length, 2, err);
});

for (const how of ["freeze", "seal", "preventExtensions"] as const) {
  Deno.test(`Process ends, and can be stopped, after Object.${how}(globalThis)`, async () => {
    await using returns = new Process((how: "freeze") => void Object[how](globalThis), {
      args: [how as "freeze"],
    });
    returns.start();
    assert(await returns.join(LONG), "it did not end");
    assertEquals(returns.exitCode, 0);

    using frozen = new SharedEvent();
    await using runs = new Process((how: "freeze", frozen: SharedEvent) => {
      Object[how](globalThis);
      frozen.set();
      for (;;);
    }, { args: [how as "freeze", frozen] });
    runs.start();
    assert(await frozen.wait(LONG));
    runs.kill();
    assert(await runs.join(LONG));
    assertEquals(runs.exitCode, -9);
  });
}

Deno.test("A program with a process that is stopped in a listener of unload ends by itself", async () => {
  const { code, out, err } = await program(`
    import { Process, SharedEvent } from "@ferry/std/ipc";
    const inside = new SharedEvent();
    {
      await using child = new Process((inside) => {
        addEventListener("unload", () => { inside.set(); for (;;); });
      }, { args: [inside] });
      child.start();
      console.log(await inside.wait({ timeout: 20_000 }));
    }
    console.log("over");
  `);
  assertEquals([code, out, err], [0, "true\nover\n", ""]);
});
