/** Python interpreters by what they can open. */

function commands(): string[] {
  const found = Deno.env.get("FERRY_PYTHONS")?.split(":") ?? [];
  const versions = `${Deno.env.get("PYENV_ROOT") ?? `${Deno.env.get("HOME")}/.pyenv`}/versions`;
  try {
    for (const { name } of Deno.readDirSync(versions)) {
      found.push(`${versions}/${name}/bin/python3`);
    }
  } catch {
    // No pyenv.
  }
  return [...found, "/usr/bin/python3", "python3.13", "python3"];
}

/** An interpreter that can open shelves with this module; says so if there is none. */
export function pythonWith(module: string): string | undefined {
  for (const command of commands()) {
    try {
      const { success } = new Deno.Command(command, {
        args: ["-c", `import ${module}`],
        stdout: "null",
        stderr: "null",
      }).outputSync();
      if (success) return command;
    } catch {
      // Not installed.
    }
  }
  console.log(`skipped: shelves of ${module}: no CPython with it found`);
  return undefined;
}

/** Runs a program, and returns what it prints. */
export async function run(command: string, program: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: ["-c", program, ...args],
    env: { PYTHONIOENCODING: "utf-8" },
  }).output();
  if (!success) throw new TypeError(`Python failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
