// What runs outside Deno does not use it: the program has neither `Deno` nor Node's globals. Real runtimes: `deno task test:runtimes`.
import { assertEquals } from "@std/assert";
import { run } from "../_support/program.ts";

// Libraries for require() are loaded by what Deno has for it, so before that is gone.
const PROGRAM = `
  import "jsonc-parser";
  import { check } from "${new URL("../../.ci/runtimes/checks.js", import.meta.url)}";
  const { log } = console;
  for (const name of ["Deno", "Buffer", "process"]) delete globalThis[name];
  const results = await check((key) => import("@ferry/std/" + key));
  const ipc = await import("@ferry/std/ipc").catch((error) => error);
  log(JSON.stringify([results, ipc.name, ipc.message.split(",")[0]]));
`;

Deno.test("csv, json, toml, msgpack, pickle and marshal work without Deno and Node's globals; ipc says what it needs", async () => {
  const file = new URL(`./_elsewhere_${crypto.randomUUID()}.ts`, import.meta.url);
  await Deno.writeTextFile(file, PROGRAM);
  try {
    const { out, err } = await run({ args: ["-A", "--no-lock", "--no-check", file.href] });
    const names = ["csv", "json", "toml", "msgpack", "pickle", "marshal"];
    assertEquals(
      out.trim() && JSON.parse(out),
      [
        Object.fromEntries(names.map((name) => [name, true])),
        "NotSupported",
        "Cannot use @ferry/std/ipc: it needs Deno 2.9 or newer",
      ],
      err,
    );
  } finally {
    await Deno.remove(file);
  }
});
