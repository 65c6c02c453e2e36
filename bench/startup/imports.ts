/** What a program costs that only imports an entry of the package, beside one that is empty. */
import type { Contender } from "./measure.ts";
import { entryOf } from "./checkout.ts";

const ENTRIES = [".", "./ipc", "./ipc/queue", "./persist/pickle", "./formats/csv"];

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
export async function importRows(
  checkouts: Record<string, URL>,
): Promise<Record<string, Contender>> {
  const rows: Record<string, Contender> = {
    "empty program": run(new URL("./empty.js", import.meta.url)),
  };
  for (const entry of ENTRIES) {
    for (const [name, root] of Object.entries(checkouts)) {
      rows[`${entry}, ${name}`] = run(await entryOf(root, entry));
    }
  }
  return rows;
}
