/** Opens SQLite files to be read. */
import { pathToFileURL } from "node:url";
import { DatabaseSync } from "node:sqlite";
import { sqliteError } from "./errors.ts";

/**
 * Opens a file for reading. A log needs an index beside the file, which SQLite cannot make in a folder that must not be
 * written. Where there is no log, nobody is writing, and the file is read as one that does not change.
 */
export function openForReading(path: string, timeout: number): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout });
    database.prepare("SELECT 1 FROM sqlite_master").get();
    return database;
  } catch (error) {
    database?.close();
    const unwritable = /unable to open|readonly/.test(error instanceof Error ? error.message : "");
    if (!unwritable || isThere(`${path}-wal`)) throw sqliteError(`open "${path}"`, error);
    const url = pathToFileURL(path);
    url.searchParams.set("immutable", "1");
    return new DatabaseSync(url, { readOnly: true, timeout });
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
