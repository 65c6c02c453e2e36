// Timeouts that have passed by the time the wait begins.
import { assertEquals, assertRejects } from "@std/assert";
import { Pipe, TimeoutError } from "@ferry/std/ipc";
import nodeProcess from "node:process";

Deno.test("Connection.recv() whose time is over before its turn comes makes the runtime warn of nothing", async () => {
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(warning.name);
  nodeProcess.on("warning", note);
  try {
    using pipe = new Pipe<number>();
    const [here, there] = pipe;
    const first = here.recv({ timeout: 60_000 });
    await assertRejects(() => here.recv({ timeout: 1e-9 }), TimeoutError);
    there.sendSync(1);
    assertEquals(await first, 1);
    // Warnings come a turn later.
    await new Promise((resolve) => setTimeout(resolve));
  } finally {
    nodeProcess.off("warning", note);
  }
  assertEquals(warnings, []);
});
