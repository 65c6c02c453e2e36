import { PyObject } from "../objects/py_object.ts";
import { field, numberOf } from "./fields.ts";

/**
 * A Python `time.struct_time` as it was read.
 *
 * @example A moment in parts
 * ```ts
 * import { Global, StructTime } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const callable = new Global("time", "struct_time");
 * const epoch = new StructTime({ callable, args: [[1970, 1, 1, 0, 0, 0, 3, 1, 0]] });
 * assertEquals([epoch.year, epoch.weekday], [1970, 3]);
 * assertEquals(`${epoch.toPlainDateTime()}`, "1970-01-01T00:00:00");
 * ```
 */
export class StructTime extends PyObject {
  #part(index: number): number {
    const parts = this.args[0];
    return Array.isArray(parts) ? numberOf(parts[index]) ?? 0 : 0;
  }

  /** The year. */
  get year(): number {
    return this.#part(0);
  }

  /** The month, 1 to 12. */
  get month(): number {
    return this.#part(1);
  }

  /** The day of the month, 1 to 31. */
  get day(): number {
    return this.#part(2);
  }

  /** The hour, 0 to 23. */
  get hour(): number {
    return this.#part(3);
  }

  /** The minute, 0 to 59. */
  get minute(): number {
    return this.#part(4);
  }

  /** The second, 0 to 61. */
  get second(): number {
    return this.#part(5);
  }

  /** The day of the week, 0 for Monday. */
  get weekday(): number {
    return this.#part(6);
  }

  /** The day of the year, 1 to 366. */
  get yearDay(): number {
    return this.#part(7);
  }

  /** Whether daylight saving time is in effect: 1 or 0, -1 if it is not known. */
  get isDst(): number {
    return this.#part(8);
  }

  /** The name of the time zone, `undefined` if there is none. */
  get zone(): string | undefined {
    const zone = field(this.args[1], "tm_zone");
    return typeof zone === "string" ? zone : undefined;
  }

  /** The distance from UTC in seconds, `undefined` if it is not known. */
  get utcOffset(): number | undefined {
    return numberOf(field(this.args[1], "tm_gmtoff"));
  }

  /**
   * The date and time.
   *
   * @returns The same in Temporal; a leap second is the second before it.
   * @throws {RangeError} If there is no such date or time.
   */
  toPlainDateTime(): Temporal.PlainDateTime {
    const { year, month, day, hour, minute, second } = this;
    return new Temporal.PlainDateTime(year, month, day, hour, minute, Math.min(second, 59));
  }

  /**
   * The nine numbers, for `JSON.stringify` and `toPlain`.
   *
   * @returns Year, month, day, hour, minute, second, day of the week and of the year, daylight saving time.
   */
  toJSON(): number[] {
    return Array.from({ length: 9 }, (_, i) => this.#part(i));
  }
}
