/**
 * Entry points of the built package: which files of the bundle they are, and where their types come from.
 *
 * Those of `ipc/` share one file, the core: they are small, most programs use several, and a process loads them anyway. Each of
 * the others is a file of its own.
 */
import { posix } from "node:path";
import { pathToFileURL } from "node:url";
import { FOLDER } from "./loaded.ts";

/** Entry points of `ipc/` that most programs have no use for. */
const APART = new Set(["./ipc/manager", "./ipc/shared-memory"]);

/** What is called what in the bundle. */
export interface Facades {
  /** Source text of the main module of `ipc/`. */
  readonly core: string;
  /** What all entry points are called in the bundle, by their source files from the package's folder. */
  readonly names: ReadonlyMap<string, string>;
  /** Those of them that are files of their own. */
  readonly entries: ReadonlyMap<string, string>;
  /** Texts of the small modules that take names from the core, by their path from the package's folder. */
  readonly files: ReadonlyMap<string, string>;
  /** The exports of the built package. */
  readonly exports: Readonly<Record<string, string>>;
}

/** How a built module begins: it has the types of its source, and that of `ipc/` says first where it cannot run. */
export function headOf(file: string): string {
  const check = file.startsWith("ipc/") ? 'import "./supported.js";\n' : "";
  return `/* @ts-self-types="${posix.relative(FOLDER, file)}" */\n${check}`;
}

/** Makes the table of a package, and changes nothing. */
export async function facadesOf(root: string, exports: Record<string, string>): Promise<Facades> {
  const named = new Map<string, string>();
  const entries = new Map<string, string>();
  const files = new Map<string, string>();
  const built: Record<string, string> = {};
  /** Where the core takes a name from: the first entry point that has it. */
  const sources = new Map<string, string>();
  const values = new Map<string, unknown>();
  for (const [key, path] of Object.entries(exports)) {
    const file = path.slice(2);
    const name = key === "." ? "mod" : key.slice(2).replaceAll("/", "-");
    built[key] = `./${FOLDER}/${name}.js`;
    named.set(file, name);
    if (!file.startsWith("ipc/") || APART.has(key)) {
      entries.set(file, name);
      continue;
    }
    const module = await import(pathToFileURL(`${root}/${file}`).href);
    const names = Object.keys(module).sort();
    for (const name of names) {
      if (sources.has(name) && values.get(name) !== module[name]) {
        throw new TypeError(
          `Cannot build ipc: ${file} and ${sources.get(name)} mean different things by ${name}`,
        );
      }
      sources.set(name, sources.get(name) ?? file);
      values.set(name, module[name]);
    }
    const list = names.length === 0 ? "{}" : `{\n${names.map((name) => `  ${name},\n`).join("")}}`;
    files.set(`${FOLDER}/${name}.js`, `${headOf(file)}export ${list} from "./core.js";\n`);
  }
  const core = [...sources].map(([name, file]) =>
    `export { ${name} } from "./${posix.relative("ipc", file)}";\n`
  ).join("");
  return { core, names: named, entries, files, exports: built };
}
