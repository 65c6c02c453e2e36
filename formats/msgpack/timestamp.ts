/**
 * Points in time as MessagePack has them: seconds and nanoseconds.
 *
 * @module
 */

const NANOS = 1_000_000_000n;
const MIN_SECONDS = -(2n ** 63n);
const MAX_SECONDS = 2n ** 63n - 1n;

/**
 * A point in time: whole seconds since 1970-01-01T00:00:00Z, any int64, and nanoseconds. Nothing is rounded.
 *
 * @example Nanoseconds survive
 * ```ts
 * import { decode, encode, Timestamp } from "@ferry/std/formats/msgpack";
 * import { assertEquals } from "@std/assert";
 *
 * const time = new Timestamp(1_700_000_000, 123_456_789);
 * assertEquals(decode(encode(time)), time);
 * assertEquals(time.toInstant().toString(), "2023-11-14T22:13:20.123456789Z");
 * ```
 */
export class Timestamp {
  /** Seconds since 1970-01-01T00:00:00Z; negative before. A bigint only where a number is not exact. */
  readonly seconds: number | bigint;
  /** Nanoseconds after `seconds`, 0 to 999,999,999, also for times before 1970. */
  readonly nanoseconds: number;

  /**
   * Creates a point in time.
   *
   * @example Make one
   * ```ts
   * import { Timestamp } from "@ferry/std/formats/msgpack";
   *
   * const time = new Timestamp(1_700_000_000, 123_456_789);
   * ```
   *
   * @param seconds Whole seconds since 1970-01-01T00:00:00Z, within int64.
   * @param nanoseconds Nanoseconds to add, an integer from 0 to 999,999,999.
   * @throws {RangeError} If either is out of range or not an integer.
   */
  constructor(seconds: number | bigint, nanoseconds: number = 0) {
    if (typeof seconds === "bigint") {
      if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
        throw new RangeError(`Cannot create a Timestamp: seconds must fit int64, got ${seconds}`);
      }
      const number = Number(seconds);
      this.seconds = Number.isSafeInteger(number) ? number : seconds;
    } else {
      if (!Number.isSafeInteger(seconds)) {
        throw new RangeError(
          `Cannot create a Timestamp: seconds must be a safe integer or a bigint, got ${seconds}`,
        );
      }
      this.seconds = seconds === 0 ? 0 : seconds;
    }
    if (!Number.isInteger(nanoseconds) || nanoseconds < 0 || nanoseconds > 999_999_999) {
      throw new RangeError(
        `Cannot create a Timestamp: nanoseconds must be an integer from 0 to 999999999, got ${nanoseconds}`,
      );
    }
    this.nanoseconds = nanoseconds === 0 ? 0 : nanoseconds;
  }

  /**
   * The time of a `Date`.
   *
   * @example Now
   * ```ts
   * import { Timestamp } from "@ferry/std/formats/msgpack";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(Timestamp.fromDate(new Date(-1)), new Timestamp(-1, 999_000_000));
   * ```
   *
   * @param date A valid date.
   * @returns The same time.
   * @throws {RangeError} If the date is invalid.
   */
  static fromDate(date: Date): Timestamp {
    const milliseconds = date.getTime();
    if (Number.isNaN(milliseconds)) {
      throw new RangeError("Cannot create a Timestamp: the Date is invalid");
    }
    const seconds = Math.floor(milliseconds / 1000);
    return new Timestamp(seconds, (milliseconds - seconds * 1000) * 1_000_000);
  }

  /**
   * The time of a `Temporal.Instant`.
   *
   * @example From text
   * ```ts
   * import { Timestamp } from "@ferry/std/formats/msgpack";
   * import { assertEquals } from "@std/assert";
   *
   * const instant = Temporal.Instant.from("1970-01-01T00:00:01.000000005Z");
   * assertEquals(Timestamp.fromInstant(instant), new Timestamp(1, 5));
   * ```
   *
   * @param instant Any instant.
   * @returns The same time.
   */
  static fromInstant(instant: Temporal.Instant): Timestamp {
    return Timestamp.fromEpochNanoseconds(instant.epochNanoseconds);
  }

  /**
   * The time that is so many nanoseconds after 1970-01-01T00:00:00Z, as `time.time_ns()` counts.
   *
   * @example Just before 1970
   * ```ts
   * import { Timestamp } from "@ferry/std/formats/msgpack";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(Timestamp.fromEpochNanoseconds(-1n), new Timestamp(-1, 999_999_999));
   * ```
   *
   * @param nanoseconds Nanoseconds; negative before 1970.
   * @returns That time.
   * @throws {RangeError} If the seconds do not fit int64.
   */
  static fromEpochNanoseconds(nanoseconds: bigint): Timestamp {
    const rest = ((nanoseconds % NANOS) + NANOS) % NANOS;
    return new Timestamp((nanoseconds - rest) / NANOS, Number(rest));
  }

  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  get epochNanoseconds(): bigint {
    return BigInt(this.seconds) * NANOS + BigInt(this.nanoseconds);
  }

  /**
   * As a `Date`, cut down to milliseconds.
   *
   * @example Half a second
   * ```ts
   * import { Timestamp } from "@ferry/std/formats/msgpack";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new Timestamp(0, 500_999_999).toDate(), new Date(500));
   * ```
   *
   * @returns The date.
   * @throws {RangeError} If it is further from 1970 than a `Date` can be (100 million days).
   */
  toDate(): Date {
    const date = new Date(Number(this.seconds) * 1000 + Math.floor(this.nanoseconds / 1_000_000));
    if (Number.isNaN(date.getTime())) {
      throw new RangeError(`Cannot make a Date of ${this.seconds} seconds: out of its range`);
    }
    return date;
  }

  /**
   * As a `Temporal.Instant`, exactly.
   *
   * @example As text
   * ```ts
   * import { Timestamp } from "@ferry/std/formats/msgpack";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(`${new Timestamp(0, 1).toInstant()}`, "1970-01-01T00:00:00.000000001Z");
   * ```
   *
   * @returns The instant.
   * @throws {RangeError} If it is further from 1970 than an instant can be (100 million days).
   */
  toInstant(): Temporal.Instant {
    return Temporal.Instant.fromEpochNanoseconds(this.epochNanoseconds);
  }
}

