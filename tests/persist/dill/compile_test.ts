/** dill in a program that was compiled into one file: all that it loads late has to be embedded. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../../", import.meta.url);
const CONFIG = fileURLToPath(new URL("deno.json", ROOT));

const PROGRAM = `
  import { dumps, loads } from "@ferry/std/persist/dill";
  let count = 40;
  const next = () => ++count;
  const copy = await loads(await dumps(next), { trust: true }) as typeof next;
  console.log(copy(), copy(), count);
`;

async function deno(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(120_000),
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

Deno.test("what dill loads late is in the module graph, so that deno compile embeds it", async () => {
  const entry = fileURLToPath(new URL("persist/dill/mod.ts", ROOT));
  const { code, out, err } = await deno("info", "--json", "--config", CONFIG, entry);
  assertEquals(code, 0, err);
  const { modules } = JSON.parse(out) as { modules: { specifier: string; error?: string }[] };
  assertEquals(modules.filter(({ error }) => error !== undefined), []);
  const specifiers = modules.map(({ specifier }) => specifier);
  for (const late of ["capture/inspector.ts", "capture/heap.ts"]) {
    assert(specifiers.includes(new URL(`persist/dill/${late}`, ROOT).href), late);
  }
  assert(specifiers.some((specifier) => /^npm:\/?acorn@/.test(specifier)), specifiers.join("\n"));
});

Deno.test("a compiled program dumps and loads a closure", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ferry dill " });
  try {
    const [main, compiled] = [`${folder}/main.ts`, `${folder}/compiled`];
    await Deno.writeTextFile(main, PROGRAM);
    const args = ["compile", "--no-check", "--allow-sys", "--config", CONFIG];
    const { code, err } = await deno(...args, "--output", compiled, main);
    if (code !== 0) {
      assertStringIncludes(err, "denort");
      console.log("skipped: what deno compile puts before the program cannot be downloaded");
      return;
    }
    const { stdout, stderr } = await new Deno.Command(compiled).output();
    assertEquals(new TextDecoder().decode(stdout), "41 42 40\n", new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
