/**
 * A Python `timedelta`: days, seconds (0 to 86399) and microseconds (0 to 999999), of which only the days may be negative.
 *
 * @example Minus one second
 * ```ts
 * import { TimeDelta } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const delta = new TimeDelta(0, -1);
 * assertEquals([delta.days, delta.seconds], [-1, 86399]);
 * assertEquals(delta.milliseconds, -1000);
 * ```
 */
export class TimeDelta {
  /** Whole days, negative for a negative span. */
  readonly days: number;
  /** Seconds within the day, 0 to 86399. */
  readonly seconds: number;
  /** Microseconds within the second, 0 to 999999. */
  readonly microseconds: number;

  /**
   * Makes a span; seconds and microseconds beyond their range are carried.
   *
   * @example Make one
   * ```ts
   * import { TimeDelta } from "@ferry/std/persist/types";
   *
   * const delta = new TimeDelta(0, -1);
   * ```
   *
   * @param days Days.
   * @param seconds Seconds, zero unless given.
   * @param microseconds Microseconds, zero unless given.
   * @throws {RangeError} If a part is no integer, or the span exceeds 999999999 days.
   */
  constructor(days: number, seconds = 0, microseconds = 0) {
    if (![days, seconds, microseconds].every(Number.isSafeInteger)) {
      throw new RangeError(
        `Cannot make a TimeDelta of ${days}, ${seconds}, ${microseconds}: integers are needed`,
      );
    }
    const carriedSeconds = seconds + Math.floor(microseconds / 1e6);
    this.days = days + Math.floor(carriedSeconds / 86400);
    this.seconds = carriedSeconds - Math.floor(carriedSeconds / 86400) * 86400;
    this.microseconds = microseconds - Math.floor(microseconds / 1e6) * 1e6;
    if (Math.abs(this.days) > 999_999_999) {
      throw new RangeError(`Cannot make a TimeDelta of ${days} days: at most 999999999`);
    }
  }

  /** The whole span in milliseconds. */
  get milliseconds(): number {
    return this.days * 86_400_000 + this.seconds * 1000 + this.microseconds / 1000;
  }

  /**
   * What makes two spans equal as keys.
   *
   * @returns The signature.
   */
  keySignature(): string {
    return `d${this.days},${this.seconds},${this.microseconds}`;
  }
}
