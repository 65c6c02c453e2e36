/**
 * The tables of a SQLite shelf. `Dict` is that of CPython's `dbm.sqlite3`, to the letter. The second table is ours: Python does
 * not see it, and goes on seeing what is expired until that is swept. The triggers run for Python too: an entry that it writes
 * or deletes loses the expiry of its predecessor.
 */
export const CREATE_DICT = `
CREATE TABLE IF NOT EXISTS Dict (
  key BLOB UNIQUE NOT NULL,
  value BLOB NOT NULL
)`;

/** Whoever opens the file for writing makes this, so that all writers agree on it. */
export const CREATE_EXPIRY = `
CREATE TABLE IF NOT EXISTS ferry_expiry (
  key BLOB PRIMARY KEY NOT NULL,
  expires REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ferry_expiry_expires ON ferry_expiry (expires);
CREATE TRIGGER IF NOT EXISTS ferry_expiry_insert AFTER INSERT ON Dict
BEGIN DELETE FROM ferry_expiry WHERE key = NEW.key; END;
CREATE TRIGGER IF NOT EXISTS ferry_expiry_update AFTER UPDATE ON Dict
BEGIN DELETE FROM ferry_expiry WHERE key = OLD.key OR key = NEW.key; END;
CREATE TRIGGER IF NOT EXISTS ferry_expiry_delete AFTER DELETE ON Dict
BEGIN DELETE FROM ferry_expiry WHERE key = OLD.key; END`;
