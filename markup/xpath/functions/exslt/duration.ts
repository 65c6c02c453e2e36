/** Durations as XML Schema writes them: months and seconds, which cannot be converted into each other. */
import { dateOf, dayNumber, daysIn, formatDate, type Moment, secondsOf } from "./moment.ts";

/** A duration. */
export interface Duration {
  readonly months: number;
  readonly seconds: number;
}

const FORM =
  /^(-)?P(?=\d|T\d)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,12})D)?(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,15}(?:\.\d{1,15})?)S)?)?$/;

/**
 * Reads a duration.
 *
 * @returns It, `undefined` if the text is none.
 */
export function parseDuration(text: string): Duration | undefined {
  const trimmed = text.trim();
  const match = trimmed.length > 128 ? null : FORM.exec(trimmed);
  if (match === null) return undefined;
  const [years, months, days, hours, minutes, seconds] = match.slice(2).map((part) =>
    part === undefined ? 0 : Number(part)
  );
  const sign = match[1] === "-" ? -1 : 1;
  return {
    months: sign * (years! * 12 + months!),
    seconds: sign * (((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!),
  };
}

/** A duration as XML Schema writes it; "" if its months go forward and its seconds back, or the other way round. */
export function formatDuration({ months, seconds }: Duration): string {
  if (months * seconds < 0 || !Number.isFinite(seconds)) return "";
  if (months === 0 && seconds === 0) return "P0D";
  const [m, s] = [Math.abs(months), Math.abs(seconds)];
  const part = (value: number, unit: string) => value === 0 ? "" : `${value}${unit}`;
  const whole = Math.floor(s);
  const fraction = (s % 1).toFixed(9).slice(1).replace(/\.?0+$/, "");
  const second = whole % 60 === 0 && fraction === "" ? "" : `${whole % 60}${fraction}S`;
  const time = part(Math.floor(whole / 3600) % 24, "H") + part(Math.floor(whole / 60) % 60, "M") +
    second;
  const date = part(Math.floor(m / 12), "Y") + part(m % 12, "M") +
    part(Math.floor(whole / 86_400), "D");
  return `${months < 0 || seconds < 0 ? "-" : ""}P${date}${time === "" ? "" : `T${time}`}`;
}

/** A moment later by a duration, by appendix E of XML Schema's datatypes; "" if that makes no sense. */
export function addDuration(moment: Moment, { months, seconds }: Duration): string {
  const { kind, zone } = moment;
  if (kind !== "dateTime" && kind !== "date" && kind !== "yearMonth" && kind !== "year") return "";
  // There is no year 0: count without the gap.
  const from = moment.year < 0 ? moment.year + 1 : moment.year;
  const total = from * 12 + moment.month - 1 + months;
  const [year, month] = [Math.floor(total / 12), (total % 12 + 12) % 12 + 1];
  const day = Math.min(moment.day, daysIn(year, month));
  const time = (moment.hour * 60 + moment.minute) * 60 + moment.second + seconds;
  const days = dayNumber({ year, month, day }) + Math.floor(time / 86_400);
  const rest = time - Math.floor(time / 86_400) * 86_400;
  const date = dateOf(days);
  if (!Number.isSafeInteger(date.year)) return "";
  return formatDate({
    kind,
    ...date,
    year: date.year <= 0 ? date.year - 1 : date.year,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    zone,
  });
}

/** What lies between two moments, in the units that both have. */
export function differenceOf(from: Moment, to: Moment): Duration | undefined {
  const dated = ["dateTime", "date", "yearMonth", "year"];
  if (!dated.includes(from.kind) || !dated.includes(to.kind)) return undefined;
  const kinds = [from.kind, to.kind];
  if (kinds.includes("year")) return { months: (to.year - from.year) * 12, seconds: 0 };
  if (kinds.includes("yearMonth")) {
    return { months: (to.year - from.year) * 12 + to.month - from.month, seconds: 0 };
  }
  if (kinds.includes("date")) {
    return { months: 0, seconds: (dayNumber(to) - dayNumber(from)) * 86_400 };
  }
  return { months: 0, seconds: secondsOf(to) - secondsOf(from) };
}
