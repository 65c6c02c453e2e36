/**
 * A new file becomes either a SQLite shelf or one of Deno KV, whoever opens it at the same time: who is first leaves a mark
 * that the other finds, both in a transaction that nobody else can write in. A SQLite shelf is marked by its table, a KV store,
 * whose tables Deno makes later, by its `application_id`.
 */
import type { DatabaseSync } from "node:sqlite";
import { ShelfFormatError } from "../errors.ts";
import { makeCompactable } from "./compact.ts";

/** "FrKV" */
const KV_ID = 0x46724b56;

/** Whether the file was made for Deno KV, even if Deno KV has not got to it. */
export function isClaimed(database: DatabaseSync): boolean {
  return database.prepare("PRAGMA application_id").get()!.application_id === KV_ID;
}

/**
 * Makes a file one of a kind.
 *
 * @param database The file, open for writing.
 * @param path Its path, for the error.
 * @param kind The kind.
 * @param create Makes what the file needs of that kind.
 * @throws {ShelfFormatError} If it is of the other kind already.
 */
export function claim(
  database: DatabaseSync,
  path: string,
  kind: "kv" | "sqlite",
  create: () => void,
): void {
  if (isOf(database, kind, true)) return;
  makeCompactable(database);
  // This writes the first page.
  database.exec("PRAGMA journal_mode = wal");
  database.exec("BEGIN IMMEDIATE");
  try {
    const other = kind === "kv" ? "sqlite" : "kv";
    if (isOf(database, other, false)) {
      throw new ShelfFormatError(
        `Cannot open "${path}" on backend "${kind}": what is there is of kind "${other}"`,
      );
    }
    create();
    if (kind === "kv") database.exec(`PRAGMA application_id = ${KV_ID}`);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Whether it is of a kind; `whole` for with all that is made. */
function isOf(database: DatabaseSync, kind: "kv" | "sqlite", whole: boolean): boolean {
  const rows = database.prepare("SELECT name FROM sqlite_master").all();
  const names = rows.map(({ name }) => name);
  if (kind === "kv") return isClaimed(database) || names.includes("data_version");
  return names.includes("Dict") && (!whole || names.includes("ferry_entries"));
}
