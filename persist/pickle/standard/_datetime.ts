/**
 * Dates and times. A `datetime` is ten bytes: year (big-endian), month, day, hour, minute, second, microseconds
 * (big-endian, three bytes); `fold` is bit 7 of the month, and of the hour of a `time`. Protocols below 4 cannot carry it.
 */
import { Global } from "../../types/objects/global.ts";
import { PyDateTime, PyTime } from "../../types/time/py_date_time.ts";
import { PyObject } from "../../types/objects/py_object.ts";
import { TimeDelta } from "../../types/time/time_delta.ts";
import { Timezone, ZoneInfo } from "../../types/time/timezone.ts";
import type { Reduction } from "../reduction.ts";
import type { Registry } from "../registry.ts";

/** Python has each of these once, so pickles of several dates share them. */
const fixedZones: Map<number, Timezone> = new Map();
const namedZones: Map<string, ZoneInfo> = new Map();

/** Registers the `datetime` and `zoneinfo` modules. */
export function registerDatetime(registry: Registry): void {
  registry.register("datetime", "timedelta", {
    type: TimeDelta,
    load: ([days = 0, seconds = 0, microseconds = 0]) =>
      new TimeDelta(integer(days), integer(seconds), integer(microseconds)),
    dump: (d) => ({ args: [d.days, d.seconds, d.microseconds] }),
  });
  registry.register("datetime", "timezone", {
    type: Timezone,
    load: ([offset, name]) => {
      if (!(offset instanceof TimeDelta)) throw new TypeError("a timezone needs a timedelta");
      if (name !== undefined && typeof name !== "string") {
        throw new TypeError("the name of a timezone is a string");
      }
      return new Timezone(offset, name);
    },
    dump: ({ offset, name }) => ({ args: name === undefined ? [offset] : [offset, name] }),
  });
  registry.register("zoneinfo", "ZoneInfo", { type: ZoneInfo, dump: dumpZone });
  registry.register("zoneinfo", "ZoneInfo._unpickle", {
    load: ([key, cached]) => {
      if (typeof key !== "string") throw new TypeError("the key of a zone is a string");
      if (typeof cached !== "boolean" && typeof cached !== "number") {
        throw new TypeError("a zone is cached or not");
      }
      return new ZoneInfo(key, cached === true || cached === 1);
    },
  });
  registry.register("datetime", "date", {
    type: Temporal.PlainDate,
    load: ([state]) => {
      const b = payload(state, 4);
      return new Temporal.PlainDate(b[0]! * 256 + b[1]!, b[2]!, b[3]!);
    },
    dump: (date) => ({ args: [Uint8Array.from(dateBytes(date))] }),
  });
  registry.register("datetime", "time", {
    type: PyTime,
    load: ([state, tzinfo]) => loadTime(payload(state, 6), tzinfo ?? null),
    dump: (time, protocol) => reduceTime(time, protocol),
  });
  registry.register("datetime", "datetime", {
    type: PyDateTime,
    load: ([state, tzinfo]) => loadDateTime(payload(state, 10), tzinfo ?? null),
    dump: (time, protocol) => reduceDateTime(time, protocol),
  });
  registerTemporal(registry);
}

/** The JavaScript types that are written, but not what a reference to the Python class is read as. */
function registerTemporal(registry: Registry): void {
  const write = <T>(
    type: abstract new (...args: never[]) => T,
    name: string,
    dump: (value: T, protocol: number) => Partial<Reduction>,
  ) => registry.registerWriter(type as abstract new () => T, "datetime", name, dump);
  write(Temporal.PlainTime, "time", (time, protocol) => reduceTime(fieldsOf(time), protocol));
  write(
    Temporal.PlainDateTime,
    "datetime",
    (time, protocol) => reduceDateTime({ ...fieldsOf(time), ...dateOf(time) }, protocol),
  );
  write(Temporal.ZonedDateTime, "datetime", (time, protocol) =>
    reduceDateTime(
      { ...fieldsOf(time), ...dateOf(time), fold: foldOf(time), tzinfo: zoneOf(time) },
      protocol,
    ));
  const instant = (time: Temporal.Instant, protocol: number) => {
    const utc = time.toZonedDateTimeISO("+00:00");
    return reduceDateTime(
      { ...fieldsOf(utc), ...dateOf(utc), tzinfo: fixedZone(0) },
      protocol,
    );
  };
  write(Temporal.Instant, "datetime", instant);
  write(Date, "datetime", (date, protocol) => {
    if (Number.isNaN(date.getTime())) throw new RangeError("an invalid Date has no datetime");
    return instant(date.toTemporalInstant(), protocol);
  });
  write(Temporal.Duration, "timedelta", (duration) => {
    const total = BigInt(Math.round(duration.total({ unit: "microseconds" })));
    return { args: timeDeltaArgs(total) };
  });
}

