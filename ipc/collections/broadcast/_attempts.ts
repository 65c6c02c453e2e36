/** What a broadcast and its subscriptions do, as operations to wait for. */
import { type Attempt, PENDING } from "../../wait/wait.ts";
import type { EncodedValue } from "../encoded_value.ts";
import type { Batch } from "./_batch.ts";
import { PUBLISHED, PUBLISHERS, ROOM, SLEEPERS } from "./_layout.ts";
import type { Publisher } from "./_publisher.ts";
import type { Subscriber } from "./_subscriber.ts";

/** Publishing an item. */
export class PublishAttempt implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number = ROOM;
  readonly sleepers: number = PUBLISHERS;
  expected: number = 0;
  readonly #publisher: Publisher;
  readonly #value: EncodedValue;

  constructor(publisher: Publisher, value: EncodedValue) {
    this.#publisher = publisher;
    this.#value = value;
    this.words = publisher.words;
  }

  attempt(): true | typeof PENDING {
    this.expected = Atomics.load(this.words, ROOM);
    return this.#publisher.publish(this.#value);
  }
}

/** Publishing several items, some after every wait. */
export class PublishManyAttempt implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number = ROOM;
  readonly sleepers: number = PUBLISHERS;
  expected: number = 0;
  readonly #publisher: Publisher;
  readonly #batch: Batch;

  constructor(publisher: Publisher, batch: Batch) {
    this.#publisher = publisher;
    this.#batch = batch;
    this.words = publisher.words;
  }

  attempt(): true | typeof PENDING {
    this.expected = Atomics.load(this.words, ROOM);
    this.#publisher.publishMany(this.#batch);
    return this.#batch.isDone ? true : PENDING;
  }
}

/** Getting something from a subscription. */
export class GetAttempt<R> implements Attempt<R> {
  readonly words: Int32Array;
  readonly index: number = PUBLISHED;
  readonly sleepers: number = SLEEPERS;
  expected: number = 0;
  readonly #get: () => R | typeof PENDING;

  /** @param get Tries to get it. */
  constructor(subscriber: Subscriber, get: () => R | typeof PENDING) {
    this.#get = get;
    this.words = subscriber.broadcast;
  }

  attempt(): R | typeof PENDING {
    this.expected = Atomics.load(this.words, PUBLISHED);
    return this.#get();
  }
}
