/** Whether a worker can load a module: one that cannot would be refused there, where nobody hears of it. */

/**
 * Checks that modules may be read, those of them that are files.
 *
 * @param modules Absolute specifiers.
 * @throws {Deno.errors.NotCapable} If one may not be read.
 */
export function checkReadable(...modules: (URL | string)[]): void {
  // What is embedded in an executable needs no permission.
  if (Deno.build.standalone) return;
  for (const module of modules) {
    if (!/^file:/i.test(String(module))) continue;
    const url = new URL(module);
    if (Deno.permissions.requestSync({ name: "read", path: url }).state === "granted") continue;
    const path = globalThis.process.getBuiltinModule("node:url").fileURLToPath(url);
    throw new Deno.errors.NotCapable(
      `Cannot serve in workers: they need to read "${path}"; run again with --allow-read`,
    );
  }
}
