/**
 * A shelf in a SQLite file: that of CPython 3.13's `dbm.sqlite3`, which either side may write at any time.
 *
 * The log is written ahead (WAL) and synchronised with the disk before a write is acknowledged, as CPython does it.
 */
import type { DatabaseSync } from "node:sqlite";
import { ShelfFormatError } from "../../errors.ts";
import { compareKeys, sameBytes } from "../../keys.ts";
import { type Bounds, isEmpty } from "../../range.ts";
import type { Check, Stored, SyncBackend, Write } from "../backend.ts";
import { cannotOpen, isUnableToOpen } from "../cannot_open.ts";
import { compact, makeCompactable } from "../compact.ts";
import { copyDatabase } from "../copy_database.ts";
import { sqliteError } from "./errors.ts";
import { openForReading, openForWriting } from "./open_database.ts";
import { CREATE_DICT, CREATE_EXPIRY } from "./_schema.ts";
import { Statements } from "./_statements.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** How a SQLite shelf is opened. */
export interface SqliteStoreOptions {
  /** Whether it is only read. */
  readonly readOnly: boolean;
  /** How long SQLite itself waits for a lock, which blocks the thread, in milliseconds. */
  readonly timeout: number;
}

/** A shelf in a SQLite file. */
export class SqliteStore implements SyncBackend {
  /** Which kind it is. */
  readonly kind = "sqlite";
  readonly #database: DatabaseSync;
  #statements: Statements;
  #expiring: boolean;
  #inTransaction = false;

