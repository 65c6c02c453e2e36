import type { BackendKind, Stored, SyncBackend, Write } from "./backend/backend.ts";
import { type Entries, expiresAt, pairsOf, type SetOptions, type ValueCodec } from "./entries.ts";
import { ShelfClosedError, ShelfReadOnlyError } from "./errors.ts";
import { checkKey } from "./keys.ts";
import { type Page, Pages } from "./pages.ts";
import { boundsOf, type KeyRange } from "./range.ts";
import { type Kept, Writeback } from "./writeback.ts";

/** How a {@linkcode ShelfSync} works on its store. */
export interface ShelfSyncSettings<V> {
  /** How values become bytes. */
  readonly codec: ValueCodec<V>;
  /** Whether it is only read. */
  readonly readOnly: boolean;
  /** Whether values are kept and written back. */
  readonly writeback: boolean;
}

/** `update` writes about so many bytes at once. */
const GROUP_BYTES = 4 * 1024 * 1024;

/**
 * A map in a SQLite file that answers at once. `openSync()` makes it.
 *
 * @typeParam V The values.
 *
 * @example Without a single await
 * ```ts
 * import { openSync } from "@ferry/std/persist/shelve";
 * import { assertEquals } from "@std/assert";
 *
 * using counts = openSync<number>(":memory:");
 * for (const word of ["a", "rose", "is", "a", "rose"]) {
 *   counts.set(word, (counts.get(word) ?? 0) + 1);
 * }
 * assertEquals([...counts], [["a", 2], ["is", 1], ["rose", 2]]);
 * ```
 */
export class ShelfSync<V = unknown> implements Iterable<[string, V]>, Disposable {
  /** Which kind of store it is on. */
  readonly kind: BackendKind;
  /** Whether it is only read. */
  readonly readOnly: boolean;
  readonly #store: SyncBackend;
  readonly #codec: ValueCodec<V>;
  readonly #cache: Writeback<V> | undefined;
  #closed = false;
  /** How many transactions there are inside each other. */
  #depth = 0;

