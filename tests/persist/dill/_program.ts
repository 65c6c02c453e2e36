/** Runs a program of these tests in a process of its own, with exactly the given permissions. */
import { fileURLToPath } from "node:url";

const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));

/** What a program did. */
export interface Run {
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** Runs a program beside this file. `input` goes to its standard input. */
export async function run(
  program: string,
  flags: readonly string[],
  input: Uint8Array = new Uint8Array(),
): Promise<Run> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      `--config=${CONFIG}`,
      ...flags,
      new URL(program, import.meta.url).href,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const writing = writer.write(input).then(() => writer.close()).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await writing;
  return { code, stdout, stderr: new TextDecoder().decode(stderr) };
}
