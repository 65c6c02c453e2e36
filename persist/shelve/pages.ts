/** An iteration over a snapshot, some entries at a time: those that came along with their keys, and those to be read. */
import type { SnapshotEntry, Stored } from "./backend/backend.ts";

/** An iteration reads about so many bytes at once, whatever the size of the entries. */
const TARGET = 1024 * 1024;
const MOST = 1024;

/** A key and its entry. */
export interface StoredEntry extends SnapshotEntry {
  readonly stored: Stored;
}

/** Some entries. */
export type Page = readonly StoredEntry[];

export class Pages {
  readonly #found: readonly SnapshotEntry[];
  #at = 0;
  #size = 8;

  constructor(found: readonly SnapshotEntry[]) {
    this.#found = found;
  }

  /** Entries that are there, or keys to read and to give to `take`; `undefined` at the end. */
  next(): { page: Page } | { keys: string[] } | undefined {
    const found = this.#found;
    if (this.#at >= found.length) return undefined;
    const start = this.#at;
    while (found[this.#at]?.stored !== undefined) this.#at++;
    if (this.#at > start) return { page: found.slice(start, this.#at) as StoredEntry[] };
    const keys: string[] = [];
    for (; this.#at < found.length && keys.length < this.#size; this.#at++) {
      const { key, stored } = found[this.#at]!;
      if (stored !== undefined) break;
      keys.push(key);
    }
    return { keys };
  }

  /** The entries that were read; how large they are says how many to read next. */
  take(keys: readonly string[], read: readonly (Stored | undefined)[]): Page {
    const page: StoredEntry[] = [];
    let bytes = 0;
    for (const [i, stored] of read.entries()) {
      if (stored === undefined) continue;
      bytes += stored.bytes.length;
      page.push({ key: keys[i]!, stored });
    }
    const wanted = bytes === 0 ? MOST : Math.floor(TARGET * keys.length / bytes);
    this.#size = Math.max(1, Math.min(wanted, this.#size * 8, MOST));
    return page;
  }
}
