import { findPythons, type Python } from "./python.ts";

export type { Python };

/** The interpreters found; says so if there is none. */
export function pythonsOrSkip(what: string): Python[] {
  const pythons = findPythons().sort((a, b) => a.version[1] - b.version[1]);
  if (pythons.length === 0) console.log(`skipped: ${what}: no CPython 3.8 to 3.13 found`);
  return pythons;
}

/** For example `CPython 3.13`. */
export function nameOf({ version }: Python): string {
  return `CPython ${version.join(".")}`;
}

/** Runs a program given as text, with `input` on its standard input, and returns what it prints. */
export async function runProgram(
  { command }: Python,
  program: string,
  input = "",
): Promise<string> {
  const child = new Deno.Command(command, {
    args: ["-c", program],
    env: { PYTHONIOENCODING: "utf-8:surrogatepass" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // A program that stops early breaks the pipe; what it said on stderr tells more.
  const writing = new Response(input).body?.pipeTo(child.stdin).catch(() => {}) ??
    child.stdin.close();
  const { success, stdout, stderr } = await child.output();
  await writing;
  if (!success) throw new TypeError(`Python failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
