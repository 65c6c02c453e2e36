import { ForeignZone } from "../recipes/foreign_zone.ts";
import { Timezone, ZoneInfo } from "../time/timezone.ts";

/** An instant in the zone that Python had: with that zone, in UTC if this runtime does not know it, as it is without one. */
export function momentIn(
  instant: Temporal.Instant,
  zone: unknown,
): Temporal.PlainDateTime | Temporal.ZonedDateTime {
  if (zone === null || zone === undefined) {
    return instant.toZonedDateTimeISO("UTC").toPlainDateTime();
  }
  const id = zoneName(zone);
  try {
    return instant.toZonedDateTimeISO(id ?? "UTC");
  } catch (error) {
    // A zone that this runtime does not know.
    if (error instanceof RangeError) return instant.toZonedDateTimeISO("UTC");
    throw error;
  }
}

function zoneName(zone: unknown): string | undefined {
  if (zone instanceof ZoneInfo) return zone.key;
  if (zone instanceof Timezone) return offsetName(zone.offset.days * 86400 + zone.offset.seconds);
  if (!(zone instanceof ForeignZone)) return undefined;
  return zone.key ?? (zone.utcOffset === undefined ? undefined : offsetName(zone.utcOffset));
}

function offsetName(seconds: number): string | undefined {
  if (seconds === 0) return "UTC";
  if (seconds % 60 !== 0 || Math.abs(seconds) >= 86400) return undefined;
  const minutes = Math.abs(seconds) / 60;
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  return `${seconds < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}
