// Temporal values as the text that other programs read: RFC 3339, without `[Europe/Paris]` and `[u-ca=…]`, which
// Temporal's own toJSON appends and nothing else understands.

/** Whether a value is of a Temporal class. */
export function isTemporal(value: object): boolean {
  return Object.prototype.toString.call(value).startsWith("[object Temporal.");
}

/** Whether the text of a Temporal value is a date, with a time or without. */
export function isDate(value: object): boolean {
  return value instanceof Temporal.ZonedDateTime || value instanceof Temporal.Instant ||
    value instanceof Temporal.PlainDateTime || value instanceof Temporal.PlainDate;
}

/**
 * The text of a Temporal value, always in the ISO calendar.
 *
 * @param value The value.
 * @returns The text; undefined when the value is not of a Temporal class.
 */
export function temporalText(value: object): string | undefined {
  if (!isTemporal(value)) return undefined;
  if (value instanceof Temporal.ZonedDateTime) {
    // RFC 3339 has no seconds in an offset: such a time is written in UTC.
    const { offset, timeZoneId } = value;
    if (offset.length > 6 || timeZoneId === "UTC") return value.toInstant().toString();
    return value.toString({ timeZoneName: "never", calendarName: "never" });
  }
  if (
    value instanceof Temporal.PlainDateTime || value instanceof Temporal.PlainDate ||
    value instanceof Temporal.PlainYearMonth || value instanceof Temporal.PlainMonthDay
  ) return value.toString({ calendarName: "never" });
  return String(value);
}
