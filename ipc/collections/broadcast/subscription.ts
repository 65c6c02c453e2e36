/**
 * A subscription to a broadcast.
 *
 * @module
 */
import type { Waitable, Watch } from "../../../net/watch.ts";
import { BroadcastShutDownError, SubscriberLaggedError, TimeoutError } from "../../errors.ts";
import { type Block, isBlock, Kind } from "../../memory/arena.ts";
import { ringDoorbell } from "../../memory/doorbell.ts";
import { registerKind } from "../../memory/kinds.ts";
import { waitPinned } from "../../memory/pinned.ts";
import { endUse } from "../../memory/references.ts";
import { assertUsable, holdOf, SharedObject } from "../../memory/shared_object.ts";
import { RingingWatch, watchable } from "../../memory/watch.ts";
import {
  assertSignal,
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../../wait/options.ts";
import { shown } from "../../wait/shown.ts";
import { PENDING, TIMED_OUT, waitSync } from "../../wait/wait.ts";
import { GetAttempt } from "./_attempts.ts";
import { SUB_LOCK, wakeAll } from "./_layout.ts";
import { destroySubscription, Subscriber } from "./_subscriber.ts";

export { BroadcastShutDownError, SubscriberLaggedError };

/**
 * What becomes of a subscription that is more than `capacity` items, or `maxBytes`, behind: publishers wait for it (`"block"`),
 * it loses its oldest items (`"dropOldest"`), or it is ended (`"cutOff"`).
 */
export type SlowPolicy = "block" | "dropOldest" | "cutOff";

/** By their number. */
export const SLOW_POLICIES: readonly SlowPolicy[] = ["block", "dropOldest", "cutOff"];

/**
 * One subscription to a `Broadcast`, which gives every item that is published after `subscribe()` has returned, in
 * order. It can be sent to a worker: nothing that is published on the way is missed. Workers that have the same subscription share
 * its items: each goes to one of them.
 *
 * It ends when the last worker that has it disposes of it, or dies.
 *
 * @typeParam T What the items are.
 *
 * @example Usage
 * ```ts
 * import { Broadcast } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * using news = new Broadcast<string>();
 * using subscription = news.subscribe();
 * news.publishSync("first");
 * news.shutdown();
 * const items: string[] = [];
 * for await (const item of subscription) items.push(item);
 * assertEquals(items, ["first"]);
 * ```
 */
export class Subscription<T = unknown> extends SharedObject implements AsyncIterable<T>, Waitable {
  readonly #subscriber: Subscriber;

  /**
   * Made by `Broadcast.subscribe()`.
   *
   * @param block Where in shared memory it lies.
   */
  constructor(block: object) {
    if (!isBlock(block)) {
      throw new TypeError("Cannot make a Subscription: use Broadcast.subscribe()");
    }
    super(block);
    this.#subscriber = new Subscriber(block, holdOf(this));
  }

  /** How many items there are to get at this moment. */
  get size(): number {
    assertUsable(this);
    return this.#subscriber.size;
  }

  /** How many items it has lost because it was too slow, so far. */
  get lagged(): number {
    assertUsable(this);
    return this.#subscriber.lagged;
  }

  /** What becomes of it when it is too slow. */
  get slow(): SlowPolicy {
    assertUsable(this);
    return SLOW_POLICIES[this.#subscriber.policy]!;
  }

  /**
   * Takes the next item, waiting for one.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns The item.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {BroadcastShutDownError} If the broadcast was shut down and nothing is left to get.
   * @throws {SubscriberLaggedError} If the subscription was cut off; it says how many items were lost.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using news = new Broadcast<string>();
   * using subscription = news.subscribe();
   * const item = subscription.get({ timeout: 1000 });
   * await news.publish("late");
   * assertEquals(await item, "late");
   * ```
   */
  async get(options?: WaitOptions): Promise<T> {
    const deadline = deadlineIn(options, "get");
    const signal = signalIn(options, "get");
    assertUsable(this);
    const subscriber = this.#subscriber;
    let got: Taken | typeof PENDING | typeof TIMED_OUT = subscriber.get();
    if (got === PENDING) {
      const attempt = new GetAttempt(subscriber, () => subscriber.get());
      got = await waitPinned(this, attempt, deadline, signal);
      if (got === TIMED_OUT) throw new TimeoutError("get", options!.timeout!);
    }
    return got.value as T;
  }

  /**
   * Takes the next item, blocking the thread. See {@linkcode Subscription.get}.
   *
   * @param options `timeout` (ms).
   * @returns The item.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Broadcast, TimeoutError } from "@ferry/std/ipc";
   * import { assertThrows } from "@std/assert";
   *
   * using news = new Broadcast<string>();
   * using subscription = news.subscribe();
   * assertThrows(() => subscription.getSync({ timeout: 0 }), TimeoutError);
   * ```
   */
  getSync(options?: WaitSyncOptions): T {
    const deadline = deadlineInSync(options, "get");
    assertUsable(this);
    const subscriber = this.#subscriber;
    let got: Taken | typeof PENDING | typeof TIMED_OUT = subscriber.get();
    if (got === PENDING) {
      got = waitSync(new GetAttempt(subscriber, () => subscriber.get()), deadline);
      if (got === TIMED_OUT) throw new TimeoutError("get", options!.timeout!);
    }
    return got.value as T;
  }

  /**
   * Takes the next item if there is one, `undefined` otherwise. See {@linkcode Subscription.get}.
   *
   * @returns The item, or `undefined`.
   *
   * @example Usage
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using news = new Broadcast<string>();
   * using subscription = news.subscribe();
   * assertEquals(subscription.tryGet(), undefined);
   * ```
   */
  tryGet(): T | undefined {
    assertUsable(this);
    const got = this.#subscriber.get();
    return got === PENDING ? undefined : got.value as T;
  }

  /**
   * Takes the next items: waits until there is one, then takes all that are there, but not more than `max`. That costs a
   * fraction of as many calls of {@linkcode Subscription.get}.
   *
   * @param max Most items to take.
   * @param options `signal` and `timeout` (ms).
   * @returns The items, at least one.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {BroadcastShutDownError} If the broadcast was shut down and nothing is left to get.
   * @throws {SubscriberLaggedError} If the subscription was cut off.
   * @throws {RangeError} If `max` is less than 1.
   * @throws {TypeError} If `max` is not a whole number.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using news = new Broadcast<number>();
   * using subscription = news.subscribe();
   * for (let n = 1; n <= 3; n++) news.publishSync(n);
   * assertEquals(await subscription.getMany(2), [1, 2]);
   * assertEquals(await subscription.getMany(), [3]);
   * ```
   */
  async getMany(max: number = Infinity, options?: WaitOptions): Promise<T[]> {
    assertMax(max);
    const deadline = deadlineIn(options, "get");
    const signal = signalIn(options, "get");
    assertUsable(this);
    const subscriber = this.#subscriber;
    let items: unknown[] | typeof PENDING | typeof TIMED_OUT = subscriber.getMany(max);
    if (items === PENDING) {
      const attempt = new GetAttempt(subscriber, () => subscriber.getMany(max));
      items = await waitPinned(this, attempt, deadline, signal);
      if (items === TIMED_OUT) throw new TimeoutError("get", options!.timeout!);
    }
    return items as T[];
  }

  /**
   * Takes the next items, blocking the thread until there is one. See {@linkcode Subscription.getMany}.
   *
   * @param max Most items to take.
   * @param options `timeout` (ms).
   * @returns The items, at least one.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using news = new Broadcast<number>();
   * using subscription = news.subscribe();
   * news.publishSync(1);
   * assertEquals(subscription.getManySync(10, { timeout: 1000 }), [1]);
   * ```
   */
  getManySync(max: number = Infinity, options?: WaitSyncOptions): T[] {
    assertMax(max);
    const deadline = deadlineInSync(options, "get");
    assertUsable(this);
    const subscriber = this.#subscriber;
    let items: unknown[] | typeof PENDING | typeof TIMED_OUT = subscriber.getMany(max);
    if (items === PENDING) {
      items = waitSync(new GetAttempt(subscriber, () => subscriber.getMany(max)), deadline);
      if (items === TIMED_OUT) throw new TimeoutError("get", options!.timeout!);
    }
    return items as T[];
  }

  /**
   * Takes the items that are there now, none if there is none. See {@linkcode Subscription.getMany}.
   *
   * @param max Most items to take.
   * @returns The items.
   *
   * @example Usage
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using news = new Broadcast<number>();
   * using subscription = news.subscribe();
   * assertEquals(subscription.tryGetMany(), []);
   * ```
   */
  tryGetMany(max: number = Infinity): T[] {
    assertUsable(this);
    assertMax(max);
    const items = this.#subscriber.getMany(max);
    return items === PENDING ? [] : items as T[];
  }

  /**
   * Takes items, waiting for each, until the broadcast is shut down and nothing is left.
   *
   * @param options `signal` and `timeout` (ms, for each item).
   * @returns The items, in order.
   * @throws {TypeError} If the options are none, or one does not exist or is of another type.
   *
   * @example A loop that can be ended
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assertRejects } from "@std/assert";
   *
   * using news = new Broadcast<number>();
   * using subscription = news.subscribe();
   * const signal = AbortSignal.abort(new RangeError("enough"));
   * await assertRejects(() => subscription.items({ signal }).next(), RangeError, "enough");
   * ```
   */
  items(options?: WaitOptions): AsyncIterableIterator<T> {
    deadlineIn(options, "iterate over the subscription");
    assertSignal(options?.signal, "iterate over the subscription");
    return this.#items(options);
  }

  /**
   * Takes items, blocking the thread until there is one, until the broadcast is shut down and nothing is left. See
   * {@linkcode Subscription.items}.
   *
   * @param options `timeout` (ms, for each item).
   * @returns The items, in order.
   * @throws {TypeError} If the options are none, or have a `signal`, which cannot end a blocked thread.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example All that was published
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using news = new Broadcast<string>();
   * using subscription = news.subscribe();
   * news.publishSync("tea");
   * news.shutdown();
   * assertEquals([...subscription.itemsSync()], ["tea"]);
   * ```
   */
  itemsSync(options?: WaitSyncOptions): IterableIterator<T> {
    deadlineInSync(options, "iterate over the subscription");
    return this.#itemsSync(options);
  }

  /** The same as {@linkcode Subscription.items}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this.#items(undefined);
  }

  async *#items(options: WaitOptions | undefined): AsyncGenerator<T, void, undefined> {
    for (;;) {
      let item: T;
      try {
        item = await this.get(options);
      } catch (error) {
        if (error instanceof BroadcastShutDownError) return;
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
        if (error instanceof BroadcastShutDownError) return;
        throw error;
      }
      yield item;
    }
  }

  /**
   * Lets `waitAny` wait for an item, or the end of the subscription.
   *
   * @param notify Called when it may be there.
   * @returns The watch.
   * @throws {Deno.errors.BadResource} If the subscription was closed in this worker.
   */
  watch(notify: () => void): Watch {
    assertUsable(this);
    const subscriber = this.#subscriber;
    const held = holdOf(this);
    // If it is closed meanwhile, its memory is kept until it no longer counts the listener.
    held.uses++;
    subscriber.listen(1);
    return new RingingWatch(
      () => {
        assertUsable(this);
        return subscriber.isReady;
      },
      notify,
      () => {
        subscriber.listen(-1);
        endUse(held);
      },
    );
  }

  /**
   * Ends this worker's use of the subscription; a second call does nothing. If no other worker has it, it ends, and no publisher
   * waits for it any more.
   *
   * @example Usage
   * ```ts
   * import { Broadcast } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using news = new Broadcast<number>();
   * const subscription = news.subscribe();
   * subscription.close();
   * assertEquals(news.subscriptions, 0);
   * ```
   */
  close(): void {
    this[Symbol.dispose]();
  }

  /** The same as {@linkcode Subscription.close}. */
  override [Symbol.dispose](): void {
    if (this.disposed) return;
    const { broadcast } = this.#subscriber;
    super[Symbol.dispose]();
    // Tasks of this worker that wait for an item find it disposed of. Nothing else is done with the words, whose memory may
    // be another object's by now.
    wakeAll(broadcast);
    ringDoorbell();
  }
}

function assertMax(max: number): void {
  if (max === Infinity || (Number.isInteger(max) && max > 0)) return;
  const needed = "Cannot get: max must be a whole number of items, 1 or more";
  if (typeof max !== "number") {
    throw new TypeError(`${needed}, as in getMany(100, { timeout: 1000 }), received ${shown(max)}`);
  }
  throw new RangeError(`${needed}, received ${max}`);
}

/** What the subscriber gives: the item in a box, as it may be anything. */
interface Taken {
  readonly value: unknown;
}

const SubscriptionOf = Subscription as new (block: Block) => Subscription;
watchable(Subscription);
registerKind(Kind.subscription, {
  attach: (block) => new SubscriptionOf(block),
  locks: [SUB_LOCK],
  destroy: destroySubscription,
  show: ({ size, lagged, slow }: Subscription) => ({ size, lagged, slow }),
});
