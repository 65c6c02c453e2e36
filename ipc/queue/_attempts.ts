/**
 * What a queue does, as operations to wait for.
 */
import type { EncodedMessage } from "../message/messages.ts";
import { type Batch, encodeItem } from "./_batch.ts";
import type { QueueCore } from "./core.ts";
import { DONE_COUNT, GET_COUNT, GETTERS, itemsBetween, PUT_COUNT, PUTTERS } from "./_layout.ts";
import { type Attempt, PENDING } from "../wait/wait.ts";

/** Putting an item. */
export class PutAttempt implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number = GET_COUNT;
  readonly sleepers: number = PUTTERS;
  expected: number = 0;
  readonly #core: QueueCore;
  readonly #value: unknown;
  readonly #encoded: EncodedMessage;

  /** Encodes the item, so that later changes to it do not matter, and one that cannot be sent is refused now. */
  constructor(core: QueueCore, value: unknown) {
    this.#core = core;
    this.#value = value;
    this.#encoded = encodeItem(value, true, core.carrier);
    this.words = core.words;
  }

  /** The item is not put. */
  giveUp(): void {
    this.#encoded.references?.stay();
  }

  attempt(): true | typeof PENDING {
    this.expected = Atomics.load(this.words, GET_COUNT);
    try {
      return this.#core.put(this.#value, this.#encoded);
    } catch (error) {
      this.#core.passTurnOn();
      throw error;
    }
  }
}

/** Putting several items, some after every wait. */
export class PutManyAttempt implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number = GET_COUNT;
  readonly sleepers: number = PUTTERS;
  expected: number = 0;
  readonly #core: QueueCore;
  readonly #batch: Batch;

  constructor(core: QueueCore, batch: Batch) {
    this.#core = core;
    this.#batch = batch;
    this.words = core.words;
  }

  attempt(): true | typeof PENDING {
    this.expected = Atomics.load(this.words, GET_COUNT);
    try {
      this.#core.putMany(this.#batch, true);
    } catch (error) {
      this.#core.passTurnOn();
      throw error;
    }
    return this.#batch.isDone ? true : PENDING;
  }
}

/** Getting items, or looking for one that stays there: done once `take` finds something. */
export class GetAttempt<R> implements Attempt<R> {
  readonly words: Int32Array;
  readonly index: number = PUT_COUNT;
  readonly sleepers: number = GETTERS;
  expected: number = 0;
  readonly #take: () => R | typeof PENDING;

  constructor({ words }: QueueCore, take: () => R | typeof PENDING) {
    this.words = words;
    this.#take = take;
  }

  attempt(): R | typeof PENDING {
    this.expected = Atomics.load(this.words, PUT_COUNT);
    return this.#take();
  }
}

/** Waiting until every item that was put is reported done. */
export class AllDone implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number = DONE_COUNT;
  expected: number = 0;

  constructor(words: Int32Array) {
    this.words = words;
  }

  attempt(): true | typeof PENDING {
    this.expected = Atomics.load(this.words, DONE_COUNT);
    const put = Atomics.load(this.words, PUT_COUNT);
    return itemsBetween(put, this.expected) === 0 ? true : PENDING;
  }
}