/** Type number of timestamps among the extension types. */
export const TIMESTAMP_TYPE = -1;

/**
 * Writes the payload in the shortest of the three forms.
 *
 * - 4 bytes: uint32 seconds (no nanoseconds)
 * - 8 bytes: 30 bits of nanoseconds, 34 bits of seconds
 * - 12 bytes: uint32 nanoseconds, int64 seconds
 */
export function timestampBytes(time: Timestamp): Uint8Array {
  const { seconds, nanoseconds } = time;
  if (typeof seconds === "number" && seconds >= 0 && seconds < 2 ** 34) {
    const high = Math.floor(seconds / 2 ** 32);
    if (high === 0 && nanoseconds === 0) {
      const view = new DataView(new ArrayBuffer(4));
      view.setUint32(0, seconds);
      return new Uint8Array(view.buffer);
    }
    const view = new DataView(new ArrayBuffer(8));
    view.setUint32(0, nanoseconds * 4 + high);
    view.setUint32(4, seconds % 2 ** 32);
    return new Uint8Array(view.buffer);
  }
  const view = new DataView(new ArrayBuffer(12));
  view.setUint32(0, nanoseconds);
  view.setBigInt64(4, BigInt(seconds));
  return new Uint8Array(view.buffer);
}

/** Reads a payload. Throws a RangeError that says what is wrong with it. */
export function timestampFrom(data: Uint8Array): Timestamp {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  switch (data.length) {
    case 4:
      return new Timestamp(view.getUint32(0));
    case 8: {
      const first = view.getUint32(0);
      return new Timestamp((first & 3) * 2 ** 32 + view.getUint32(4), first >>> 2);
    }
    case 12:
      return new Timestamp(view.getBigInt64(4), view.getUint32(0));
    default:
      throw new RangeError(`A timestamp has 4, 8 or 12 bytes, received ${data.length}`);
  }
}
