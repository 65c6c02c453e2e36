/** What a program costs that only imports an entry of the package, beside one that is empty. */
import type { Contender } from "./measure.ts";

const ENTRIES = ["mod.ts", "ipc/mod.ts", "ipc/queue"];

/** Where the file of an entry is: it has moved since. */
const FILES: Record<string, readonly string[]> = {
  "mod.ts": ["mod.ts"],
  "ipc/mod.ts": ["ipc/mod.ts"],
  "ipc/queue": ["ipc/queue/queue.ts", "ipc/queue.ts"],
};

function fileOf(entry: string, root: URL): URL {
  for (const file of FILES[entry]!) {
    const url = new URL(file, root);
    try {
      Deno.statSync(url);
      return url;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new TypeError(`Cannot measure ${entry}: ${root.pathname} has no file for it`);
}

function run(file: URL): Contender {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-lock", file.href],
    stdout: "null",
  });
  return async () => {
    const start = performance.now();
    const { success } = await command.output();
    if (!success) throw new TypeError(`Cannot measure ${file.href}: it failed`);
    return performance.now() - start;
  };
}

/** The rows of each checkout. */
export function importRows(checkouts: Record<string, URL>): Record<string, Contender> {
  const rows: Record<string, Contender> = {
    "empty program": run(new URL("./empty.js", import.meta.url)),
  };
  for (const entry of ENTRIES) {
    for (const [name, root] of Object.entries(checkouts)) {
      rows[`${entry}, ${name}`] = run(fileOf(entry, root));
    }
  }
  return rows;
}
