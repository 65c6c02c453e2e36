/** Dates and times as XML Schema writes them, whole or in part. */

/** Which parts a text has. */
export type MomentKind =
  | "dateTime"
  | "date"
  | "time"
  | "yearMonth"
  | "year"
  | "monthDay"
  | "month"
  | "day";

/** A date, a time, or a part of one. What it has not is 1, of times 0. */
export interface Moment {
  readonly kind: MomentKind;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** `Z`, `+01:00`, or "". */
  readonly zone: string;
}

const YEAR = "(?<year>-?(?:\\d{4}|[1-9]\\d{4,8}))";
const MONTH = "(?<month>\\d\\d)";
const DAY = "(?<day>\\d\\d)";
const TIME = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d(?:\\.\\d{1,20})?)";
const ZONE = "(?<zone>Z|[+-]\\d\\d:\\d\\d)?";
const FORMS: readonly (readonly [MomentKind, RegExp])[] = ([
  ["dateTime", `${YEAR}-${MONTH}-${DAY}T${TIME}`],
  ["date", `${YEAR}-${MONTH}-${DAY}`],
  ["time", TIME],
  ["yearMonth", `${YEAR}-${MONTH}`],
  ["year", YEAR],
  ["monthDay", `--${MONTH}-${DAY}`],
  ["month", `--${MONTH}(?:--)?`],
  ["day", `---${DAY}`],
] as const).map(([kind, source]) => [kind, new RegExp(`^${source}${ZONE}$`)]);

/** Whether a year of the Gregorian calendar, counted on backwards, has a 29th of February; there is no year 0. */
export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** How many days a month has, from 1. */
export function daysIn(year: number, month: number): number {
  return month === 2 ? (isLeapYear(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/**
 * Reads a date, a time or a part of one.
 *
 * @returns It, `undefined` if the text is none.
 */
export function parseMoment(text: string): Moment | undefined {
  const trimmed = text.trim();
  if (trimmed.length > 64) return undefined;
  for (const [kind, form] of FORMS) {
    const groups = form.exec(trimmed)?.groups;
    if (groups === undefined) continue;
    const number = (name: string, standard: number) =>
      groups[name] === undefined ? standard : Number(groups[name]);
    const moment: Moment = {
      kind,
      year: number("year", 1),
      month: number("month", 1),
      day: number("day", 1),
      hour: number("hour", 0),
      minute: number("minute", 0),
      second: number("second", 0),
      zone: groups.zone ?? "",
    };
    const { year, month, day, hour, minute, second, zone } = moment;
    const most = kind === "monthDay" || kind === "day" ? daysIn(4, month) : daysIn(year, month);
    const zoned = zone === "" || zone === "Z" ||
      (Number(zone.slice(1, 3)) <= 14 && Number(zone.slice(4)) < 60);
    const valid = (kind === "time" || year !== 0) && month >= 1 && month <= 12 && day >= 1 &&
      day <= most && hour < 24 && minute < 60 && second < 60 && zoned;
    return valid ? moment : undefined;
  }
  return undefined;
}

/** Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
export function dayNumber({ year, month, day }: Pick<Moment, "year" | "month" | "day">): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) +
    dayOfYear - 719468;
}

/** The date so many days after 1970-01-01. */
export function dateOf(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) -
      Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra -
    (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9);
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

/** Minutes that a zone is ahead of UTC. */
function zoneMinutes(zone: string): number {
  if (zone === "" || zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return zone.startsWith("-") ? -minutes : minutes;
}

/** Seconds since 1970-01-01T00:00:00Z. */
export function secondsOf(moment: Moment): number {
  return dayNumber(moment) * 86_400 + moment.hour * 3600 +
    (moment.minute - zoneMinutes(moment.zone)) * 60 + moment.second;
}

function two(value: number): string {
  return `${value}`.padStart(2, "0");
}

/** A time as XML Schema writes it, with its zone. */
export function formatTime({ hour, minute, second, zone }: Moment): string {
  // No more digits of a second than make sense.
  const fraction = (second % 1).toFixed(9).slice(1).replace(/\.?0+$/, "");
  const text = two(Math.floor(second)) + fraction;
  return `${two(hour)}:${two(minute)}:${text}${zone}`;
}

/** A date or a part of one as XML Schema writes it, with its zone. */
export function formatDate(moment: Moment, kind: MomentKind = moment.kind): string {
  const { year, month, day, zone } = moment;
  const years = `${year < 0 ? "-" : ""}${`${Math.abs(year)}`.padStart(4, "0")}`;
  switch (kind) {
    case "year":
      return years + zone;
    case "yearMonth":
      return `${years}-${two(month)}${zone}`;
    case "dateTime":
      return `${years}-${two(month)}-${two(day)}T${formatTime(moment)}`;
    default:
      return `${years}-${two(month)}-${two(day)}${zone}`;
  }
}
