/**
 * One to many: what one worker publishes, every subscriber gets.
 *
 * Guarantees: a subscription gives every item that is published after it was made, once and in order, the items of several
 * publishers in one order for all; unless it is allowed to lose some, and then `lagged` says how many. An item that cannot be sent
 * is refused by `publish` itself. A worker that dies while it publishes or gets blocks nobody: an item is published to all or
 * to none.
 *
 * @module
 */
import type { RulesOf } from "../../../persist/options.ts";
import { BroadcastShutDownError, TimeoutError } from "../../errors.ts";
import { END, NEWEST, refer } from "../../kill_safe.ts";
import { type Block, isBlock, Kind } from "../../memory/arena.ts";
import { ringDoorbell } from "../../memory/doorbell.ts";
import { registerKind } from "../../memory/kinds.ts";
import { waitPinned } from "../../memory/pinned.ts";
import { destroy, dropSlot } from "../../memory/references.ts";
import { assertUsable, blockOf, newBlock, SharedObject } from "../../memory/shared_object.ts";
import {
  assertOptions,
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../../wait/options.ts";
import { shown } from "../../wait/shown.ts";
import { TIMED_OUT, waitSync } from "../../wait/wait.ts";
import { dismiss, encodeValue } from "../encoded_value.ts";
import { PublishAttempt, PublishManyAttempt } from "./_attempts.ts";
import { Batch } from "./_batch.ts";
import {
  BROADCAST_BYTES,
  CAPACITY,
  DATA,
  FIRST_SEGMENT,
  LOCK,
  MAX_UNITS,
  MOST_UNITS,
  OLDEST,
  SUB_BROADCAST,
  SUB_POLICY,
  SUBSCRIPTION_BYTES,
  UNIT,
  wakeAll,
} from "./_layout.ts";
import { Publisher } from "./_publisher.ts";
import { destroySegment, newSegment } from "./_segments.ts";
import { join } from "./_subscriber.ts";
import { SLOW_POLICIES, type SlowPolicy, Subscription } from "./subscription.ts";

export { BroadcastShutDownError, type SlowPolicy, Subscription };
export { SubscriberLaggedError } from "../../errors.ts";

const DEFAULT_CAPACITY = 1024;
/** 64 MiB. */
const DEFAULT_MAX_BYTES = 2 ** 26;

/** Options of {@linkcode Broadcast}. */
export interface BroadcastOptions {
  /**
   * How many items a subscription may be behind before it is slow.
   *
   * @default {1024}
   */
  capacity?: number | undefined;
  /**
   * How many bytes of encoded items a subscription may be behind before it is slow. No item can be larger. From 64 to 8 GiB.
   *
   * @default {2 ** 26}
   */
  maxBytes?: number | undefined;
}

/** Options of {@linkcode Broadcast.subscribe}. */
export interface SubscribeOptions {
  /**
   * What becomes of the subscription when it is too slow.
   *
   * @default {"block"}
   */
  slow?: SlowPolicy | undefined;
}

const RULES: RulesOf<BroadcastOptions> = {
  capacity: "any",
  maxBytes: "any",
};

const SUBSCRIBE_RULES: RulesOf<SubscribeOptions> = {
  slow: SLOW_POLICIES,
};

/**
 * A stream of items that any worker can publish in, and any number of subscriptions get, each at its own pace.
 *
 * An item is kept once, however many subscriptions there are, until all of them have got it, or those that have not are too
 * slow. What is published while there is no subscription is gone. A subscription that is an unread item of its own broadcast keeps
 * itself, and is never given back.
 *
 * @typeParam T What the items are: what a queue can carry, shared objects too, but for ends of pipes, which have one owner.
 *
 * @example Two workers that hear the same
 * ```ts
 * import { Broadcast, Process, type Subscription } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * using prices = new Broadcast<number>();
 * const sum = async (prices: Subscription<number>) => {
 *   let sum = 0;
 *   for await (const price of prices) sum += price;
 *   return sum;
 * };
 * await using one = new Process(sum, { args: [prices.subscribe()] });
 * await using two = new Process(sum, { args: [prices.subscribe()] });
 * one.start();
 * two.start();
 * for (const price of [1, 2, 3]) await prices.publish(price);
 * prices.shutdown();
 * assertEquals([await one.result(), await two.result()], [6, 6]);
 * ```
 */
export class Broadcast<T = unknown> extends SharedObject {
  readonly #publisher: Publisher;

  /**
   * Makes a broadcast without subscriptions.
   *
   * @example Make one
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   *
   * using prices = new Broadcast<number>();
   * ```
   *
   * @param options `capacity` and `maxBytes`.
   * @throws {TypeError} If an option is of another type.
   * @throws {RangeError} If an option is out of range.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(options?: BroadcastOptions);
  constructor(options?: BroadcastOptions | Block) {
    const block = isBlock(options) ? options : create(options);
    super(block);
    this.#publisher = new Publisher(block);
  }

  /** How many items a subscription may be behind before it is slow. */
  get capacity(): number {
    assertUsable(this);
    return this.#publisher.words[CAPACITY]!;
  }

  /** How many bytes of encoded items a subscription may be behind before it is slow. */
  get maxBytes(): number {
    assertUsable(this);
    return this.#publisher.words[MAX_UNITS]! * UNIT;
  }

  /** How many subscriptions there are at this moment. */
  get subscriptions(): number {
    assertUsable(this);
    return this.#publisher.subscriptions;
  }

  /** Whether it was shut down. */
  get isShutDown(): boolean {
    assertUsable(this);
    return this.#publisher.isShutDown;
  }

  /**
   * Publishes an item, waiting while a subscription that blocks is too far behind. It is published as it is now: later changes
   * to it do not matter.
   *
   * @param item Anything that a queue can carry, but no end of a pipe.
   * @param options `signal` and `timeout` (ms).
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {BroadcastShutDownError} If the broadcast was shut down.
   * @throws {UnsendableError} If the item, or something in it, cannot be sent.
   * @throws {RangeError} If the item takes more than `maxBytes`, or 256 MiB, encoded.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Broadcast, TimeoutError } from "@ferry/std/ipc";
   * import { assertRejects } from "@std/assert";
   *
   * using news = new Broadcast<string>({ capacity: 1 });
   * using subscription = news.subscribe();
   * await news.publish("first");
   * await assertRejects(() => news.publish("second", { timeout: 1 }), TimeoutError);
   * subscription.getSync();
   * await news.publish("second");
   * ```
   */
  async publish(item: T, options?: WaitOptions): Promise<void> {
    const deadline = deadlineIn(options, "publish");
    const signal = signalIn(options, "publish");
    assertUsable(this);
    const value = encodeValue(item, "publish");
    let done = false;
    try {
      assertUsable(this);
      const attempt = new PublishAttempt(this.#publisher, value);
      if (this.#publisher.publish(value) !== true) {
        const end = await waitPinned(this, attempt, deadline, signal);
        if (end === TIMED_OUT) throw new TimeoutError("publish", options!.timeout!);
      }
      done = true;
    } finally {
      dismiss(value, done);
    }
  }

  /**
   * Publishes an item, blocking the thread while a subscription that blocks is too far behind. See
   * {@linkcode Broadcast.publish}.
   *
   * @param item Anything that a queue can carry, but no end of a pipe.
   * @param options `timeout` (ms).
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using news = new Broadcast<{ id: number }>();
   * using subscription = news.subscribe();
   * news.publishSync({ id: 1 });
   * assertEquals(subscription.getSync(), { id: 1 });
   * ```
   */
  publishSync(item: T, options?: WaitSyncOptions): void {
    const deadline = deadlineInSync(options, "publish");
    assertUsable(this);
    const value = encodeValue(item, "publish");
    let done = false;
    try {
      assertUsable(this);
      if (this.#publisher.publish(value) !== true) {
        const end = waitSync(new PublishAttempt(this.#publisher, value), deadline);
        if (end === TIMED_OUT) throw new TimeoutError("publish", options!.timeout!);
      }
      done = true;
    } finally {
      dismiss(value, done);
    }
  }

  /**
   * Publishes an item unless a subscription that blocks is too far behind; whether it was published. See
   * {@linkcode Broadcast.publish}.
   *
   * @param item Anything that a queue can carry, but no end of a pipe.
   * @returns Whether it was published.
   *
   * @example Usage
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using news = new Broadcast<number>({ capacity: 1 });
   * using subscription = news.subscribe();
   * assertEquals([news.tryPublish(1), news.tryPublish(2)], [true, false]);
   * ```
   */
  tryPublish(item: T): boolean {
    assertUsable(this);
    const value = encodeValue(item, "publish");
    let done = false;
    try {
      assertUsable(this);
      return done = this.#publisher.publish(value) === true;
    } finally {
      dismiss(value, done);
    }
  }

  /**
   * Publishes several items, in order, waiting while a subscription that blocks is too far behind. As many as there is room for
   * are published under one lock and with one wake-up, so it costs a fraction of as many calls of {@linkcode Broadcast.publish}.
   * If one of them cannot be sent, none is published. Items of others can come in between where it has to wait.
   *
   * @param items What to publish: an array, a set, what a generator yields.
   * @param options `signal` and `timeout` (ms, for all of them).
   * @throws {TimeoutError} If the timeout passes first; it says how many were published.
   * @throws {BroadcastShutDownError} If the broadcast was shut down.
   * @throws {UnsendableError} If an item, or something in it, cannot be sent.
   * @throws {RangeError} If an item takes more than `maxBytes`, or 256 MiB, encoded.
   * @throws {TypeError} If the items are not iterable.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using news = new Broadcast<string>();
   * using subscription = news.subscribe();
   * await news.publishMany(["first", "second"]);
   * assertEquals(await subscription.getMany(), ["first", "second"]);
   * ```
   */
  async publishMany(items: Iterable<T>, options?: WaitOptions): Promise<void> {
    const deadline = deadlineIn(options, "publish");
    const signal = signalIn(options, "publish");
    assertUsable(this);
    const batch = new Batch(items);
    try {
      assertUsable(this);
      this.#publisher.publishMany(batch);
      if (batch.isDone) return;
      const attempt = new PublishManyAttempt(this.#publisher, batch);
      const end = await waitPinned(this, attempt, deadline, signal);
      if (end === TIMED_OUT) throw tooLate(batch, options!.timeout!);
    } finally {
      batch.dismiss();
    }
  }

  /**
   * Publishes several items, blocking the thread while a subscription that blocks is too far behind. See
   * {@linkcode Broadcast.publishMany}.
   *
   * @param items What to publish.
   * @param options `timeout` (ms, for all of them).
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using news = new Broadcast<number>();
   * using subscription = news.subscribe();
   * news.publishManySync([1, 2, 3]);
   * assertEquals(subscription.tryGetMany(), [1, 2, 3]);
   * ```
   */
  publishManySync(items: Iterable<T>, options?: WaitSyncOptions): void {
    const deadline = deadlineInSync(options, "publish");
    assertUsable(this);
    const batch = new Batch(items);
    try {
      assertUsable(this);
      this.#publisher.publishMany(batch);
      if (batch.isDone) return;
      const end = waitSync(new PublishManyAttempt(this.#publisher, batch), deadline);
      if (end === TIMED_OUT) throw tooLate(batch, options!.timeout!);
    } finally {
      batch.dismiss();
    }
  }

  /**
   * Makes a subscription, which gets what is published from now on.
   *
   * Close it when it is not needed any more, with `using` for example: publishers wait for a subscription that blocks and
   * that nobody gets from. That goes for one that another worker has been given, too: as long as this worker has it as well, it
   * does not end with the other one.
   *
   * @param options `slow`: what becomes of it when it is too slow.
   * @returns The subscription, for this worker or to be sent to another one.
   * @throws {BroadcastShutDownError} If the broadcast was shut down.
   * @throws {TypeError} If the options are none, or `slow` is not one of the three.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example A subscription that may lose items
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using ticks = new Broadcast<number>({ capacity: 2 });
   * using newest = ticks.subscribe({ slow: "dropOldest" });
   * for (let n = 1; n <= 5; n++) ticks.publishSync(n);
   * assertEquals(newest.tryGetMany(), [4, 5]);
   * assertEquals(newest.lagged, 3);
   * ```
   */
  subscribe(options?: SubscribeOptions): Subscription<T> {
    assertOptions(options, "subscribe", '{ slow: "dropOldest" }', SUBSCRIBE_RULES);
    const { slow = "block" } = options ?? {};
    const policy = SLOW_POLICIES.indexOf(slow);
    assertUsable(this);
    const block = newBlock(Kind.subscription, SUBSCRIPTION_BYTES);
    const { words, line } = blockOf(this);
    block.words[SUB_POLICY] = policy;
    refer(block.words, SUB_BROADCAST, words, line);
    try {
      join(block);
    } catch (error) {
      destroy(block);
      throw error;
    }
    return new Subscription<T>(block);
  }

  /**
   * Shuts the broadcast down, for all workers: from now on `publish` and `subscribe` throw, and so does `get` of a
   * subscription once it has got what was published. Those who wait are woken.
   *
   * @example Usage
   * ```ts
   * import { Broadcast, BroadcastShutDownError } from "@ferry/std/ipc";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * using news = new Broadcast<string>();
   * using subscription = news.subscribe();
   * news.publishSync("last");
   * news.shutdown();
   * assertEquals(subscription.getSync(), "last");
   * assertThrows(() => subscription.getSync(), BroadcastShutDownError);
   * ```
   */
  shutdown(): void {
    assertUsable(this);
    this.#publisher.shutDown();
  }

  /**
   * Ends this worker's use of the broadcast. Its subscriptions, and other workers, are not affected; a second call does nothing.
   *
   * @example Usage
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * const news = new Broadcast();
   * news.close();
   * assert(news.disposed);
   * ```
   */
  close(): void {
    this[Symbol.dispose]();
  }

  /** The same as {@linkcode Broadcast.close}. */
  override [Symbol.dispose](): void {
    if (this.disposed) return;
    const { words } = this.#publisher;
    super[Symbol.dispose]();
    wakeAll(words);
    ringDoorbell();
  }
}

function tooLate({ done, values }: Batch, timeout: number): TimeoutError {
  return new TimeoutError(`publish ${values.length} items (${done} are published)`, timeout);
}

function create(options: BroadcastOptions | undefined): Block {
  const attempted = "make a broadcast";
  assertOptions(options, attempted, "{ capacity: 100 }", RULES);
  const { capacity = DEFAULT_CAPACITY, maxBytes = DEFAULT_MAX_BYTES } = options ?? {};
  assertWithin(attempted, "capacity", capacity, 1, 2 ** 30 - 1);
  assertWithin(attempted, "maxBytes", maxBytes, 64, MOST_UNITS * UNIT);
  const block = newBlock(Kind.broadcast, BROADCAST_BYTES);
  const { words } = block;
  words[CAPACITY] = capacity;
  words[MAX_UNITS] = Math.floor(maxBytes / UNIT);
  let segment: Block;
  try {
    segment = newSegment(FIRST_SEGMENT, 0, 0);
  } catch (error) {
    destroy(block);
    throw error;
  }
  words[NEWEST] = segment.line;
  words[END] = DATA;
  refer(words, OLDEST, segment.words, segment.line);
  return block;
}

function assertWithin(
  attempted: string,
  name: string,
  value: unknown,
  least: number,
  most: number,
): void {
  const needed = `Cannot ${attempted}: ${name} must be a whole number from ${least} to ${most}`;
  if (typeof value !== "number") throw new TypeError(`${needed}, received ${shown(value)}`);
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw new RangeError(`${needed}, received ${value}`);
  }
}

const BroadcastOf = Broadcast as unknown as new (block: Block) => Broadcast;
registerKind(Kind.broadcast, {
  attach: (block) => new BroadcastOf(block),
  locks: [LOCK],
  destroy: ({ words }) => dropSlot(words, OLDEST),
  wake: ({ words }) => wakeAll(words),
  show: ({ subscriptions, capacity, maxBytes, isShutDown }: Broadcast) => ({
    subscriptions,
    capacity,
    maxBytes,
    isShutDown,
  }),
});
registerKind(Kind.broadcastSegment, { destroy: destroySegment });
