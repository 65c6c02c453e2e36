/** An integer of any size: a `bigint` beyond the safe integers. */
export type Integer = number | bigint;

/**
 * A Python `range`: it stays three numbers, however many integers it stands for.
 *
 * @example Every second integer
 * ```ts
 * import { Range } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...new Range(1, 6, 2)], [1, 3, 5]);
 * ```
 */
export class Range {
  /** The first integer. */
  readonly start: Integer;
  /** The integer before which it ends. */
  readonly stop: Integer;
  /** The distance of one integer to the next, never zero. */
  readonly step: Integer;

  /**
   * Makes a range.
   *
   * @example Make one
   * ```ts
   * import { Range } from "@ferry/std/persist/types";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals([...new Range(1, 6, 2)], [1, 3, 5]);
   * ```
   *
   * @param start The first integer.
   * @param stop The integer before which it ends.
   * @param step The distance, 1 unless given.
   * @throws {RangeError} If `step` is zero.
   * @throws {TypeError} If one is no integer.
   */
  constructor(start: Integer, stop: Integer, step: Integer = 1) {
    for (const integer of [start, stop, step]) {
      if (typeof integer !== "bigint" && !Number.isSafeInteger(integer)) {
        throw new TypeError(
          `Cannot make a Range: needed safe integers or bigints, received ${
            typeof integer === "number" ? integer : typeof integer
          }`,
        );
      }
    }
    if (step === 0 || step === 0n) {
      throw new RangeError("Cannot make a Range: step must not be zero");
    }
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  /**
   * The integers, one after another.
   *
   * @returns An iterator of numbers, or of bigints if any of the three is one.
   */
  *[Symbol.iterator](): IterableIterator<Integer> {
    const { start, stop, step } = this;
    if (typeof start === "number" && typeof stop === "number" && typeof step === "number") {
      for (let i = start; step > 0 ? i < stop : i > stop; i += step) yield i;
      return;
    }
    const end = BigInt(stop);
    const by = BigInt(step);
    for (let i = BigInt(start); by > 0n ? i < end : i > end; i += by) yield i;
  }
}
