/**
 * A Python `complex` number.
 *
 * @example Two parts
 * ```ts
 * import { Complex } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(`${new Complex(1, -2)}`, "(1-2j)");
 * ```
 */
export class Complex {
  /** The real part. */
  readonly re: number;
  /** The imaginary part. */
  readonly im: number;

  /**
   * Makes a complex number.
   *
   * @example Make one
   * ```ts
   * import { Complex } from "@ferry/std/persist/types";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(`${new Complex(1, -2)}`, "(1-2j)");
   * ```
   *
   * @param re The real part.
   * @param im The imaginary part, zero unless given.
   * @throws {TypeError} If one is no number.
   */
  constructor(re: number, im = 0) {
    if (typeof re !== "number" || typeof im !== "number") {
      throw new TypeError(
        `Cannot make a Complex: needed two numbers, received ${typeof re} and ${typeof im}`,
      );
    }
    this.re = re;
    this.im = im;
  }

  /**
   * The number as Python writes it.
   *
   * @returns For example `"(1+2j)"`.
   */
  toString(): string {
    const negative = this.im < 0 || Object.is(this.im, -0);
    return `(${this.re}${negative ? "-" : "+"}${Math.abs(this.im)}j)`;
  }
}
