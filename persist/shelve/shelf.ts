import type { Backend, BackendKind, Write } from "./backend/backend.ts";
import { builtins } from "./builtins.ts";
import { type Entries, expiresAt, pairsOf, type SetOptions, type ValueCodec } from "./entries.ts";
import { ShelfClosedError, ShelfReadOnlyError } from "./errors.ts";
import { entriesOf, type EntrySource } from "./iteration.ts";
import { exportLines, type ExportTarget, importLines, type ImportSource } from "./json_lines.ts";
import { checkKey } from "./keys.ts";
import { type Page, Pages } from "./pages.ts";
import { boundsOf, type KeyRange } from "./range.ts";
import { Backoff } from "./retry.ts";
import type { Steps } from "./steps.ts";
import { checkTarget } from "./targets.ts";
import { Transaction } from "./transaction.ts";
import { watchEntries } from "./watch.ts";
import { WriteGroups } from "./write_groups.ts";
import { type Change, type Kept, Writeback } from "./writeback.ts";

/** How a {@linkcode Shelf} works on its store. */
export interface ShelfSettings<V> {
  /** How values become bytes. */
  readonly codec: ValueCodec<V>;
  /** Whether it is only read. */
  readonly readOnly: boolean;
  /** Whether values are kept and written back. */
  readonly writeback: boolean;
  /** How long to try what others are in the way of, in milliseconds. */
  readonly busyTimeout: number;
  /** The files that the store is in, as absolute paths: nothing else may be written there. @default {[]} */
  readonly files?: readonly string[];
}

/** What a {@linkcode Shelf.watch} takes. */
export interface WatchOptions {
  /** Ends it with its reason. @default {undefined} */
  signal?: AbortSignal;
}

