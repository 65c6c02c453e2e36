/** EXSLT's dates and times. Without an argument, a function is about now, in UTC. */
import type { NodeSet } from "../../nodes/node_set.ts";
import type { Value } from "../../nodes/run.ts";
import type { FunctionDefinition } from "../definition.ts";
import {
  addDuration,
  differenceOf,
  type Duration,
  formatDuration,
  parseDuration,
} from "./duration.ts";
import {
  dayNumber,
  formatDate,
  formatTime,
  isLeapYear,
  type Moment,
  type MomentKind,
  parseMoment,
  secondsOf,
} from "./moment.ts";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

/** A function of one moment, of some kinds of which it makes sense. */
function onMoment(
  type: "number" | "string",
  kinds: readonly MomentKind[],
  body: (moment: Moment) => Value,
): FunctionDefinition {
  return {
    type,
    least: 0,
    most: 1,
    body: ([arg], node, position, size, run) => {
      const moment = parseMoment(
        arg === undefined ? now() : arg.string(node, position, size, run),
      );
      if (moment === undefined || !kinds.includes(moment.kind)) return type === "number" ? NaN : "";
      return body(moment);
    },
  };
}

function onTexts(count: number, body: (texts: string[]) => string): FunctionDefinition {
  return {
    type: "string",
    least: count,
    most: count,
    body: (args, node, position, size, run) =>
      body(args.map((arg) => arg.string(node, position, size, run))),
  };
}

const WHOLE: readonly MomentKind[] = ["dateTime", "date"];
const WITH_YEAR: readonly MomentKind[] = [...WHOLE, "yearMonth", "year"];
const WITH_MONTH: readonly MomentKind[] = [...WHOLE, "yearMonth", "month", "monthDay"];
const WITH_DAY: readonly MomentKind[] = [...WHOLE, "monthDay", "day"];
const WITH_TIME: readonly MomentKind[] = ["dateTime", "time"];

/** 0 for Sunday. */
function weekday(moment: Pick<Moment, "year" | "month" | "day">): number {
  return ((dayNumber(moment) + 4) % 7 + 7) % 7;
}

/** By ISO 8601: that of the Thursday of the week. */
function weekInYear(moment: Moment): number {
  const thursday = dayNumber(moment) + 4 - (weekday(moment) || 7);
  let { year } = moment;
  if (thursday < dayNumber({ year, month: 1, day: 1 })) year--;
  else if (thursday >= dayNumber({ year: year + 1, month: 1, day: 1 })) year++;
  return Math.floor((thursday - dayNumber({ year, month: 1, day: 1 })) / 7) + 1;
}

/** Weeks begin on Mondays. */
function weekInMonth(moment: Moment): number {
  const first = (weekday({ ...moment, day: 1 }) + 6) % 7;
  return Math.floor((moment.day + first - 1) / 7) + 1;
}

const leapYear: FunctionDefinition = {
  type: "any",
  least: 0,
  most: 1,
  body: ([arg], node, position, size, run) => {
    const moment = parseMoment(arg === undefined ? now() : arg.string(node, position, size, run));
    if (moment === undefined || !WITH_YEAR.includes(moment.kind)) return NaN;
    return isLeapYear(moment.year);
  },
};

const seconds: FunctionDefinition = {
  type: "number",
  least: 0,
  most: 1,
  body: ([arg], node, position, size, run) => {
    const text = arg === undefined ? now() : arg.string(node, position, size, run);
    const moment = parseMoment(text);
    if (moment !== undefined) return WITH_YEAR.includes(moment.kind) ? secondsOf(moment) : NaN;
    const duration = parseDuration(text);
    return duration === undefined || duration.months !== 0 ? NaN : duration.seconds;
  },
};

const duration: FunctionDefinition = {
  type: "string",
  least: 0,
  most: 1,
  body: ([arg], node, position, size, run) =>
    formatDuration({
      months: 0,
      seconds: arg === undefined ? secondsOf(parseMoment(now())!) : arg.number(
        node,
        position,
        size,
        run,
      ),
    }),
};

function plus(a: Duration, b: Duration): Duration {
  return { months: a.months + b.months, seconds: a.seconds + b.seconds };
}

const sum: FunctionDefinition = {
  type: "string",
  least: 1,
  most: 1,
  needsNodes: [0],
  body: ([arg], node, position, size, run) => {
    const set: NodeSet = arg!.nodes(node, position, size, run);
    let total: Duration = { months: 0, seconds: 0 };
    for (let i = 0; i < set.length; i++) {
      const one = parseDuration(run.stringOf(set.ids[i]!));
      if (one === undefined) return "";
      total = plus(total, one);
    }
    return set.length === 0 ? "" : formatDuration(total);
  },
};

/** The functions of `http://exslt.org/dates-and-times`. */
export const DATES: Readonly<Record<string, FunctionDefinition>> = {
  "date-time": { type: "string", least: 0, most: 0, body: now },
  date: onMoment("string", WHOLE, (moment) => formatDate(moment, "date")),
  time: onMoment("string", WITH_TIME, formatTime),
  year: onMoment("number", WITH_YEAR, ({ year }) => year),
  "leap-year": leapYear,
  "month-in-year": onMoment("number", WITH_MONTH, ({ month }) => month),
  "month-name": onMoment("string", WITH_MONTH, ({ month }) => MONTHS[month - 1]!),
  "month-abbreviation": onMoment(
    "string",
    WITH_MONTH,
    ({ month }) => MONTHS[month - 1]!.slice(0, 3),
  ),
  "week-in-year": onMoment("number", WHOLE, weekInYear),
  "week-in-month": onMoment("number", WHOLE, weekInMonth),
  "day-in-year": onMoment(
    "number",
    WHOLE,
    (moment) => dayNumber(moment) - dayNumber({ ...moment, month: 1, day: 1 }) + 1,
  ),
  "day-in-month": onMoment("number", WITH_DAY, ({ day }) => day),
  "day-of-week-in-month": onMoment("number", WHOLE, ({ day }) => Math.floor((day - 1) / 7) + 1),
  "day-in-week": onMoment("number", WHOLE, (moment) => weekday(moment) + 1),
  "day-name": onMoment("string", WHOLE, (moment) => DAYS[weekday(moment)]!),
  "day-abbreviation": onMoment("string", WHOLE, (moment) => DAYS[weekday(moment)]!.slice(0, 3)),
  "hour-in-day": onMoment("number", WITH_TIME, ({ hour }) => hour),
  "minute-in-hour": onMoment("number", WITH_TIME, ({ minute }) => minute),
  "second-in-minute": onMoment("number", WITH_TIME, ({ second }) => second),
  seconds,
  add: onTexts(2, ([text, by]) => {
    const [moment, duration] = [parseMoment(text!), parseDuration(by!)];
    return moment === undefined || duration === undefined ? "" : addDuration(moment, duration);
  }),
  "add-duration": onTexts(2, ([a, b]) => {
    const [first, second] = [parseDuration(a!), parseDuration(b!)];
    return first === undefined || second === undefined ? "" : formatDuration(plus(first, second));
  }),
  difference: onTexts(2, ([a, b]) => {
    const [from, to] = [parseMoment(a!), parseMoment(b!)];
    const found = from === undefined || to === undefined ? undefined : differenceOf(from, to);
    return found === undefined ? "" : formatDuration(found);
  }),
  duration,
  sum,
};
