/** Puts a new file in the place of a former one, unless that is a shelf that somebody has open. */
import type { DatabaseSync } from "node:sqlite";
import { builtins } from "../builtins.ts";
import { ShelfBusyError } from "../errors.ts";

/** What SQLite has beside a database. */
const BESIDE = ["-wal", "-shm", "-journal"];

/**
 * Moves a file to a path.
 *
 * @param what What is attempted, for the error: `back up the shelf to`.
 * @param from The new file.
 * @param path The path.
 * @throws {ShelfBusyError} If a shelf is open there: it would go on writing to a file that nobody can open any more.
 */
export function takePlace(what: string, from: string | URL, path: string | URL): void {
  whileUnused(what, path, () => Deno.renameSync(from, path));
}

/**
 * Checks that no shelf is open at a path.
 *
 * @throws {ShelfBusyError} If one is.
 */
export function checkUnused(what: string, path: string | URL): void {
  whileUnused(what, path, () => {});
}

/**
 * Removes a database with all that is beside it.
 *
 * @param what What is attempted, for the error: `make a new shelf at`.
 * @param path The path.
 * @throws {ShelfBusyError} If it is open.
 */
export function removeDatabase(what: string, path: string): void {
  whileUnused(what, path, () => {
    for (const suffix of ["", ...BESIDE]) removeIfThere(path + suffix);
  });
}

/** Removes a database that nobody else knows of. */
export function removeUnshared(path: string): void {
  for (const suffix of ["", ...BESIDE]) removeIfThere(path + suffix);
}

/**
 * Runs a function while nobody has the database open that lies at a path. Who has one open in WAL mode shares a lock on it for
 * as long. What a crash has left in a log is moved into the database first: beside another database it would damage that.
 */
function whileUnused(what: string, path: string | URL, body: () => void): void {
  if (!isThere(path)) {
    body();
    return;
  }
  let database: DatabaseSync | undefined;
  try {
    database = new (builtins().sqlite.DatabaseSync)(path, { timeout: 0 });
    database.exec("PRAGMA locking_mode = exclusive; PRAGMA journal_mode = delete; BEGIN EXCLUSIVE");
  } catch (cause) {
    database?.close();
    database = undefined;
    if (cause instanceof Error && /is locked|is busy/.test(cause.message)) {
      throw new ShelfBusyError(`Cannot ${what} "${path}": a shelf is open there`, { cause });
    }
    // What is no database, or must not be written, is no shelf that is written at this moment.
  }
  try {
    body();
  } finally {
    database?.close();
  }
}

/** Whether there is a file with something in it. */
function isThere(path: string | URL): boolean {
  try {
    const { isFile, size } = Deno.statSync(path);
    return isFile && size > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
