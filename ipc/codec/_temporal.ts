/**
 * Values of Temporal in parts and whole again.
 *
 * The parts are what the constructors take, not what `toString` shows, where the two differ: a string rounds the offset
 * of a zone to minutes, balances a duration, and leaves out the reference day of a month.
 */

/** What a value of Temporal is made of. */
export type TemporalPart = string | number | bigint;

interface TemporalClass {
  readonly prototype: object;
  /** How many parts it has. */
  readonly parts: number;
  take(object: never): TemporalPart[];
  /** The parts were checked to be primitives, no more: makes the value, or throws. */
  make(parts: readonly never[]): object;
}

const ALWAYS = { calendarName: "always" } as const;
/** Year, month, day and calendar of a date as `toString` writes it with {@linkcode ALWAYS}. */
const DATE = /^([+-]?\d{4,6})-(\d\d)-(\d\d)\[u-ca=([^\]]+)\]$/;

function datePartsOf(text: string): TemporalPart[] {
  const [, year, month, day, calendar] = DATE.exec(text)!;
  return [Number(year), Number(month), Number(day), calendar!];
}

let known: readonly TemporalClass[] | undefined;

/** The classes; the place in this list is the code of the class. Empty where the runtime has no Temporal. */
function classes(): readonly TemporalClass[] {
  return known ??= typeof Temporal === "undefined" ? [] : listClasses();
}

const listClasses = (): readonly TemporalClass[] => [
  {
    prototype: Temporal.Instant.prototype,
    parts: 1,
    take: (instant: Temporal.Instant) => [instant.epochNanoseconds],
    make: ([nanoseconds]) => new Temporal.Instant(nanoseconds!),
  },
  {
    prototype: Temporal.ZonedDateTime.prototype,
    parts: 3,
    take: (time: Temporal.ZonedDateTime) => [
      time.epochNanoseconds,
      time.timeZoneId,
      time.calendarId,
    ],
    make: ([nanoseconds, zone, calendar]) =>
      new Temporal.ZonedDateTime(nanoseconds!, zone!, calendar!),
  },
  {
    prototype: Temporal.PlainDate.prototype,
    parts: 4,
    take: (date: Temporal.PlainDate) => datePartsOf(date.toString(ALWAYS)),
    make: ([year, month, day, calendar]) => new Temporal.PlainDate(year!, month!, day!, calendar!),
  },
  {
    prototype: Temporal.PlainTime.prototype,
    parts: 6,
    take: (time: Temporal.PlainTime) => timePartsOf(time),
    make: (parts) => new Temporal.PlainTime(...parts),
  },
  {
    prototype: Temporal.PlainDateTime.prototype,
    parts: 10,
    take: (time: Temporal.PlainDateTime) => [
      ...datePartsOf(time.toPlainDate().toString(ALWAYS)),
      ...timePartsOf(time),
    ],
    make: ([year, month, day, calendar, ...time]) =>
      new Temporal.PlainDateTime(year!, month!, day!, ...time as unknown as TimeParts, calendar!),
  },
  {
    prototype: Temporal.PlainYearMonth.prototype,
    parts: 4,
    take: (month: Temporal.PlainYearMonth) => datePartsOf(month.toString(ALWAYS)),
    make: ([year, month, day, calendar]) =>
      new Temporal.PlainYearMonth(year!, month!, calendar!, day!),
  },
  {
    prototype: Temporal.PlainMonthDay.prototype,
    parts: 4,
    take: (day: Temporal.PlainMonthDay) => datePartsOf(day.toString(ALWAYS)),
    make: ([year, month, day, calendar]) =>
      new Temporal.PlainMonthDay(month!, day!, calendar!, year!),
  },
  {
    prototype: Temporal.Duration.prototype,
    parts: 10,
    take: (d: Temporal.Duration) => [
      d.years,
      d.months,
      d.weeks,
      d.days,
      d.hours,
      d.minutes,
      d.seconds,
      d.milliseconds,
      d.microseconds,
      d.nanoseconds,
    ],
    make: (parts) => new Temporal.Duration(...parts),
  },
];

type TimeParts = [number, number, number, number, number, number];

function timePartsOf(time: Temporal.PlainTime | Temporal.PlainDateTime): TimeParts {
  return [
    time.hour,
    time.minute,
    time.second,
    time.millisecond,
    time.microsecond,
    time.nanosecond,
  ];
}

/** The prototypes of all classes. */
export function temporalPrototypes(): object[] {
  return classes().map(({ prototype }) => prototype);
}

/** The code of an object's class. */
export function temporalCode(object: object): number {
  const prototype = Object.getPrototypeOf(object);
  return classes().findIndex((each) => each.prototype === prototype);
}

/** The parts of an object; throws when it only looks like one. */
export function temporalParts(object: object): TemporalPart[] {
  return classes()[temporalCode(object)]!.take(object as never);
}

/** How many parts the objects of a class have; `undefined` if there is no such class. */
export function temporalPartCount(code: number): number | undefined {
  return classes()[code]?.parts;
}

/** Makes an object from its parts. */
export function reviveTemporal(code: number, parts: readonly TemporalPart[]): object {
  return classes()[code]!.make(parts as never);
}
