/**
 * The statements of a SQLite shelf, prepared once each. There are two sets: with the table of expiries, and without it for who
 * only reads a file that Python made.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";

export class Statements {
  readonly get: StatementSync;
  readonly has: StatementSync;
  readonly set: StatementSync;
  readonly delete: StatementSync;
  readonly count: StatementSync;
  readonly expire: StatementSync | undefined;
  readonly anyExpired: StatementSync | undefined;
  readonly sweep: StatementSync | undefined;
  readonly #database: DatabaseSync;
  readonly #expiring: boolean;
  readonly #expires: string;

  constructor(database: DatabaseSync, expiring: boolean) {
    this.#database = database;
    this.#expiring = expiring;
    const expires = expiring
      ? "(SELECT expires FROM ferry_expiry WHERE ferry_expiry.key = Dict.key)"
      : "NULL";
    this.#expires = expires;
    this.get = database.prepare(`SELECT value, ${expires} AS expires FROM Dict WHERE key = ?`);
    // Rows as arrays are made faster, and this statement is the one that matters. Not all type declarations know the method.
    (this.get as unknown as { setReturnArrays(enabled: boolean): void }).setReturnArrays(true);
    this.has = database.prepare(`SELECT ${expires} AS expires FROM Dict WHERE key = ?`);
    this.set = database.prepare("REPLACE INTO Dict (key, value) VALUES (?, ?)");
    this.delete = database.prepare("DELETE FROM Dict WHERE key = ?");
    this.count = database.prepare(
      expiring
        ? "SELECT (SELECT count(*) FROM Dict) - (SELECT count(*) FROM ferry_expiry WHERE expires <= ?) AS n"
        : "SELECT count(*) AS n FROM Dict WHERE ? IS NOT NULL",
    );
    if (expiring) {
      this.expire = database.prepare("REPLACE INTO ferry_expiry (key, expires) VALUES (?, ?)");
      this.anyExpired = database.prepare("SELECT 1 FROM ferry_expiry WHERE expires <= ? LIMIT 1");
      this.sweep = database.prepare(
        "DELETE FROM Dict WHERE key IN (SELECT key FROM ferry_expiry WHERE expires <= ?)",
      );
    }
  }

  /** The statement that lists a range: `lower`, `upper` if there is one, `now` if anything may expire, `limit`. */
  range(
    what: "keys" | "entries",
    hasUpper: boolean,
    upper: "<" | "<=",
    reverse: boolean,
  ): StatementSync {
    const conditions = ["key >= :lower"];
    if (hasUpper) conditions.push(`key ${upper} :upper`);
    if (this.#expiring) {
      conditions.push(
        "NOT EXISTS (SELECT 1 FROM ferry_expiry WHERE ferry_expiry.key = Dict.key AND expires <= :now)",
      );
    }
    const order = reverse ? "DESC" : "ASC";
    const columns = what === "keys" ? "key" : `key, value, ${this.#expires} AS expires`;
    const sql = `SELECT ${columns} FROM Dict WHERE ${conditions.join(" AND ")} ` +
      `ORDER BY key ${order} LIMIT :limit`;
    let statement = this.#ranges.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      statement.setAllowUnknownNamedParameters(true);
      this.#ranges.set(sql, statement);
    }
    return statement;
  }

  readonly #ranges = new Map<string, StatementSync>();
}