  /**
   * Takes an open store. `openSync()` does that.
   *
   * @param store The store.
   * @param settings How to work on it.
   */
  constructor(store: SyncBackend, settings: ShelfSyncSettings<V>) {
    this.kind = store.kind;
    this.#store = store;
    this.#codec = settings.codec;
    this.readOnly = settings.readOnly;
    this.#cache = settings.writeback ? new Writeback() : undefined;
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** How many entries there are. */
  get size(): number {
    this.#check("count the entries");
    return this.#store.count();
  }

  /**
   * The value of a key.
   *
   * @param key The key.
   * @returns The value, `undefined` if there is none. Changing it changes the shelf only with `writeback`.
   */
  get(key: string): V | undefined {
    this.#check("get a value");
    const kept = this.#cache?.get(key);
    if (kept !== undefined) return kept.value;
    const stored = this.#store.get(checkKey(key));
    return stored === undefined ? undefined : this.#decode(key, stored, Infinity);
  }

  /**
   * Sets the value of a key. It is durable when the call returns.
   *
   * @param key The key.
   * @param value The value.
   * @param options When it ends.
   * @throws {RangeError} If the value is longer than the store takes.
   */
  set(key: string, value: V, options: SetOptions = {}): void {
    this.#change("set a value");
    const write = this.#codec.encodeSync(key, value, expiresAt(options));
    this.#store.write([write]);
    this.#cache?.keep(value, write);
  }

  /**
   * Whether there is an entry.
   *
   * @param key The key.
   * @returns Whether there is one.
   */
  has(key: string): boolean {
    this.#check("look for a key");
    return this.#store.has(checkKey(key));
  }

  /**
   * Deletes an entry.
   *
   * @param key The key.
   * @returns Whether there was one.
   */
  delete(key: string): boolean {
    this.#change("delete a value");
    const done = this.#store.delete(checkKey(key));
    this.#cache?.change([key]).end(true);
    return done;
  }

  /** Deletes all entries. */
  clear(): void {
    this.#change("clear the shelf");
    this.#store.clear();
    this.#cache?.changeAll().end(true);
  }

  /**
   * The keys of one moment, in the order of their code points.
   *
   * @param range Which of them.
   * @returns The keys.
   */
  *keys(range: KeyRange = {}): Generator<string, void, undefined> {
    this.#check("iterate");
    for (const { key } of this.#store.snapshot(boundsOf(range), false)) {
      range.signal?.throwIfAborted();
      this.#check("iterate");
      yield key;
    }
  }

  /**
   * The values, in the order of their keys.
   *
   * @param range Of which keys.
   * @returns The values.
   */
  *values(range: KeyRange = {}): Generator<V, void, undefined> {
    for (const [, value] of this.entries(range)) yield value;
  }

  /**
   * The entries: those whose keys were there when the iteration began. They are read some at a time: one that is changed or
   * deleted before its turn may be given as it was.
   *
   * @param range Of which keys.
   * @returns Pairs of key and value.
   */
  *entries(range: KeyRange = {}): Generator<[string, V], void, undefined> {
    const since = this.#cache?.beginReading() ?? 0;
    try {
      for (const page of this.#pages(range)) {
        for (const { key, stored } of page) {
          range.signal?.throwIfAborted();
          this.#check("iterate");
          if (stored.expires <= Date.now()) continue;
          const kept = this.#cache?.get(key);
          yield [key, kept === undefined ? this.#decode(key, stored, since) : kept.value];
        }
      }
    } finally {
      this.#cache?.endReading();
    }
  }

  /** Entries with their stored values, some at a time. */
  *#pages(range: KeyRange): Generator<Page> {
    this.#check("iterate");
    const pages = new Pages(this.#store.snapshot(boundsOf(range), true));
    for (let next; (next = pages.next()) !== undefined;) {
      this.#check("iterate");
      yield "page" in next ? next.page : pages.take(next.keys, this.#store.read(next.keys));
    }
  }

  /** All entries, as `entries()`. */
  [Symbol.iterator](): Generator<[string, V], void, undefined> {
    return this.entries();
  }

  /**
   * Sets many values, which is much faster than one by one. They are written in groups, each all or nothing.
   *
   * @param entries An object, or pairs of keys and values.
   * @param options When they end.
   */
  update(entries: Entries<V>, options: SetOptions = {}): void {
    this.#change("update the shelf");
    const expires = expiresAt(options);
    let group: { value: V; write: Write }[] = [];
    let bytes = 0;
    const flush = () => {
      this.#store.write(group.map(({ write }) => write));
      for (const { value, write } of group) this.#cache?.keep(value, write);
      group = [];
      bytes = 0;
    };
    for (const [key, value] of pairsOf(entries)) {
      const write = this.#codec.encodeSync(key, value, expires);
      group.push({ value, write });
      bytes += write.bytes!.length;
      if (bytes >= GROUP_BYTES) flush();
    }
    if (group.length > 0) flush();
  }

  /**
   * The value of a key, which is set first if there is none.
   *
   * @param key The key.
   * @param value The value to set.
   * @param options When it ends.
   * @returns The value that is on the shelf afterwards.
   */
  setDefault(key: string, value: V, options: SetOptions = {}): V {
    return this.#alone((note) => {
      note(key);
      if (!this.has(key)) this.set(key, value, options);
      return this.get(key) as V;
    });
  }

  /**
   * Takes an entry off the shelf.
   *
   * @param key The key.
   * @returns The value, `undefined` if there is none.
   */
  pop(key: string): V | undefined {
    return this.#alone((note) => {
      note(key);
      const value = this.get(key);
      this.delete(key);
      return value;
    });
  }

  /**
   * Takes the first entry, in the order of keys, or the last.
   *
   * @param range Among which keys; `reverse` for the last.
   * @returns Key and value, `undefined` if there is none.
   */
  popItem(range: KeyRange = {}): [string, V] | undefined {
    return this.#alone((note) => {
      for (const entry of this.entries({ ...range, limit: 1 })) {
        note(entry[0]);
        this.delete(entry[0]);
        return entry;
      }
      return undefined;
    });
  }

  /** Runs a change of keys that it notes, while nobody else writes. If it is undone, what is kept of them is as it was. */
  #alone<R>(body: (note: (key: string) => void) => R): R {
    const before = new Map<string, Kept<V> | undefined>();
    return this.#exclusive(
      () => body((key) => before.set(key, this.#cache?.get(key))),
      () => {
        for (const [key, kept] of before) this.#cache?.restore(key, kept);
      },
    );
  }

  /**
   * Runs a function while nobody else writes to the file. If it throws, nothing of what it wrote remains.
   *
   * @param body Reads and writes this shelf, without waiting for anything.
   * @returns What `body` returned.
   * @throws {ShelfBusyError} If others were in the way for too long.
   */
  transaction<R>(body: () => R): R {
    this.#change("commit a transaction");
    // What was changed before is not undone.
    this.sync();
    return this.#exclusive(body, () => this.#cache?.changeAll().end(true));
  }

  #exclusive<R>(body: () => R, undone: () => void): R {
    this.#change("commit a transaction");
    this.#depth++;
    try {
      return this.#store.exclusive(() => {
        const result = body();
        if (result instanceof Promise) {
          result.catch(() => {});
          throw new TypeError("Cannot commit a transaction of a function that gives a promise");
        }
        return result;
      });
    } catch (error) {
      undone();
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /**
   * Deletes what has expired and gives free space back to the system.
   *
   * @throws {TypeError} If it is called in a transaction of this shelf.
   */
  reorganize(): void {
    this.#change("reorganize the shelf");
    this.#checkOutside("reorganize the shelf");
    this.#store.reorganize();
  }

  /** Writes back what has changed, with `writeback`. Everything else is durable already. */
  sync(): void {
    this.#check("synchronise the shelf");
    if (this.#cache === undefined || this.readOnly) return;
    for (const key of this.#cache.keys()) {
      const kept = this.#cache.get(key);
      if (kept === undefined) continue;
      const write = this.#codec.encodeSync(key, kept.value, kept.expires);
      if (!this.#cache.isChanged(kept, write)) continue;
      this.#store.write([write]);
      this.#cache.replace(key, kept, { ...kept, bytes: write.bytes! });
    }
  }

  /**
   * Writes back what has changed, and closes. Closing again does nothing.
   *
   * @throws {TypeError} If it is called in a transaction of this shelf.
   */
  close(): void {
    if (this.#closed) return;
    this.#checkOutside("close the shelf");
    try {
      this.sync();
    } finally {
      this.#closed = true;
      this.#store.close();
    }
  }

  /** Closes. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The value of an entry that was read after the change `since`. */
  #decode(key: string, stored: Stored, since: number): V {
    const value = this.#codec.decodeSync(key, stored);
    return this.#cache === undefined ? value : this.#cache.keepRead(since, key, value, stored);
  }

  #checkOutside(what: string): void {
    if (this.#depth === 0) return;
    throw new TypeError(`Cannot ${what} in its own transaction: the transaction has to end first`);
  }

  #check(what: string): void {
    if (this.#closed) throw new ShelfClosedError(`Cannot ${what}: the shelf is closed`);
  }

  #change(what: string): void {
    this.#check(what);
    if (this.readOnly) {
      throw new ShelfReadOnlyError(`Cannot ${what}: the shelf was opened for reading`);
    }
  }
}
