/**
 * The npm packages that become part of the bundle.
 *
 * Those here are published for `require()` first, as dozens of files, which the runtime loads many times slower than modules: two
 * of them took half of the time that importing the package takes. Their own builds for browsers and bundlers are modules.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import importMap from "../../import_map.json" with { type: "json" };

/** A package, and the file of it that is a module. */
const MODULES: Readonly<Record<string, string>> = {
  "json5": "dist/index.mjs",
  "jsonc-parser": "lib/esm/main.js",
  "smol-toml": "dist/index.js",
  "yaml": "browser/index.js",
};

/** Names of the packages. */
export const LIBRARIES: readonly string[] = Object.keys(MODULES);

/** The folder of a pinned package in the runtime's cache, where it is after it was imported once. */
async function folderOf(name: string): Promise<string> {
  const imports: Record<string, string> = importMap.imports;
  const version = /^npm:.*@([^@/]+)$/.exec(imports[name] ?? "")?.[1];
  if (version === undefined) {
    throw new TypeError(`Cannot bundle ${name}: import_map.json does not name one version of it`);
  }
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--no-lock", `npm:${name}@${version}`],
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new TypeError(new TextDecoder().decode(stderr));
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout)) as { npmCache: string };
  // In it is a folder for each host that packages came from.
  for (const host of Deno.readDirSync(npmCache)) {
    const folder = join(npmCache, host.name, name, version);
    if (existsSync(folder)) return folder;
  }
  throw new TypeError(`Cannot bundle ${name}: ${npmCache} has no version ${version} of it`);
}

/** Path of each package's module. */
export async function libraryModules(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [name, file] of Object.entries(MODULES)) {
    found.set(name, join(await folderOf(name), file));
  }
  return found;
}

/** The licenses of the packages, which ask to be kept with copies. */
export async function licenses(): Promise<string> {
  const texts: string[] = ["Parts of other packages are in built/, under these licenses.\n"];
  for (const name of LIBRARIES) {
    const folder = await folderOf(name);
    const file = [...Deno.readDirSync(folder)].find((entry) => /^licen[cs]e/i.test(entry.name));
    if (file === undefined) {
      throw new TypeError(
        `Cannot bundle ${name}: its license is needed, and there is no such file`,
      );
    }
    texts.push(`\n=== ${name}\n\n${await Deno.readTextFile(join(folder, file.name))}`);
  }
  return texts.join("");
}
