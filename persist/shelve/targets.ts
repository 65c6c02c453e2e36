/** Where copies and exports may go. */
import { checkUnused } from "./backend/take_place.ts";
import { builtins } from "./builtins.ts";
import { MEMORY } from "./locate.ts";

/**
 * Checks the file that a copy or an export will replace. A shelf's own file cannot be replaced: open connections would go on
 * writing to the old one, which nobody can open any more.
 *
 * @param what What is attempted, for the error: `back up the shelf`.
 * @param target The file.
 * @param own The files that the shelf is in, as absolute paths.
 * @param takesUrl Whether it may be a URL.
 * @throws {TypeError} If it is no path, or one of the shelf's own files.
 * @throws {ShelfBusyError} If another shelf is open there.
 */
export function checkTarget(
  what: string,
  target: string | URL,
  own: readonly string[],
  takesUrl: boolean,
): void {
  const { path: paths, url } = builtins();
  const file = takesUrl && target instanceof URL ? url.fileURLToPath(target) : target;
  if (typeof file !== "string") {
    throw new TypeError(`Cannot ${what} to a ${typeof target}: it needs to be a path`);
  }
  if (target === "" || target === MEMORY) {
    throw new TypeError(`Cannot ${what} to "${target}": it needs to be the path of a file`);
  }
  const path = paths.resolve(file);
  if (own.some((file) => file === path || isSame(file, path))) {
    throw new TypeError(`Cannot ${what} to "${target}": the shelf itself is in this file`);
  }
  checkUnused(`${what} to`, path);
}

/** Whether both paths lead to one file. A link to it is another file: a copy would take the place of the link. */
function isSame(file: string, path: string): boolean {
  const mayRead = (path: string) =>
    Deno.permissions.querySync({ name: "read", path }).state === "granted";
  if (!mayRead(file) || !mayRead(path)) return false;
  try {
    const there = Deno.lstatSync(path);
    if (there.ino === null) return false;
    return [Deno.statSync(file), Deno.lstatSync(file)]
      .some(({ dev, ino }) => dev === there.dev && ino === there.ino);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
