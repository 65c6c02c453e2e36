/**
 * Modules that are loaded by their URL: workers, programs of processes, and what not every process needs.
 *
 * A bundler does not follow URLs, so each of them is an entry of the bundle, and the file that loads it is given its new name.
 */

/** Where the bundle goes, from the package's folder. Everything in it is side by side. */
export const FOLDER = "built";

/** One module that is loaded by its URL. */
export interface Loaded {
  /** The file that loads it, from the package's folder. */
  readonly by: string;
  /** The URL as it is written there. */
  readonly url: string;
  /** The module, from the package's folder. */
  readonly module: string;
  /** What it is called in the bundle, without `.js`. */
  readonly built: string;
}

/** All of them. */
export const LOADED: readonly Loaded[] = [
  row("ipc/process/_boot_url.ts", "./_boot.ts", "boot"),
  row("ipc/process/_boot.ts", "./every_kind.ts", "every_kind"),
  row("ipc/process/_boot.ts", "./closure.ts", "closure"),
  row("ipc/process/closure.ts", "../../persist/dill/mod.ts", "persist-dill"),
  row("ipc/manager/_start.ts", "./server/serve.ts", "serve"),
  row("ipc/manager/local/module.ts", "./arrivals.ts", "arrivals"),
  row("ipc/pool/_member.ts", "./_work.ts", "work"),
  row("net/techniques/prefork_server.ts", "./_process.ts", "prefork_process"),
  row("net/techniques/worker_per_connection.ts", "./_single.ts", "single_connection"),
  row("net/techniques/worker_server.ts", "./_thread.ts", "server_thread"),
  row("markup/xslt/xslt.ts", "./worker.ts", "xslt_worker"),
];

/**
 * Text that a file of the bundle ends with: a function, never called, with imports of what is loaded by URL. `deno compile`
 * embeds what it sees in an import.
 *
 * @param loads Whether the file is used by who uses this source file.
 */
export function embedding(loads: (file: string) => boolean): string {
  const imports = LOADED.filter(({ by }) => by.startsWith("ipc/") && loads(by))
    .map(({ built }) => `import("./${built}.js")`);
  return imports.length === 0 ? "" : `(() => [${imports.join(", ")}]);\n`;
}

function row(by: string, url: string, built: string): Loaded {
  const module = new URL(url, `package:///${by}`).pathname.slice(1);
  return { by, url, module, built };
}

/** What tells a source file from the bundle. */
const OWN_NAME = {
  file: "ipc/process/_boot_url.ts",
  pattern: String.raw`/\/process\/_boot_url\.ts$/`,
};

/** A URL that is made from the module's own, on whatever line. */
const BY_URL = /\bnew URL\(\s*"([^"]+)",\s*import\.meta\.url/g;

/** Lines of comments, and those that begin with a text. */
const NOT_CODE = /^\s*(?:\/?\*|\/\/|["'`]).*$/gm;

/**
 * A source file with the names that things have in the bundle.
 *
 * @param file Its path from the package's folder.
 * @param text Its text.
 * @throws {TypeError} If it loads by URL what the bundle does not have, or does not load any more what the table says.
 */
export function renamed(file: string, text: string): string {
  let contents = text;
  for (const { url, built } of LOADED.filter(({ by }) => by === file)) {
    if (!contents.includes(`"${url}"`)) {
      throw new TypeError(`Cannot build the package: ${file} does not load "${url}" any more`);
    }
    contents = contents.replaceAll(`"${url}"`, `"./${built}.js"`);
  }
  if (file === OWN_NAME.file) {
    if (!contents.includes(OWN_NAME.pattern)) {
      throw new TypeError(
        `Cannot build the package: ${file} does not look at its own name any more`,
      );
    }
    contents = contents.replace(OWN_NAME.pattern, String.raw`/\/built\/[\w-]+\.js$/`);
  }
  for (const [, url] of contents.replace(NOT_CODE, "").matchAll(BY_URL)) {
    if (url!.endsWith(".js")) continue;
    throw new TypeError(
      `Cannot build the package: ${file} loads "${url}", which the bundle does not have`,
    );
  }
  return contents;
}
