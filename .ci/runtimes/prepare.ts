/** A folder in which other runtimes find the package as it is published, its dependencies, and tests to run. */
import { join } from "node:path";
import importMap from "../../import_map.json" with { type: "json" };
import { buildPackage } from "../build/package.ts";
import { copyInto, copyPackage } from "../copy_package.ts";
import { ROOT } from "../entries.ts";

/** Folders of tests that need nothing of Deno. */
const TESTS = ["formats", "persist/pickle", "persist/marshal", "persist/types"];

/** Tests that are about Deno, and are left out: what it permits, programs that it runs. */
const ABOUT_DENO = /Deno\.execPath|permissions: \{/;

/** The runtimes, as npm packages. */
const RUNTIMES = ["node@26", "bun@1.4"];

/** Packages of npm that are installed: what the sources import, and what stands in for JSR's. */
function dependencies(): string[] {
  const imports: Record<string, string> = importMap.imports;
  const pinned = ["yaml", "smol-toml", "json5", "jsonc-parser"].map((name) => imports[name]!);
  return [...pinned.map((specifier) => specifier.replace("npm:", "")), "deno-std@1.4.0"];
}

/** Writes a package of modules. */
async function writePackage(
  folder: string,
  exports: object | string,
  files: Record<string, string> = {},
) {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    join(folder, "package.json"),
    JSON.stringify({ type: "module", exports }, null, 2),
  );
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(folder, name), text);
  }
}

/** Runs npm in a folder. */
async function npm(folder: string, args: string[]): Promise<void> {
  const { code } = await new Deno.Command(Deno.build.os === "windows" ? "npm.cmd" : "npm", {
    args,
    cwd: folder,
    stdout: "null",
  }).spawn().status;
  if (code !== 0) throw new TypeError(`npm ${args.join(" ")} failed`);
}

/** The tests, with the namespace `Deno` imported in the place of the global one. Returns their files. */
async function copyTests(root: string, folder: string): Promise<string[]> {
  const shim = join(folder, "tests/deno.ts");
  await copyInto(join(ROOT, "tests/_support"), join(folder, "tests/_support"));
  for (const area of TESTS) await copyInto(join(ROOT, "tests", area), join(folder, "tests", area));
  for (const name of ["deno.ts", "run.ts"]) {
    await Deno.copyFile(join(root, name), join(folder, "tests", name));
  }
  const found: string[] = [];
  const visit = async (path: string, depth: string) => {
    for (const entry of [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1)) {
      const file = join(path, entry.name);
      if (entry.isDirectory) await visit(file, `${depth}../`);
      else if (entry.name.endsWith(".ts") && depth !== "./") {
        const text = await Deno.readTextFile(file);
        if (entry.name.endsWith("_test.ts") && !ABOUT_DENO.test(text)) found.push(file);
        if (!/\bDeno\./.test(text)) continue;
        await Deno.writeTextFile(file, `import { Deno } from "${depth.slice(2)}deno.ts";\n${text}`);
      }
    }
  };
  await visit(join(shim, ".."), "./");
  return found;
}

/** What a folder has. */
export interface Prepared {
  /** Files of tests. */
  readonly tests: string[];
  /** The programs of the runtimes. */
  readonly programs: { readonly node: string; readonly bun: string };
}

/** Fills a folder, which is empty. */
export async function prepare(folder: string): Promise<Prepared> {
  await writePackage(folder, {});
  await npm(folder, ["install", "--silent", "--no-audit", ...dependencies(), ...RUNTIMES]);
  const modules = join(folder, "node_modules");
  const copy = await copyPackage({ links: true, everything: true });
  try {
    await buildPackage(copy);
    const { exports } = JSON.parse(await Deno.readTextFile(join(copy, "deno.json")));
    await writePackage(join(modules, "@ferry/std"), exports);
    await copyInto(join(copy, "built"), join(modules, "@ferry/std/built"));
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
  for (const name of ["assert", "csv", "json", "msgpack", "toml", "yaml"]) {
    const text = `export * from "deno-std/${name}/mod.js";\n`;
    await writePackage(join(modules, "@std", name), "./mod.js", { "mod.js": text });
  }
  const tests = await copyTests(join(ROOT, ".ci/runtimes"), folder);
  const bin = join(modules, ".bin");
  return { tests, programs: { node: join(bin, "node"), bun: join(bin, "bun") } };
}
