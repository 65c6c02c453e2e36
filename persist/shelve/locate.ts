/** From a path and a flag to a file that may be opened: what is there, and whether it has to be. */
import { removeDatabase } from "./backend/take_place.ts";
import { builtins } from "./builtins.ts";
import { ShelfFormatError, ShelfReadOnlyError } from "./errors.ts";
import type { OpenFlag } from "./options.ts";
import { type FileKind, whichShelf } from "./which.ts";

/** The name of a shelf that is in memory. */
export const MEMORY = ":memory:";

/** The path of a string or a file URL; `undefined` if it is a URL of something else. */
export function pathOf(target: string | URL): string | undefined {
  if (typeof target !== "string" && !(target instanceof URL)) {
    throw new TypeError(`Cannot open a shelf at a ${typeof target}: it needs to be a path or URL`);
  }
  const text = String(target);
  if (text === "") throw new TypeError("Cannot open a shelf at an empty path");
  if (text.startsWith("file:")) return builtins().url.fileURLToPath(text);
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(text) ? undefined : text;
}

/**
 * Looks at a path, and makes room for a new shelf if the flag says so.
 *
 * @returns What is there, `undefined` for nothing.
 * @throws {Deno.errors.NotFound} If there is nothing and the flag needs something.
 * @throws {ShelfFormatError} If it is no shelf, or not of the kind that was asked for.
 * @throws {ShelfBusyError} If it is open, and the flag says that it is to be replaced.
 */
export function locate(
  path: string,
  flag: OpenFlag,
  backend: "kv" | "sqlite" | undefined,
): FileKind | undefined {
  if (path === MEMORY) return undefined;
  const kind = whichShelf(path);
  if (kind === undefined) {
    if (flag === "c" || flag === "n") return undefined;
    throw new Deno.errors.NotFound(`Cannot open "${path}" with flag "${flag}": there is no shelf`);
  }
  if (flag === "n") {
    if (kind === "dumb" || kind === "gnu") {
      throw new ShelfReadOnlyError(
        `Cannot make a new shelf at "${path}": the dbm.${kind} that is there is only read`,
      );
    }
    removeDatabase("make a new shelf at", path);
    return undefined;
  }
  if (backend !== undefined && backend !== kind) {
    throw new ShelfFormatError(
      `Cannot open "${path}" on backend "${backend}": what is there is of kind "${kind}"`,
    );
  }
  return kind;
}
