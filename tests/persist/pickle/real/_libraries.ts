/** The Python whose libraries make real pickles: Debian's, or the one that `FERRY_SCIENCE` names. */
import { fileURLToPath } from "node:url";

const COMMAND = Deno.env.get("FERRY_SCIENCE") ?? "/usr/bin/python3";

/** Whether that Python has a library. */
export async function hasLibrary(name: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(COMMAND, {
      args: ["-c", `import ${name}`],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

/** Runs one of the scripts of this folder, and returns what it prints. */
export async function runScript(name: string, args: string[], input = ""): Promise<string> {
  const child = new Deno.Command(COMMAND, {
    args: ["-W", "ignore", fileURLToPath(new URL(name, import.meta.url)), ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = new Response(child.stdout).text();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const text = await output;
  const { success } = await child.status;
  if (!success) throw new TypeError(`Cannot run ${name}: it failed`);
  return text;
}
