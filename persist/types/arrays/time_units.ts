/** What numpy's `datetime64` and `timedelta64` count, as Temporal has it. */

/** How many of each unit a day has, from hours to nanoseconds, in nanoseconds. */
const NANOSECONDS: ReadonlyMap<string, bigint> = new Map([
  ["h", 3_600_000_000_000n],
  ["m", 60_000_000_000n],
  ["s", 1_000_000_000n],
  ["ms", 1_000_000n],
  ["us", 1_000n],
  ["ns", 1n],
]);

/** What Temporal throws for what it has no room for. */
function within<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A date or time by its distance from 1970, `undefined` if Temporal has no room for it or the unit is another. */
export function readMoment(
  count: bigint,
  unit: string,
): Temporal.PlainDate | Temporal.PlainDateTime | undefined {
  const n = Number(count);
  const size = NANOSECONDS.get(unit);
  return within(() => {
    switch (unit) {
      case "Y":
        return new Temporal.PlainDate(1970 + n, 1, 1);
      case "M":
        return new Temporal.PlainDate(1970 + Math.floor(n / 12), (n % 12 + 12) % 12 + 1, 1);
      case "W":
        return new Temporal.PlainDate(1970, 1, 1).add({ days: 7 * n });
      case "D":
        return new Temporal.PlainDate(1970, 1, 1).add({ days: n });
      default:
        return size === undefined
          ? undefined
          : new Temporal.PlainDateTime(1970, 1, 1).add(durationOf(count * size));
    }
  });
}

/** A duration, `undefined` if Temporal has no room for it or the unit is another. */
export function readDuration(count: bigint, unit: string): Temporal.Duration | undefined {
  const n = Number(count);
  const size = NANOSECONDS.get(unit);
  return within(() => {
    switch (unit) {
      case "Y":
        return Temporal.Duration.from({ years: n });
      case "M":
        return Temporal.Duration.from({ months: n });
      case "W":
        return Temporal.Duration.from({ weeks: n });
      case "D":
        return Temporal.Duration.from({ days: n });
      default:
        return size === undefined ? undefined : durationOf(count * size);
    }
  });
}

/** Nanoseconds in parts that numbers hold exactly. */
export function durationOf(nanoseconds: bigint): Temporal.Duration {
  const [second, milli, micro] = [1_000_000_000n, 1_000_000n, 1_000n];
  return Temporal.Duration.from({
    seconds: Number(nanoseconds / second),
    milliseconds: Number(nanoseconds % second / milli),
    microseconds: Number(nanoseconds % milli / micro),
    nanoseconds: Number(nanoseconds % micro),
  });
}
