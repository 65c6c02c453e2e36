// Processes and pools in a `Worker` of the user's own, with permissions of its own, and inside a Process.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { run } from "../_support/program.ts";

const ROOT = new URL("../../", import.meta.url);
const CONFIG = fileURLToPath(new URL("deno.json", ROOT));

/** What runs in the worker: it tells its results, or why there are none, to whoever made it. */
const WORKER = `
  import { Pool, Process } from "@ferry/std/ipc";
  const mayRead = () => Deno.permissions.querySync({ name: "env" }).state;
  self.onmessage = async () => {
    try {
      await using process = new Process(mayRead);
      process.start();
      const inProcess = await process.result({ timeout: 60_000 });
      await using pool = new Pool({ processes: 2 });
      const squares = await pool.map((n) => n * n, [1, 2, 3], { chunkSize: 1 });
      self.postMessage([inProcess, await pool.apply(mayRead), squares]);
    } catch (error) {
      self.postMessage([error.name, error.message]);
    }
    self.close();
  };
`;

/** Runs them in a raw worker with some permissions, and gives what that says. */
async function inWorker(
  permissions: (folder: string) => string,
): Promise<{ out: string; err: string; code: number }> {
  const folder = await Deno.makeTempDir({ prefix: "ferry-worker-" });
  try {
    await Deno.writeTextFile(`${folder}/worker.js`, WORKER);
    const stdin = `
      const worker = new Worker(${JSON.stringify(`file://${folder}/worker.js`)}, {
        type: "module",
        deno: { permissions: ${permissions(JSON.stringify(folder))} },
      });
      worker.postMessage("go");
      console.log(JSON.stringify(await new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data))));
    `;
    const args = ["-A", "--unstable-worker-options", "--config", CONFIG, "-"];
    return await run({ args, stdin });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("Process and Pool run in a Worker that may read the package, with its permissions", async () => {
  const read = JSON.stringify(fileURLToPath(ROOT));
  const { code, out, err } = await inWorker((folder) =>
    `{ read: [${read}, ${folder}], import: true }`
  );
  assertEquals([code, out], [0, '["prompt","prompt",[1,4,9]]\n'], err);
});

Deno.test("Process and Pool have all that a Worker with inherited permissions has", async () => {
  const { code, out, err } = await inWorker(() => '"inherit"');
  assertEquals([code, out], [0, '["granted","granted",[1,4,9]]\n'], err);
});

Deno.test("Process in a Worker that may not read the package throws NotCapable", async () => {
  const { code, out, err } = await inWorker((folder) => `{ read: [${folder}], import: true }`);
  assertEquals(code, 0, err);
  assertStringIncludes(out, '["NotCapable","Cannot start Worker:1: it needs to read ');
});

Deno.test("Pool inside a Process, and inside a task of a pool, has the permissions of the program", async () => {
  const read = fileURLToPath(ROOT);
  const { code, out, err } = await run({
    args: [`--allow-read=${read}`, "--config", CONFIG, "-"],
    stdin: `
      import { Pool, Process } from "@ferry/std/ipc";
      const squares = async () => {
        const { Pool } = await import("@ferry/std/ipc");
        await using pool = new Pool({ processes: 2 });
        const state = () => Deno.permissions.querySync({ name: "net" }).state;
        return [await pool.map((n) => n * n, [1, 2]), await pool.apply(state)];
      };
      await using process = new Process(squares);
      process.start();
      console.log(JSON.stringify(await process.result({ timeout: 60_000 })));
      await using pool = new Pool({ processes: 1 });
      console.log(JSON.stringify(await pool.apply(squares)));
    `,
  });
  assertEquals([code, out], [0, '[[1,4],"prompt"]\n[[1,4],"prompt"]\n'], err);
});
