import type { Element } from "../../tree/mod.ts";

/** Kinds of `input` whose values have no line ends. */
const ONE_LINE = new Set(["text", "search", "tel", "password", "url", "email"]);
/** Kinds of `input` that are not text. */
const OTHERS = new Set(
  ("hidden checkbox radio file submit image reset button number range color date month week time datetime-local")
    .split(" "),
);
/** Dates and times, by the kind of `input`; what these let through must be on the calendar, too. */
const MOMENTS: Readonly<Record<string, RegExp>> = {
  date: /^\d{4,}-\d\d-\d\d$/,
  month: /^\d{4,}-(0[1-9]|1[0-2])$/,
  week: /^\d{4,}-W(0[1-9]|[1-4]\d|5[0-3])$/,
  time: /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?$/,
  "datetime-local": /^\d{4,}-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?$/,
};
const NUMBER = /^-?(\d+(\.\d+)?|\.\d+)([eE][-+]?\d+)?$/;

/** The number that an attribute tells, if it is one. */
function numberIn(text: string): number | undefined {
  const number = NUMBER.test(text) ? Number(text) : Infinity;
  return Number.isFinite(number) ? number : undefined;
}

/** Kind of an `input`: unknown ones are text. */
export function inputType(field: Element): string {
  const type = field.get("type")?.toLowerCase() ?? "text";
  return ONE_LINE.has(type) || OTHERS.has(type) ? type : "text";
}

/** White space as HTML has it taken from both ends of a text. */
export function trimSpace(text: string): string {
  return text.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, "");
}

/** The value of an `input` that somebody types into, as browsers read it from the attribute. */
export function inputValue(field: Element): string {
  const type = inputType(field);
  const value = field.get("value") ?? "";
  if (ONE_LINE.has(type)) {
    const line = value.replace(/[\r\n]/g, "");
    if (type === "email" && field.get("multiple") !== undefined) {
      return line.split(",").map(trimSpace).join(",");
    }
    return type === "url" || type === "email" ? trimSpace(line) : line;
  }
  switch (type) {
    case "number":
      return numberIn(value) === undefined ? "" : value;
    case "range":
      return rangeValue(field, value);
    case "color":
      return /^#[0-9a-f]{6}$/i.test(value) ? value.toLowerCase() : "#000000";
    default:
      if (MOMENTS[type] === undefined) return value;
      return isMoment(value, MOMENTS[type]) ? value.replace(" ", "T") : "";
  }
}

function isMoment(value: string, syntax: RegExp): boolean {
  const year = Number(/^\d+(?=-)/.exec(value)?.[0] ?? 1);
  if (!syntax.test(value) || year === 0) return false;
  if (value.endsWith("-W53")) return hasWeek53(year);
  const [, month, day] = /^\d+-(\d\d)-(\d\d)/.exec(value) ?? [];
  if (day === undefined) return true;
  const date = dateOf(year, Number(month), Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

function dateOf(year: number, month: number, day: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

/** A year has 53 weeks if its first or its last day is a Thursday. */
function hasWeek53(year: number): boolean {
  return dateOf(year, 1, 1).getUTCDay() === 4 || dateOf(year, 12, 31).getUTCDay() === 4;
}

/** A number between `min` and `max`, in the middle if there is none. */
function rangeValue(field: Element, value: string): string {
  const attribute = (name: string) => numberIn(field.get(name) ?? "");
  const written = numberIn(value);
  const least = attribute("min") ?? 0;
  const most = Math.max(least, attribute("max") ?? 100);
  const inside = Math.min(most, Math.max(least, written ?? least + (most - least) / 2));
  if (field.get("step")?.toLowerCase() === "any") return String(inside);
  const step = Math.max(0, attribute("step") ?? 1) || 1;
  // The step that is nearest, and still inside.
  const start = attribute("min") ?? written ?? 0;
  const steps = Math.min(
    Math.floor((inside - start) / step + 0.5),
    Math.floor((most - start) / step + 1e-9),
  );
  return String(Number((start + steps * step).toPrecision(12)));
}
