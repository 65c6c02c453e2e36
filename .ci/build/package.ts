/**
 * The package as it is published: the sources, and beside them `ipc/` as a bundle, which the entry points run.
 */
import { bundleIpc } from "./ipc_bundle.ts";
import { facadesOf } from "./facades.ts";

/**
 * Builds a copy of the package, in its place.
 *
 * @param root The copy's folder.
 */
export async function buildPackage(root: string): Promise<void> {
  const configFile = `${root}/deno.json`;
  const config = JSON.parse(await Deno.readTextFile(configFile)) as {
    exports: Record<string, string>;
  };
  const { core, files, exports } = await facadesOf(root, config.exports);
  await bundleIpc(root, core);
  for (const [file, text] of files) await Deno.writeTextFile(`${root}/${file}`, text);
  await Deno.writeTextFile(configFile, JSON.stringify({ ...config, exports }, null, 2));
  // The package's main module takes the areas from their files.
  const main = await Deno.readTextFile(`${root}/mod.ts`);
  const built = main.replace('"./ipc/mod.ts"', JSON.stringify(exports["./ipc"]));
  if (built === main) {
    throw new TypeError('Cannot build the package: mod.ts does not export "./ipc/mod.ts"');
  }
  await Deno.writeTextFile(`${root}/mod.ts`, built);
}
