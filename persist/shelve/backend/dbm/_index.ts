/** A shelf of CPython's that is only read: an index of all keys in memory, values read from the file when asked for. */
import { ShelfFormatError, ShelfReadOnlyError } from "../../errors.ts";
import { encodeKey } from "../../keys.ts";
import { EVERYTHING, ordered } from "../../range.ts";
import type { Bounds } from "../../range.ts";
import type { SnapshotEntry, Stored, SyncBackend } from "../backend.ts";
import { copyEntries } from "../sqlite/copy_entries.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Where a value is in the file. */
export interface Place {
  /** The key. */
  readonly key: Bytes;
  /** Bytes from the start of the file. */
  readonly position: number;
  /** Length of the value in bytes. */
  readonly size: number;
}

/** Reads so many bytes from a place of a file. */
export function readAt(file: Deno.FsFile, position: number, size: number): Bytes {
  const { size: length } = file.statSync();
  if (position < 0 || size < 0 || position + size > length) {
    throw new ShelfFormatError(
      `Cannot read ${size} bytes at ${position}: the file has ${length} bytes`,
    );
  }
  const bytes = new Uint8Array(size);
  file.seekSync(position, Deno.SeekMode.Start);
  let at = 0;
  while (at < size) {
    const n = file.readSync(bytes.subarray(at));
    if (n === null) throw new ShelfFormatError(`Cannot read ${size} bytes at ${position}`);
    at += n;
  }
  return bytes;
}

/** A read-only store over an index. */
export class IndexedStore implements SyncBackend {
  /** Which kind it is. */
  readonly kind: "dumb" | "gnu";
  readonly #file: Deno.FsFile;
  readonly #places = new Map<string, Place>();

  /**
   * Takes an open file and what is in it.
   *
   * @param kind Which kind it is.
   * @param file The file with the values; it is closed with the store.
   * @param places The keys and where their values are.
   */
  constructor(kind: "dumb" | "gnu", file: Deno.FsFile, places: Iterable<Place>) {
    this.kind = kind;
    this.#file = file;
    for (const place of places) this.#places.set(nameOf(place.key), place);
  }

  /** Reads an entry. */
  get(key: string): Stored | undefined {
    const place = this.#places.get(nameOf(encodeKey(key)));
    if (place === undefined) return undefined;
    const bytes = readAt(this.#file, place.position, place.size);
    return { bytes, token: bytes, expires: Infinity };
  }

  /** Whether there is an entry. */
  has(key: string): boolean {
    return this.#places.has(nameOf(encodeKey(key)));
  }

  /** All keys in the range, in order. */
  snapshot(bounds: Bounds): SnapshotEntry[] {
    return this.#keys(bounds).map((key) => ({ key }));
  }

  #keys(bounds: Bounds): string[] {
    return ordered(this.#places.values().map(({ key }) => key), bounds);
  }

  /** Entries of keys. */
  read(keys: readonly string[]): (Stored | undefined)[] {
    return keys.map((key) => this.get(key));
  }

  /** How many entries there are. */
  count(): number {
    return this.#places.size;
  }

  /** Always the same. */
  version(): number {
    return 0;
  }

  /** Writes a SQLite shelf with the same entries. */
  backup(path: string): Promise<void> {
    return copyEntries(path, this.#keys(EVERYTHING), (key) => Promise.resolve(this.get(key)));
  }

  /** Refuses. */
  write(): void {
    this.#refuse();
  }

  /** Refuses. */
  delete(): boolean {
    return this.#refuse();
  }

  /** Refuses. */
  commit(): boolean {
    return this.#refuse();
  }

  /** Refuses. */
  exclusive<R>(): R {
    return this.#refuse();
  }

  /** Runs a function: nobody writes. */
  still<R>(body: () => R): R {
    return body();
  }

  /** Refuses. */
  clear(): void {
    this.#refuse();
  }

  /** Refuses. */
  reorganize(): void {
    this.#refuse();
  }

  /** Nothing. */
  sync(): void {}

  /** Lets go of the file. */
  close(): void {
    this.#file.close();
  }

  #refuse(): never {
    throw new ShelfReadOnlyError(
      `Cannot write to the shelf: files of dbm.${this.kind} are only read; copy it with backup()`,
    );
  }
}

/** Bytes as a string that a `Map` can find. */
function nameOf(key: Uint8Array): string {
  let name = "";
  for (const byte of key) name += String.fromCharCode(byte);
  return name;
}
