// A Python to compare with.

/** The first of `$FERRY_PYTHON`, `python3.13`, `python3` that runs, with its version. */
export async function findPython(): Promise<{ command: string; version: number } | undefined> {
  const chosen = Deno.env.get("FERRY_PYTHON");
  for (const command of [...(chosen === undefined ? [] : [chosen]), "python3.13", "python3"]) {
    try {
      const { success, stdout } = await new Deno.Command(command, {
        args: ["-c", "import sys; print(sys.version_info[0] * 100 + sys.version_info[1])"],
        stderr: "null",
      }).output();
      if (success) return { command, version: Number(new TextDecoder().decode(stdout)) };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

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