  /**
   * Opens the file, and makes it if it may be written and is not there. What has expired is deleted.
   *
   * @param path The file.
   * @param options How it is opened.
   */
  constructor(path: string, { readOnly, timeout }: SqliteStoreOptions) {
    const { database, expiring } = this.#run(`open "${path}"`, () => {
      const database = readOnly ? openForReading(path, timeout) : openForWriting(path, timeout);
      try {
        if (!readOnly) {
          makeCompactable(database);
          database.exec("PRAGMA journal_mode = wal");
          database.exec("PRAGMA synchronous = full");
          database.exec(CREATE_DICT);
          database.exec(CREATE_EXPIRY);
        }
        return { database, expiring: hasExpiry(database) };
      } catch (error) {
        database.close();
        throw isUnableToOpen(error) ? cannotOpen(path, error) : error;
      }
    });
    this.#database = database;
    this.#expiring = expiring;
    this.#statements = new Statements(database, expiring);
    if (readOnly) return;
    try {
      this.sweep();
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Reads an entry. */
  get(key: Uint8Array): Stored | undefined {
    let row: [value: unknown, expires: number | null] | undefined;
    try {
      row = this.#current().get.get(key) as unknown as typeof row;
    } catch (error) {
      throw sqliteError("read a value", error);
    }
    if (row === undefined) return undefined;
    const bytes = blob(row[0]);
    if (row[1] === null) return { bytes, token: bytes, expires: Infinity };
    return row[1] <= Date.now() ? undefined : { bytes, token: bytes, expires: row[1] };
  }

  /** Whether there is an entry. */
  has(key: Uint8Array): boolean {
    const row = this.#run("look for a key", () => this.#current().has.get(key));
    return row !== undefined && ((row.expires as number | null) ?? Infinity) > Date.now();
  }

  /** Writes in one transaction. */
  write(writes: readonly Write[]): void {
    const [only] = writes;
    // A single statement is a transaction by itself.
    if (writes.length === 1 && only!.expires === Infinity) this.#write(only!);
    else this.exclusive(() => writes.forEach((write) => this.#write(write)));
  }

  #write({ key, bytes, expires }: Write): void {
    this.#run("write to the shelf", () => {
      if (bytes === undefined) this.#statements.delete.run(key);
      else this.#statements.set.run(key, bytes);
      if (bytes !== undefined && expires !== Infinity) this.#statements.expire!.run(key, expires);
    });
  }

  /** Deletes an entry; whether there was one. */
  delete(key: Uint8Array): boolean {
    if (!this.has(key)) return false;
    return this.#run("delete a value", () => Number(this.#statements.delete.run(key).changes) > 0);
  }

  /** Writes all or nothing. A version of an entry is its bytes. */
  commit(checks: readonly Check[], writes: readonly Write[]): boolean {
    return this.exclusive(() => {
      for (const { key, token } of checks) {
        const now = this.get(key)?.bytes;
        const same = now === undefined || token === undefined
          ? now === token
          : sameBytes(now, token as Uint8Array);
        if (!same) return false;
      }
      writes.forEach((write) => this.#write(write));
      return true;
    });
  }

  /** Runs a function while nobody else writes. */
  exclusive<R>(body: () => R): R {
    if (this.#inTransaction) return body();
    this.#run("write to the shelf", () => this.#database.exec("BEGIN IMMEDIATE"));
    this.#inTransaction = true;
    try {
      const result = body();
      this.#run("write to the shelf", () => this.#database.exec("COMMIT"));
      return result;
    } catch (error) {
      // A full disk may have rolled back already.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  /** The keys of one moment. */
  snapshot(bounds: Bounds): Bytes[] {
    if (isEmpty(bounds)) return [];
    return this.#run("list the keys", () => {
      const statement = this.#current()
        .range("keys", bounds.upper !== undefined, "<", bounds.reverse);
      const rows = statement.all({
        lower: bounds.lower,
        upper: bounds.upper ?? null,
        now: Date.now(),
        limit: bounds.limit === Infinity ? -1 : bounds.limit,
      });
      return rows.map(({ key }) => blob(key));
    });
  }

  /** Entries of neighbouring keys. */
  read(keys: readonly Uint8Array[]): (Stored | undefined)[] {
    const [first, last] = [keys[0]!, keys.at(-1)!];
    const reverse = compareKeys(first, last) > 0;
    const [lower, upper] = reverse ? [last, first] : [first, last];
    const statement = this.#current().range("entries", true, "<=", reverse);
    const rows = this.#run(
      "read values",
      () => statement.all({ lower, upper, now: Date.now(), limit: -1 }),
    );
    let at = 0;
    return keys.map((key) => {
      // What was added in between is passed over.
      for (; at < rows.length; at++) {
        const order = compareKeys(rows[at]!.key as Uint8Array, key);
        if (order === 0) return stored(rows[at++]!);
        if (order < 0 === reverse) return undefined;
      }
      return undefined;
    });
  }

  /** How many entries there are. */
  count(): number {
    return this.#run(
      "count the entries",
      () => Number(this.#current().count.get(Date.now())!.n),
    );
  }

  /** Deletes everything. */
  clear(): void {
    this.#run("clear the shelf", () => this.#database.exec("DELETE FROM Dict"));
  }

  /** A number that changes when another connection writes. */
  version(): number {
    return Number(this.#database.prepare("PRAGMA data_version").get()!.data_version);
  }

  /** Deletes what is expired, if anything is: else nobody is held up. */
  sweep(): void {
    this.#run("sweep the shelf", () => {
      const now = Date.now();
      const { anyExpired, sweep } = this.#current();
      if (anyExpired?.get(now) !== undefined) sweep!.run(now);
    });
  }

  /** Writes a copy of one moment. */
  async backup(path: string): Promise<void> {
    try {
      await copyDatabase(this.#database, path);
    } catch (error) {
      throw sqliteError("back up the shelf", error);
    }
  }

  /** Deletes what is expired and gives space back. */
  reorganize(): void {
    this.sweep();
    this.#run("reorganize the shelf", () => {
      compact(this.#database);
      this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    });
  }

  /** Nothing: a write is durable when it returns. */
  sync(): void {}

  /** Lets go of the file. */
  close(): void {
    this.#database.close();
  }

  /** The statements. Who only reads a file of Python's looks whether somebody has begun with expiries meanwhile. */
  #current(): Statements {
    if (!this.#expiring && hasExpiry(this.#database)) {
      this.#expiring = true;
      this.#statements = new Statements(this.#database, true);
    }
    return this.#statements;
  }

  #run<R>(what: string, operation: () => R): R {
    try {
      return operation();
    } catch (error) {
      throw sqliteError(what, error);
    }
  }
}

function hasExpiry(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'ferry_expiry'").get() !==
    undefined;
}

function stored({ value, expires }: Record<string, unknown>): Stored {
  const bytes = blob(value);
  return { bytes, token: bytes, expires: (expires as number | null) ?? Infinity };
}

function blob(value: unknown): Bytes {
  if (value instanceof Uint8Array) return value as Bytes;
  throw new ShelfFormatError(
    `Cannot read the shelf: it needs to hold bytes, and holds a ${typeof value}`,
  );
}
