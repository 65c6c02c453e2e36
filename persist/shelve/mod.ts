/**
 * Python's `shelve`: a map on a disk or a server, from strings to values of any kind.
 *
 * | to | use |
 * |---|---|
 * | open a shelf, and make it if it is not there | {@linkcode open}, {@linkcode openSync} |
 * | read and write it | {@linkcode Shelf}: `get set has delete size clear update setDefault pop popItem` |
 * | go through it, in the order of keys | `keys values entries`, each with `{ prefix, start, end, reverse, limit }` |
 * | let an entry end by itself | `set(key, value, { expireIn })` |
 * | change several entries at once | {@linkcode Shelf.transaction} |
 * | hear of changes | {@linkcode Shelf.watch} |
 * | copy a shelf | {@linkcode Shelf.backup}, {@linkcode Shelf.exportTo}, {@linkcode Shelf.importFrom} |
 * | make it small again | {@linkcode Shelf.reorganize} |
 * | choose how values become bytes | the option `codec`: `"pickle"`, `"v8"`, `"json"`, `"msgpack"`, or a {@linkcode Codec} |
 * | know what lies at a path | {@linkcode whichShelf} |
 *
 * @example A shelf in a file
 * ```ts
 * import * as shelve from "@ferry/std/persist/shelve";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   await using shelf = await shelve.open<string[]>(`${folder}/lists`);
 *   await shelf.set("shopping", ["tea", "bread"]);
 *   await shelf.set("draft", ["?"], { expireIn: 60_000 });
 *   await shelf.transaction(async (tx) => {
 *     tx.set("shopping", [...(await tx.get("shopping"))!, "milk"]);
 *   });
 * }
 * {
 *   await using shelf = await shelve.open<string[]>(`${folder}/lists`, { flag: "r" });
 *   assertEquals(await shelf.get("shopping"), ["tea", "bread", "milk"]);
 *   assertEquals(await Array.fromAsync(shelf.keys({ prefix: "s" })), ["shopping"]);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * ## Where a shelf is
 *
 * | | opened by | others |
 * |---|---|---|
 * | Deno KV, the default | a path; needs `--unstable-kv` or `"unstable": ["kv"]` | any number of processes |
 * | SQLite | a path and `{ backend: "sqlite" }`, or {@linkcode openSync} | Python 3.13's `shelve.open` of the same file |
 * | Python's `dbm.gnu`, `dbm.dumb` | a path; only read | |
 * | KV Connect, such as a self-hosted denokv | `https://…`, token in `DENO_KV_ACCESS_TOKEN` | |
 * | Redis, Valkey | `redis://…`, `rediss://…`; one hash for each shelf, called `name` | |
 *
 * What exists is recognised by looking at it. `backend` is for a new file. SQLite reads several times faster than Deno KV, on
 * the thread that calls; Deno KV works beside it. `durability` says when SQLite's writes are on the disk: with the default each is
 * before it is acknowledged, as in CPython and Deno KV; with `"normal"` sets are several times faster, a killed process loses
 * nothing, and a power cut may lose the last ones.
 *
 * A write that is awaited before the next one costs one synchronisation with the disk. Writes that do not wait for each other
 * (`Promise.all`, requests served at the same time) share one, in SQLite as in Deno KV: a hundred of them take about a tenth of
 * the time. Those of one key take effect in the order of their calls, on a server too, and each promise is settled when its own
 * write is on the disk.
 *
 * ## Guarantees
 *
 * - **What is acknowledged is kept**: a write is durable when its promise resolves (on Redis, as durable as its configuration
 *   makes it; in SQLite, unless another `durability` was chosen). A process that is killed leaves the old or the new value whole, of any size, and nothing lying about: what it
 *   wrote in vain is collected when the shelf is opened for writing.
 * - **A reader sees one value**, never parts of two.
 * - **Nothing is lost between processes**: `transaction`, `pop`, `popItem` and `setDefault` are done again when somebody else was
 *   in between. What stays locked for `busyTimeout` ends in a {@linkcode ShelfBusyError}.
 * - **An iteration visits the keys of one moment**, whatever is written meanwhile (on KV Connect, of several moments: a thousand
 *   keys each).
 * - **What has expired is never returned.** It is deleted when the shelf is opened and by `reorganize`; Deno KV also deletes it
 *   while it is open.
 * - **A backup is whole or not there**, and of one moment (on KV Connect, as an iteration). It never takes the place of a shelf that
 *   is open.
 * - **Reading a foreign shelf is safe**: its pickles make nothing but built-in types and what is registered, and a SQLite file whose
 *   views, triggers or columns compute something is refused.
 *
 * ## Limits
 *
 * Keys are strings of well-formed Unicode, in Deno KV of up to 2046 bytes of UTF-8 (a NUL counts as two), and ordered by code
 * points. An encoded value has up to 999,000,000 bytes, on Redis 512 MiB. `size()` of Deno KV lists the keys. `update` and `clear` are done in groups. In Deno KV a transaction takes up to 100
 * reads, 1000 writes and 780,000 bytes; a listing of more than a thousand keys holds up writers while it lasts. Python does not
 * see that an entry has expired before it is swept. With `writeback`, what was changed and not synchronised is lost in a crash.
 * SQLite's calls, `reorganize` and `backup` block the thread while they work. A call to a server that was given up (`ShelfConnectionError`)
 * may have been done; it is not done after later ones. If the connection to a KV Connect server breaks
 * while a transaction is committed, Deno sends it again, and a transaction that had been committed may be done twice. A watcher on
 * Redis turns on `notify-keyspace-events` for hashes; a server that does not allow that has to be configured so.
 *
 * ## Permissions
 *
 * `--allow-read` and `--allow-write` for the folder of the file, `--allow-net` for a server (and
 * `--allow-env=DENO_KV_ACCESS_TOKEN` for KV Connect). A shelf in memory needs none. To `reorganize` a SQLite file that Python made takes
 * `--allow-all` once: SQLite rewrites it by attaching a second database.
 *
 * @module
 */
export type {
  Backend,
  BackendKind,
  Check,
  SnapshotEntry,
  Stored,
  SyncBackend,
  Write,
} from "./backend/backend.ts";
export type { Codec, CodecName, NamedCodec } from "./codec/codec.ts";
export { pickleCodec, type PickleCodecOptions } from "./codec/pickle.ts";
export { type Entries, type SetOptions, ValueCodec } from "./entries.ts";
export {
  ShelfBusyError,
  type ShelfBusyErrorOptions,
  ShelfClosedError,
  ShelfConnectionError,
  ShelfError,
  ShelfFormatError,
  type ShelfFormatErrorOptions,
  ShelfFullError,
  ShelfReadOnlyError,
} from "./errors.ts";
export type { ExportTarget, ImportSource } from "./json_lines.ts";
export { open } from "./open.ts";
export { openSync } from "./open_sync.ts";
export type { Durability, OpenFlag, OpenOptions, OpenSyncOptions } from "./options.ts";
export type { Bounds, KeyRange } from "./range.ts";
export { Shelf, type ShelfSettings, type WatchOptions } from "./shelf.ts";
export { ShelfSync, type ShelfSyncSettings } from "./shelf_sync.ts";
export { Transaction } from "./transaction.ts";
export { type FileKind, whichShelf } from "./which.ts";
