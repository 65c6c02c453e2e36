// A process that is killed at each step between the import of its module and the end of its target.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Lock, Pipe, Process, Queue, SharedArray, SharedMap } from "@ferry/std/ipc";
import { existsSync } from "node:fs";
import { census } from "../../../_support/census.ts";
import { within } from "../../../_support/crew.ts";
import { EFFORT } from "../../../_support/random.ts";

/** How many steps lie between two that are tried: with FERRY_STRESS each is. */
const STRIDE = EFFORT > 1 ? 1 : 7;

/** Waits until a file is there, or a process has ended; whether it is there. */
async function appears(file: string, process: { readonly isAlive: boolean }): Promise<boolean> {
  while (process.isAlive && !existsSync(file)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return existsSync(file);
}

Deno.test("A process that is killed at any step while it starts or runs gives back all it was given", async () => {
  using lock = new Lock();
  using queue = new Queue<string>();
  using map = new SharedMap<string, string>();
  using array = new SharedArray("int32", 1);
  // What they hold for good is there from the first use on.
  queue.putSync("ran");
  assertEquals(queue.getSync(), "ran");
  map.set("key", "old");
  const before = census(array).kinds;
  let killed = 0;
  const folder = await Deno.makeTempDir({ prefix: "ferry start steps " });
  await using _removed = { [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
  for (let step = 1;; step += STRIDE) {
    array.fill(0);
    map.set("key", "old");
    const [here, there] = new Pipe<string>();
    const file = `${folder}/${step}`;
    const query = new URLSearchParams({ step: `${step}`, file });
    const module = new URL(`./_stops_at_a_step.ts?${query}`, import.meta.url);
    const args = [lock, queue, map, array, there];
    await using process = new Process({ module, export: "use" }, { args });
    process.start();
    const isStopped = await within(appears(file, process), `Step ${step}`);
    if (isStopped) process.kill();
    assert(await process.join({ timeout: 60_000 }), `step ${step}`);
    assertEquals(process.exitCode, isStopped ? -9 : 0, `step ${step}`);
    // Each of what was given is as before or after what was done to it, and of use.
    using guard = await lock.acquire({ timeout: 60_000 });
    assert(!guard.abandoned || isStopped);
    const steps = [array.get(0) === 1, map.get("key") === "new", queue.tryGet() === "ran"];
    assert(steps.every((done, at) => !done || steps.slice(0, at).every(Boolean)), `step ${step}`);
    assert(["old", "new"].includes(map.get("key")!));
    assertEquals(queue.tryGet(), undefined);
    const error = await assertRejects(async () => {
      assertEquals(await within(here.recv(), `The receive after step ${step}`), "ran");
      assert(steps[2], `step ${step}`);
      await within(here.recv(), `The end of the pipe after step ${step}`);
    });
    assert(error instanceof Deno.errors.UnexpectedEof, String(error));
    here.close();
    if (!isStopped) break;
    killed++;
  }
  assert(killed > 3, `${killed} kills`);
  assertEquals(census(array).kinds, before);
});
