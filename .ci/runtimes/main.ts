/**
 * The formats, pickle and marshal on Node and Bun: their own tests, run there on the package as it is published. In a browser they are
 * loaded and used.
 *
 * `deno task test:runtimes [node] [bun] [browser] [text…]`; a text chooses files whose path has it. CPython is compared with under Deno only,
 * unless `FERRY_PYTHONS` names interpreters.
 */
import { join } from "node:path";
import { conformanceFolder } from "../../tests/_support/conformance_folder.ts";
import { ROOT } from "../entries.ts";
import { inBrowser } from "./browser.ts";
import { prepare } from "./prepare.ts";

const RUNTIMES = ["node", "bun", "browser"] as const;

/** Tests that are about V8: of its longest string; of the text of its `String.raw`, which Bun changes as it compiles. */
const ABOUT_V8 = [
  "what the engine refuses is an UnpicklingError: members of enums, large maps, long strings",
  "decode() reads what Python writes, floats, dates, tuples and all widths",
];

/** Prints how the import of `ipc` ends. */
const IPC =
  'import("@ferry/std/ipc").then(() => console.log("loaded"), (error) => console.log(String(error)))';

/** What a program prints. */
async function output(command: string, cwd: string, program: string): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args: ["-e", program], cwd }).output();
  return new TextDecoder().decode(stdout).trim();
}

const chosen = RUNTIMES.filter((name) => Deno.args.includes(name));
const texts = Deno.args.filter((arg) => !(RUNTIMES as readonly string[]).includes(arg));
const folder = await Deno.makeTempDir({ prefix: "ferry runtimes " });
let failed = false;
try {
  const { tests, programs } = await prepare(folder);
  const files = tests.filter((file) => texts.every((text) => file.includes(text)));
  if (files.length === 0) throw new TypeError(`Cannot choose tests: none has ${texts.join(", ")}`);
  const env = {
    FERRY_CONFORMANCE: conformanceFolder() ?? "/none",
    FERRY_PYTHONS: Deno.env.get("FERRY_PYTHONS") ?? "/none",
    FERRY_PYTHON: Deno.env.get("FERRY_PYTHON") ?? "/none",
  };
  for (const name of chosen.length > 0 ? chosen : RUNTIMES) {
    if (name === "browser") {
      const command = Deno.env.get("FERRY_CHROMIUM") ?? "chromium";
      const results = await inBrowser(
        command,
        join(folder, "node_modules/@ferry/std"),
        join(ROOT, ".ci/runtimes"),
      );
      for (const [entry, result] of Object.entries(results)) {
        console.log(`browser, ${entry}: ${result === true ? "ok" : result}`);
        failed ||= result !== true;
      }
      continue;
    }
    const without = name === "bun" ? ABOUT_V8.map((test) => `--without=${test}`) : [];
    const args = [join(folder, "tests/run.ts"), ...without, ...files];
    console.log(`${name}, ${files.length} files`);
    const { code } = await new Deno.Command(programs[name], { args, env, cwd: folder }).spawn()
      .status;
    const ipc = await output(programs[name], folder, IPC);
    console.log(`${name}, ipc: ${ipc}`);
    failed ||= code !== 0 ||
      !ipc.startsWith("NotSupported: Cannot use @ferry/std/ipc: it needs Deno");
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(failed ? 1 : 0);
