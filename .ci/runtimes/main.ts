/**
 * The formats, pickle and marshal on Node and Bun: their own tests, run there on the package as it is published.
 *
 * `deno task test:runtimes [node] [bun] [text…]`; a text chooses files whose path has it. CPython is compared with under Deno only,
 * unless `FERRY_PYTHONS` names interpreters.
 */
import { join } from "node:path";
import { ROOT } from "../entries.ts";
import { prepare } from "./prepare.ts";

const RUNTIMES = ["node", "bun"] as const;

/** Tests that are about V8: of its longest string; of the text of its `String.raw`, which Bun changes as it compiles. */
const ABOUT_V8 = [
  "what the engine refuses is an UnpicklingError: members of enums, large maps, long strings",
  "decode() reads what Python writes, floats, dates, tuples and all widths",
];

const chosen = RUNTIMES.filter((name) => Deno.args.includes(name));
const texts = Deno.args.filter((arg) => !(RUNTIMES as readonly string[]).includes(arg));
const folder = await Deno.makeTempDir({ prefix: "ferry runtimes " });
let failed = false;
try {
  const { tests, programs } = await prepare(folder);
  const files = tests.filter((file) => texts.every((text) => file.includes(text)));
  const env = {
    FERRY_CONFORMANCE: Deno.env.get("FERRY_CONFORMANCE") ?? join(ROOT, "../shared/conformance"),
    FERRY_PYTHONS: Deno.env.get("FERRY_PYTHONS") ?? "/none",
    FERRY_PYTHON: Deno.env.get("FERRY_PYTHON") ?? "/none",
  };
  for (const name of chosen.length > 0 ? chosen : RUNTIMES) {
    const without = name === "bun" ? ABOUT_V8.map((test) => `--without=${test}`) : [];
    const args = [join(folder, "tests/run.ts"), ...without, ...files];
    console.log(`${name}, ${files.length} files`);
    const { code } = await new Deno.Command(programs[name], { args, env, cwd: folder }).spawn()
      .status;
    failed ||= code !== 0;
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(failed ? 1 : 0);
