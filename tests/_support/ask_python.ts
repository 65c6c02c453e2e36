// Scripts for a Python to compare with.
import { fileURLToPath } from "node:url";

/**
 * Runs a script that reads one JSON value from its input and writes one to its output.
 *
 * @param command The interpreter.
 * @param script The script's text, or the file that it is in.
 * @param input The value for it.
 */
export async function askPython<T>(
  command: string,
  script: string | URL,
  input: unknown,
): Promise<T> {
  const file = typeof script === "string" ? ["-c", script] : [fileURLToPath(script)];
  const child = new Deno.Command(command, {
    args: ["-W", "ignore", ...file],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const written = writer.write(new TextEncoder().encode(JSON.stringify(input)))
    .then(() => writer.close());
  const { success, stdout } = await child.output();
  await written;
  if (!success) throw new TypeError("The Python script failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}
