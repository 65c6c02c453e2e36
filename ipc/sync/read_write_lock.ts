/**
 * A lock that many readers share, or one writer has alone.
 *
 * @module
 */
import { type Block, isBlock, Kind } from "../memory/arena.ts";
import { registerKind } from "../memory/kinds.ts";
import { assertUsable, blockOf, newBlock, SharedObject } from "../memory/shared_object.ts";
import type { Waitable } from "../../net/watch.ts";
import type { Lockable } from "./guard.ts";
import { ReadWriteCore, reapReadWrite, wakeReadWrite } from "./_read_write_core.ts";
import { freeReaders, LOCK_BYTES } from "./_reader_entries.ts";
import { type Side, sidesOf } from "./_side.ts";

/**
 * One side of a {@linkcode ReadWriteLock}. `waitAny` takes it too: it is ready when it could be acquired. That takes
 * nothing, so another worker may be faster: follow it by `tryAcquire()`.
 */
export interface LockSide extends Lockable, Waitable {}

/**
 * A lock for data that is read more often than it is changed: any number of workers read at the same time, and one writes
 * alone. Writers come first: once one waits, whoever does not read yet waits until it is done. So writers that never pause
 * keep readers out for as long.
 *
 * Reads and writes belong to the worker that began them, and only that worker can end them. When a worker dies, its reads
 * end. When it dies writing, the data may be half changed: {@linkcode Guard.abandoned} is then true for every reader until
 * somebody has written, and for that writer.
 *
 * A reader cannot become a writer: it releases first, and looks again at what it had read. A worker that reads may begin
 * another read with `acquireSync`, also while a writer waits. `acquire` waits behind that writer, so a task that reads must
 * not await a second read.
 *
 * A read or a write costs somewhat more than acquiring a {@linkcode Lock}. It pays where a read takes microseconds or more, and
 * there are processors to read on.
 *
 * @example Usage
 * ```ts
 * import { ReadWriteLock, SharedArray } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new ReadWriteLock();
 * const prices = new SharedArray("float64", [1, 2, 3], { lock: false });
 *
 * {
 *   using _held = await lock.writeLock.acquire();
 *   for (let i = 0; i < prices.length; i++) prices.set(i, prices.get(i) * 2);
 * }
 * {
 *   using _held = await lock.readLock.acquire({ timeout: 1000 });
 *   assertEquals([...prices], [2, 4, 6]);
 * }
 * ```
 *
 * @example Repairing what a dead writer left
 * ```ts
 * import { ReadWriteLock, SharedArray } from "@ferry/std/ipc";
 *
 * const lock = new ReadWriteLock();
 * const pair = new SharedArray("int32", 2, { lock: false });
 *
 * using held = lock.writeLock.acquireSync();
 * if (held.abandoned) pair.set(1, pair.get(0));
 * ```
 */
export class ReadWriteLock extends SharedObject {
  readonly #core: ReadWriteCore;
  readonly #sides: { readonly read: Side; readonly write: Side };

  /**
   * Makes a lock that nobody holds.
   *
   * @example Make one
   * ```ts
   * import { ReadWriteLock } from "@ferry/std/ipc";
   *
   * const lock = new ReadWriteLock();
   * ```
   */
  constructor();
  constructor(block?: Block) {
    super(block = isBlock(block) ? block : newBlock(Kind.readWriteLock, LOCK_BYTES));
    this.#core = new ReadWriteCore(block);
    this.#sides = sidesOf(this.#core, this);
  }

  /**
   * The side that any number of workers hold at the same time, while nobody writes. It is `locked` while somebody writes, or
   * waits to.
   */
  get readLock(): LockSide {
    return this.#sides.read;
  }

  /** The side that one holds while nobody else reads or writes. */
  get writeLock(): LockSide {
    return this.#sides.write;
  }

  /** How many reads there are right now, over all workers. */
  get readers(): number {
    assertUsable(this);
    return this.#core.readers;
  }

  /** Whether somebody writes right now. */
  get writing(): boolean {
    assertUsable(this);
    return this.#core.isWritten;
  }

  /** Ends this worker's use of the lock. Tasks of this worker that wait get an error; what it holds, it goes on holding. */
  override [Symbol.dispose](): void {
    if (this.disposed) return;
    // They try again after this turn.
    wakeReadWrite(blockOf(this));
    super[Symbol.dispose]();
  }
}

const ReadWriteLockOf = ReadWriteLock as unknown as new (block: Block) => ReadWriteLock;
registerKind(Kind.readWriteLock, {
  attach: (block) => new ReadWriteLockOf(block),
  destroy: freeReaders,
  wake: wakeReadWrite,
  ownerDied: reapReadWrite,
  show: ({ readers, writing }: ReadWriteLock) => ({ readers, writing }),
});
