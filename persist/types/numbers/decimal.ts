/** Longest text of a number. */
const LONGEST = 2 ** 20;

/** Each character can be read in one way only, so that a text that is no number is refused in linear time. */
const SYNTAX = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,20})?|inf(?:inity)?|s?nan\d*)$/i;

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
   * @example Make one
   * ```ts
   * import { Decimal } from "@ferry/std/persist/types";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(`${new Decimal("1.50")}`, "1.50");
   * ```
   *
   * @param text The number as Python writes it, for example `"1.50"`, `"1E+3"`, `"NaN"`.
   * @throws {RangeError} If it is not a number.
   */
  constructor(text: string) {
    if (text.length > LONGEST) {
      throw new RangeError(
        `Cannot make a Decimal: needed at most ${LONGEST} characters, received ${text.length}`,
      );
    }
    if (!SYNTAX.test(text)) {
      const shown = JSON.stringify(text.slice(0, 50));
      throw new RangeError(`Cannot make a Decimal of ${shown}: it is not a number`);
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
