// Programs in a runtime of their own: for what can only be seen from outside, such as whether a program ends by itself.
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

/** No program may take longer; one that does is stopped and has the exit code of the signal, 143. */
const DEADLINE = 60_000;

/** What became of a program. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** How to run a program. */
export interface RunOptions {
  /** Flags and script of `deno run`. */
  readonly args: readonly string[];
  /** What the program reads from stdin. */
  readonly stdin?: string;
  /** More of the environment. */
  readonly env?: Record<string, string>;
}

/** Runs a program of this project, given as its source text, with everything allowed. */
export async function program(source: string): Promise<Outcome> {
  const config = fileURLToPath(new URL("deno.json", ROOT));
  return await run({ args: ["-A", "--config", config, "-"], stdin: source });
}

/** Runs a program, whatever its configuration. */
export async function run({ args, stdin = "", env = {} }: RunOptions): Promise<Outcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", ...args],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...env },
    signal: AbortSignal.timeout(DEADLINE),
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}
