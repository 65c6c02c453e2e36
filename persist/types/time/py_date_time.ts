/** The fields of a time of day. */
export interface TimeFields {
  /**
   * 0 to 23.
   *
   * @default {0}
   */
  hour?: number;
  /**
   * 0 to 59.
   *
   * @default {0}
   */
  minute?: number;
  /**
   * 0 to 59.
   *
   * @default {0}
   */
  second?: number;
  /**
   * 0 to 999999.
   *
   * @default {0}
   */
  microsecond?: number;
  /**
   * 1 for the second of two equal times when clocks are set back.
   *
   * @default {0}
   */
  fold?: number;
  /**
   * The time zone: a `Timezone`, a `ZoneInfo`, or whatever Python had.
   *
   * @default {null}
   */
  tzinfo?: unknown;
}

/** The fields of a date and time. */
export interface DateTimeFields extends TimeFields {
  /** 1 to 9999. */
  year: number;
  /** 1 to 12. */
  month: number;
  /** 1 to 31. */
  day: number;
}

/**
 * A Python `time` that `Temporal.PlainTime` cannot hold: with a time zone, or with `fold`.
 *
 * @example Noon in UTC
 * ```ts
 * import { PyTime, TimeDelta, Timezone } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const noon = new PyTime({ hour: 12, tzinfo: new Timezone(new TimeDelta(0)) });
 * assertEquals(noon.minute, 0);
 * ```
 */
export class PyTime {
  /** 0 to 23. */
  readonly hour: number;
  /** 0 to 59. */
  readonly minute: number;
  /** 0 to 59. */
  readonly second: number;
  /** 0 to 999999. */
  readonly microsecond: number;
  /** 1 for the second of two equal times. */
  readonly fold: number;
  /** The time zone, `null` if there is none. */
  readonly tzinfo: unknown;

  /**
   * Makes a time.
   *
   * @example Make one
   * ```ts
   * import { PyTime, TimeDelta, Timezone } from "@ferry/std/persist/types";
   *
   * const noon = new PyTime({ hour: 12, tzinfo: new Timezone(new TimeDelta(0)) });
   * ```
   *
   * @param fields Its fields.
   * @throws {RangeError} If one is out of its range.
   */
  constructor(fields: TimeFields) {
    this.hour = within(fields.hour ?? 0, "hour", 0, 23);
    this.minute = within(fields.minute ?? 0, "minute", 0, 59);
    this.second = within(fields.second ?? 0, "second", 0, 59);
    this.microsecond = within(fields.microsecond ?? 0, "microsecond", 0, 999_999);
    this.fold = within(fields.fold ?? 0, "fold", 0, 1);
    this.tzinfo = fields.tzinfo ?? null;
  }
}

/**
 * A Python `datetime` that no `Temporal` type can hold: `fold` without a time zone, a time zone with a name of its own or
 * an offset of seconds, a time that its zone skipped.
 *
 * @example A named time zone
 * ```ts
 * import { PyDateTime, TimeDelta, Timezone } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const tzinfo = new Timezone(new TimeDelta(-1, 68400), "EST");
 * assertEquals(new PyDateTime({ year: 2020, month: 1, day: 2, tzinfo }).hour, 0);
 * ```
 */
export class PyDateTime extends PyTime {
  /** 1 to 9999. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;

  /**
   * Makes a date and time.
   *
   * @example Make one
   * ```ts
   * import { PyDateTime, TimeDelta, Timezone } from "@ferry/std/persist/types";
   * import { assertEquals } from "@std/assert";
   *
   * const tzinfo = new Timezone(new TimeDelta(-1, 68400), "EST");
   * assertEquals(new PyDateTime({ year: 2020, month: 1, day: 2, tzinfo }).hour, 0);
   * ```
   *
   * @param fields Its fields.
   * @throws {RangeError} If one is out of its range, or the month has no such day.
   */
  constructor(fields: DateTimeFields) {
    super(fields);
    this.year = within(fields.year, "year", 1, 9999);
    this.month = within(fields.month, "month", 1, 12);
    this.day = within(fields.day, "day", 1, daysIn(this.year, this.month));
  }
}

function within(value: number, name: string, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(
    `Cannot make a time: ${name} must be an integer from ${least} to ${most}, received ${value}`,
  );
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
