/**
 * A shelf in a SQLite file: that of CPython 3.13's `dbm.sqlite3`, which either side may write at any time.
 *
 * The log is written ahead (WAL). By default it is synchronised with the disk before a write is acknowledged, as CPython's is
 * (`synchronous = FULL`, SQLite's default).
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ShelfFormatError } from "../../errors.ts";
import { compareKeys, decodeKey, encodeKey, sameBytes } from "../../keys.ts";
import type { Durability } from "../../options.ts";
import { type Bounds, isEmpty } from "../../range.ts";
import type { Check, SnapshotEntry, Stored, SyncBackend, Write } from "../backend.ts";
import { cannotOpen, isUnableToOpen } from "../cannot_open.ts";
import { claim } from "../claim.ts";
import { compact } from "../compact.ts";
import { copyDatabase } from "../copy_database.ts";
import { sqliteError } from "./errors.ts";
import { openForReading, openForWriting } from "./open_database.ts";
import { checkSchema, createExpiry, createTables, hasViews } from "./_schema.ts";
import { type Listing, Statements } from "./_statements.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A row of a listing. */
type Row = [key: unknown, value: unknown, expires: number | null];

/** So many small values come along with a listing of keys. */
const ALONG = 1024;

/** How a SQLite shelf is opened. */
export interface SqliteStoreOptions {
  /** Whether it is only read. */
  readonly readOnly: boolean;
  /** How long SQLite itself waits for a lock, which blocks the thread, in milliseconds. */
  readonly timeout: number;
  /** When a write is on the disk. @default {"full"} */
  readonly durability?: Durability;
}

/** A shelf in a SQLite file. */
export class SqliteStore implements SyncBackend {
  /** Which kind it is. */
  readonly kind = "sqlite";
  readonly #database: DatabaseSync;
  #statements: Statements;
  #hasViews: boolean;
  /** Whether there is a table of what expires; only known to be there. */
  #expiring = false;
  #inTransaction = false;

