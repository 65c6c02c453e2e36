/** An operation that may have to wait for a word of shared memory to change. */

/** The operation cannot be done yet. */
export const PENDING: unique symbol = Symbol("pending");
/** The deadline passed first. */
export const TIMED_OUT: unique symbol = Symbol("timed out");

/** One operation that may have to wait. */
export interface Attempt<T> {
  /** Tries once. Where that gives PENDING, `words`, `index` and `expected` say what to wait for. */
  attempt(): T | typeof PENDING;
  /** Memory with the word that will change. */
  readonly words: Int32Array;
  /** The word's index. */
  readonly index: number;
  /** The word's value when the operation was tried: whoever waits sleeps only while it is the same. */
  readonly expected: number;
  /**
   * Index of the word that counts sleepers, so that wakers skip the notify while there are none. Absent where wakers
   * know in another way.
   */
  readonly sleepers?: number | undefined;
}
