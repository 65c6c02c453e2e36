/**
 * Exchanges pickles with a real CPython, in both directions, through files that hold several objects one after another.
 *
 * 1. Python dumps a list, a dict, a tuple, a set, an int and None into one file; we read it until the end.
 * 2. We dump the same six values into another file; Python reads it until the end and shows what it got.
 * 3. Both files hold the same bytes.
 *
 * Run: `deno run --allow-read --allow-write --allow-run examples/pickle_exchange.ts [python]`
 */
import { dump, Float, loadAll, PySet, tuple } from "@ferry/std/persist/pickle";

/** Six values, one `pickle.dump` each. Protocol 5 is the default here, and in Python since 3.14. */
const WRITE = `
import pickle, sys

with open(sys.argv[1], "wb") as file:
    for value in [[10, 20, 30, 40], {"name": "tea", "price": 2.5}, (1, "two", 3.0), {7}, 12345678901234567890, None]:
        pickle.dump(value, file, protocol=5)
`;

/** The loop every course on pickle has: load until EOFError. */
const READ = `
import pickle, sys

with open(sys.argv[1], "rb") as file:
    while True:
        try:
            value = pickle.load(file)
        except EOFError:
            break
        print("  Python read", type(value).__name__.ljust(8), value)
`;

async function python(script: string, path: string): Promise<void> {
  const { success } = await new Deno.Command(Deno.args[0] ?? "python3", {
    args: ["-c", script, path],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new TypeError("Python failed");
}

function kind(value: unknown): string {
  return value === null
    ? "null"
    : typeof value === "object"
    ? value.constructor.name
    : typeof value;
}

const folder = await Deno.makeTempDir();
try {
  const theirs = `${folder}/from_python.pickle`;
  const ours = `${folder}/from_deno.pickle`;

  console.log("Python writes, Deno reads until the end:");
  await python(WRITE, theirs);
  const values: unknown[] = [];
  {
    using file = await Deno.open(theirs);
    // Exact: Python's 3.0 is a Float here, so that it is written back as a float.
    for await (const value of loadAll(file, { mode: "exact" })) {
      console.log("  Deno read", kind(value).padEnd(8), value);
      values.push(value);
    }
  }

  console.log("Deno writes what it has read, Python reads until the end:");
  {
    using file = await Deno.open(ours, { write: true, create: true });
    for (const value of values) await dump(value, file);
  }
  await python(READ, ours);

  // The same values, made here instead of read.
  const made = `${folder}/made_here.pickle`;
  {
    using file = await Deno.open(made, { write: true, create: true });
    await dump([10, 20, 30, 40], file);
    await dump({ name: "tea", price: 2.5 }, file);
    // A JavaScript 3 is an int in Python; 3.0 has to say that it is a float.
    await dump(tuple(1, "two", new Float(3)), file);
    await dump(new PySet([7]), file);
    await dump(12345678901234567890n, file);
    await dump(null, file);
  }

  const [a, b, c] = await Promise.all([theirs, ours, made].map((path) => Deno.readFile(path)));
  const same = a!.toHex() === b!.toHex() && a!.toHex() === c!.toHex();
  console.log(`The three files hold ${same ? "the same" : "different"} ${a!.length} bytes.`);
  if (!same) Deno.exit(1);
} finally {
  await Deno.remove(folder, { recursive: true });
}
