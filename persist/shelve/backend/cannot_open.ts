/** SQLite says of many things that it is "unable to open database file". This finds out more. */
import { builtins } from "../builtins.ts";
import { ShelfError, ShelfReadOnlyError } from "../errors.ts";

/** Whether SQLite did not say more than that. */
export function isUnableToOpen(error: unknown): boolean {
  return error instanceof Error && error.message.includes("unable to open database");
}

/** The shelf's error for it. */
export function cannotOpen(path: string, cause: unknown): ShelfError {
  const message = `Cannot open "${path}": unable to open database file`;
  try {
    Deno.openSync(path, { write: true }).close();
  } catch (reason) {
    // EROFS has no class of its own.
    const readOnly = reason instanceof Deno.errors.PermissionDenied ||
      reason instanceof Error && (reason as Error & { code?: string }).code === "EROFS";
    const folder = builtins().path.dirname(path);
    if (reason instanceof Deno.errors.NotFound && !isFolder(folder)) {
      return new ShelfError(`${message}: there is no folder "${folder}"`, { cause });
    }
    if (readOnly) return new ShelfReadOnlyError(`${message}, which must not be written`, { cause });
  }
  return new ShelfError(message, { cause });
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    // What must not be looked at may be there.
    return !(error instanceof Deno.errors.NotFound);
  }
}
