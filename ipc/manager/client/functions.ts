import { Callback } from "../wire.ts";

// deno-lint-ignore no-explicit-any -- each function knows its own arguments
type Given = (...args: any[]) => unknown;

interface Entry {
  readonly number: number;
  readonly given: Given;
  /** How often it was sent and is not known to be forgotten. */
  sent: number;
}

/**
 * The functions of this agent that a server may call. Each has one number, however often it is given. The server says how many
 * of its arrivals it has forgotten: what is on its way meanwhile keeps the function.
 */
export class GivenFunctions {
  readonly #byNumber = new Map<number, Entry>();
  readonly #entries = new Map<Given, Entry>();
  #next = 0;

  /** How many there are. */
  get size(): number {
    return this.#byNumber.size;
  }

  /** What is sent of a function. */
  give(given: Given): Callback {
    let entry = this.#entries.get(given);
    if (entry === undefined) {
      entry = { number: this.#next++, given, sent: 0 };
      this.#entries.set(given, entry);
      this.#byNumber.set(entry.number, entry);
    }
    entry.sent++;
    return new Callback(entry.number);
  }

  /** A function was given for the time of one call, which is over. */
  take(given: Given): void {
    const entry = this.#entries.get(given);
    if (entry !== undefined) this.forget(entry.number, entry.sent);
  }

  /** The server will not call a function any more that has arrived there so often. */
  forget(number: number, arrived: number): void {
    const entry = this.#byNumber.get(number);
    if (entry === undefined) return;
    entry.sent -= arrived;
    if (entry.sent > 0) return;
    this.#byNumber.delete(number);
    this.#entries.delete(entry.given);
  }

  /**
   * Calls one.
   *
   * @throws {ReferenceError} If it was forgotten.
   */
  call(number: number, args: readonly unknown[]): unknown {
    const entry = this.#byNumber.get(number);
    if (entry !== undefined) return entry.given(...args);
    throw new ReferenceError("Cannot call a function back: the manager was told to forget it");
  }

  /** The connection has ended. */
  clear(): void {
    this.#byNumber.clear();
    this.#entries.clear();
  }
}
