/**
 * Publishes the package to a registry on loopback, and uses it from there as somebody else's project does: types are checked strictly,
 * the program runs, compiles, and runs again from the cache with the registry gone.
 *
 * `deno task test:registry`
 */
import { join } from "node:path";
import { buildPackage } from "../build/package.ts";
import { copyInto, copyPackage } from "../copy_package.ts";
import { ROOT } from "../entries.ts";
import { startRegistry } from "./server.ts";

const EXPECTED = '[[1,4,9],"done",2.5,[1,"a"],{"a":[1,2]}]';

/** A process that runs an export of a module of the project. */
const TARGET = `
import { Process } from "@ferry/std/ipc";
export const square = (n: number): number => n * n;
if (import.meta.main) {
  await using process = new Process({ module: import.meta.url, export: "square" }, { args: [3] });
  try {
    process.start();
    console.log(await process.result({ timeout: 60_000 }));
  } catch (error) {
    console.log((error as Error).name);
  }
}
`;

/** What the package loads by its URL besides processes: servers in workers and processes, and stylesheets. */
const BY_URL = `
import { openConnection } from "@ferry/std/net";
import { servePrefork, serveWorkerPerConnection, serveWorkers } from "@ferry/std/net/techniques";
import { Xslt } from "@ferry/std/markup/xslt";
const source = 'export default ({ writer }) => { writer.write("hello"); };';
const module = "data:text/javascript," + encodeURIComponent(source);
const said: string[] = [];
for (
  const serve of [
    () => serveWorkers({ module }, { port: 0, workers: 1 }),
    () => serveWorkerPerConnection({ module }, { port: 0, spare: 1 }),
    () => servePrefork({ module }, { port: 0, processes: 1 }),
  ]
) {
  await using server = await serve();
  await using client = await openConnection(server.address);
  said.push(new TextDecoder().decode(await client.reader.readAll({ timeout: 60_000 })));
}
using sheet = new Xslt(
  '<r xsl:version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:value-of select="/a"/></r>',
);
said.push((await sheet.transform("<a>x</a>")).parse().text!);
console.log(said.join());
`;

const STRICT = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  isolatedDeclarations: true,
};

const root = await Deno.makeTempDir({ prefix: "ferry registry " });
const env: Record<string, string> = { DENO_DIR: join(root, "cache"), NO_COLOR: "1" };

/** Runs a program; its output, or an error with all that it said. */
async function run(command: string, args: string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd, env }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new TypeError(`${command} ${args.join(" ")} failed:\n${err}${out}`);
  return out!.trim();
}

/** Says that a step is done, if it gave what is expected. */
function report(step: string, received: string, expected: string): void {
  if (received !== expected) {
    throw new TypeError(`${step}: expected ${expected}, received ${received}`);
  }
  console.log(`${step}: ok`);
}

const deno = Deno.execPath();
try {
  const data = join(root, "data");
  await using registry = startRegistry(data);
  env["JSR_URL"] = `http://127.0.0.1:${registry.addr.port}/`;

  // The stand-ins, under the true names.
  for (const { name } of Deno.readDirSync(join(ROOT, "links"))) {
    const folder = join(ROOT, "links", name);
    const config = JSON.parse(await Deno.readTextFile(join(folder, "deno.json")));
    await copyInto(folder, join(data, config.name, config.version));
  }

  const copy = await copyPackage({ links: false, everything: false });
  try {
    await buildPackage(copy);
    const args = ["publish", "--token", "none", "--no-provenance", "--allow-dirty", "--quiet"];
    await run(deno, args, copy);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
  console.log("published: ok");

  const project = join(root, "project");
  await Deno.mkdir(project);
  await Deno.copyFile(join(ROOT, ".ci/registry/consumer.ts"), join(project, "main.ts"));
  await Deno.writeTextFile(
    join(project, "deno.json"),
    JSON.stringify({
      imports: { "@ferry/std": "jsr:@ferry/std@^0.1.0" },
      compilerOptions: STRICT,
    }),
  );
  // `Process`, package from JSR: it needs no permission, but for a target on disk.
  report(
    "run, no permission",
    await run(deno, ["run", "--no-prompt", "main.ts"], project),
    EXPECTED,
  );
  await Deno.writeTextFile(join(project, "target.ts"), TARGET);
  for (const [flags, expected] of [[["--allow-read=."], "9"], [[], "NotCapable"]] as const) {
    const args = ["run", "--no-prompt", ...flags, "target.ts"];
    report(
      `a target on disk, ${flags[0] ?? "no permission"}`,
      await run(deno, args, project),
      expected,
    );
  }
  await Deno.writeTextFile(join(project, "by_url.ts"), BY_URL);
  const flags = ["--allow-net", "--allow-read", "--allow-run"];
  const byUrl = ["run", "--no-prompt", ...flags, "by_url.ts"];
  report("what is loaded by its URL", await run(deno, byUrl, project), "hello,hello,hello,x");
  await run(deno, ["check", "main.ts", "target.ts", "by_url.ts"], project);
  console.log("checked: ok");
  const dl = join(
    Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "", ".cache/deno"),
    "dl",
  );
  await Deno.symlink(dl, join(env["DENO_DIR"]!, "dl")).catch(() => {});
  try {
    await run(deno, ["compile", "--quiet", "--output", "program", "main.ts"], project);
    report("compiled", await run(join(project, "program"), [], project), EXPECTED);
  } catch (error) {
    // What the runtime puts before a compiled program comes from its own server.
    if (!(error instanceof TypeError) || !/dl\.deno\.land/.test(error.message)) throw error;
    console.log("compiled: skipped, the base of compiled programs cannot be downloaded");
  }
  await registry.shutdown();
  const offline = ["run", "--no-prompt", "--cached-only", "main.ts"];
  report("from the cache, registry gone", await run(deno, offline, project), EXPECTED);
} finally {
  await Deno.remove(root, { recursive: true });
}
