import type { DatabaseSync } from "node:sqlite";
import type { BackendKind } from "./backend/backend.ts";
import { GNU_MAGIC } from "./backend/dbm/gnu.ts";
import { isClaimed } from "./backend/claim.ts";
import { isNoDatabase, sqliteError } from "./backend/sqlite/errors.ts";
import { openForReading } from "./backend/sqlite/open_database.ts";
import { ShelfFormatError } from "./errors.ts";

/** What can be found at a path. */
export type FileKind = Exclude<BackendKind, "redis">;

/** How long to wait for somebody who is just making the file, in milliseconds. */
const TIMEOUT = 5000;
/** A database has at least one page, and a page at least so many bytes. */
const SMALLEST_DATABASE = 512;
/** GNU dbm of other word sizes or byte orders: known, and not read. */
const FOREIGN_GNU: readonly number[] = [
  0x13579acd,
  0x13579ace,
  0x13579ad0,
  0xce9a5713,
  0xcd9a5713,
  0xcf9a5713,
  0xd09a5713,
  0xd19a5713,
];

/**
 * Says which kind of shelf lies at a path, by looking into it, as CPython's `dbm.whichdb` does.
 *
 * @param path The file; for `dbm.dumb` the name without `.dir` and `.dat`.
 * @returns The kind, `undefined` if there is nothing (or an empty file).
 * @throws {ShelfFormatError} If there is something else.
 *
 * @example Nothing there, then a shelf
 * ```ts
 * import { open, whichShelf } from "@ferry/std/persist/shelve";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * assertEquals(whichShelf(`${folder}/teas`), undefined);
 * await (await open(`${folder}/teas`, { backend: "sqlite" })).close();
 * assertEquals(whichShelf(`${folder}/teas`), "sqlite");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function whichShelf(path: string): FileKind | undefined {
  // SQLite has to look first: closing a file that is open elsewhere in this process takes all of the process's locks off it
  // (POSIX), and another process that finds no lock deletes the log under an open shelf. SQLite knows which files it has open.
  const kind = whichDatabase(path);
  if (kind !== "other") return kind;
  const head = readStart(path);
  if (head === undefined || head.length === 0) return isDumb(path) ? "dumb" : undefined;
  const magic = head.length < 4 ? 0 : new DataView(head.buffer).getUint32(0, true);
  if (GNU_MAGIC.includes(magic)) return "gnu";
  if (FOREIGN_GNU.includes(magic)) {
    throw new ShelfFormatError(
      `Cannot open "${path}": GNU dbm is read with 64-bit little-endian offsets, not as another machine wrote it`,
    );
  }
  const text = String.fromCharCode(...head);
  throw new ShelfFormatError(
    `Cannot open "${path}": it is no shelf, but begins with ${JSON.stringify(text)}`,
  );
}

/** The first 16 bytes of what is no database; `undefined` if there is no file. */
function readStart(path: string): Uint8Array<ArrayBuffer> | undefined {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    const bytes = new Uint8Array(16);
    return bytes.slice(0, file.readSync(bytes) ?? 0);
  } finally {
    file.close();
  }
}

function isDumb(path: string): boolean {
  // Whoever may read one file need not be asked for two more.
  const mayRead = (path: string) =>
    Deno.permissions.querySync({ name: "read", path }).state === "granted";
  if (!mayRead(`${path}.dir`) || !mayRead(`${path}.dat`)) return false;
  const first = readStart(`${path}.dir`);
  if (first === undefined || readStart(`${path}.dat`) === undefined) return false;
  if (first.length === 0 || first[0] === 0x27 || first[0] === 0x22) return true;
  // A new shelf at its side would hide it.
  throw new ShelfFormatError(`Cannot open "${path}": "${path}.dir" is no index of dbm.dumb`);
}

/** Both Deno KV and `dbm.sqlite3` are SQLite: the tables tell them apart. `"other"` for what is no database, or not there. */
function whichDatabase(path: string): FileKind | "other" | undefined {
  if (sizeOf(path) < SMALLEST_DATABASE) return "other";
  let database: DatabaseSync | undefined;
  try {
    database = openForReading(path, TIMEOUT);
    const rows = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    const names = rows.map(({ name }) => name);
    if (names.includes("Dict")) return "sqlite";
    if (names.includes("kv") && names.includes("data_version") || isClaimed(database)) return "kv";
    // A process that died while it made the file.
    if (names.length === 0) return undefined;
    throw new ShelfFormatError(
      `Cannot open "${path}": it is a SQLite database with other tables than a shelf has (${names})`,
    );
  } catch (error) {
    if (isNoDatabase(error)) return "other";
    throw sqliteError(`open "${path}"`, error);
  } finally {
    database?.close();
  }
}

/** The size of a file, 0 if there is none. Anything else at the path is refused: to open a pipe would wait for its other end. */
function sizeOf(path: string): number {
  let found: Deno.FileInfo;
  try {
    found = Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
  if (found.isFile) return found.size;
  throw new ShelfFormatError(
    `Cannot open "${path}": it needs to be a file, and is ${
      found.isDirectory ? "a folder" : "something else"
    }`,
  );
}
