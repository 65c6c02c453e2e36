/** Waiting for an item without taking it. */
import { type Attempt, PENDING, waitAsync } from "../wait/wait.ts";
import { coreOf, type QueueCore } from "./core.ts";
import { GETTERS, PUT_COUNT } from "./_layout.ts";

/** Waiting until there is an item, which stays there. */
class Arrival implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number = PUT_COUNT;
  readonly sleepers: number = GETTERS;
  expected: number = 0;
  readonly #core: QueueCore;

  constructor(core: QueueCore) {
    this.#core = core;
    this.words = core.words;
  }

  attempt(): true | typeof PENDING {
    this.expected = Atomics.load(this.words, PUT_COUNT);
    return this.#core.size > 0 ? true : PENDING;
  }
}

/**
 * Waits until there is an item in a queue that nobody else takes items from, and that is not disposed of meanwhile.
 *
 * @param queue A `Queue`.
 */
export async function arrival(queue: object): Promise<void> {
  await waitAsync(new Arrival(coreOf(queue)), Infinity, undefined);
}
