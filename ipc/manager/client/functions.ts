import { Callback } from "../wire.ts";

// deno-lint-ignore no-explicit-any -- each function knows its own arguments
type Given = (...args: any[]) => unknown;

/** The functions of this agent that a server may call. Each has one number, however often it is given. */
export class GivenFunctions {
  readonly #byNumber = new Map<number, Given>();
  readonly #numbers = new Map<Given, number>();
  #next = 0;

  /** How many there are. */
  get size(): number {
    return this.#byNumber.size;
  }

  /** What is sent of a function. */
  give(given: Given): Callback {
    let number = this.#numbers.get(given);
    if (number === undefined) {
      number = this.#next++;
      this.#numbers.set(given, number);
      this.#byNumber.set(number, given);
    }
    return new Callback(number);
  }

  /** A function was given for the time of one call, which is over. */
  take(given: Given): void {
    const number = this.#numbers.get(given);
    if (number !== undefined) this.forget(number);
  }

  /** The server will not call a function any more. */
  forget(number: number): void {
    const given = this.#byNumber.get(number);
    this.#byNumber.delete(number);
    if (given !== undefined) this.#numbers.delete(given);
  }

  /**
   * Calls one.
   *
   * @throws {ReferenceError} If it was forgotten.
   */
  call(number: number, args: readonly unknown[]): unknown {
    const given = this.#byNumber.get(number);
    if (given !== undefined) return given(...args);
    throw new ReferenceError("Cannot call a function back: the manager was told to forget it");
  }

  /** The connection has ended. */
  clear(): void {
    this.#byNumber.clear();
    this.#numbers.clear();
  }
}
