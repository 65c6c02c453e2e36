/** Copies entries of any store into a new SQLite shelf: the backup of what has no file. */
import type { Stored } from "../backend.ts";
import { removeUnshared, takePlace } from "../take_place.ts";
import { SqliteStore } from "./store.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** How many bytes go into one transaction. */
const AT_ONCE = 4 * 1024 * 1024;

/** Writes entries to a file beside `path` that takes its place at the end. */
export async function copyEntries(
  path: string,
  keys: readonly string[],
  get: (key: string) => Promise<Stored | undefined>,
): Promise<void> {
  const partial = `${path}.partial`;
  removeUnshared(partial);
  try {
    const store = new SqliteStore(partial, { readOnly: false, timeout: 0 });
    try {
      let writes: { key: string; bytes: Bytes; expires: number }[] = [];
      let size = 0;
      for (const key of keys) {
        const stored = await get(key);
        if (stored === undefined) continue;
        writes.push({ key, bytes: stored.bytes, expires: stored.expires });
        size += stored.bytes.length;
        if (size < AT_ONCE) continue;
        store.write(writes);
        writes = [];
        size = 0;
      }
      store.write(writes);
    } finally {
      // The last one to close moves the log into the file and deletes it.
      store.close();
    }
    takePlace("back up the shelf to", partial, path);
  } catch (error) {
    removeUnshared(partial);
    throw error;
  }
}
