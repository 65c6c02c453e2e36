/**
 * Deno KV's embedded database is a SQLite file. What Deno KV has no call for is done through a second connection, and only what
 * holds for every SQLite database: take the write lock, copy, compact, ask whether others wrote. The tables are left alone.
 */
import type { DatabaseSync } from "node:sqlite";
import { builtins } from "../../builtins.ts";
import { Backoff } from "../../retry.ts";
import { compact } from "../compact.ts";
import { copyDatabase } from "../copy_database.ts";
import { withRetries } from "./_errors.ts";

export class KvFile {
  readonly #path: string;
  readonly #busyTimeout: number;
  #connection: DatabaseSync | undefined;

  constructor(path: string, busyTimeout: number) {
    this.#path = path;
    this.#busyTimeout = busyTimeout;
  }

  get #database(): DatabaseSync {
    // Waiting for a lock would block the thread: it is tried again instead.
    return this.#connection ??= new (builtins().sqlite.DatabaseSync)(this.#path, { timeout: 0 });
  }

  /** Runs `body` while nobody else can commit. */
  async exclusive<R>(body: () => Promise<R>): Promise<R> {
    await this.#retry("list the keys", () => this.#database.exec("BEGIN IMMEDIATE"));
    try {
      return await body();
    } finally {
      this.#database.exec("ROLLBACK");
    }
  }

  /** A number that changes with every commit of somebody else, Deno KV included. */
  version(): number {
    return Number(this.#database.prepare("PRAGMA data_version").get()!.data_version);
  }

  /** Writes a copy of one moment. */
  async backup(path: string): Promise<void> {
    await this.#retry("back up the shelf", () => copyDatabase(this.#database, path));
  }

  /** Gives free space back to the system. */
  async compact(): Promise<void> {
    await this.#retry("reorganize the shelf", () => compact(this.#database));
    const backoff = new Backoff("reorganize the shelf", this.#busyTimeout);
    // The compacted pages are in the log first. A reader of the old ones delays their way into the file.
    while (this.#database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()!.busy !== 0) {
      await backoff.pause();
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  #retry<R>(what: string, operation: () => R | Promise<R>): Promise<R> {
    return withRetries(what, this.#busyTimeout, async () => await operation());
  }
}
