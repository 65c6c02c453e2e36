/**
 * `ipc/` as a few files of plain JavaScript.
 *
 * A new worker spends most of its start reading modules: for each TypeScript module, the runtime reads a source map of several
 * times its size. So the published package runs `ipc/` from a bundle, split so that a process loads at first what its boot
 * module needs, then the kinds of shared objects, then, if its target imports the package, the rest. Every class is in one of
 * these files only, whichever entry point it is imported from.
 */
import { build, type Plugin } from "npm:esbuild@0.25.5";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";

/** Where the bundle goes: as deep as a room, so that URLs that leave `ipc/` stay what they are. */
export const FOLDER = "ipc/built";

/** Modules that are loaded by their URL, and what they are called in the bundle. */
const LOADED: readonly { readonly file: string; readonly url: string; readonly built: string }[] = [
  { file: "ipc/process/_boot_url.ts", url: "./_boot.ts", built: "boot.js" },
  { file: "ipc/process/_boot.ts", url: "./every_kind.ts", built: "every_kind.js" },
  { file: "ipc/process/_boot.ts", url: "./closure.ts", built: "closure.js" },
  { file: "ipc/manager/manager.ts", url: "./server/serve.ts", built: "serve.js" },
  { file: "ipc/manager/local/module.ts", url: "./arrivals.ts", built: "arrivals.js" },
  { file: "ipc/pool/_member.ts", url: "./_work.ts", built: "work.js" },
];

/** What tells a source file from the bundle. */
const OWN_NAME = {
  file: "ipc/process/_boot_url.ts",
  pattern: String.raw`/\/process\/_boot_url\.ts$/`,
};

/** A URL that is made from the module's own, on whatever line. */
const BY_URL = /\bnew URL\(\s*"([^"]+)",\s*import\.meta\.url/g;

/** Lines of comments, and those that begin with a text. */
const NOT_CODE = /^\s*(?:\/?\*|\/\/|["'`]).*$/gm;

/** Gives each file of the package its names in the bundle, and refuses what would not work there. */
function rename(root: string): Plugin {
  return {
    name: "rename",
    setup({ onLoad }) {
      onLoad({ filter: /\/ipc\/.*\.ts$/ }, async ({ path }) => {
        const file = relative(root, path).replaceAll("\\", "/");
        let contents = await Deno.readTextFile(path);
        for (const { url, built } of LOADED.filter((loaded) => loaded.file === file)) {
          if (!contents.includes(`"${url}"`)) {
            throw new TypeError(`Cannot build ipc: ${file} does not load "${url}" any more`);
          }
          contents = contents.replaceAll(`"${url}"`, `"./${built}"`);
        }
        if (file === OWN_NAME.file) {
          if (!contents.includes(OWN_NAME.pattern)) {
            throw new TypeError(`Cannot build ipc: ${file} does not look at its own name any more`);
          }
          contents = contents.replace(OWN_NAME.pattern, String.raw`/\/built\/[\w-]+\.js$/`);
        }
        for (const [, url] of contents.replace(NOT_CODE, "").matchAll(BY_URL)) {
          if (url!.endsWith(".js") || url!.startsWith("../../persist/")) continue;
          throw new TypeError(
            `Cannot build ipc: ${file} loads "${url}", which the bundle does not have`,
          );
        }
        return { contents, loader: "ts" };
      });
    },
  };
}

/** Leaves other areas where they are. */
const OUTSIDE: Plugin = {
  name: "outside",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, kind }) => {
      if (kind === "entry-point") return undefined;
      if (path.startsWith("./") && path.endsWith(".js")) return { path, external: true };
      const area = /\/(net|persist|formats|markup)\/.*$/.exec(join(resolveDir, path));
      return area === null ? undefined : { path: `../..${area[0]}`, external: true };
    });
  },
};

/**
 * Writes the bundle.
 *
 * @param root The package's folder.
 * @param core Source text of a module that exports all that entry points have.
 */
export async function bundleIpc(root: string, core: string): Promise<void> {
  const entry = join(root, "ipc/_core.ts");
  // Never called: `deno compile` embeds what it sees in an import.
  const embedded = LOADED.map(({ built }) => `() => import("./${built}"),\n`).join("");
  await Deno.writeTextFile(entry, `${core}export const embedded = [\n${embedded}];\n`);
  try {
    await build({
      absWorkingDir: root,
      entryPoints: {
        core: entry,
        boot: "ipc/process/_boot.ts",
        every_kind: "ipc/process/every_kind.ts",
        closure: "ipc/process/closure.ts",
        serve: "ipc/manager/server/serve.ts",
        arrivals: "ipc/manager/local/arrivals.ts",
        work: "ipc/pool/_work.ts",
      },
      outdir: FOLDER,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "esnext",
      chunkNames: "chunk-[hash]",
      legalComments: "none",
      logLevel: "warning",
      plugins: [OUTSIDE, rename(root)],
    });
  } finally {
    await Deno.remove(entry);
  }
  for (const { name } of Deno.readDirSync(join(root, FOLDER))) {
    const text = await Deno.readTextFile(join(root, FOLDER, name));
    for (const [, path] of text.matchAll(/\bfrom\s*"(\.\.[^"]*)"/g)) {
      await Deno.stat(new URL(path!, pathToFileURL(`${join(root, FOLDER)}/`)));
    }
  }
}
