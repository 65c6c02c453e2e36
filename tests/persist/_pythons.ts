/**
 * Finds CPython interpreters: those listed in `FERRY_PYTHONS` (paths, separated by `:`, `,` or blanks), or else the ones
 * on the PATH. One per minor version.
 */
export interface Python {
  readonly path: string;
  /** Minor version: 11 for 3.11. */
  readonly minor: number;
  readonly name: string;
}

const listed = Deno.env.get("FERRY_PYTHONS");
const candidates = listed !== undefined
  ? listed.split(/[:,\s]+/).filter((path) => path !== "")
  : ["python3", ...Array.from({ length: 8 }, (_, i) => `python3.${i + 8}`)];

async function probe(path: string): Promise<Python | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(path, {
      args: ["-c", "import sys; print(sys.implementation.name, *sys.version_info[:3])"],
      stderr: "null",
    }).output();
    const [name, major, minor, micro] = new TextDecoder().decode(stdout).trim().split(" ");
    if (!success || name !== "cpython" || major !== "3" || Number(minor) < 8) return undefined;
    return { path, minor: Number(minor), name: `CPython 3.${minor}.${micro}` };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The interpreters found, oldest first. */
export async function findPythons(): Promise<Python[]> {
  const found = new Map<number, Python>();
  for (const python of await Promise.all(candidates.map(probe))) {
    if (python !== undefined && !found.has(python.minor)) found.set(python.minor, python);
  }
  if (found.size === 0) console.log("skipped: no CPython 3.8 or later found on the PATH");
  return [...found.values()].sort((a, b) => a.minor - b.minor);
}

/** Runs a program with `input` on its standard input and returns what it prints. */
export async function runPython(
  { path }: Python,
  program: string,
  input: string,
  args: readonly string[] = [],
): Promise<string> {
  const child = new Deno.Command(path, {
    args: ["-c", program, ...args],
    env: { PYTHONIOENCODING: "utf-8", PYTHONHASHSEED: "0" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writing = new Response(input).body!.pipeTo(child.stdin).catch(() => {});
  const { success, stdout, stderr } = await child.output();
  await writing;
  if (!success) throw new Error(`Python failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
