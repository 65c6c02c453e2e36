/**
 * The statements of a SQLite shelf, prepared once each. There are two sets: with what expires, and without it for who only
 * reads a file that Python made.
 *
 * Making a `Uint8Array` costs more than all else in reading a row, so keys go in and out as text where they can: `KEY` is text
 * if all of it is ASCII without NUL, at which `CAST` would end; and bytes otherwise.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ENTRIES, EXPIRING } from "./_schema.ts";

const KEY = "iif(length(key) = length(CAST(key AS TEXT)), CAST(key AS TEXT), key)";
/** A listing brings along values of up to so many bytes. */
const INLINE = 1024;

/** What a listing gives: keys, or their values too; with small values it reads fewer rows. */
export type Columns = "keys" | "small" | "entries";

/** Which rows a listing gives. */
export interface Listing {
  readonly columns: Columns;
  readonly from: "lower <=" | "lower <";
  readonly to: "<" | "<=" | undefined;
  readonly reverse: boolean;
}

/** A statement that gives rows as arrays, which are made faster. Not all type declarations know the method. */
function arrays(statement: StatementSync): StatementSync {
  (statement as unknown as { setReturnArrays(enabled: boolean): void }).setReturnArrays(true);
  return statement;
}

export class Statements {
  readonly begin: StatementSync;
  readonly beginImmediate: StatementSync;
  readonly commit: StatementSync;
  readonly rollback: StatementSync;
  readonly get: StatementSync;
  readonly has: StatementSync;
  readonly set: StatementSync;
  readonly delete: StatementSync;
  readonly count: StatementSync;
  readonly anyExpired: StatementSync;
  readonly sweep: StatementSync;
  readonly #database: DatabaseSync;
  readonly #entries: string;
  readonly #listings = new Map<string, StatementSync>();
  #expire: StatementSync | undefined;

  constructor(database: DatabaseSync, hasViews: boolean) {
    this.#database = database;
    const expiring = hasViews ? "ferry_expiring" : `(${EXPIRING})`;
    const entries = this.#entries = hasViews ? "ferry_entries" : `(${ENTRIES})`;
    this.begin = database.prepare("BEGIN");
    this.beginImmediate = database.prepare("BEGIN IMMEDIATE");
    this.commit = database.prepare("COMMIT");
    this.rollback = database.prepare("ROLLBACK");
    const prepare = (sql: string) => arrays(database.prepare(sql));
    this.get = prepare(`SELECT value, expires FROM ${entries} WHERE key = CAST(? AS BLOB)`);
    this.has = prepare(`SELECT expires FROM ${entries} WHERE key = CAST(? AS BLOB)`);
    // REPLACE would write the index and two pages of the table, where this writes one.
    this.set = prepare(
      "INSERT INTO Dict (key, value) VALUES (CAST(? AS BLOB), ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    );
    this.delete = prepare("DELETE FROM Dict WHERE key = CAST(? AS BLOB)");
    this.count = prepare(
      `SELECT (SELECT count(*) FROM Dict) - (SELECT count(*) FROM ${expiring} WHERE expires <= ?)`,
    );
    this.anyExpired = prepare(`SELECT 1 FROM ${expiring} WHERE expires <= ? LIMIT 1`);
    this.sweep = prepare(
      `DELETE FROM Dict WHERE key IN (SELECT key FROM ${expiring} WHERE expires <= ?)`,
    );
  }

  /** The statement that notes when an entry expires, once there is a table for that. */
  get expire(): StatementSync {
    return this.#expire ??= this.#database.prepare(
      "REPLACE INTO ferry_expiry (key, expires) VALUES (CAST(? AS BLOB), ?)",
    );
  }

  /**
   * The statement that lists a range, with the parameters `lower`, `upper` if there is one, `now` and `limit`: rows of a key,
   * then, unless there are only keys, the value (`null` for one that is not small) and when it expires.
   */
  list({ columns, from, to, reverse }: Listing): StatementSync {
    const value = columns === "small" ? `iif(length(value) <= ${INLINE}, value, NULL)` : "value";
    const sql = `SELECT ${KEY}${columns === "keys" ? "" : `, ${value}, expires`} ` +
      `FROM ${this.#entries} WHERE ${from === "lower <=" ? "key >= :lower" : "key > :lower"}` +
      `${to === undefined ? "" : ` AND key ${to} :upper`} ` +
      `AND (expires IS NULL OR expires > :now) ` +
      `ORDER BY key ${reverse ? "DESC" : "ASC"} LIMIT :limit`;
    let statement = this.#listings.get(sql);
    if (statement === undefined) {
      statement = arrays(this.#database.prepare(sql));
      statement.setAllowUnknownNamedParameters(true);
      this.#listings.set(sql, statement);
    }
    return statement;
  }
}
