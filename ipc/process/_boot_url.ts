/**
 * Where the boot module is, which every process runs first.
 *
 * A worker is made from a URL, which no tool that follows imports can see. So this file imports the boot module too, in a
 * function that is never called: `deno compile` embeds it for that. A bundler puts it into the one file that it writes,
 * where no worker can be made from it; then this module's own URL is the bundle's, which is how that is noticed.
 *
 * The runtime takes an imported module for one that may be read, and finds out otherwise only in the worker. So the
 * permission is asked for here.
 */

/** Never called, see above. */
export const embedded = (): Promise<unknown> => import("./_boot.ts");

/**
 * The boot module as a URL that a worker may be made from, wherever this package was loaded from.
 *
 * @param name The name of the process that is to start.
 * @throws {Deno.errors.NotCapable} If it may not be read.
 * @throws {Deno.errors.NotSupported} If this package was bundled with others into one file.
 */
export function bootUrl(name: string): URL {
  if (!/\/process\/_boot_url\.ts$/.test(import.meta.url)) {
    throw new Deno.errors.NotSupported(
      `Cannot start ${name}: a process runs a module of @ferry/std, but this program was bundled into one file, ` +
        `${import.meta.url}; leave @ferry/std out of the bundle (deno bundle --external "@ferry/std*"), ` +
        "or use deno compile",
    );
  }
  const here = new URL("./_boot.ts", import.meta.url);
  if (here.protocol === "file:") {
    checkReadable(name, here);
    return here;
  }
  // Workers refuse http(s); a module that only imports it is accepted.
  return new URL(
    `data:text/javascript,${encodeURIComponent(`await import(${JSON.stringify(here.href)});`)}`,
  );
}

/**
 * Checks that the module of a target may be read, where it is a file. In the worker the refusal would be one of many reasons
 * why a module cannot be imported.
 *
 * @param name The name of the process that is to start.
 * @param module The module, as an absolute specifier.
 * @throws {Deno.errors.NotCapable} If it may not be read.
 */
export function checkTarget(name: string, module: string): void {
  if (/^file:/i.test(module)) checkReadable(name, new URL(module));
}

/** What is embedded in an executable needs no permission. */
function checkReadable(name: string, module: URL): void {
  if (Deno.build.standalone) return;
  if (Deno.permissions.requestSync({ name: "read", path: module }).state === "granted") return;
  throw new Deno.errors.NotCapable(
    `Cannot start ${name}: it needs to read "${
      globalThis.process.getBuiltinModule("node:url").fileURLToPath(module)
    }"; run again with --allow-read`,
  );
}