function timeDeltaArgs(microseconds: bigint): number[] {
  const day = 86_400_000_000n;
  const rest = ((microseconds % day) + day) % day;
  return [
    Number((microseconds - rest) / day),
    Number(rest / 1_000_000n),
    Number(rest % 1_000_000n),
  ];
}

/** The state: bytes, or a Python 2 string of as many characters. */
function payload(state: unknown, length: number): Uint8Array {
  if ((typeof state !== "string" && !(state instanceof Uint8Array)) || state.length !== length) {
    throw new TypeError(`a date or time needs a state of ${length} bytes`);
  }
  return typeof state === "string" ? Uint8Array.from(state, (c) => c.charCodeAt(0)) : state;
}

function integer(value: unknown): number {
  if (typeof value === "number") return value;
  throw new TypeError("a timedelta is made of integers");
}

function micro(b: Uint8Array, at: number): number {
  return b[at]! * 65536 + b[at + 1]! * 256 + b[at + 2]!;
}

function loadTime(b: Uint8Array, tzinfo: unknown): Temporal.PlainTime | PyTime {
  const fields = {
    hour: b[0]! & 0x7f,
    minute: b[1]!,
    second: b[2]!,
    microsecond: micro(b, 3),
    fold: b[0]! >> 7,
    tzinfo,
  };
  const plain = plainTime(fields);
  return fields.fold === 0 && tzinfo === null ? plain : new PyTime(fields);
}

function plainTime(f: { hour: number; minute: number; second: number; microsecond: number }) {
  const { hour, minute, second, microsecond } = f;
  const ms = Math.floor(microsecond / 1000);
  return new Temporal.PlainTime(hour, minute, second, ms, microsecond - ms * 1000);
}

function loadDateTime(
  b: Uint8Array,
  tzinfo: unknown,
): Temporal.PlainDateTime | Temporal.ZonedDateTime | PyDateTime {
  const fields = {
    year: b[0]! * 256 + b[1]!,
    month: b[2]! & 0x7f,
    day: b[3]!,
    hour: b[4]!,
    minute: b[5]!,
    second: b[6]!,
    microsecond: micro(b, 7),
    fold: b[2]! >> 7,
    tzinfo,
  };
  const date = new Temporal.PlainDate(fields.year, fields.month, fields.day);
  const plain = date.toPlainDateTime(plainTime(fields));
  if (tzinfo === null) return fields.fold === 0 ? plain : new PyDateTime(fields);
  return zoned(plain, tzinfo, fields.fold) ?? new PyDateTime(fields);
}

