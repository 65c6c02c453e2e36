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

/** Runs a program of this project, given as its source text. */
export async function program(source: string): Promise<Outcome> {
  return await deno(["--config", fileURLToPath(new URL("deno.json", ROOT)), "-"], source);
}

/** Runs the runtime with everything allowed. */
export async function deno(args: readonly string[], stdin: string = ""): Promise<Outcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "--no-check", ...args],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(DEADLINE),
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}
