// Who a `Worker` of the user's own is.
import { assert, assertEquals } from "@std/assert";
import { Worker as NodeWorker } from "node:worker_threads";
import { Queue, share } from "@ferry/std/ipc";

const LONG = { timeout: 60_000 };
const RAW = new URL("./_raw_worker.ts", import.meta.url);

Deno.test("currentProcess() in a Worker of the user's own is not the MainProcess, and has a number once it attached something", async () => {
  using queue = new Queue<{ name: string; id: number; daemon: boolean }[]>();
  for (const [name, expected] of [["Miner", "Miner"], [undefined, "Worker"]] as const) {
    const worker = new Worker(RAW, { type: "module", ...(name !== undefined && { name }) });
    worker.postMessage(share(queue));
    const [before, after, parent] = await queue.get(LONG);
    worker.terminate();
    assertEquals(before, { name: expected, id: 0, daemon: false });
    assert(after!.id > 1);
    assertEquals(after, { name: expected, id: after!.id, daemon: false });
    assertEquals(parent, undefined);
  }
  const worker = new NodeWorker(RAW, { workerData: share(queue) });
  const ended = new Promise((resolve) => worker.on("exit", resolve));
  const [before, after] = await queue.get(LONG);
  assertEquals(before, { name: "Worker", id: 0, daemon: false });
  assert(after!.id > 1);
  await worker.terminate();
  await ended;
});
