/** SQLite's errors by their primary result codes. */
import {
  ShelfBusyError,
  ShelfClosedError,
  ShelfError,
  ShelfFormatError,
  ShelfFullError,
  ShelfReadOnlyError,
} from "../../errors.ts";

/** https://sqlite.org/rescode.html */
const CLASSES: Record<number, new (message: string, options: ErrorOptions) => ShelfError> = {
  1: ShelfFormatError, // SQLITE_ERROR: its tables have changed, all else about a statement is fixed
  5: ShelfBusyError, // SQLITE_BUSY
  6: ShelfBusyError, // SQLITE_LOCKED
  8: ShelfReadOnlyError, // SQLITE_READONLY
  10: ShelfFullError, // SQLITE_IOERR: what a full disk says where the log is mapped into memory
  11: ShelfFormatError, // SQLITE_CORRUPT
  13: ShelfFullError, // SQLITE_FULL
  19: ShelfFormatError, // SQLITE_CONSTRAINT: one of the file's own
  26: ShelfFormatError, // SQLITE_NOTADB
};

/** SQLITE_TOOBIG: a key and its value make more than a billion bytes. */
const TOO_BIG = 18;

/** Some errors come without their code. */
const TEXTS: [RegExp, number][] = [
  [/is locked/, 5],
  [/readonly|read-only/, 8],
  [/disk I\/O/, 10],
  [/malformed/, 11],
  [/is full/, 13],
  [/not a database/, 26],
  [/too big/, TOO_BIG],
];

/** The shelf's error for one of SQLite. */
export function sqliteError(what: string, error: unknown): unknown {
  if (error instanceof ShelfError || !(error instanceof Error)) return error;
  const { errcode } = error as Error & { errcode?: number };
  const code = errcode === undefined
    ? TEXTS.find(([pattern]) => pattern.test(error.message))?.[1]
    : errcode & 0xff;
  const message = `Cannot ${what}: ${error.message}`;
  if (/database is not open/.test(error.message)) {
    return new ShelfClosedError(message, { cause: error });
  }
  if (code === TOO_BIG) return new RangeError(message, { cause: error });
  const Class = code === undefined ? undefined : CLASSES[code];
  if (Class === undefined) return error;
  return new Class(message, { cause: error });
}

/** Whether a file is no database at all. */
export function isNoDatabase(error: unknown): boolean {
  return error instanceof Error && /file is not a database/.test(error.message);
}
