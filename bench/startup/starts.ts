/** From the start of a process until its first message has come, beside a bare `Worker` of `node:worker_threads`. */
import { Worker } from "node:worker_threads";
import { entryOf } from "./checkout.ts";
import type { Contender } from "./measure.ts";

/** What is used of the package, wherever it was loaded from. */
type Ipc = typeof import("@ferry/std/ipc");

async function bare(): Promise<number> {
  const start = performance.now();
  const worker = new Worker(new URL("./bare_worker.js", import.meta.url));
  const exit = new Promise((resolve) => worker.once("exit", resolve));
  await new Promise((resolve) => worker.once("message", resolve));
  const took = performance.now() - start;
  await exit;
  return took;
}

/** A process that is handed one end of a pipe, and says hello. */
function withPipe({ Pipe, Process }: Ipc, module: URL): Contender {
  return async () => {
    const start = performance.now();
    const [mine, theirs] = new Pipe();
    const process = new Process({ module }, { args: [theirs] });
    process.start();
    await mine.recv();
    const took = performance.now() - start;
    await process.join();
    mine.close();
    return took;
  };
}

/** The same in a worker that was started in advance, which is not measured. */
function inSpare(ipc: Ipc, module: URL): Contender {
  const measured = withPipe(ipc, module);
  return async () => {
    await using spares = ipc.Process.prestart(1);
    await spares.ready();
    return await measured();
  };
}

/** A process that has nothing of the package; its answer is what it returns. */
function plain({ Process }: Ipc, module: URL): Contender {
  return async () => {
    const start = performance.now();
    const process = new Process({ module, export: "plain" });
    process.start();
    await process.join();
    return performance.now() - start;
  };
}

/** The rows of each checkout. */
export async function startRows(
  checkouts: Record<string, URL>,
): Promise<Record<string, Contender>> {
  const rows: Record<string, Contender> = { "node Worker": bare };
  const module = new URL("./hello.js", import.meta.url);
  for (const [name, root] of Object.entries(checkouts)) {
    const ipc = await import((await entryOf(root, "./ipc")).href) as Ipc;
    rows[`Process with a pipe, ${name}`] = withPipe(ipc, module);
    if ("prestart" in ipc.Process) rows[`Process in a spare, ${name}`] = inSpare(ipc, module);
    rows[`Process, until joined, ${name}`] = plain(ipc, module);
  }
  return rows;
}
