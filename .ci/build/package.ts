/**
 * The package as it is published: the sources, which have the types and the documentation, and beside them the bundle, which the
 * entry points run.
 */
import { bundle } from "./bundle.ts";
import { facadesOf, headOf } from "./facades.ts";
import { licenses } from "./libraries.ts";
import { embedding, FOLDER } from "./loaded.ts";
import { posix } from "node:path";

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
  const apart = [...entries.keys()].map((source) => `${posix.dirname(source)}/`);
  for (const [source, name] of entries) {
    const folder = `${posix.dirname(source)}/`;
    const end = embedding((file) => file.startsWith(folder));
    await surround(`${root}/${FOLDER}/${name}.js`, headOf(source), end);
  }
  const end = embedding((file) => !apart.some((folder) => file.startsWith(folder)));
  await surround(`${root}/${FOLDER}/core.js`, "", end);
  await Deno.writeTextFile(`${root}/${FOLDER}/LICENSES.txt`, await licenses());
  await Deno.writeTextFile(configFile, JSON.stringify({ ...config, exports }, null, 2));
}

/** Puts text before and after that of a file. */
async function surround(file: string, head: string, end: string): Promise<void> {
  await Deno.writeTextFile(file, head + await Deno.readTextFile(file) + end);
}
