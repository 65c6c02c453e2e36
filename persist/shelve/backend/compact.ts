/**
 * Gives the free pages of a SQLite database back to the system.
 *
 * `VACUUM` attaches a second database, which Deno allows only to who may do everything (`--allow-all`). A database that was made with
 * incremental vacuum can do without, so that is how new files are made; those of Python need the permission.
 */
import type { DatabaseSync } from "node:sqlite";

const INCREMENTAL = 2;

/** Prepares a database that has no table yet. Its file is only written with the first one. */
export function makeCompactable(database: DatabaseSync): void {
  database.exec("PRAGMA auto_vacuum = incremental");
}

/**
 * Compacts the file. The pages are then in the log, and in the file after the next checkpoint.
 *
 * @throws {Deno.errors.NotCapable} If that needs permissions that are missing.
 */
export function compact(database: DatabaseSync): void {
  if (database.prepare("PRAGMA auto_vacuum").get()!.auto_vacuum === INCREMENTAL) {
    // Each step frees a page.
    database.prepare("PRAGMA incremental_vacuum").all();
    return;
  }
  try {
    // With this it can do without from the next time on.
    database.exec("PRAGMA auto_vacuum = incremental");
    database.exec("VACUUM");
  } catch (cause) {
    if (!(cause instanceof Error) || !cause.message.includes("attached databases")) throw cause;
    throw new Deno.errors.NotCapable(
      "Cannot reorganize a file that was not made by this module: it needs --allow-all",
      { cause },
    );
  }
}
