/**
 * What `writeback: true` keeps: every value that was read or set, and the bytes it had, to see whether it has changed.
 *
 * Calls of a shelf run at the same time. So that none undoes another:
 *
 * - an entry that is about to be set is kept before it is written, and one that is about to be deleted is forgotten before:
 *   `sync()` then does not write an older value after it;
 * - a value that was read is kept only if its entry was not changed since the reading began, and all who read it get one object.
 */
import type { Write } from "./backend/backend.ts";
import { sameBytes } from "./keys.ts";

/** A value, and which bytes stand for it in the store. It is replaced and never changed: its identity tells whether it is current. */
export interface Kept<V> {
  readonly value: V;
  readonly bytes: Uint8Array;
  readonly expires: number;
}

/** A change in the store that is under way. */
export interface Change {
  /** Ends it. If nothing was changed, what was kept before is kept again. */
  end(changed: boolean): void;
}

export class Writeback<V> {
  readonly #kept = new Map<string, Kept<V>>();
  /** Counts changes. */
  #now = 0;
  /** Readings under way. While there are any, `#changed` has when each key was changed last. */
  #readings = 0;
  readonly #changed = new Map<string, number>();
  #allChanged = 0;
  /** How many changes of each key are under way, of which nothing that is read is kept. */
  readonly #open = new Map<string, number>();
  #openAll = 0;

  /** What is kept of a key. What is expired is forgotten. */
  get(key: string): Kept<V> | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.expires > Date.now()) return kept;
    this.#kept.delete(key);
    return undefined;
  }

  /** All keys of which something is kept. */
  keys(): string[] {
    return [...this.#kept.keys()];
  }

  /** Begins to read entries; returns what {@linkcode keepRead} needs. */
  beginReading(): number {
    this.#readings++;
    return this.#now;
  }

  /** Ends it. */
  endReading(): void {
    if (--this.#readings === 0) this.#changed.clear();
  }

  /** Keeps a value that was read, and returns the one that is kept, which another call may have read or set before. */
  keepRead(since: number, key: string, value: V, { bytes, expires }: Omit<Kept<V>, "value">): V {
    const kept = this.get(key);
    if (kept !== undefined) return kept.value;
    const changed = Math.max(this.#changed.get(key) ?? 0, this.#allChanged);
    if (changed > since || this.#openAll > 0 || this.#open.has(key)) return value;
    this.#kept.set(key, { value, bytes, expires });
    return value;
  }

  /** Keeps a value that is about to be written. */
  keep(value: V, { key, bytes, expires }: Write): Kept<V> {
    const kept = { value, bytes: bytes!, expires };
    this.#kept.set(key, kept);
    this.#touch(key);
    return kept;
  }

  /** Replaces what is kept of a key, unless that is something else by now. */
  replace(key: string, old: Kept<V>, now: Kept<V> | undefined): void {
    if (this.#kept.get(key) !== old) return;
    if (now === undefined) this.#kept.delete(key);
    else this.#kept.set(key, now);
  }

  /** Whether a value that is kept has other bytes by now. */
  isChanged({ bytes }: Kept<V>, write: Write): boolean {
    return !sameBytes(bytes, write.bytes!);
  }

  /** Forgets entries that are about to be changed. */
  change(keys: readonly string[]): Change {
    const before = keys.map((key) => this.#kept.get(key));
    for (const key of keys) {
      this.#kept.delete(key);
      this.#open.set(key, (this.#open.get(key) ?? 0) + 1);
    }
    return {
      end: (changed) => {
        for (const [i, key] of keys.entries()) {
          const open = this.#open.get(key)! - 1;
          if (open === 0) this.#open.delete(key);
          else this.#open.set(key, open);
          this.#touch(key);
          const old = before[i];
          if (!changed && old !== undefined && !this.#kept.has(key)) this.#kept.set(key, old);
        }
      },
    };
  }

  /** Forgets all entries, which are about to be changed. They are not kept again. */
  changeAll(): Change {
    this.#kept.clear();
    this.#openAll++;
    return {
      end: () => {
        this.#openAll--;
        this.#allChanged = ++this.#now;
      },
    };
  }

  /** Keeps again what was kept of a key before a change that was taken back. */
  restore(key: string, before: Kept<V> | undefined): void {
    if (before === undefined) this.#kept.delete(key);
    else this.#kept.set(key, before);
    this.#touch(key);
  }

  #touch(key: string): void {
    this.#now++;
    if (this.#readings > 0) this.#changed.set(key, this.#now);
  }
}
