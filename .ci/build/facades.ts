/**
 * Entry points of the built package: a module for each, which takes everything from the bundle and its types from the source.
 */
import { posix } from "node:path";
import { pathToFileURL } from "node:url";
import { FOLDER } from "./ipc_bundle.ts";

/** An entry point. */
interface Entry {
  /** Its key among the exports, without the `./`. */
  readonly key: string;
  /** The source file, from the package's folder. */
  readonly file: string;
  /** What it has at run time. */
  readonly names: readonly string[];
}

/** Entry points of `ipc/`, by importing them. */
async function entriesOf(root: string, exports: Record<string, string>): Promise<Entry[]> {
  const base = pathToFileURL(`${root}/`);
  const found: Entry[] = [];
  for (const [key, file] of Object.entries(exports)) {
    if (!file.startsWith("./ipc/")) continue;
    const names = Object.keys(await import(new URL(file, base).href)).sort();
    found.push({ key: key.slice(2), file: file.slice(2), names });
  }
  return found;
}

/** The facades of a package, and what the bundle must export for them. */
export interface Facades {
  /** Source text of the bundle's main module, which is `ipc/_core.ts`. */
  readonly core: string;
  /** Source texts by the file's path from the package's folder. */
  readonly files: ReadonlyMap<string, string>;
  /** The exports of the package, with those of `ipc/` replaced. */
  readonly exports: Record<string, string>;
}

/** Makes the facades of a package, and changes nothing. */
export async function facadesOf(root: string, exports: Record<string, string>): Promise<Facades> {
  const entries = await entriesOf(root, exports);
  const files = new Map<string, string>();
  const replaced = { ...exports };
  /** Where the bundle takes a name from: the first entry point that has it. */
  const sources = new Map<string, string>();
  const values = new Map<string, unknown>();
  for (const { key, file, names } of entries) {
    const module = await import(pathToFileURL(`${root}/${file}`).href);
    for (const name of names) {
      if (sources.has(name) && values.get(name) !== module[name]) {
        throw new TypeError(
          `Cannot build ipc: ${file} and ${sources.get(name)} mean different things by ${name}`,
        );
      }
      sources.set(name, sources.get(name) ?? file);
      values.set(name, module[name]);
    }
    const facade = `${FOLDER}/${key.replace(/^ipc\//, "")}.js`;
    const types = posix.relative(FOLDER, file);
    const list = names.length === 0 ? "{}" : `{\n${names.map((name) => `  ${name},\n`).join("")}}`;
    files.set(facade, `/* @ts-self-types="${types}" */\nexport ${list} from "./core.js";\n`);
    replaced[`./${key}`] = `./${facade}`;
  }
  const core = [...sources].map(([name, file]) =>
    `export { ${name} } from "./${posix.relative("ipc", file)}";\n`
  ).join("");
  return { core, files, exports: replaced };
}
