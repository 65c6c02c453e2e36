/**
 * Queues between any number of workers.
 *
 * Guarantees: items leave in the order they were put; an item that cannot be sent is refused by `put` itself, and nothing
 * of it is left in the queue; a worker that dies while it waits, puts or gets blocks nobody, and loses at most the item
 * it had already taken.
 *
 * @module
 */
import type { RulesOf } from "../../persist/options.ts";
import { giveBack } from "../codec/spare_memory.ts";
import { Kind } from "../memory/arena.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import type { Waitable, Watch } from "../../net/watch.ts";
import { watchable, watchIn } from "../memory/watch.ts";
import { registerKind } from "../memory/kinds.ts";
import type { NamedOptions, NamedStoreOptions } from "../memory/named.ts";
import { endUse } from "../memory/references.ts";
import { waitPinned } from "../memory/pinned.ts";
import { GetAttempt, PutAttempt, PutManyAttempt } from "./_attempts.ts";
import { Batch } from "./_batch.ts";
import { shown } from "../wait/shown.ts";
import { cores, destroyQueue, QueueCore, sweepQueue } from "./core.ts";
import { QUEUE_LOCKS, wakeAll } from "./_layout.ts";
import { flavourOf, PLAIN, type QueueOptions, QueueOrigin, registerFlavour } from "./_origin.ts";
import { assertUsable, blockOf, holdOf, nameOf, SharedObject } from "../memory/shared_object.ts";
import {
  assertOptions,
  assertSignal,
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../wait/options.ts";
import { PENDING, TIMED_OUT, waitSync } from "../wait/wait.ts";
import { QueueEmptyError, QueueFullError, QueueShutDownError } from "../errors.ts";
import { registerSharedByName } from "../codec/class_registry.ts";

export type { NamedOptions, NamedStoreOptions, QueueOptions };

/** Options of {@linkcode Queue.shutdown}. */
export interface ShutdownOptions {
  /**
   * Whether to drop the items that are still in the queue.
   *
   * @default {false}
   */
  immediate?: boolean | undefined;
}

const SHUTDOWN_RULES: RulesOf<ShutdownOptions> = {
  immediate: "boolean",
};

/**
 * A first-in, first-out queue that any worker can put into and get from.
 *
 * @typeParam T What the items are.
 *
 * @example Usage
 * ```ts
 * import { Queue } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * using queue = new Queue<string>({ maxSize: 10 });
 * await queue.put("a");
 * queue.putSync("b");
 * queue.shutdown();
 * const items: string[] = [];
 * for await (const item of queue) items.push(item);
 * assertEquals(items, ["a", "b"]);
 * ```
 */
export class Queue<T = unknown> extends SharedObject implements AsyncIterable<T>, Waitable {
  readonly #core: QueueCore;

  /**
   * Makes an empty queue.
   *
   * @example Make one
   * ```ts
   * import { Queue } from "@ferry/std/ipc";
   *
   * using queue = new Queue<string>({ maxSize: 10 });
   * ```
   *
   * @param options `maxSize`.
   * @throws {TypeError} If `maxSize` is not a whole number.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(options?: QueueOptions) {
    const { block } = QueueOrigin.of(options, PLAIN);
    super(block);
    this.#core = new QueueCore(block, holdOf(this));
    cores.set(this, this.#core);
  }

  /** Most items in the queue; 0 = no limit. */
  get maxSize(): number {
    assertUsable(this);
    return this.#core.maxSize;
  }

  /** Items in the queue at this moment. */
  get size(): number {
    assertUsable(this);
    return this.#core.size;
  }

  /** Whether there is no item at this moment. */
  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Whether there is no room for an item at this moment. */
  get isFull(): boolean {
    return this.maxSize > 0 && this.size >= this.maxSize;
  }

  /** Whether it was shut down. */
  get isShutDown(): boolean {
    assertUsable(this);
    return this.#core.isShutDown;
  }

  /**
   * Puts an item at the end, waiting while the queue is full. It is put as it is now: later changes to it do not matter.
   *
   * @param item Anything that a pipe can send.
   * @param options `signal` and `timeout` (ms).
   * @throws {QueueFullError} If the timeout passes first; it carries the item.
   * @throws {QueueShutDownError} If the queue was shut down; it carries the item.
   * @throws {UnsendableError} If the item, or something in it, cannot be sent.
   * @throws {RangeError} If the item takes more than 256 MiB, encoded.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Queue, QueueFullError } from "@ferry/std/ipc";
   * import { assertRejects } from "@std/assert";
   *
   * using queue = new Queue<string>({ maxSize: 1 });
   * await queue.put("first");
   * await assertRejects(() => queue.put("second", { timeout: 1 }), QueueFullError);
   * ```
   */
  async put(item: T, options?: WaitOptions): Promise<void> {
    const deadline = deadlineIn(options, "put");
    const signal = signalIn(options, "put");
    assertUsable(this);
    if (this.#core.put(item) === true) return;
    const attempt = new PutAttempt(this.#core, item);
    try {
      if (await waitPinned(this, attempt, deadline, signal) !== TIMED_OUT) return;
    } catch (error) {
      attempt.giveUp();
      throw error;
    }
    attempt.giveUp();
    throw new QueueFullError(item, this.#core.maxSize, options!.timeout!);
  }

  /**
   * Puts an item, blocking the thread while the queue is full. See {@linkcode Queue.put}.
   *
   * @example Usage
   * ```ts
   * import { Queue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using queue = new Queue<{ id: number }>();
   * queue.putSync({ id: 1 });
   * assertEquals(queue.size, 1);
   * ```
   */
  putSync(item: T, options?: WaitSyncOptions): void {
    const deadline = deadlineInSync(options, "put");
    assertUsable(this);
    if (this.#core.put(item) === true) return;
    const attempt = new PutAttempt(this.#core, item);
    try {
      assertUsable(this);
      if (waitSync(attempt, deadline) !== TIMED_OUT) return;
    } catch (error) {
      attempt.giveUp();
      throw error;
    }
    attempt.giveUp();
    throw new QueueFullError(item, this.#core.maxSize, options!.timeout!);
  }

  /**
   * Puts an item if there is room for it now; whether it was put. See {@linkcode Queue.put}.
   *
   * @example Usage
   * ```ts
   * import { Queue } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * using queue = new Queue<number>({ maxSize: 1 });
   * assert(queue.tryPut(1));
   * assert(!queue.tryPut(2));
   * ```
   */
  tryPut(item: T): boolean {
    assertUsable(this);
    return this.#core.put(item) === true;
  }

  /**
   * Takes the oldest item, waiting for one.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns The item.
   * @throws {QueueEmptyError} If the timeout passes first.
   * @throws {QueueShutDownError} If the queue was shut down and nothing is left in it.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Queue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using queue = new Queue<string>();
   * const item = queue.get({ timeout: 1000 });
   * queue.putSync("late");
   * assertEquals(await item, "late");
   * ```
   */
  async get(options?: WaitOptions): Promise<T> {
    const deadline = deadlineIn(options, "get");
    const signal = signalIn(options, "get");
    assertUsable(this);
    let got: Taken | typeof PENDING | typeof TIMED_OUT = this.#core.get();
    if (got === PENDING) {
      const attempt = new GetAttempt(this.#core, () => this.#core.get());
      got = await waitPinned(this, attempt, deadline, signal);
      if (got === TIMED_OUT) throw new QueueEmptyError(options!.timeout!);
    }
    return got.value as T;
  }

  /**
   * Takes the oldest item, blocking the thread. See {@linkcode Queue.get}.
   *
   * @example Usage
   * ```ts
   * import { Queue, QueueEmptyError } from "@ferry/std/ipc";
   * import { assertThrows } from "@std/assert";
   *
   * using queue = new Queue<string>();
   * assertThrows(() => queue.getSync({ timeout: 0 }), QueueEmptyError);
   * ```
   */
  getSync(options?: WaitSyncOptions): T {
    const deadline = deadlineInSync(options, "get");
    assertUsable(this);
    let got: Taken | typeof PENDING | typeof TIMED_OUT = this.#core.get();
    if (got === PENDING) {
      got = waitSync(new GetAttempt(this.#core, () => this.#core.get()), deadline);
      if (got === TIMED_OUT) throw new QueueEmptyError(options!.timeout!);
    }
    return got.value as T;
  }

  /**
   * Takes the oldest item if there is one, `undefined` otherwise (`getSync({ timeout: 0 })` tells an item that is
   * `undefined` from none). See {@linkcode Queue.get}.
   *
   * @example Usage
   * ```ts
   * import { Queue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using queue = new Queue<string>();
   * assertEquals(queue.tryGet(), undefined);
   * ```
   */
  tryGet(): T | undefined {
    assertUsable(this);
    const got = this.#core.get();
    return got === PENDING ? undefined : got.value as T;
  }

  /**
   * Puts several items at the end, in order, waiting while the queue is full. That takes the queue's lock once, and again
   * only where it has to wait for room, so it costs a fraction of as many calls of {@linkcode Queue.put}. They are put as
   * they are now: later changes to them do not matter.
   *
   * If one of them cannot be sent, none is put. Items of others can come in between where it has to wait.
   *
   * @param items What to put: an array, a set, what a generator yields.
   * @param options `signal` and `timeout` (ms, for all of them).
   * @throws {QueueFullError} If the timeout passes first; its `value` is the array of the items that were not put.
   * @throws {QueueShutDownError} If the queue was shut down; its `value` is the array of the items that were not put.
   * @throws {UnsendableError} If an item, or something in it, cannot be sent.
   * @throws {RangeError} If an item takes more than 256 MiB, encoded.
   * @throws {TypeError} If the items are not iterable.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Queue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using queue = new Queue<number>();
   * await queue.putMany([1, 2, 3]);
   * assertEquals(await queue.getMany(2), [1, 2]);
   * ```
   */
  async putMany(items: Iterable<T>, options?: WaitOptions): Promise<void> {
    const deadline = deadlineIn(options, "put");
    const signal = signalIn(options, "put");
    assertUsable(this);
    const batch = this.#firstPut(items);
    if (batch.isDone) return;
    try {
      const attempt = new PutManyAttempt(this.#core, batch);
      if (await waitPinned(this, attempt, deadline, signal) !== TIMED_OUT) return;
    } finally {
      batch.giveUp();
    }
    throw new QueueFullError(batch.rest(), this.#core.maxSize, options!.timeout!);
  }

  /**
   * Puts several items, blocking the thread while the queue is full. See {@linkcode Queue.putMany}.
   *
   * @example Usage
   * ```ts
   * import { Queue, QueueFullError } from "@ferry/std/ipc";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * using queue = new Queue<number>({ maxSize: 2 });
   * const error = assertThrows(() => queue.putManySync([1, 2, 3], { timeout: 1 }), QueueFullError);
   * assertEquals([queue.size, error.value], [2, [3]]);
   * ```
   */
  putManySync(items: Iterable<T>, options?: WaitSyncOptions): void {
    const deadline = deadlineInSync(options, "put");
    assertUsable(this);
    const batch = this.#firstPut(items);
    if (batch.isDone) return;
    try {
      if (waitSync(new PutManyAttempt(this.#core, batch), deadline) !== TIMED_OUT) return;
    } finally {
      batch.giveUp();
    }
    throw new QueueFullError(batch.rest(), this.#core.maxSize, options!.timeout!);
  }

  /**
   * Puts as many of several items as there is room for now; how many, from the first on. Those for which there is none are
   * not looked at. See {@linkcode Queue.putMany}.
   *
   * @example Usage
   * ```ts
   * import { Queue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using queue = new Queue<number>({ maxSize: 2 });
   * assertEquals(queue.tryPutMany([1, 2, 3]), 2);
   * ```
   */
  tryPutMany(items: Iterable<T>): number {
    assertUsable(this);
    const batch = batchOf(items, this.#core);
    assertUsable(this);
    this.#core.putMany(batch, false);
    return batch.done;
  }

  /**
   * Takes the oldest items: waits until there is one, then takes all that are there, in order, but not more than `max`.
   * That takes the queue's lock once, so it costs a fraction of as many calls of {@linkcode Queue.get}.
   *
   * @param max Most items to take.
   * @param options `signal` and `timeout` (ms).
   * @returns The items, at least one.
   * @throws {QueueEmptyError} If the timeout passes first.
   * @throws {QueueShutDownError} If the queue was shut down and nothing is left in it.
   * @throws {RangeError} If `max` is less than 1.
   * @throws {TypeError} If `max` is not a whole number.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Queue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using queue = new Queue<string>();
   * queue.putManySync(["a", "b", "c"]);
   * assertEquals(await queue.getMany(2), ["a", "b"]);
   * assertEquals(await queue.getMany(), ["c"]);
   * ```
   */
  async getMany(max: number = Infinity, options?: WaitOptions): Promise<T[]> {
    assertMax(max);
    const deadline = deadlineIn(options, "get");
    const signal = signalIn(options, "get");
    assertUsable(this);
    let items: unknown[] | typeof PENDING | typeof TIMED_OUT = this.#core.getMany(max);
    if (items === PENDING) {
      const attempt = new GetAttempt(this.#core, () => this.#core.getMany(max));
      items = await waitPinned(this, attempt, deadline, signal);
      if (items === TIMED_OUT) throw new QueueEmptyError(options!.timeout!);
    }
    return items as T[];
  }

  /**
   * Takes the oldest items, blocking the thread until there is one. See {@linkcode Queue.getMany}.
   *
   * @example Usage
   * ```ts
   * import { Queue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using queue = new Queue<string>();
   * queue.putSync("a");
   * assertEquals(queue.getManySync(10, { timeout: 1000 }), ["a"]);
   * ```
   */
  getManySync(max: number = Infinity, options?: WaitSyncOptions): T[] {
    assertMax(max);
    const deadline = deadlineInSync(options, "get");
    assertUsable(this);
    let items: unknown[] | typeof PENDING | typeof TIMED_OUT = this.#core.getMany(max);
    if (items === PENDING) {
      items = waitSync(new GetAttempt(this.#core, () => this.#core.getMany(max)), deadline);
      if (items === TIMED_OUT) throw new QueueEmptyError(options!.timeout!);
    }
    return items as T[];
  }

  /**
   * Takes the oldest items that are there now, none if there is none. See {@linkcode Queue.getMany}.
   *
   * @example Usage
   * ```ts
   * import { Queue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using queue = new Queue<string>();
   * assertEquals(queue.tryGetMany(), []);
   * ```
   */
  tryGetMany(max: number = Infinity): T[] {
    assertUsable(this);
    assertMax(max);
    const items = this.#core.getMany(max);
    return items === PENDING ? [] : items as T[];
  }

  /**
   * Gives a large array back that came in an item, so that the next one of the same length may use its memory: fresh memory is
   * most of what a large array costs. The memory is taken away from it: the array is empty from then on.
   *
   * The next array is one in any message that this worker receives. A few are kept, 64 MiB in all at most.
   *
   * @param array An array or a buffer, at the top of an item or anywhere in it.
   * @returns Whether it was taken back. Anything of less than 16 KiB is left alone, and so are views of a part of a buffer,
   * shared memory, and buffers that cannot be moved.
   * @throws {Deno.errors.BadResource} If the queue was closed here.
   *
   * @example Frames of one size
   * ```ts
   * import { Queue } from "@ferry/std/ipc";
   * import { assert, assertEquals } from "@std/assert";
   *
   * using queue = new Queue<{ id: number; frame: Uint8Array }>({ maxSize: 4 });
   * for (let id = 1; id <= 3; id++) {
   *   queue.putSync({ id, frame: new Uint8Array(100_000).fill(id) });
   *   const { frame } = queue.getSync();
   *   assertEquals(frame[0], id);
   *   assert(queue.release(frame));
   *   assertEquals(frame.length, 0);
   * }
   * ```
   */
  release(array: ArrayBuffer | ArrayBufferView): boolean {
    assertUsable(this);
    return giveBack(array);
  }

  /**
   * Takes items, waiting for each, until the queue is shut down and empty. What is not asked for stays in the queue.
   *
   * @param options `signal` and `timeout` (ms, for each item).
   * @returns The items, in order.
   * @throws {TypeError} If the options are none, or one does not exist or is of another type.
   *
   * @example A loop that can be ended
   * ```ts
   * import { Queue } from "@ferry/std/ipc";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * using queue = new Queue<string>();
   * queue.putSync("a");
   * const stop = new AbortController();
   * const seen: string[] = [];
   * await assertRejects(async () => {
   *   for await (const item of queue.items({ signal: stop.signal })) {
   *     seen.push(item);
   *     stop.abort(new RangeError("enough"));
   *   }
   * }, RangeError, "enough");
   * assertEquals(seen, ["a"]);
   * ```
   */
  items(options?: WaitOptions): AsyncIterableIterator<T> {
    deadlineIn(options, "iterate over the queue");
    assertSignal(options?.signal, "iterate over the queue");
    return this.#items(options);
  }

  /**
   * Takes items, blocking the thread until there is one, until the queue is shut down and empty. See {@linkcode Queue.items}.
   *
   * @param options `timeout` (ms, for each item).
   * @returns The items, in order.
   * @throws {TypeError} If the options are none, or have a `signal`, which cannot end a blocked thread.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example A worker that does nothing else
   * ```ts
   * import { Process, Queue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using jobs = new Queue<string>();
   * await using worker = new Process((jobs: Queue<string>) => {
   *   let letters = 0;
   *   for (const job of jobs.itemsSync()) letters += job.length;
   *   return letters;
   * }, { args: [jobs] });
   * worker.start();
   * jobs.putManySync(["tea", "milk"]);
   * jobs.shutdown();
   * assertEquals(await worker.result(), 7);
   * ```
   */
  itemsSync(options?: WaitSyncOptions): IterableIterator<T> {
    deadlineInSync(options, "iterate over the queue");
    return this.#itemsSync(options);
  }

  /** Takes items until the queue is shut down and empty; the same as {@linkcode Queue.items}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this.#items(undefined);
  }

  /** Puts what there is room for; what is left is encoded. */
  #firstPut(items: Iterable<T>): Batch {
    const batch = batchOf(items, this.#core);
    try {
      // The iterable may have closed the queue, and so may the items that are encoded aside.
      assertUsable(this);
      this.#core.putMany(batch, true);
      if (batch.isDone) return batch;
      if (!batch.isEncoded) batch.encodeFrom(0);
      assertUsable(this);
    } catch (error) {
      batch.giveUp();
      throw error;
    }
    return batch;
  }

  async *#items(options: WaitOptions | undefined): AsyncGenerator<T, void, undefined> {
    for (;;) {
      let item: T;
      try {
        item = await this.get(options);
      } catch (error) {
        if (error instanceof QueueShutDownError) return;
        throw error;
      }
      yield item;
    }
  }

  *#itemsSync(options: WaitSyncOptions | undefined): Generator<T, void, undefined> {
    for (;;) {
      let item: T;
      try {
        item = this.getSync(options);
      } catch (error) {
        if (error instanceof QueueShutDownError) return;
        throw error;
      }
      yield item;
    }
  }

  /**
   * Lets `waitAny` wait for an item, or the end of the queue.
   *
   * @param notify Called when it may be there.
   * @returns The watch.
   * @throws {Deno.errors.BadResource} If the queue was closed in this worker.
   */
  watch(notify: () => void): Watch {
    assertUsable(this);
    const core = this.#core;
    const held = holdOf(this);
    // If it is closed meanwhile, its memory is kept until it no longer counts the listener.
    held.uses++;
    core.listen(1);
    return watchIn(blockOf(this), () => this.size > 0 || this.isShutDown, notify, () => {
      core.listen(-1);
      endUse(held);
    });
  }

  /**
   * Shuts the queue down, for all workers: from now on `put` throws, and so does `get` once the queue is empty. Those
   * who wait are woken.
   *
   * @param options `immediate`: drop what is still in the queue.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Queue, QueueShutDownError } from "@ferry/std/ipc";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * using queue = new Queue<string>();
   * queue.putSync("last");
   * queue.shutdown();
   * assertEquals(queue.getSync(), "last");
   * assertThrows(() => queue.getSync(), QueueShutDownError);
   * ```
   */
  shutdown(options?: ShutdownOptions): void {
    assertOptions(options, "shut the queue down", "{ immediate: true }", SHUTDOWN_RULES);
    const immediate = options?.immediate ?? false;
    assertUsable(this);
    this.#core.shutDown(immediate);
  }

  /**
   * Ends this worker's use of the queue. Other workers are not affected; a second call does nothing.
   *
   * @example Usage
   * ```ts
   * import { Queue } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * const queue = new Queue();
   * queue.close();
   * assert(queue.disposed);
   * ```
   */
  close(): void {
    this[Symbol.dispose]();
  }

  /** The same as {@linkcode Queue.close}. */
  override [Symbol.dispose](): void {
    if (this.disposed) return;
    const { words } = this.#core;
    super[Symbol.dispose]();
    wakeAll(words);
    ringDoorbell(blockOf(this).arena);
  }
}

function batchOf(items: Iterable<unknown>, { carrier }: QueueCore): Batch {
  if (typeof items?.[Symbol.iterator] === "function") return new Batch(items, carrier);
  throw new TypeError(`Cannot put: an iterable of items is needed, received ${shown(items)}`);
}

function assertMax(max: number): void {
  if (max === Infinity || (Number.isInteger(max) && max > 0)) return;
  const needed = "Cannot get: max must be a whole number of items, 1 or more";
  if (typeof max !== "number") {
    throw new TypeError(`${needed}, as in getMany(100, { timeout: 1000 }), received ${shown(max)}`);
  }
  throw new RangeError(`${needed}, received ${max}`);
}

/** What the core gives: the item in a box, as it may be anything. */
interface Taken {
  readonly value: unknown;
}

registerFlavour(PLAIN, (origin) => new Queue(origin));
watchable(Queue);
registerKind(Kind.queue, {
  attach: (block) => flavourOf(block)(QueueOrigin.adopting(block)),
  locks: QUEUE_LOCKS,
  destroy: destroyQueue,
  sweep: sweepQueue,
  wake: ({ words }) => wakeAll(words),
  show: ({ size, maxSize, isShutDown }: Queue) => ({ size, maxSize, isShutDown }),
});
// One with a name travels by it.
registerSharedByName("ferry.Queue", Queue.prototype, {
  encode: nameOf,
  decode: (name: string) => new Queue({ name }),
});
