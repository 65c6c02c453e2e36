/**
 * The package as a few files of plain JavaScript.
 *
 * A program, and even more a new worker, spends most of its start reading modules: for each TypeScript module, the runtime reads a
 * source map of several times its size. So the published package runs from a bundle, split by entry points; what several need is
 * in files that they share, so that every class is in one file only, whichever entry point it is imported from. A process loads
 * at first what its boot module needs, then the kinds of shared objects, then, if its target imports the package, the rest.
 */
import { build, type Plugin } from "npm:esbuild@0.25.5";
import { join, relative } from "node:path";
import { withOwnNames } from "./class_names.ts";
import type { Facades } from "./facades.ts";
import { libraryModules } from "./libraries.ts";
import { FOLDER, LOADED, renamed } from "./loaded.ts";

/** Modules whose namespaces are those of entry points. */
const CONTENTS: ReadonlySet<string> = new Set([
  "mod.ts",
  "formats/mod.ts",
  "markup/mod.ts",
  "persist/mod.ts",
]);

/** Paths from the package's folder, with slashes. */
function inside(root: string, path: string): string {
  return relative(root, path).replaceAll("\\", "/");
}

/** Gives each file of the package its names in the bundle. */
function renaming(root: string): Plugin {
  return {
    name: "renaming",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const text = await Deno.readTextFile(path);
        return { contents: renamed(inside(root, path), text), loader: "ts" };
      });
    },
  };
}

/** What is an entry of its own, what comes along, and what stays where it is. */
function places(
  root: string,
  names: ReadonlyMap<string, string>,
  libraries: ReadonlyMap<string, string>,
): Plugin {
  return {
    name: "places",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\// }, ({ path, importer, resolveDir, kind }) => {
        if (kind === "entry-point") return undefined;
        if (path.startsWith("./") && path.endsWith(".js") && importer.endsWith(".ts")) {
          return { path, external: true };
        }
        const built = CONTENTS.has(inside(root, importer))
          ? names.get(inside(root, join(resolveDir, path)))
          : undefined;
        return built === undefined ? undefined : { path: `./${built}.js`, external: true };
      });
      onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === "entry-point") return undefined;
        const library = libraries.get(path);
        return library === undefined ? { path, external: true } : { path: library };
      });
    },
  };
}

/**
 * Writes the bundle.
 *
 * @param root The package's folder.
 * @param facades What entry points are called, and which are files of their own.
 */
export async function bundle(
  root: string,
  { core, names, entries }: Facades,
): Promise<void> {
  const main = join(root, "ipc/_core.ts");
  await Deno.writeTextFile(main, core);
  try {
    await build({
      absWorkingDir: root,
      entryPoints: {
        core: main,
        supported: "ipc/supported.ts",
        ...Object.fromEntries([...entries].map(([file, built]) => [built, file])),
        ...Object.fromEntries(LOADED.map(({ module, built }) => [built, module])),
      },
      outdir: FOLDER,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      mainFields: ["module", "main"],
      target: "esnext",
      chunkNames: "chunk-[hash]",
      // Comments and spaces are half of the text, and the runtime reads them at each start. Names stay, for stacks.
      minifyWhitespace: true,
      legalComments: "none",
      logLevel: "warning",
      plugins: [places(root, names, await libraryModules()), renaming(root)],
    });
  } finally {
    await Deno.remove(main);
  }
  const folder = join(root, FOLDER);
  for await (const { name } of Deno.readDir(folder)) {
    const file = join(folder, name);
    await Deno.writeTextFile(file, withOwnNames(await Deno.readTextFile(file)));
  }
}
