/** A store that answers at once, behind promises. Where it says that it is locked, it is tried again without blocking. */
import type { Bounds } from "../range.ts";
import { ShelfBusyError } from "../errors.ts";
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
import { poll } from "./poll.ts";

/** The asynchronous side of a synchronous store. */
export class FromSync implements Backend {
  /** Which kind it is. */
  readonly kind: BackendKind;
  readonly #store: SyncBackend;
  readonly #busyTimeout: number;
  /** Counts this connection's own writes: the store's version tells of others' alone. */
  #writes = 0;

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
  }

  /** As a rule the first attempt succeeds, and there is nothing to wait for. */
  #try<R>(what: string, operation: (store: SyncBackend) => R): Promise<R> {
    try {
      return Promise.resolve(operation(this.#store));
    } catch (error) {
      if (!(error instanceof ShelfBusyError)) return Promise.reject(error);
      return untilFree(what, this.#busyTimeout, () => operation(this.#store));
    }
  }

  async #write<R>(what: string, operation: (store: SyncBackend) => R): Promise<R> {
    const result = await this.#try(what, operation);
    this.#writes++;
    return result;
  }

  /** Reads an entry. */
  get(key: string): Promise<Stored | undefined> {
    return this.#try("read a value", (store) => store.get(key));
  }

  /** Whether there is an entry. */
  has(key: string): Promise<boolean> {
    return this.#try("look for a key", (store) => store.has(key));
  }

  /** Writes in one transaction. */
  write(writes: readonly Write[]): Promise<void> {
    return this.#write("write to the shelf", (store) => store.write(writes));
  }

  /** Deletes an entry; whether there was one. */
  delete(key: string): Promise<boolean> {
    return this.#write("delete a value", (store) => store.delete(key));
  }

  /** Writes all or nothing. */
  commit(checks: readonly Check[], writes: readonly Write[]): Promise<boolean> {
    return this.#write("write to the shelf", (store) => store.commit(checks, writes));
  }

  /** The keys of one moment. */
  snapshot(bounds: Bounds, values: boolean): Promise<SnapshotEntry[]> {
    return this.#try("list the keys", (store) => store.snapshot(bounds, values));
  }

  /** Entries of neighbouring keys. */
  read(keys: readonly string[]): Promise<(Stored | undefined)[]> {
    return this.#try("read values", (store) => store.read(keys));
  }

  /** How many entries there are. */
  count(): Promise<number> {
    return this.#try("count the entries", (store) => store.count());
  }

  /** Deletes everything. */
  clear(): Promise<void> {
    return this.#write("clear the shelf", (store) => store.clear());
  }

  /** Yields when something may have changed. */
  changes(_keys: readonly string[], signal: AbortSignal): AsyncIterable<void> {
    // Both only grow, so that their sum changes with either.
    return poll(() => this.#store.version() + this.#writes, signal);
  }

  /** Writes a copy of one moment. */
  backup(path: string): Promise<void> {
    return untilFree(
      "back up the shelf",
      this.#busyTimeout,
      () => this.#store.backup(path),
    );
  }

  /** Deletes what is expired and gives space back. */
  reorganize(): Promise<void> {
    return this.#try("reorganize the shelf", (store) => store.reorganize());
  }

  /** Nothing: writes are durable when they are acknowledged. */
  sync(): Promise<void> {
    return this.#try("synchronise the shelf", (store) => store.sync());
  }

  /** Lets go of the store. */
  close(): Promise<void> {
    return this.#try("close the shelf", (store) => store.close());
  }
}
