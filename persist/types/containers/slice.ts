/**
 * A Python `slice`. Its three parts may be anything, `null` for Python's `None`.
 *
 * @example The slice of `x[1:10]`
 * ```ts
 * import { Slice } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new Slice(1, 10).step, null);
 * ```
 */
export class Slice {
  /** Where it begins. */
  readonly start: unknown;
  /** Before where it ends. */
  readonly stop: unknown;
  /** The distance. */
  readonly step: unknown;

  /**
   * Makes a slice.
   *
   * @example Make one
   * ```ts
   * import { Slice } from "@ferry/std/persist/types";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new Slice(1, 10).step, null);
   * ```
   *
   * @param start Where it begins.
   * @param stop Before where it ends.
   * @param step The distance, `null` unless given.
   */
  constructor(start: unknown, stop: unknown, step: unknown = null) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}