/** The same time with its zone, or `undefined` if Temporal would not give back just this. */
function zoned(
  plain: Temporal.PlainDateTime,
  tzinfo: unknown,
  fold: number,
): Temporal.ZonedDateTime | undefined {
  const id = zoneId(tzinfo);
  if (id === undefined) return undefined;
  try {
    const time = plain.toZonedDateTime(id, { disambiguation: fold === 1 ? "later" : "earlier" });
    const same = time.timeZoneId === id && time.toPlainDateTime().equals(plain) &&
      foldOf(time) === fold;
    return same ? time : undefined;
  } catch (error) {
    // A zone that this runtime does not know, or a date outside its range.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Temporal's name of a zone: `+05:30` for whole minutes, the IANA name for others. */
function zoneId(tzinfo: unknown): string | undefined {
  if (tzinfo instanceof ZoneInfo) return tzinfo.cached ? tzinfo.key : undefined;
  if (!(tzinfo instanceof Timezone) || tzinfo.name !== undefined) return undefined;
  const { offset } = tzinfo;
  const minutes = offset.days * 1440 + offset.seconds / 60;
  if (!Number.isInteger(minutes) || offset.microseconds !== 0 || Math.abs(minutes) >= 1440) {
    return undefined;
  }
  const two = (n: number) => String(Math.trunc(n)).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(size / 60)}:${two(size % 60)}`;
}

function zoneOf(time: Temporal.ZonedDateTime): Timezone | ZoneInfo {
  const id = time.timeZoneId;
  if (/^[+-]/.test(id)) return fixedZone(time.offsetNanoseconds / 60e9);
  let zone = namedZones.get(id);
  if (zone === undefined) namedZones.set(id, zone = new ZoneInfo(id));
  return zone;
}

function fixedZone(minutes: number): Timezone {
  let zone = fixedZones.get(minutes);
  if (zone === undefined) {
    fixedZones.set(minutes, zone = new Timezone(new TimeDelta(0, minutes * 60)));
  }
  return zone;
}

/** 1 if the same wall clock time came before in this zone. */
function foldOf(time: Temporal.ZonedDateTime): number {
  const first = time.toPlainDateTime().toZonedDateTime(time.timeZoneId, {
    disambiguation: "earlier",
  });
  return first.epochNanoseconds < time.epochNanoseconds ? 1 : 0;
}

interface Clock {
  hour: number;
  minute: number;
  second: number;
  microsecond: number;
  fold?: number;
  tzinfo?: unknown;
}

interface Calendar {
  year: number;
  month: number;
  day: number;
}

function fieldsOf(
  time: Temporal.PlainTime | Temporal.PlainDateTime | Temporal.ZonedDateTime,
): Clock {
  const { hour, minute, second } = time;
  return { hour, minute, second, microsecond: time.millisecond * 1000 + time.microsecond };
}

function dateOf(date: Temporal.PlainDateTime | Temporal.ZonedDateTime): Calendar {
  const iso = date.withCalendar("iso8601");
  return { year: iso.year, month: iso.month, day: iso.day };
}

function dateBytes(date: Calendar | Temporal.PlainDate): number[] {
  const { year, month, day } = date instanceof Temporal.PlainDate
    ? date.withCalendar("iso8601")
    : date;
  if (year < 1 || year > 9999) {
    throw new RangeError(`the year ${year} is outside Python's range of 1 to 9999`);
  }
  return [year >> 8, year & 0xff, month, day];
}

function timeBytes({ hour, minute, second, microsecond }: Clock): number[] {
  return [hour, minute, second, microsecond >> 16, microsecond >> 8 & 0xff, microsecond & 0xff];
}

function reduceTime(time: Clock, protocol: number): Partial<Reduction> {
  const bytes = Uint8Array.from(timeBytes(time));
  if (time.fold === 1 && protocol > 3) bytes[0]! |= 0x80;
  return { args: withZone(bytes, time.tzinfo) };
}

function reduceDateTime(time: Clock & Calendar, protocol: number): Partial<Reduction> {
  const bytes = Uint8Array.from([...dateBytes(time), ...timeBytes(time)]);
  if (time.fold === 1 && protocol > 3) bytes[2]! |= 0x80;
  return { args: withZone(bytes, time.tzinfo) };
}

function withZone(bytes: Uint8Array, tzinfo: unknown): unknown[] {
  return tzinfo === undefined || tzinfo === null ? [bytes] : [bytes, tzinfo];
}

function dumpZone(zone: ZoneInfo): Partial<Reduction> {
  // Python makes a new bound method for each zone.
  const unpickle = new PyObject({
    callable: new Global("builtins", "getattr"),
    args: [new Global("zoneinfo", "ZoneInfo"), "_unpickle"],
  });
  return { callable: unpickle, args: [zone.key, zone.cached ? 1 : 0] };
}
