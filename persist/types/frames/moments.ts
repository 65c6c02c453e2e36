import { durationOf } from "../arrays/time_units.ts";
import { PyObject } from "../objects/py_object.ts";
import { momentIn } from "./_zones.ts";

/** How many nanoseconds what pandas counts has, by its number for it. */
const STEPS: ReadonlyMap<unknown, bigint> = new Map([
  [7, 1_000_000_000n],
  [8, 1_000_000n],
  [9, 1_000n],
  [10, 1n],
]);

function nanoseconds(count: unknown, resolution: unknown): bigint {
  const isCount = typeof count === "bigint" || Number.isSafeInteger(count);
  const step = resolution === undefined ? 1n : STEPS.get(resolution);
  if (!isCount || step === undefined) {
    throw new TypeError("Cannot read a time of pandas: needed a count and a known resolution");
  }
  return BigInt(count as number | bigint) * step;
}

/**
 * A pandas `Timestamp` as it was read.
 *
 * @example The same in Temporal
 * ```ts
 * import { Global, Timestamp } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const callable = new Global("pandas._libs.tslibs.timestamps", "_unpickle_timestamp");
 * const epoch = new Timestamp({ callable, args: [86400000000000, null, null, 10] });
 * assertEquals(`${epoch.toTemporal()}`, "1970-01-02T00:00:00");
 * ```
 */
export class Timestamp extends PyObject {
  /**
   * Nanoseconds since 1970, in UTC if there is a time zone.
   *
   * @throws {TypeError} If the recipe is none of a timestamp.
   */
  get nanoseconds(): bigint {
    return nanoseconds(this.args[0], this.args[3]);
  }

  /** The time zone, `null` if there is none. */
  get zone(): unknown {
    return this.args[2] ?? null;
  }

  /**
   * The date and time: with its zone, in UTC if this runtime does not know the zone.
   *
   * @returns The same in Temporal.
   * @throws {TypeError} If the recipe is none of a timestamp.
   * @throws {RangeError} If Temporal has no room for it.
   */
  toTemporal(): Temporal.PlainDateTime | Temporal.ZonedDateTime {
    return momentIn(new Temporal.Instant(this.nanoseconds), this.zone);
  }

  /**
   * The date and time, for `JSON.stringify` and `toPlain`.
   *
   * @returns Its text (ISO 8601).
   */
  toJSON(): string {
    return this.toTemporal().toString();
  }

  /**
   * What makes two timestamps equal as keys.
   *
   * @returns The signature.
   */
  keySignature(): string {
    return `P${this.zone === null ? "" : "z"}${this.nanoseconds}`;
  }
}

/**
 * A pandas `Timedelta` as it was read.
 *
 * @example The same in Temporal
 * ```ts
 * import { Global, Timedelta } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const callable = new Global("pandas._libs.tslibs.timedeltas", "_timedelta_unpickle");
 * assertEquals(`${new Timedelta({ callable, args: [1500000000, 10] }).toTemporal()}`, "PT1.5S");
 * ```
 */
export class Timedelta extends PyObject {
  /**
   * Its length in nanoseconds.
   *
   * @throws {TypeError} If the recipe is none of a duration.
   */
  get nanoseconds(): bigint {
    const [count, resolution] = this.args;
    return nanoseconds(count, typeof resolution === "number" ? resolution : undefined);
  }

  /**
   * The duration.
   *
   * @returns The same in Temporal, in seconds and their parts.
   * @throws {TypeError} If the recipe is none of a duration.
   */
  toTemporal(): Temporal.Duration {
    return durationOf(this.nanoseconds);
  }

  /**
   * The duration, for `JSON.stringify` and `toPlain`.
   *
   * @returns Its text (ISO 8601).
   */
  toJSON(): string {
    return this.toTemporal().toString();
  }

  /**
   * What makes two durations equal as keys.
   *
   * @returns The signature.
   */
  keySignature(): string {
    return `D${this.nanoseconds}`;
  }
}
