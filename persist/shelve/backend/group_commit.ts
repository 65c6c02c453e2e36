/**
 * Group commit: calls of a synchronous store that are made in one turn of the event loop share a transaction.
 *
 * A commit costs one synchronisation with the disk, however much is in it, and every read outside of a transaction takes and
 * releases a lock. So calls wait in a queue until the turn has no more of them, then run in their order in one transaction:
 *
 *     set  set  get  delete   |        BEGIN  set set get delete  COMMIT        | four promises are settled
 *     ---- one turn ---------> microtask ----- blocks the thread --------------->
 *
 * - *Order.* Calls take effect in the order in which they were made.
 * - *Durability.* A promise is settled after the commit that holds its call, reads of the same group included.
 * - *Errors.* If one call of a group fails, all of it is rolled back, and each call runs by itself: only its own error is its own.
 * - *Locks.* If somebody else writes, the queue is tried again until the time of its calls is over. Reads do not wait for that:
 *   they run at once and see what is committed.
 * - A turn's first call, if it is a read, runs at once, so that who awaits each read pays nothing for this.
 */
import { ShelfBusyError } from "../errors.ts";
import { busyError, pauseBelow, untilFree } from "../retry.ts";
import type { SyncBackend } from "./backend.ts";

/** A transaction has at most so many calls, and about so many bytes. */
const CALLS = 10_000;
const BYTES = 4 * 1024 * 1024;

type Operation<R> = (store: SyncBackend) => R;

/** Reads and writes share transactions; what is alone does not. */
type Kind = "read" | "write" | "alone";

interface Call {
  readonly kind: Kind;
  readonly what: string;
  readonly run: Operation<unknown>;
  readonly bytes: number;
  readonly since: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Runs calls of a store in groups. */
export class GroupCommit {
  readonly #store: SyncBackend;
  readonly #busyTimeout: number;
  #calls: Call[] = [];
  /** How many calls there were at the last look; the group is complete when there are no more. */
  #seen = 0;
  /** Whether a read has run in this turn. */
  #hasRead = false;
  #state: "idle" | "gathering" | "running" | "locked out" = "idle";
  /** Counts the groups that wrote. */
  commits = 0;

  /**
   * Takes the store.
   *
   * @param store The store. It should not wait for locks itself.
   * @param busyTimeout How long to try, in milliseconds.
   */
  constructor(store: SyncBackend, busyTimeout: number) {
    this.#store = store;
    this.#busyTimeout = busyTimeout;
  }

  /** Runs a function that only reads. */
  read<R>(what: string, run: Operation<R>): Promise<R> {
    const first = this.#state === "idle" && !this.#hasRead;
    if (!first && this.#state !== "locked out") return this.#enqueue("read", what, run, 0);
    if (first) {
      this.#hasRead = true;
      queueMicrotask(this.#endTurn);
    }
    return this.#readNow(what, run);
  }

  readonly #endTurn = () => {
    this.#hasRead = false;
  };

  #readNow<R>(what: string, run: Operation<R>): Promise<R> {
    try {
      return Promise.resolve(run(this.#store));
    } catch (error) {
      if (!(error instanceof ShelfBusyError)) return Promise.reject(error);
      return untilFree(what, this.#busyTimeout, () => run(this.#store));
    }
  }

  /** Runs a function that writes so many bytes. */
  write<R>(what: string, run: Operation<R>, bytes = 0): Promise<R> {
    return this.#enqueue("write", what, run, bytes);
  }

  /** Runs a function outside of any transaction. */
  alone<R>(what: string, run: Operation<R>): Promise<R> {
    return this.#enqueue("alone", what, run, 0);
  }

  #enqueue<R>(kind: Kind, what: string, run: Operation<R>, bytes: number): Promise<R> {
    if (this.#state === "idle") {
      this.#state = "gathering";
      this.#seen = 0;
      queueMicrotask(this.#gather);
    }
    return new Promise((resolve, reject) => {
      const since = performance.now();
      this.#calls.push({
        kind,
        what,
        run,
        bytes,
        since,
        resolve: resolve as Call["resolve"],
        reject,
      });
    });
  }

  /** Waits for as long as every microtask brings more calls: those of loops that go on after the last commit join this one. */
  readonly #gather = () => {
    const { length } = this.#calls;
    if (length === this.#seen || length >= CALLS) void this.#run();
    else {
      this.#seen = length;
      queueMicrotask(this.#gather);
    }
  };

  async #run(): Promise<void> {
    this.#state = "running";
    /** So many calls are of a group that failed. */
    let single = 0;
    let attempts = 0;
    while (this.#calls.length > 0) {
      const group = this.#calls.slice(0, single > 0 ? 1 : this.#groupSize());
      const outcome = this.#attempt(group);
      if (outcome === "failed") single = group.length;
      if (outcome === "done") {
        this.#calls.splice(0, group.length);
        single = Math.max(0, single - 1);
        attempts = 0;
      } else if (outcome !== "failed") {
        this.#giveUp(outcome, ++attempts);
        single = 0;
        this.#state = "locked out";
        if (this.#calls.length > 0) await pauseBelow(attempts, this.#left());
        this.#state = "running";
      }
    }
    this.#state = "idle";
  }

  #groupSize(): number {
    let bytes = 0;
    for (const [i, call] of this.#calls.entries()) {
      if (call.kind === "alone") return Math.max(i, 1);
      if (i === CALLS || i > 0 && bytes + call.bytes > BYTES) return i;
      bytes += call.bytes;
    }
    return this.#calls.length;
  }

  /** Runs a group; whether all of it was done, all of it was undone, or somebody else has a lock. */
  #attempt(group: readonly Call[]): "done" | "failed" | ShelfBusyError {
    const store = this.#store;
    const writes = group.some(({ kind }) => kind === "write");
    try {
      if (group.length === 1) group[0]!.resolve(group[0]!.run(store));
      else {
        const all = () => group.map(({ run }) => run(store));
        const results = writes ? store.exclusive(all) : store.still(all);
        for (const [i, { resolve }] of group.entries()) resolve(results[i]);
      }
      if (writes) this.commits++;
      return "done";
    } catch (error) {
      if (error instanceof ShelfBusyError) return error;
      if (group.length > 1) return "failed";
      group[0]!.reject(error);
      return "done";
    }
  }

  /** Lets go of what need not or must not wait any longer. */
  #giveUp(cause: ShelfBusyError, attempts: number): void {
    const now = performance.now();
    this.#calls = this.#calls.filter(({ kind, what, run, since, resolve, reject }) => {
      if (kind === "read") this.#readNow(what, run).then(resolve, reject);
      else if (now - since < this.#busyTimeout) return true;
      else reject(busyError(what, this.#busyTimeout, { cause: cause.cause, attempts }));
      return false;
    });
  }

  /** The time until the first call must not wait any longer. */
  #left(): number {
    const now = performance.now();
    return Math.min(...this.#calls.map(({ since }) => since + this.#busyTimeout - now));
  }
}
