/** Finds the Python interpreters to compare with: `FERRY_PYTHONS` (paths, separated by colons), or those on the PATH. */
import { fileURLToPath } from "node:url";

export interface Python {
  readonly command: string;
  /** For example `[3, 13]`. */
  readonly version: readonly [number, number];
}

const NAMES = [
  "python3",
  ...[13, 12, 11, 10, 9, 8].map((minor) => `python3.${minor}`),
];

/** What was found out about commands: in the environment, which the test files of one run share, as each looks again. */
const KNOWN = "FERRY_KNOWN_PYTHONS";

function probe(command: string): Python | undefined {
  const known = JSON.parse(Deno.env.get(KNOWN) ?? "{}") as Record<string, Python | null>;
  let python = known[command];
  if (python === undefined) {
    python = ask(command) ?? null;
    Deno.env.set(KNOWN, JSON.stringify({ ...known, [command]: python }));
  }
  return python ?? undefined;
}

/** The interpreter itself, as a command may be a script that takes its time; `undefined` if it is none to compare with. */
function ask(command: string): Python | undefined {
  try {
    const { success, stdout } = new Deno.Command(command, {
      args: ["-c", "import sys, _pickle; print(*sys.version_info[:2], sys.executable)"],
      stdout: "piped",
      stderr: "null",
    }).outputSync();
    if (!success) return undefined;
    const [, minor, executable] = /^3 (\d+) (.+)/.exec(new TextDecoder().decode(stdout)) ?? [];
    if (executable === undefined || Number(minor) < 8 || Number(minor) > 13) return undefined;
    return { command: executable, version: [3, Number(minor)] };
  } catch {
    return undefined;
  }
}

/** One interpreter for each version found. */
export function findPythons(): Python[] {
  const given = Deno.env.get("FERRY_PYTHONS");
  const found = new Map<number, Python>();
  for (const command of given ? given.split(":") : NAMES) {
    const python = probe(command);
    if (python !== undefined && !found.has(python.version[1])) {
      found.set(python.version[1], python);
    }
  }
  return [...found.values()];
}

/** The interpreter that `FERRY_PYTHON` names, or the newest one found. */
export function findPython(): Python | undefined {
  const given = Deno.env.get("FERRY_PYTHON");
  if (given !== undefined) return probe(given);
  return findPythons().sort((a, b) => b.version[1] - a.version[1])[0];
}

/** Runs a script with arguments and input, and returns its output. */
export async function runPython(
  python: Python,
  script: URL,
  args: string[],
  input: Uint8Array,
): Promise<Uint8Array> {
  const child = new Deno.Command(python.command, {
    args: ["-W", "ignore", fileURLToPath(script), ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const writing = writer.write(input).then(() => writer.close());
  const [{ success, stdout }] = await Promise.all([child.output(), writing]);
  if (!success) throw new TypeError(`${python.command} failed`);
  return stdout;
}

/** Every version of CPython there is: those of {@linkcode findPythons}, and those that pyenv has installed. */
export function findEveryPython(): Python[] {
  const found = new Map(findPythons().map((python) => [python.version[1], python]));
  const root = Deno.env.get("PYENV_ROOT") ?? `${Deno.env.get("HOME")}/.pyenv`;
  if (Deno.env.get("FERRY_PYTHONS") === undefined) {
    for (const command of pyenvCommands(`${root}/versions`)) {
      const python = probe(command);
      if (python !== undefined && !found.has(python.version[1])) {
        found.set(python.version[1], python);
      }
    }
  }
  return [...found.values()].sort((a, b) => a.version[1] - b.version[1]);
}

/** The oldest and the newest of them, or all where `$FERRY_STRESS` asks for it: for what does not differ by version. */
export function oldestAndNewest(pythons: Python[]): Python[] {
  if (Deno.env.has("FERRY_STRESS")) return pythons;
  return pythons.filter((_, i) => i === 0 || i === pythons.length - 1);
}

function pyenvCommands(versions: string): string[] {
  try {
    return [...Deno.readDirSync(versions)]
      .filter(({ name }) => /^3\.\d+\.\d+$/.test(name))
      .map(({ name }) => `${versions}/${name}/bin/python3`);
  } catch {
    return [];
  }
}
