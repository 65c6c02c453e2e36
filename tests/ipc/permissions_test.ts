import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Runs a program of this project in a runtime of its own. */
async function run(
  flags: string[],
  source: string,
): Promise<{ code: number; out: string; err: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      ...flags,
      "--config",
      `${ROOT}deno.json`,
      "-",
    ],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

const SHARED = `
import * as ipc from "@ferry/std/ipc";
const value = new ipc.SharedValue("i", 1), queue = new ipc.Queue(), [a, b] = new ipc.Pipe();
const lock = new ipc.Lock();
queue.putSync(value.update((n) => n + 1));
a.sendSync(await queue.get());
using _held = await lock.acquire();
console.log(await b.recv());
`;

const PROCESS = `
import { Process, Queue } from "@ferry/std/ipc";
const queue = new Queue();
const process = new Process((queue) => queue.putSync("from the worker"), { args: [queue] });
try {
  process.start();
} catch (error) {
  console.log(error.name);
  console.log(process.isAlive);
  Deno.exit(7);
}
console.log(await queue.get());
await process.join();
`;

Deno.test("shared objects, pipes and queues need no permission", async () => {
  const { code, out, err } = await run([], SHARED);
  assertEquals([code, out], [0, "2\n"], err);
});

Deno.test("Process needs to read this package where it is on disk, and nothing else", async () => {
  const read = `--allow-read=${ROOT}ipc,${ROOT}persist/options.ts`;
  const { code, out, err } = await run([read], PROCESS);
  assertEquals([code, out], [0, "from the worker\n"], err);
});

Deno.test("Process.start() without permission throws and leaves nothing running", async () => {
  const { code, out, err } = await run([], PROCESS);
  assertEquals([code, out], [7, "NotCapable\nfalse\n"], err);
  assertStringIncludes(out, "NotCapable");
});
