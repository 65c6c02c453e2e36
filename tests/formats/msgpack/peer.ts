// Python's msgpack, to compare with.

/** The first of `$FERRY_PYTHON`, `/usr/bin/python3`, `python3` that has msgpack, or undefined (said on the console). */
export async function findPythonMsgpack(): Promise<string | undefined> {
  const chosen = Deno.env.get("FERRY_PYTHON");
  for (
    const command of [...(chosen === undefined ? [] : [chosen]), "/usr/bin/python3", "python3"]
  ) {
    try {
      const { success, stdout } = await new Deno.Command(command, {
        args: ["-c", "import msgpack; print(msgpack.version, msgpack.Packer.__module__)"],
        stderr: "null",
      }).output();
      if (success) {
        console.log(`${command}: msgpack ${new TextDecoder().decode(stdout).trim()}`);
        return command;
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  console.warn("skipped: no Python with msgpack (python3-msgpack; set FERRY_PYTHON)");
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
  const sent = new Response(JSON.stringify(input)).body!.pipeTo(child.stdin);
  const { success, stdout } = await child.output();
  await sent;
  if (!success) throw new TypeError("The Python script failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}
