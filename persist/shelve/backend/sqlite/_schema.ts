/**
 * The tables of a SQLite shelf. `Dict` is that of CPython's `dbm.sqlite3`, to the letter. What expires is in a table of ours,
 * made with the first entry that does: Python does not see it, and goes on seeing what is expired until that is swept. Its
 * triggers run for Python too: an entry that it writes or deletes loses the expiry of its predecessor.
 *
 * All statements read two views: `ferry_entries`, where `expires` is a constant until then, and `ferry_expiring`, which is empty
 * until then. Replacing them changes the schema, so that SQLite prepares the statements of every open connection again: nobody
 * has to look whether anything expires, and a shelf where nothing does pays nothing.
 */
import type { DatabaseSync } from "node:sqlite";
import { builtins } from "../../builtins.ts";
import { ShelfFormatError } from "../../errors.ts";

/** The table of the entries. */
export const CREATE_DICT = `
CREATE TABLE IF NOT EXISTS Dict (
  key BLOB UNIQUE NOT NULL,
  value BLOB NOT NULL
)`;

/** What `ferry_entries` is while nothing expires. SQLite reads it as it reads `Dict`. */
export const ENTRIES = "SELECT key, value, NULL AS expires FROM Dict";
/** What `ferry_expiring` is while nothing expires. */
export const EXPIRING = "SELECT NULL AS key, NULL AS expires WHERE 0";

const CREATE_VIEWS = `
CREATE VIEW IF NOT EXISTS ferry_expiring AS ${EXPIRING};
CREATE VIEW IF NOT EXISTS ferry_entries AS ${ENTRIES}`;

const CREATE_EXPIRY = `
CREATE TABLE ferry_expiry (
  key BLOB PRIMARY KEY NOT NULL,
  expires REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX ferry_expiry_expires ON ferry_expiry (expires);
CREATE TRIGGER ferry_expiry_insert AFTER INSERT ON Dict
BEGIN DELETE FROM ferry_expiry WHERE key = NEW.key; END;
CREATE TRIGGER ferry_expiry_update AFTER UPDATE ON Dict
BEGIN DELETE FROM ferry_expiry WHERE key = OLD.key OR key = NEW.key; END;
CREATE TRIGGER ferry_expiry_delete AFTER DELETE ON Dict
BEGIN DELETE FROM ferry_expiry WHERE key = OLD.key; END;
DROP VIEW ferry_expiring;
DROP VIEW ferry_entries;
CREATE VIEW ferry_expiring AS SELECT key, expires FROM ferry_expiry;
CREATE VIEW ferry_entries AS
SELECT key, value, (SELECT expires FROM ferry_expiry AS e WHERE e.key = Dict.key) AS expires FROM Dict`;

/** Makes what a shelf needs from the start. */
export function createTables(database: DatabaseSync): void {
  database.exec(CREATE_DICT);
  database.exec(CREATE_VIEWS);
}

/** Makes what expiring entries need, in a transaction of the caller's. */
export function createExpiry(database: DatabaseSync): void {
  if (!has(database, "ferry_expiry")) database.exec(CREATE_EXPIRY);
}

/** Whether a shelf has the views: Python's have none until they are opened for writing here. */
export function hasViews(database: DatabaseSync): boolean {
  return has(database, "ferry_entries");
}

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/** What the shelf makes beside `Dict`, as SQLite keeps it. */
let ours: ReadonlySet<string | null> | undefined;

function schemaOf(database: DatabaseSync): SchemaRow[] {
  const rows = database.prepare("SELECT type, name, sql FROM sqlite_master").all();
  return rows as unknown as SchemaRow[];
}

function ownSchema(): ReadonlySet<string | null> {
  if (ours !== undefined) return ours;
  using database = new (builtins().sqlite.DatabaseSync)(":memory:");
  createTables(database);
  const before = schemaOf(database);
  createExpiry(database);
  return ours = new Set([...before, ...schemaOf(database)].map(({ sql }) => sql));
}

/**
 * Refuses a file whose tables are not those of a shelf. A view or a trigger is a program that SQLite runs, for ever if it says
 * so, and a computed column may be a gigabyte: a file of somebody else's must have none but ours.
 *
 * @throws {ShelfFormatError} If there is a table `Dict` with others than two plain columns, or something that computes.
 */
export function checkSchema(database: DatabaseSync, path: string): void {
  const refuse = (what: string): never => {
    throw new ShelfFormatError(`Cannot open "${path}": it is no shelf, but has ${what}`);
  };
  let found = false;
  for (const { type, name, sql } of schemaOf(database)) {
    const isDict = name.toLowerCase() === "dict";
    found ||= isDict;
    if (isDict && (type !== "table" || !/^CREATE TABLE/i.test(sql ?? ""))) {
      refuse(`a ${type} "Dict" that is no table of its own`);
    }
    const computes = type === "view" || type === "trigger" || /^ferry_/i.test(name);
    if (computes && !ownSchema().has(sql)) refuse(`a ${type} "${name}" that is not a shelf's`);
  }
  if (!found) return;
  for (const name of ["key", "value"]) {
    const column = database.prepare(
      "SELECT hidden FROM pragma_table_xinfo('Dict') WHERE lower(name) = ?",
    ).get(name);
    if (column?.hidden !== 0) refuse(`a table "Dict" without a plain column "${name}"`);
  }
  const unique = database.prepare(
    `SELECT 1 FROM pragma_index_list('Dict') AS i WHERE i."unique" AND NOT i.partial AND 'key' = ` +
      "(SELECT group_concat(lower(c.name)) FROM pragma_index_info(i.name) AS c)",
  ).get();
  if (unique === undefined) refuse('a table "Dict" whose keys may be there twice');
}

function has(database: DatabaseSync, name: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(name) !== undefined;
}
