/** What a program costs that only imports an entry of the package, beside one that is empty. */
import { fileURLToPath } from "node:url";
import type { Contender } from "./measure.ts";
import { entryOf } from "./checkout.ts";

const ENTRIES = [".", "./ipc", "./ipc/queue", "./persist/pickle", "./formats/csv"];

/** Runs a file with the configuration of a checkout: reading another one takes milliseconds more or less. */
function run(file: URL, root: URL): Contender {
  const config = fileURLToPath(new URL("deno.json", root));
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-lock", "--config", config, file.href],
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
export async function importRows(
  checkouts: Record<string, URL>,
): Promise<Record<string, Contender>> {
  const rows: Record<string, Contender> = {
    "empty program": run(new URL("./empty.js", import.meta.url), checkouts.here!),
  };
  for (const entry of ENTRIES) {
    for (const [name, root] of Object.entries(checkouts)) {
      rows[`${entry}, ${name}`] = run(await entryOf(root, entry), root);
    }
  }
  return rows;
}
