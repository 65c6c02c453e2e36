/**
 * A Python `float` whose value is integral: JavaScript cannot tell `1.0` from `1`, Python can.
 *
 * Every other number that is not a safe integer (`1.5`, `NaN`, `-0`, `1e300`) is already a float and needs no wrapper.
 * Arithmetic and comparison work as with the number itself.
 *
 * @example Send 1.0, not 1
 * ```ts
 * import { Float } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const one = new Float(1);
 * assertEquals(+one + 1, 2);
 * assertEquals(`${one}`, "1.0");
 * assertEquals(JSON.stringify([one]), "[1]");
 * ```
 */
export class Float {
  /** The number. */
  readonly value: number;

  /**
   * Wraps a number as a float.
   *
   * @example Make one
   * ```ts
   * import { Float } from "@ferry/std/persist/types";
   *
   * const one = new Float(1);
   * ```
   *
   * @param value The number.
   * @throws {TypeError} If it is no number.
   */
  constructor(value: number) {
    if (typeof value !== "number") {
      throw new TypeError(`Cannot make a Float: needed a number, received ${typeof value}`);
    }
    this.value = value;
  }

  /**
   * The number, for arithmetic.
   *
   * @returns The number.
   */
  valueOf(): number {
    return this.value;
  }

  /**
   * The number as Python writes it.
   *
   * @returns For example `"1.0"`.
   */
  toString(): string {
    return Number.isSafeInteger(this.value) ? `${this.value}.0` : String(this.value);
  }

  /**
   * The number, for `JSON.stringify`.
   *
   * @returns The number.
   */
  toJSON(): number {
    return this.value;
  }
}
