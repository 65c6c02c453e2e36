// Where processes can run: versions of the runtime, compiled and bundled programs.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { run } from "../../_support/program.ts";
import { program } from "../../_support/program.ts";

const ROOT = new URL("../../../", import.meta.url);
const CONFIG = fileURLToPath(new URL("deno.json", ROOT));

const PROGRAM = `
  import { Process } from "@ferry/std/ipc";
  const child = new Process((n: number) => n + 1, { args: [41], name: "Child" });
  try {
    child.start();
    console.log(await child.result({ timeout: 20_000 }));
  } catch (error) {
    console.log(error.name + ": " + error.message);
  }
`;

/** Runs a subcommand of the runtime. */
async function deno(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(120_000),
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

/** A folder for a test, with the program in it. */
async function withProgram(use: (folder: string, main: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "ferry process " });
  try {
    const main = `${folder}/main.ts`;
    await Deno.writeTextFile(main, PROGRAM);
    await use(folder, main);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("Process.start() says which version of Deno it needs where Web Locks are missing", async () => {
  const { code, out, err } = await program(`
    delete Object.getPrototypeOf(navigator).locks;
    ${PROGRAM.replace(": number", "")}
    console.log(child.isAlive, child.id);
  `);
  assertEquals([code, out], [
    0,
    "NotSupported: Cannot start Child: processes need Deno 2.9 or newer, which has navigator.locks; " +
    `this is Deno ${Deno.version.deno}\nfalse undefined\n`,
  ], err);
});

Deno.test("The boot module of processes is in the module graph, so that deno compile embeds it", async () => {
  for (const entry of ["ipc/mod.ts", "ipc/process/process.ts", "mod.ts"]) {
    const { code, out, err } = await deno(
      "info",
      "--json",
      "--config",
      CONFIG,
      fileURLToPath(new URL(entry, ROOT)),
    );
    assertEquals(code, 0, err);
    const { modules } = JSON.parse(out) as { modules: { specifier: string }[] };
    const boot = new URL("ipc/process/_boot.ts", ROOT).href;
    assert(modules.some(({ specifier }) => specifier === boot), entry);
  }
});

Deno.test("A compiled program starts processes", async () => {
  await withProgram(async (folder, main) => {
    const compiled = `${folder}/compiled`;
    const { code, err } = await deno(
      ...["compile", "--no-check", "--config", CONFIG, "--output", compiled, main],
    );
    if (code !== 0) {
      assertStringIncludes(err, "denort");
      console.log("skipped: what deno compile puts before the program cannot be downloaded");
      return;
    }
    const { stdout } = await new Deno.Command(compiled).output();
    assertEquals(new TextDecoder().decode(stdout), "42\n");
  });
});

Deno.test("A program that was bundled into one file is told so when it starts a process", async () => {
  await withProgram(async (folder, main) => {
    const bundle = `${folder}/bundle.js`;
    const bundled = await deno("bundle", "--config", CONFIG, "--output", bundle, main);
    if (bundled.code !== 0 && /esbuild/i.test(bundled.err)) {
      console.log("skipped: deno bundle could not get esbuild");
      return;
    }
    assertEquals(bundled.code, 0, bundled.err);
    const { code, out, err } = await run({ args: ["-A", "--no-config", bundle] });
    assertEquals(code, 0, err);
    assertStringIncludes(
      out,
      "NotSupported: Cannot start Child: a process runs a module of @ferry/std, but this program was bundled into one file",
    );
    assertStringIncludes(out, 'deno bundle --external "@ferry/std*"');
  });
});

Deno.test("A program that was bundled without this package starts processes", async () => {
  await withProgram(async (folder, main) => {
    const bundle = `${folder}/bundle.js`;
    const bundled = await deno(
      ...["bundle", "--config", CONFIG, "--external", "@ferry/std*", "--output", bundle, main],
    );
    if (bundled.code !== 0 && /esbuild/i.test(bundled.err)) {
      console.log("skipped: deno bundle could not get esbuild");
      return;
    }
    assertEquals(bundled.code, 0, bundled.err);
    const { code, out, err } = await run({ args: ["-A", "--config", CONFIG, bundle] });
    assertEquals([code, out], [0, "42\n"], err);
  });
});
