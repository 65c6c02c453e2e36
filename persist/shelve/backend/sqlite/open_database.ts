/** Opens SQLite files. */
import type { DatabaseSync } from "node:sqlite";
import { builtins } from "../../builtins.ts";
import { cannotOpen, isUnableToOpen } from "../cannot_open.ts";
import { sqliteError } from "./errors.ts";

/**
 * Opens a file for reading. A log needs an index beside the file, which SQLite cannot make in a folder that must not be
 * written. Where there is no log, nobody is writing, and the file is read as one that does not change.
 */
export function openForReading(path: string, timeout: number): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new (builtins().sqlite.DatabaseSync)(path, { readOnly: true, timeout });
    database.prepare("SELECT 1 FROM sqlite_master").get();
    return database;
  } catch (error) {
    database?.close();
    const unwritable = isUnableToOpen(error) ||
      error instanceof Error && /readonly/.test(error.message);
    if (!unwritable || isThere(`${path}-wal`)) throw sqliteError(`open "${path}"`, error);
    const url = builtins().url.pathToFileURL(path);
    url.searchParams.set("immutable", "1");
    return new (builtins().sqlite.DatabaseSync)(url, { readOnly: true, timeout });
  }
}

/** Opens a file, or makes it. */
export function openForWriting(path: string, timeout: number): DatabaseSync {
  try {
    return new (builtins().sqlite.DatabaseSync)(path, { timeout });
  } catch (error) {
    throw isUnableToOpen(error) ? cannotOpen(path, error) : error;
  }
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
