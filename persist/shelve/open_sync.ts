import type { SyncBackend } from "./backend/backend.ts";
import { openDumb } from "./backend/dbm/dumb.ts";
import { openGnu } from "./backend/dbm/gnu.ts";
import { SqliteStore } from "./backend/sqlite/store.ts";
import { resolveCodec } from "./codec/resolve.ts";
import { ValueCodec } from "./entries.ts";
import { locate, pathOf } from "./locate.ts";
import { checked, type OpenSyncOptions } from "./options.ts";
import { ShelfSync } from "./shelf_sync.ts";

/**
 * Opens a shelf that answers at once: a SQLite file, or one of Python's `dbm.gnu` and `dbm.dumb`, which are only read. Deno KV
 * has no such calls.
 *
 * @typeParam V The values.
 * @param target Path or `file:` URL.
 * @param options How to open it.
 * @returns The shelf.
 * @throws {Deno.errors.NotFound} If there is no shelf, with flag `"r"` or `"w"`.
 * @throws {ShelfFormatError} If something else is there.
 * @throws {TypeError} If it is a shelf of Deno KV, or on a server.
 *
 * @example A shelf that Python's `shelve.open` reads and writes too
 * ```ts
 * import { openSync } from "@ferry/std/persist/shelve";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   using shelf = openSync(`${folder}/shelf`);
 *   shelf.set("prices", { tea: 2.5, coffee: 3 });
 * }
 * {
 *   using shelf = openSync(`${folder}/shelf`, { flag: "r" });
 *   assertEquals(shelf.get("prices"), { tea: 2.5, coffee: 3 });
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function openSync<V = unknown>(
  target: string | URL,
  options: OpenSyncOptions<V> = {},
): ShelfSync<V> {
  const { flag, busyTimeout, codec, writeback = false, durability = "full" } = checked(options);
  const path = pathOf(target);
  if (path === undefined) {
    throw new TypeError(`Cannot open "${target}" with openSync: it needs to be a file`);
  }
  const kind = locate(path, flag, undefined) ?? "sqlite";
  if (kind === "kv") {
    throw new TypeError(`Cannot open "${path}" with openSync: Deno KV needs open()`);
  }
  const store: SyncBackend = kind === "sqlite"
    ? new SqliteStore(path, {
      readOnly: flag === "r",
      timeout: Math.min(busyTimeout, 0x7fffffff),
      durability,
    })
    : kind === "gnu"
    ? openGnu(path)
    : openDumb(path);
  return new ShelfSync(store, {
    codec: new ValueCodec(resolveCodec(codec)),
    readOnly: flag === "r" || kind !== "sqlite",
    writeback,
  });
}
