/**
 * A Python `Decimal`, as its text: no digit is lost.
 *
 * @example A price
 * ```ts
 * import { Decimal } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(`${new Decimal("1.50")}`, "1.50");
 * ```
 */
export class Decimal {
  /** The number as Python writes it. */
  readonly text: string;

  /**
   * Makes a decimal number.
   *
   * @param text The number as Python writes it, for example `"1.50"`, `"1E+3"`, `"NaN"`.
   * @throws {RangeError} If it is not a number.
   */
  constructor(text: string) {
    if (!/^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|s?nan\d*)$/i.test(text)) {
      throw new RangeError(`Cannot make a Decimal of ${JSON.stringify(text)}: it is not a number`);
    }
    this.text = text;
  }

  /**
   * The number as text.
   *
   * @returns The text it was made of.
   */
  toString(): string {
    return this.text;
  }

  /**
   * The number as text, for `JSON.stringify`.
   *
   * @returns The text it was made of.
   */
  toJSON(): string {
    return this.text;
  }

  /**
   * What makes two decimals equal as keys: their text.
   *
   * @returns The signature.
   */
  keySignature(): string {
    return `D${this.text}`;
  }
}
