/**
 * The tour's chapter on shelves: one is written, closed, opened again, copied, and read by Python where there is one.
 *
 * ```sh
 * deno run --unstable-kv -A examples/shelf/tour.ts [python3.13]
 * ```
 */
import { open, ShelfClosedError } from "@ferry/std/persist/shelve";

const READ = `
import shelve, sys

with shelve.open(sys.argv[1], "r") as shelf:
    print("  Python:", {name: shelf[name] for name in sorted(shelf)})
`;

/** Whether a Python is there that has the format. */
async function canRead(python: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(python, {
      args: ["-c", "import dbm.sqlite3"],
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

/** What the chapter shows. */
export const title = "values on a disk, as a map";

/** Shows it. The first argument is the interpreter that reads a copy. */
export async function run([python = "python3"]: string[] = []): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const shelf = await open<unknown>(`${folder}/numbers`);
    await shelf.set("primes", [2, 3, 5, 7]);
    await shelf.set("big", 2n ** 100n);
    await shelf.set("names", new Map([["one", 1], ["two", 2]]));
    await shelf.close();
    console.log("written and closed");
    await shelf.get("primes").catch((error) => {
      console.log("a closed shelf:", error instanceof ShelfClosedError ? error.message : error);
    });

    await using again = await open<unknown>(`${folder}/numbers`);
    console.log("opened again:", again.kind);
    for await (const [key, value] of again) console.log(`  ${key}:`, value);

    console.log("transactions add up:");
    await Promise.all(Array.from({ length: 10 }, () =>
      again.transaction(async (tx) => {
        tx.set("visits", (await tx.get("visits") as number | undefined ?? 0) + 1);
      })));
    console.log("  visits:", await again.get("visits"));

    // Through JSON Lines into the format of Python's shelve.
    await using copy = await open<unknown>(`${folder}/copy`, { backend: "sqlite" });
    await again.exportTo(`${folder}/numbers.jsonl`);
    console.log("copied:", await copy.importFrom(`${folder}/numbers.jsonl`), "entries");
    if (await canRead(python)) {
      await new Deno.Command(python, {
        args: ["-c", READ, `${folder}/copy`],
        stdout: "inherit",
        stderr: "inherit",
      }).output();
    } else console.log("  Python: not here, or older than 3.13");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await run(Deno.args);
