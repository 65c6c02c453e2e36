/** A copy of a SQLite database that is either whole or not there. */
import type { DatabaseSync } from "node:sqlite";
import { builtins } from "../builtins.ts";
import { cannotOpen, isUnableToOpen } from "./cannot_open.ts";
import { removeUnshared, takePlace } from "./take_place.ts";

/** More pages than a database has: the copy is made in one step, from one state. */
const ALL_PAGES = 0x7fffffff;

/**
 * Copies one state of an open database to a new file. The copy is made beside the target under another name, made durable and
 * then renamed, so that a crash leaves either no file, the former file or the whole copy at `path`.
 */
export async function copyDatabase(database: DatabaseSync, path: string): Promise<void> {
  const partial = `${path}.partial`;
  removeUnshared(partial);
  try {
    await builtins().sqlite.backup(database, partial, { rate: ALL_PAGES });
    {
      using file = await Deno.open(partial, { read: true, write: true });
      await file.sync();
    }
    takePlace("back up the shelf to", partial, path);
  } catch (error) {
    removeUnshared(partial);
    throw isUnableToOpen(error) ? cannotOpen(path, error) : error;
  }
}
