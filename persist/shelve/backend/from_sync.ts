/** A store that answers at once, behind promises. Where it says that it is locked, it is tried again without blocking. */
import type { Bounds } from "../range.ts";
import { untilFree } from "../retry.ts";
import type {
  Backend,
  BackendKind,
  Check,
  SnapshotEntry,
  Stored,
  SyncBackend,
  Write,
} from "./backend.ts";
import { GroupCommit } from "./group_commit.ts";
import { poll } from "./poll.ts";

/** The asynchronous side of a synchronous store. */
export class FromSync implements Backend {
  /** Which kind it is. */
  readonly kind: BackendKind;
  readonly #store: SyncBackend;
  readonly #busyTimeout: number;
  readonly #calls: GroupCommit;

  /**
   * Wraps a store.
   *
   * @param store The store. It should not wait for locks itself.
   * @param busyTimeout How long to try, in milliseconds.
   */
  constructor(store: SyncBackend, busyTimeout: number) {
    this.kind = store.kind;
    this.#store = store;
    this.#busyTimeout = busyTimeout;
    this.#calls = new GroupCommit(store, busyTimeout);
  }

  /** Reads an entry. */
  get(key: string): Promise<Stored | undefined> {
    return this.#calls.read("read a value", (store) => store.get(key));
  }

  /** Whether there is an entry. */
  has(key: string): Promise<boolean> {
    return this.#calls.read("look for a key", (store) => store.has(key));
  }

  /** Writes in one transaction. */
  write(writes: readonly Write[]): Promise<void> {
    return this.#calls.write("write to the shelf", (store) => store.write(writes), sizeOf(writes));
  }

  /** Deletes an entry; whether there was one. */
  delete(key: string): Promise<boolean> {
    return this.#calls.write("delete a value", (store) => store.delete(key));
  }

  /** Writes all or nothing. */
  commit(checks: readonly Check[], writes: readonly Write[]): Promise<boolean> {
    return this.#calls.write(
      "write to the shelf",
      (store) => store.commit(checks, writes),
      sizeOf(writes),
    );
  }

  /** The keys of one moment. */
  snapshot(bounds: Bounds, values: boolean): Promise<SnapshotEntry[]> {
    return this.#calls.read("list the keys", (store) => store.snapshot(bounds, values));
  }

  /** Entries of neighbouring keys. */
  read(keys: readonly string[]): Promise<(Stored | undefined)[]> {
    return this.#calls.read("read values", (store) => store.read(keys));
  }

  /** How many entries there are. */
  count(): Promise<number> {
    return this.#calls.read("count the entries", (store) => store.count());
  }

  /** Deletes everything. */
  clear(): Promise<void> {
    return this.#calls.write("clear the shelf", (store) => store.clear());
  }

  /** Yields when something may have changed. */
  changes(_keys: readonly string[], signal: AbortSignal): AsyncIterable<void> {
    // The store's version tells of others' writes alone. Both only grow, so that their sum changes with either.
    return poll(() => this.#store.version() + this.#calls.commits, signal);
  }

  /** Writes a copy of one moment. */
  async backup(path: string): Promise<void> {
    await this.#calls.alone("back up the shelf", () => {});
    await untilFree("back up the shelf", this.#busyTimeout, () => this.#store.backup(path));
  }

  /** Deletes what is expired and gives space back. */
  reorganize(): Promise<void> {
    return this.#calls.alone("reorganize the shelf", (store) => store.reorganize());
  }

  /** Waits for what has been called: writes are durable when they are acknowledged. */
  sync(): Promise<void> {
    return this.#calls.alone("synchronise the shelf", (store) => store.sync());
  }

  /** Lets go of the store. */
  close(): Promise<void> {
    return this.#calls.alone("close the shelf", (store) => store.close());
  }
}

function sizeOf(writes: readonly Write[]): number {
  let size = 0;
  for (const { bytes } of writes) size += bytes?.length ?? 0;
  return size;
}
