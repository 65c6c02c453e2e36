/**
 * What a shelf needs of a store: bytes by keys, in order, with conditions. Everything else (values, strings, transactions,
 * watching, JSON Lines) is made of this in one place for all stores.
 *
 * - A *key* is a string of well-formed Unicode; its order is that of its UTF-8.
 * - A *token* says which version of an entry was read. `commit` compares it: KV has versionstamps, others compare bytes.
 * - `expires` is a point of time in milliseconds since the epoch, `Infinity` for never. What is expired does not exist.
 * - A backend maps its errors to the classes of `errors.ts` and does the waiting for locks itself, for `busyTimeout`.
 */
import type { Bounds } from "../range.ts";

/** The kinds of stores. */
export type BackendKind = "kv" | "sqlite" | "redis" | "dumb" | "gnu";

/** An entry as it was read. */
export interface Stored {
  /** The encoded value. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Which version this is. */
  readonly token: unknown;
  /** When it ends, in milliseconds since the epoch; `Infinity` for never. */
  readonly expires: number;
}

/** One entry to write. */
export interface Write {
  /** The key. */
  readonly key: string;
  /** The encoded value; `undefined` deletes the entry. */
  readonly bytes: Uint8Array | undefined;
  /** When it ends, in milliseconds since the epoch; `Infinity` for never. */
  readonly expires: number;
}

/** A condition of a commit: the entry is still the version that was read. */
export interface Check {
  /** The key. */
  readonly key: string;
  /** The token that was read, `undefined` where there was no entry. */
  readonly token: unknown;
}

/** A key of a snapshot, with its entry where that came along for nothing. */
export interface SnapshotEntry {
  /** The key. */
  readonly key: string;
  /** The entry, `undefined` if it has to be read. */
  readonly stored?: Stored | undefined;
}

/** A store. */
export interface Backend {
  /** Which kind it is. */
  readonly kind: BackendKind;
  /** Reads an entry. */
  get(key: string): Promise<Stored | undefined>;
  /** Whether there is an entry. */
  has(key: string): Promise<boolean>;
  /** Writes without conditions, no key twice. Groups of them are atomic, all of them need not be. */
  write(writes: readonly Write[]): Promise<void>;
  /** Deletes an entry; whether there was one. */
  delete(key: string): Promise<boolean>;
  /** Writes all or nothing: `false` if a condition does not hold any more. */
  commit(checks: readonly Check[], writes: readonly Write[]): Promise<boolean>;
  /** The keys of one moment, in order, before anything is done with the first of them. */
  snapshot(bounds: Bounds, values: boolean): Promise<SnapshotEntry[]>;
  /** Entries of keys that are neighbours in a snapshot, `undefined` for those that are gone. */
  read(keys: readonly string[]): Promise<(Stored | undefined)[]>;
  /** How many entries there are. */
  count(): Promise<number>;
  /** Deletes everything. */
  clear(): Promise<void>;
  /** Yields when one of the keys may have changed, until the signal aborts; then it returns. */
  changes(keys: readonly string[], signal: AbortSignal): AsyncIterable<void>;
  /** Writes a copy of one moment to a new file. */
  backup(path: string): Promise<void>;
  /** Deletes what is expired or left over and gives space back. */
  reorganize(): Promise<void>;
  /** Makes everything that was written durable. */
  sync(): Promise<void>;
  /** Lets go of the store. */
  close(): Promise<void>;
}

/** A store that answers at once. */
export interface SyncBackend {
  /** Which kind it is. */
  readonly kind: BackendKind;
  /** As in {@linkcode Backend}. */
  get(key: string): Stored | undefined;
  /** As in {@linkcode Backend}. */
  has(key: string): boolean;
  /** As in {@linkcode Backend}. */
  write(writes: readonly Write[]): void;
  /** As in {@linkcode Backend}. */
  delete(key: string): boolean;
  /** As in {@linkcode Backend}. */
  commit(checks: readonly Check[], writes: readonly Write[]): boolean;
  /** Runs a function while nobody else writes; what it wrote is undone if it throws. */
  exclusive<R>(body: () => R): R;
  /** Runs a function that reads, and reads one moment. */
  still<R>(body: () => R): R;
  /** As in {@linkcode Backend}. */
  snapshot(bounds: Bounds, values: boolean): SnapshotEntry[];
  /** As in {@linkcode Backend}. */
  read(keys: readonly string[]): (Stored | undefined)[];
  /** As in {@linkcode Backend}. */
  count(): number;
  /** As in {@linkcode Backend}. */
  clear(): void;
  /** A number that changes when another connection writes. */
  version(): number;
  /** Writes a copy of one moment to a new file. */
  backup(path: string): Promise<void>;
  /** As in {@linkcode Backend}. */
  reorganize(): void;
  /** As in {@linkcode Backend}. */
  sync(): void;
  /** As in {@linkcode Backend}. */
  close(): void;
}
