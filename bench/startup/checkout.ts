/** Another checkout of the package, or one that was built. */

/**
 * Where the file of an entry point is.
 *
 * @param root The checkout's folder.
 * @param key The entry point, as deno.json names it: `./ipc`.
 */
export async function entryOf(root: URL, key: string): Promise<URL> {
  const { exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const file = exports[key];
  if (typeof file !== "string") {
    throw new TypeError(`Cannot measure ${key}: ${root.pathname} has no such entry point`);
  }
  return new URL(file, root);
}