/**
 * A map on a disk or a server, from strings to values. `open()` makes it.
 *
 * @typeParam V The values.
 *
 * @example Written, closed, opened again
 * ```ts
 * import { open } from "@ferry/std/persist/shelve";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   await using teas = await open<{ grams: number }>(`${folder}/teas`);
 *   await teas.set("assam", { grams: 250 });
 *   await teas.set("sencha", { grams: 100 });
 * }
 * {
 *   await using teas = await open<{ grams: number }>(`${folder}/teas`);
 *   for await (const [name, { grams }] of teas) console.log(name, grams);
 *   assertEquals(await teas.size(), 2);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class Shelf<V = unknown> implements AsyncIterable<[string, V]>, AsyncDisposable {
  /** Which kind of store it is on. */
  readonly kind: BackendKind;
  /** Whether it is only read. */
  readonly readOnly: boolean;
  readonly #backend: Backend;
  readonly #codec: ValueCodec<V>;
  readonly #cache: Writeback<V> | undefined;
  readonly #busyTimeout: number;
  readonly #files: readonly string[];
  readonly #closing = new AbortController();
  /** The transaction that the running code belongs to. */
  readonly #inside = new (builtins().asyncHooks.AsyncLocalStorage)<{ ended: boolean }>();
  #calls = 0;
  #idle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  /**
   * Takes an open store. `open()` does that.
   *
   * @param backend The store.
   * @param settings How to work on it.
   */
  constructor(backend: Backend, settings: ShelfSettings<V>) {
    this.kind = backend.kind;
    this.#backend = backend;
    this.#codec = settings.codec;
    this.readOnly = settings.readOnly;
    this.#busyTimeout = settings.busyTimeout;
    this.#files = settings.files ?? [];
    this.#cache = settings.writeback ? new Writeback() : undefined;
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /**
   * The value of a key.
   *
   * @param key The key.
   * @returns The value, `undefined` if there is none. Changing it changes the shelf only with `writeback`.
   */
  get(key: string): Promise<V | undefined> {
    return this.#use("get a value", () => {
      if (this.#cache !== undefined) return this.#getKept(this.#cache, key);
      return this.#backend.get(checkKey(key))
        .then((stored) => stored === undefined ? undefined : this.#codec.decode(key, stored));
    });
  }

  /**
   * Sets the value of a key. It is durable when the promise resolves.
   *
   * @param key The key.
   * @param value The value.
   * @param options When it ends.
   * @throws {RangeError} If key or value are longer than the store takes.
   */
  set(key: string, value: V, options: SetOptions = {}): Promise<void> {
    return this.#change("set a value", async () => {
      const encoded = this.#codec.encode(key, value, expiresAt(options));
      const write = encoded instanceof Promise ? await encoded : encoded;
      if (this.#cache === undefined) await this.#backend.write([write]);
      else await this.#setKept(this.#cache, value, write);
    });
  }

  async #getKept(cache: Writeback<V>, key: string): Promise<V | undefined> {
    const kept = cache.get(checkKey(key));
    if (kept !== undefined) return kept.value;
    const since = cache.beginReading();
    try {
      const stored = await this.#backend.get(key);
      if (stored === undefined) return undefined;
      return cache.keepRead(since, key, await this.#codec.decode(key, stored), stored);
    } finally {
      cache.endReading();
    }
  }

  async #setKept(cache: Writeback<V>, value: V, write: Write): Promise<void> {
    const before = cache.get(write.key);
    const kept = cache.keep(value, write);
    try {
      await this.#backend.write([write]);
    } catch (error) {
      cache.replace(write.key, kept, before);
      throw error;
    }
  }

  /** Runs a call that changes entries in the store, of which nothing is kept meanwhile. */
  async #changing<R>(
    change: Change | undefined,
    call: () => Promise<R>,
    done: (result: R) => boolean = () => true,
  ): Promise<R> {
    let changed = false;
    try {
      const result = await call();
      changed = done(result);
      return result;
    } finally {
      change?.end(changed);
    }
  }

  /**
   * Whether there is an entry.
   *
   * @param key The key.
   * @returns Whether there is one.
   */
  has(key: string): Promise<boolean> {
    return this.#use("look for a key", () => this.#backend.has(checkKey(key)));
  }

  /**
   * Deletes an entry.
   *
   * @param key The key.
   * @returns Whether there was one.
   */
  delete(key: string): Promise<boolean> {
    return this.#change("delete a value", () => {
      checkKey(key);
      return this.#changing(this.#cache?.change([key]), () => this.#backend.delete(key));
    });
  }

  /**
   * How many entries there are. Deno KV has to list them for that.
   *
   * @returns Their number.
   */
  size(): Promise<number> {
    return this.#use("count the entries", () => this.#backend.count());
  }

  /** Deletes all entries. */
  clear(): Promise<void> {
    return this.#change(
      "clear the shelf",
      () => this.#changing(this.#cache?.changeAll(), () => this.#backend.clear()),
    );
  }

  /**
   * The keys of one moment, in the order of their code points.
   *
   * @param range Which of them.
   * @returns The keys.
   */
  async *keys(range: KeyRange = {}): AsyncGenerator<string, void, undefined> {
    const bounds = boundsOf(range);
    const found = await this.#use("iterate", () => this.#backend.snapshot(bounds, false));
    for (const { key } of found) {
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
  async *values(range: KeyRange = {}): AsyncGenerator<V, void, undefined> {
    for await (const [, value] of this.entries(range)) yield value;
  }

  /**
   * The entries: those whose keys were there when the iteration began. They are read some at a time: one that is changed or
   * deleted before its turn may be given as it was.
   *
   * @param range Of which keys.
   * @returns Pairs of key and value.
   */
  entries(range: KeyRange = {}): AsyncGenerator<[string, V], void, undefined> {
    return this.#cache === undefined
      ? this.#entries(range, (key, stored) => this.#codec.decode(key, stored))
      : this.#keptEntries(this.#cache, range);
  }

  #entries(range: KeyRange, value: EntrySource<V>["value"]): Steps<[string, V]> {
    return entriesOf<V>({
      check: () => {
        range.signal?.throwIfAborted();
        this.#check("iterate");
      },
      snapshot: () => this.#use("iterate", () => this.#backend.snapshot(boundsOf(range), true)),
      read: (keys) => this.#use("iterate", () => this.#backend.read(keys)),
      value,
    });
  }

  async *#keptEntries(
    cache: Writeback<V>,
    range: KeyRange,
  ): AsyncGenerator<[string, V], void, undefined> {
    const since = cache.beginReading();
    try {
      yield* this.#entries(range, async (key, stored) => {
        const kept = cache.get(key);
        if (kept !== undefined) return kept.value;
        return cache.keepRead(since, key, await this.#codec.decode(key, stored), stored);
      });
    } finally {
      cache.endReading();
    }
  }

  /** All entries, as `entries()`. */
  [Symbol.asyncIterator](): AsyncGenerator<[string, V], void, undefined> {
    return this.entries();
  }

  /** Entries with their stored values, some at a time. */
  async *#pages(range: KeyRange): AsyncGenerator<Page> {
    const bounds = boundsOf(range);
    const pages = new Pages(
      await this.#use("iterate", () => this.#backend.snapshot(bounds, true)),
    );
    for (let next; (next = pages.next()) !== undefined;) {
      if ("page" in next) {
        yield next.page;
        continue;
      }
      const { keys } = next;
      yield pages.take(keys, await this.#use("iterate", () => this.#backend.read(keys)));
    }
  }

  /**
   * Sets many values, which is much faster than one by one. They are written in groups, each all or nothing.
   *
   * @param entries An object, or pairs of keys and values.
   * @param options When they end.
   */
  update(entries: Entries<V>, options: SetOptions = {}): Promise<void> {
    return this.#change("update the shelf", async () => {
      const expires = expiresAt(options);
      const groups = new WriteGroups(this.#backend);
      const kept = new Map<string, Kept<V>>();
      try {
        for (const [key, value] of pairsOf(entries)) {
          const encoded = this.#codec.encode(key, value, expires);
          const write = encoded instanceof Promise ? await encoded : encoded;
          if (this.#cache !== undefined) kept.set(key, this.#cache.keep(value, write));
          const full = groups.add(write);
          if (full !== undefined) await full;
        }
        await groups.end();
      } catch (error) {
        await groups.settle();
        // Some of them may have been written.
        for (const [key, old] of kept) this.#cache!.replace(key, old, undefined);
        throw error;
      }
    });
  }

  /**
   * The value of a key, which is set first if there is none. Of several that call at once, one sets.
   *
   * @param key The key.
   * @param value The value to set.
   * @param options When it ends.
   * @returns The value that is on the shelf afterwards.
   */
  setDefault(key: string, value: V, options: SetOptions = {}): Promise<V> {
    return this.#change("set a value", async () => {
      const write = await this.#codec.encode(key, value, expiresAt(options));
      const cache = this.#cache;
      const backoff = new Backoff("set a value", this.#busyTimeout);
      const since = cache?.beginReading() ?? 0;
      try {
        while (true) {
          const kept = cache?.get(key);
          if (kept !== undefined) return kept.value;
          const stored = await this.#backend.get(write.key);
          if (stored !== undefined) {
            const there = await this.#codec.decode(key, stored);
            return cache?.keepRead(since, key, there, stored) ?? there;
          }
          const done = await this.#backend.commit([{ key: write.key, token: undefined }], [write]);
          if (done) {
            cache?.keepRead(since, key, value, { bytes: write.bytes!, expires: write.expires });
            return value;
          }
          await backoff.pause();
        }
      } finally {
        cache?.endReading();
      }
    });
  }

  /**
   * Takes an entry off the shelf. Of several that call at once, one gets it.
   *
   * @param key The key.
   * @returns The value, `undefined` if there is none.
   */
  pop(key: string): Promise<V | undefined> {
    return this.#change("pop a value", async () => {
      const backoff = new Backoff("pop a value", this.#busyTimeout);
      while (true) {
        const popped = await this.#take(checkKey(key));
        if (popped !== "changed") return popped?.value;
        await backoff.pause();
      }
    });
  }

  /**
   * Takes the first entry, in the order of keys, or the last. Of several that call at once, each gets another.
   *
   * @param range Among which keys; `reverse` for the last.
   * @returns Key and value, `undefined` if there is none.
   */
  popItem(range: KeyRange = {}): Promise<[string, V] | undefined> {
    return this.#change("pop an entry", async () => {
      const bounds = { ...boundsOf(range), limit: 1 };
      const backoff = new Backoff("pop an entry", this.#busyTimeout);
      while (true) {
        const [first] = await this.#backend.snapshot(bounds, false);
        if (first === undefined) return undefined;
        const { key } = first;
        const popped = await this.#take(key);
        if (popped !== undefined && popped !== "changed") return [key, popped.value];
        await backoff.pause();
      }
    });
  }

  async #take(key: string): Promise<{ value: V } | "changed" | undefined> {
    const stored = await this.#backend.get(key);
    if (stored === undefined) return undefined;
    const kept = this.#cache?.get(key);
    const value = kept === undefined ? await this.#codec.decode(key, stored) : kept.value;
    const write = { key, bytes: undefined, expires: Infinity };
    const done = await this.#changing(
      this.#cache?.change([key]),
      () => this.#backend.commit([{ key, token: stored.token }], [write]),
      (done) => done,
    );
    return done ? { value } : "changed";
  }

  /**
   * Reads and writes several entries as if nobody else were there. If somebody changes what was read before it is done, it is
   * done again, for `busyTimeout`. Deno KV takes up to 100 reads, 1000 writes and 780,000 bytes in one.
   *
   * @param body Reads and writes with what it is given. It may be called again, and so must not do anything else.
   * @returns What `body` returned.
   * @throws {ShelfBusyError} If others were in the way for too long.
   * @throws {RangeError} If it is too large for Deno KV.
   */
  transaction<R>(body: (transaction: Transaction<V>) => R | Promise<R>): Promise<R> {
    return this.#change("commit a transaction", async () => {
      const backoff = new Backoff("commit a transaction", this.#busyTimeout);
      await this.#flush();
      while (true) {
        const transaction = new Transaction(this.#backend, this.#codec);
        const result = await this.#run(() => body(transaction));
        const done = await this.#changing(
          this.#cache?.change([...transaction.written]),
          () => transaction.commit(),
          (done) => done,
        );
        if (done) return result;
        await backoff.pause();
      }
    });
  }

  /**
   * Yields each of the keys with its value, then again whenever it has changed, by whomever. Changes in quick succession may
   * be seen as one.
   *
   * @param keys The keys.
   * @param options What ends it.
   * @returns Pairs of key and value, `undefined` for a value that was deleted or has expired.
   */
  async *watch(
    keys: readonly string[],
    options: WatchOptions = {},
  ): AsyncGenerator<[string, V | undefined], void, undefined> {
    this.#check("watch");
    const signals = [this.#closing.signal];
    if (options.signal !== undefined) signals.push(options.signal);
    for await (
      const [key, stored] of watchEntries(this.#backend, keys, AbortSignal.any(signals))
    ) yield [key, stored === undefined ? undefined : await this.#codec.decode(key, stored)];
  }

  /**
   * Writes a copy of the shelf, as it is at one moment, to a new file, which `open()` opens. A file that is there is replaced
   * when the copy is whole. The copy of a shelf on a server is a SQLite shelf.
   *
   * @param path The file.
   * @throws {TypeError} If it is no path, or the shelf's own file.
   * @throws {ShelfBusyError} If another shelf is open there.
   */
  backup(path: string): Promise<void> {
    return this.#use("back up the shelf", async () => {
      checkTarget("back up the shelf", path, this.#files, false);
      await this.#flush();
      await this.#backend.backup(path);
    });
  }

  /**
   * Writes all entries as JSON Lines, which `importFrom` of any shelf reads. What JSON cannot hold is written with the codec.
   *
   * @param target A path, or a stream that is closed at the end.
   * @returns How many entries there were.
   * @throws {TypeError} If it is neither a path nor a stream, or the shelf's own file.
   * @throws {ShelfBusyError} If another shelf is open there.
   */
  exportTo(target: ExportTarget): Promise<number> {
    return this.#use("export the shelf", async () => {
      if (!(target instanceof WritableStream)) {
        checkTarget("export the shelf", target, this.#files, true);
      }
      await this.#flush();
      return await exportLines(target, this.#pages({}), this.#codec);
    });
  }

  /**
   * Reads entries as `exportTo` writes them. They replace those with the same keys.
   *
   * @param source A path, or a stream of bytes.
   * @returns How many entries there were.
   * @throws {SyntaxError} If a line is none of an export. Those before it have been read.
   * @throws {TypeError} If it is neither a path nor a stream.
   */
  importFrom(source: ImportSource): Promise<number> {
    return this.#change("import into the shelf", async () => {
      await this.#flush();
      return await this.#changing(
        this.#cache?.changeAll(),
        () => importLines(source, this.#codec, new WriteGroups(this.#backend)),
      );
    });
  }

  /** Deletes what has expired or was left over by a crash, and gives free space back to the system. */
  reorganize(): Promise<void> {
    return this.#change("reorganize the shelf", () => this.#backend.reorganize());
  }

  /** Writes back what has changed, with `writeback`. Everything else is durable as soon as its promise resolves. */
  sync(): Promise<void> {
    return this.#use("synchronise the shelf", async () => {
      await this.#flush();
      await this.#backend.sync();
    });
  }

  /** Runs the function of a transaction, which must not wait for the shelf to close: that waits for the transaction. */
  async #run<R>(body: () => R | Promise<R>): Promise<R> {
    const state = { ended: false };
    try {
      return await this.#inside.run(state, body);
    } finally {
      state.ended = true;
    }
  }

  /**
   * Writes back what has changed, waits for calls that are under way, and closes. Closing again does nothing.
   *
   * @throws {TypeError} If it is called in a transaction of this shelf.
   */
  close(): Promise<void> {
    if (this.#inside.getStore()?.ended === false) {
      return Promise.reject(
        new TypeError(
          "Cannot close the shelf in its own transaction: closing waits until the transaction has ended",
        ),
      );
    }
    return this.#closed ??= this.#close();
  }

  /** Closes. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closing.abort(new ShelfClosedError("Cannot watch: the shelf was closed"));
    try {
      if (this.#calls > 0) await new Promise<void>((resolve) => this.#idle = resolve);
      await this.#flush();
      await this.#backend.sync();
    } finally {
      await this.#backend.close();
    }
  }

  async #flush(): Promise<void> {
    const cache = this.#cache;
    if (cache === undefined || this.readOnly) return;
    for (const key of cache.keys()) {
      const kept = cache.get(key);
      if (kept === undefined) continue;
      const encoded = this.#codec.encode(key, kept.value, kept.expires);
      const write = encoded instanceof Promise ? await encoded : encoded;
      // What was set or deleted meanwhile is written by that call.
      if (cache.get(key) !== kept || !cache.isChanged(kept, write)) continue;
      await this.#backend.write([write]);
      cache.replace(key, kept, { ...kept, bytes: write.bytes! });
    }
  }

  #check(what: string): void {
    if (this.#closed !== undefined) {
      throw new ShelfClosedError(`Cannot ${what}: the shelf is closed`);
    }
  }

  /** Runs a call, which close() waits for. */
  async #use<R>(what: string, call: () => R | Promise<R>): Promise<R> {
    this.#check(what);
    this.#calls++;
    try {
      return await call();
    } finally {
      if (--this.#calls === 0) this.#idle?.();
    }
  }

  /** Runs a call that writes. */
  #change<R>(what: string, call: () => R | Promise<R>): Promise<R> {
    if (this.readOnly && this.#closed === undefined) {
      return Promise.reject(
        new ShelfReadOnlyError(`Cannot ${what}: the shelf was opened for reading`),
      );
    }
    return this.#use(what, call);
  }
}
