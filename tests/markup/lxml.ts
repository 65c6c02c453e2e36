// The lxml to compare with: of the Python that `FERRY_LXML_PYTHON` names, or of the system's.
import { askPython } from "../_support/ask_python.ts";

const COMMANDS = [Deno.env.get("FERRY_LXML_PYTHON"), "/usr/bin/python3", "python3"];

function canImport(command: string | undefined, modules: string): command is string {
  if (command === undefined) return false;
  try {
    return new Deno.Command(command, {
      args: ["-c", `import ${modules}`],
      stdout: "null",
      stderr: "null",
    }).outputSync().success;
  } catch {
    return false;
  }
}

const command = COMMANDS.find((command) => canImport(command, "lxml.etree"));
if (command === undefined) console.warn("skipped: no Python with lxml (set FERRY_LXML_PYTHON)");

/** Whether there is no lxml: tests that need it are ignored then. */
export const noLxml: boolean = command === undefined;

/** Whether lxml lacks a module beside it, such as cssselect; said on the console if so. */
export function lacks(module: string): boolean {
  if (command === undefined) return true;
  if (canImport(command, `lxml.etree, ${module}`)) return false;
  console.warn(`skipped: no ${module} in ${command}`);
  return true;
}

/** Runs a script that reads one JSON value from its input and writes one to its output. */
export async function runLxml<T>(script: URL, input: unknown): Promise<T> {
  return await askPython<T>(command!, script, input);
}
