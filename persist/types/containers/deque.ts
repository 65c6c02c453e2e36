/**
 * A Python `deque`: items, and how many of the last ones are kept.
 *
 * @typeParam T The type of the items.
 *
 * @example The last two
 * ```ts
 * import { Deque } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...new Deque([1, 2, 3], 2)], [2, 3]);
 * ```
 */
export class Deque<T = unknown> {
  /** How many items are kept, `null` for all. */
  readonly maxLength: number | null;
  #items: T[] = [];

  /**
   * Makes a deque.
   *
   * @example Make one
   * ```ts
   * import { Deque } from "@ferry/std/persist/types";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals([...new Deque([1, 2, 3], 2)], [2, 3]);
   * ```
   *
   * @param items The items; of too many, the last are kept.
   * @param maxLength How many are kept, `null` for all.
   * @throws {RangeError} If `maxLength` is no integer of 0 or more.
   */
  constructor(items: Iterable<T> = [], maxLength: number | null = null) {
    if (maxLength !== null && !(Number.isSafeInteger(maxLength) && maxLength >= 0)) {
      throw new RangeError(
        `Cannot make a Deque: needed a maxLength of 0 or more, or null, received ${maxLength}`,
      );
    }
    this.maxLength = maxLength;
    for (const item of items) this.append(item);
  }

  /** How many items there are. */
  get length(): number {
    return Math.min(this.#items.length, this.maxLength ?? Infinity);
  }

  /**
   * Adds an item at the end; a full deque loses its first.
   *
   * @param item The item.
   */
  append(item: T): void {
    this.#items.push(item);
    // Items that have fallen out are cut off in bulk: one at a time would cost the length of the deque for each.
    if (this.maxLength !== null && this.#items.length >= 2 * this.maxLength + 16) this.#trim();
  }

  /**
   * The items, first to last.
   *
   * @returns A new array.
   */
  toArray(): T[] {
    this.#trim();
    return this.#items.slice();
  }

  /**
   * The items, first to last.
   *
   * @returns An iterator.
   */
  [Symbol.iterator](): IterableIterator<T> {
    this.#trim();
    return this.#items.values();
  }

  #trim(): void {
    const { maxLength } = this;
    if (maxLength !== null && this.#items.length > maxLength) {
      this.#items = this.#items.slice(this.#items.length - maxLength);
    }
  }
}
