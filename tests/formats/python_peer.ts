// Scripts for the Python to compare with.

/** Runs a script that reads one JSON value from its input and writes one to its output. */
export async function runPython(command: string, script: string, input: unknown): Promise<unknown> {
  const child = new Deno.Command(command, {
    args: ["-c", script],
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
