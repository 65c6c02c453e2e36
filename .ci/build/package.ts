/**
 * The package as it is published: the sources, which have the types and the documentation, and beside them the bundle, which the
 * entry points run.
 */
import { bundle } from "./bundle.ts";
import { facadesOf, headOf } from "./facades.ts";
import { licenses } from "./libraries.ts";
import { FOLDER } from "./loaded.ts";

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
  const facades = await facadesOf(root, config.exports);
  const { entries, files, exports } = facades;
  await bundle(root, facades);
  for (const [file, text] of files) await Deno.writeTextFile(`${root}/${file}`, text);
  for (const [source, name] of entries) {
    const file = `${root}/${FOLDER}/${name}.js`;
    await Deno.writeTextFile(file, headOf(source) + await Deno.readTextFile(file));
  }
  await Deno.writeTextFile(`${root}/${FOLDER}/LICENSES.txt`, await licenses());
  await Deno.writeTextFile(configFile, JSON.stringify({ ...config, exports }, null, 2));
}
