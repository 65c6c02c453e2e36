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
