import { numberKey } from "./number_key.ts";

/**
 * A Python `Fraction`.
 *
 * @example One third
 * ```ts
 * import { Fraction } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(`${new Fraction(1, 3)}`, "1/3");
 * ```
 */
export class Fraction {
  /** The number above the line. */
  readonly numerator: bigint;
  /** The number below the line. */
  readonly denominator: bigint;

  /**
   * Makes a fraction, which is not reduced.
   *
   * @example Make one
   * ```ts
   * import { Fraction } from "@ferry/std/persist/types";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(`${new Fraction(1, 3)}`, "1/3");
   * ```
   *
   * @param numerator The number above the line.
   * @param denominator The number below the line, 1 unless given.
   * @throws {RangeError} If the denominator is zero.
   */
  constructor(numerator: number | bigint, denominator: number | bigint = 1n) {
    this.numerator = BigInt(numerator);
    this.denominator = BigInt(denominator);
    if (this.denominator === 0n) {
      throw new RangeError("Cannot make a Fraction: the denominator must not be zero");
    }
  }

  /**
   * The fraction as text.
   *
   * @returns For example `"1/3"`.
   */
  toString(): string {
    return `${this.numerator}/${this.denominator}`;
  }

  /**
   * What makes two fractions equal as keys.
   *
   * @returns The signature.
   */
  keySignature(): string {
    return this.denominator === 1n
      ? numberKey(this.numerator)
      : `q${numberKey(this.numerator)}/${numberKey(this.denominator)}`;
  }
}