  /**
   * Opens the file, and makes it if it may be written and is not there. What has expired is deleted.
   *
   * @param path The file.
   * @param options How it is opened.
   */
  constructor(path: string, { readOnly, timeout, durability = "full" }: SqliteStoreOptions) {
    this.#database = this.#run(`open "${path}"`, () => {
      const database = readOnly ? openForReading(path, timeout) : openForWriting(path, timeout);
      try {
        checkSchema(database, path);
        if (!readOnly) {
          claim(database, path, "sqlite", () => createTables(database));
          database.exec(`PRAGMA journal_mode = wal; PRAGMA synchronous = ${durability}`);
        }
        return database;
      } catch (error) {
        database.close();
        throw isUnableToOpen(error) ? cannotOpen(path, error) : error;
      }
    });
    this.#hasViews = hasViews(this.#database);
    this.#statements = new Statements(this.#database, this.#hasViews);
    if (readOnly) return;
    try {
      this.sweep();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Reads an entry. */
  get(key: string): Stored | undefined {
    let row: [value: unknown, expires: number | null] | undefined;
    try {
      row = this.#current().get.get(key) as unknown as typeof row;
    } catch (error) {
      throw sqliteError("read a value", error);
    }
    if (row === undefined) return undefined;
    const stored = storedOf(row[0], row[1]);
    return row[1] !== null && row[1] <= Date.now() ? undefined : stored;
  }

  /** Whether there is an entry. */
  has(key: string): boolean {
    const row = this.#run("look for a key", () => this.#current().has.get(key)) as
      | [expires: number | null]
      | undefined;
    return row !== undefined && (row[0] ?? Infinity) > Date.now();
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
      if (bytes === undefined || expires === Infinity) return;
      if (!this.#expiring) createExpiry(this.#database);
      this.#expiring = true;
      this.#statements.expire.run(key, expires);
    });
  }

  /** Deletes an entry; whether there was one. */
  delete(key: string): boolean {
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
    this.#run("write to the shelf", () => this.#statements.beginImmediate.run());
    this.#inTransaction = true;
    try {
      const result = body();
      this.#run("write to the shelf", () => this.#statements.commit.run());
      return result;
    } catch (error) {
      // The table of what expires may have been made in vain.
      this.#expiring = false;
      // A full disk may have rolled back already.
      if (this.#database.isTransaction) this.#statements.rollback.run();
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  /** The keys of one moment, some of them with small values. */
  snapshot(bounds: Bounds, values: boolean): SnapshotEntry[] {
    if (isEmpty(bounds)) return [];
    if (!values) return this.#list(bounds, "keys", bounds.limit);
    const first = this.#list(bounds, "small", Math.min(bounds.limit, ALONG));
    if (first.length < ALONG || first.length === bounds.limit) return first;
    // There is more: once again, in one transaction with the rest.
    return this.still(() => {
      const first = this.#list(bounds, "small", ALONG);
      const last = first.at(-1);
      if (last === undefined) return first;
      const key = encodeKey(last.key);
      const rest = bounds.reverse ? { ...bounds, upper: key } : { ...bounds, lower: key };
      return first.concat(this.#list(rest, "keys", bounds.limit - first.length, !bounds.reverse));
    });
  }

  #list(
    { lower, upper, reverse }: Bounds,
    columns: "keys" | "small",
    limit: number,
    behind = false,
  ): SnapshotEntry[] {
    const rows = this.#rows(
      "list the keys",
      {
        columns,
        from: behind ? "lower <" : "lower <=",
        to: upper === undefined ? undefined : "<",
        reverse,
      },
      { lower, upper: upper ?? null, limit: limit === Infinity ? -1 : limit },
    );
    return rows.map(([key, value, expires]) =>
      value === null || value === undefined
        ? { key: keyOf(key) }
        : { key: keyOf(key), stored: storedOf(value, expires) }
    );
  }

  #rows(
    what: string,
    listing: Listing,
    parameters: Parameters<StatementSync["all"]>[0] & object,
  ): Row[] {
    return this.#run(what, () => {
      const statement = this.#current().list(listing);
      return statement.all({ ...parameters, now: Date.now() }) as unknown as Row[];
    });
  }

  /** Runs a function that reads one moment. */
  still<R>(body: () => R): R {
    if (this.#inTransaction) return body();
    this.#run("read the shelf", () => this.#statements.begin.run());
    this.#inTransaction = true;
    try {
      return body();
    } finally {
      this.#inTransaction = false;
      this.#statements.rollback.run();
    }
  }

  /** Entries of neighbouring keys. */
  read(keys: readonly string[]): (Stored | undefined)[] {
    const [first, last] = [encodeKey(keys[0]!), encodeKey(keys.at(-1)!)];
    const reverse = compareKeys(first, last) > 0;
    const [lower, upper] = reverse ? [last, first] : [first, last];
    const rows = this.#rows(
      "read values",
      { columns: "entries", from: "lower <=", to: "<=", reverse },
      { lower, upper, limit: -1 },
    );
    // As a rule nothing has changed, and they are in step.
    let found: Map<string, Row> | undefined;
    return keys.map((key, i) => {
      let row = rows[i];
      if (found !== undefined || row === undefined || keyOf(row[0]) !== key) {
        found ??= new Map(rows.map((row) => [keyOf(row[0]), row]));
        row = found.get(key);
      }
      return row && storedOf(row[1], row[2]);
    });
  }

  /** How many entries there are. */
  count(): number {
    return this.#run(
      "count the entries",
      () => Number((this.#current().count.get(Date.now()) as unknown as [number])[0]),
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
      if (anyExpired.get(now) !== undefined) sweep.run(now);
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

  /** The statements. Who only reads a file of Python's looks whether somebody has opened it for writing here meanwhile. */
  #current(): Statements {
    if (!this.#hasViews && hasViews(this.#database)) {
      this.#hasViews = true;
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

function storedOf(value: unknown, expires: number | null): Stored {
  if (!(value instanceof Uint8Array)) {
    throw new ShelfFormatError(
      `Cannot read the shelf: it needs to hold bytes, and holds a ${typeof value}`,
    );
  }
  const bytes = value as Bytes;
  return { bytes, token: bytes, expires: expires ?? Infinity };
}

/** A key as a statement gives it. */
function keyOf(key: unknown): string {
  if (typeof key === "string") {
    // What is no UTF-8 comes out as this character, which itself is not ASCII and comes as bytes.
    if (!key.includes("\ufffd")) return key;
    throw new ShelfFormatError(`Cannot read the key ${JSON.stringify(key)}: it is no UTF-8`);
  }
  if (key instanceof Uint8Array) return decodeKey(key);
  throw new ShelfFormatError(
    `Cannot read the shelf: its keys need to be bytes, and one is a ${typeof key}`,
  );
}
