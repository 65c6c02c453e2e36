// The lxml to compare with: of the Python that `FERRY_LXML_PYTHON` names, or of the system's.
import { fileURLToPath } from "node:url";

const COMMANDS = [Deno.env.get("FERRY_LXML_PYTHON"), "/usr/bin/python3", "python3"];

function hasLxml(command: string | undefined): command is string {
  if (command === undefined) return false;
  try {
    return new Deno.Command(command, {
      args: ["-c", "import lxml.etree"],
      stdout: "null",
      stderr: "null",
    }).outputSync().success;
  } catch {
    return false;
  }
}

const command = COMMANDS.find(hasLxml);
if (command === undefined) console.warn("skipped: no Python with lxml (set FERRY_LXML_PYTHON)");

/** Whether there is no lxml: tests that need it are ignored then. */
export const noLxml: boolean = command === undefined;

/** Runs a script that reads one JSON value from its input and writes one to its output. */
export async function runLxml<T>(script: URL, input: unknown): Promise<T> {
  const child = new Deno.Command(command!, {
    args: ["-W", "ignore", fileURLToPath(script)],
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
