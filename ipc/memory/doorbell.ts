/**
 * Waiting for any of several objects with one word.
 *
 * `Atomics.wait` sleeps on a single word, so whoever waits for several objects sleeps on the program-wide doorbell
 * instead and looks at its objects each time it rings. Those who make something ready ring it only while somebody
 * listens, and only on paths where they wake a sleeper anyway, so it costs nothing otherwise.
 *
 * | word of the arena header | holds |
 * |---|---|
 * | DOORBELL | a counter, added to by every ring |
 * | LISTENERS | how many agents sleep on it |
 */
import { agent, existingAgent } from "./agent.ts";
import { H_DOORBELL, H_LISTENERS } from "./arena.ts";
import type { Attempt, PENDING } from "../wait/wait.ts";

/** Something may have become ready. */
export function ringDoorbell(): void {
  const header = existingAgent()?.arena.header;
  if (header === undefined || Atomics.load(header, H_LISTENERS) === 0) return;
  Atomics.add(header, H_DOORBELL, 1);
  Atomics.notify(header, H_DOORBELL);
}

/** Ends when `look` finds something. `look` must leave a mark that makes the object's waker ring. */
export class DoorbellAttempt<T> implements Attempt<T> {
  readonly words: Int32Array = agent().arena.header;
  readonly index: number = H_DOORBELL;
  readonly sleepers: number = H_LISTENERS;
  expected: number = 0;
  readonly #look: () => T | typeof PENDING;

  /** @param look Says what is ready. */
  constructor(look: () => T | typeof PENDING) {
    this.#look = look;
  }

  attempt(): T | typeof PENDING {
    this.expected = Atomics.load(this.words, this.index);
    return this.#look();
  }
}
