/**
 * 4. One shelf that Python and Deno share: the file of `shelve.open` in CPython 3.13.
 *
 * ```sh
 * deno run --allow-read --allow-write --allow-run examples/shelf/04_python.ts [python3.13]
 * ```
 */
import { openSync, whichShelf } from "@ferry/std/persist/shelve";

const PROGRAM = `
import datetime, shelve, sys

with shelve.open(sys.argv[1]) as shelf:
    for name in sorted(shelf):
        print("  Python reads", name, shelf[name])
    shelf["sencha"] = {"grams": 100, "opened": datetime.date(2026, 5, 1)}
    assam = shelf["assam"]
    assam["grams"] -= 12
    shelf["assam"] = assam
`;

interface Tea {
  grams: number;
  opened: Temporal.PlainDate;
}

const folder = await Deno.makeTempDir();
const path = `${folder}/teas`;
try {
  {
    using teas = openSync<Tea>(path);
    teas.set("assam", { grams: 250, opened: Temporal.PlainDate.from("2026-02-28") });
    console.log("Deno has written", [...teas.keys()]);
  }
  const { success } = await new Deno.Command(Deno.args[0] ?? "python3", {
    args: ["-c", PROGRAM, path],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new TypeError("Python failed: it needs to be 3.13 or newer");
  {
    using teas = openSync<Tea>(path, { flag: "r" });
    console.log(`It is a file of kind "${whichShelf(path)}"`);
    for (const [name, { grams, opened }] of teas) {
      console.log("  Deno reads", name, grams, String(opened));
    }
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
