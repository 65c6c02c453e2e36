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

function probe(command: string): Python | undefined {
  try {
    const { success, stdout } = new Deno.Command(command, {
      args: ["-c", "import sys, _pickle; print(*sys.version_info[:2])"],
      stdout: "piped",
      stderr: "null",
    }).outputSync();
    if (!success) return undefined;
    const [major, minor] = new TextDecoder().decode(stdout).trim().split(" ").map(Number);
    if (major !== 3 || minor === undefined || minor < 8 || minor > 13) return undefined;
    return { command, version: [3, minor] };
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

function pyenvCommands(versions: string): string[] {
  try {
    return [...Deno.readDirSync(versions)]
      .filter(({ name }) => /^3\.\d+\.\d+$/.test(name))
      .map(({ name }) => `${versions}/${name}/bin/python3`);
  } catch {
    return [];
  }
}
