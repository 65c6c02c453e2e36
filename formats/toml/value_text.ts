// Values as TOML text on the right of `=`, in arrays and in inline tables.

import { MAX_DEPTH } from "./types.ts";

/** Keys and values of a table. */
export type Entries = [key: string, value: unknown][];
/** Where a value stands, for messages. */
export type Path = readonly (string | number)[];

/** How values are written. */
export interface ValueStyle {
  /** All numbers as floats. */
  floats: boolean;
  /** Text with line breaks on several lines. */
  multiline: boolean;
  /** Width beyond which an array that stands alone is broken. */
  width: number;
  /** Deepest nesting. */
  maxDepth: number;
}

/** The style of `stringify` without options. */
export const VALUE_STYLE: ValueStyle = {
  floats: false,
  multiline: true,
  width: 100,
  maxDepth: MAX_DEPTH,
};

/** A value's text; `indent` columns of its line are taken, Infinity keeps it on one line. */
export function valueText(value: unknown, path: Path, indent: number, style: ValueStyle): string {
  switch (typeof value) {
    case "string":
      return stringText(value, path, style.multiline);
    case "number":
      return numberText(value, style.floats);
    case "bigint":
    case "boolean":
      return String(value);
  }
  const date = dateText(value, path);
  if (date !== undefined) return date;
  const entries = toEntries(value, path);
  if (entries !== undefined) return inlineTable(entries, path, style);
  const items = value instanceof Set ? [...value] : value;
  if (!Array.isArray(items)) return refuse(value, path);
  return arrayText(items, path, indent, style);
}

function arrayText(items: unknown[], path: Path, indent: number, style: ValueStyle): string {
  checkDepth(path, style);
  // Not `map`, which would pass over holes.
  const texts: string[] = [];
  for (let i = 0; i < items.length; i++) {
    texts.push(valueText(items[i], [...path, i], Infinity, style));
  }
  const line = `[${texts.join(", ")}]`;
  // Only arrays that stand alone are broken: 1.0 allows no line break in an inline table.
  if (indent + line.length <= style.width || indent === Infinity) return line;
  return `[\n${texts.map((text) => `  ${text},\n`).join("")}]`;
}

function inlineTable(entries: Entries, path: Path, style: ValueStyle): string {
  checkDepth(path, style);
  const parts = entries.filter(([, value]) => value !== undefined).map(([key, value]) => {
    const at = [...path, key];
    return `${keyText(key, at)} = ${valueText(value, at, Infinity, style)}`;
  });
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

/** Refuses nesting beyond the limit. */
export function checkDepth(path: Path, style: ValueStyle): void {
  if (path.length > style.maxDepth) {
    throw new RangeError("Cannot write such deep nesting as TOML: raise maxDepth");
  }
}

/** Entries of what becomes a table, or undefined. */
export function toEntries(value: unknown, path: Path): Entries | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Map) {
    for (const key of value.keys()) {
      if (typeof key !== "string") {
        throw new TypeError(
          `Cannot write a key of type ${typeof key} in ${pathText(path)} as TOML`,
        );
      }
    }
    return [...value] as Entries;
  }
  if (!isRecord(value)) return undefined;
  // What its own toJSON says it is might be no table; to guess would write one thing and mean another.
  if ("toJSON" in value && typeof value.toJSON === "function") {
    refuse(value, path, "an object with toJSON");
  }
  return Object.entries(value);
}

/**
 * Objects and instances of classes are tables; but not those of the language and the platform, such as `Error`, `RegExp`,
 * `URL` and boxed values, whose own properties are not what they are.
 */
function isRecord(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.prototype.toString.call(value) === "[object Object]" && !(Symbol.iterator in value);
}

/** Entries of each item of an array that becomes an array of tables, or undefined. */
export function tableItems(value: unknown, path: Path): Entries[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const items: Entries[] = [];
  for (const [i, item] of value.entries()) {
    const entries = toEntries(item, [...path, i]);
    if (entries === undefined) return undefined;
    items.push(entries);
  }
  return items;
}

/** A key as it is written: bare, or in quotes. */
export function keyText(key: string, path: Path): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key, path);
}

function stringText(text: string, path: Path, multiline: boolean): string {
  if (!multiline || !text.includes("\n")) return quoted(text, path);
  // The line break behind the opening quotes is not part of the text.
  const lines = text.split("\n").map((line) => quoted(line, path).slice(1, -1));
  return `"""\n${lines.join("\n")}"""`;
}

/** JSON's escapes are TOML's, DEL apart. */
function quoted(text: string, path: Path): string {
  if (!text.isWellFormed()) {
    throw new TypeError(`Cannot write half of a surrogate pair at ${pathText(path)} as TOML`);
  }
  return JSON.stringify(text).replaceAll("\x7f", "\\u007f");
}

function numberText(value: number, float: boolean): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  if (!Number.isInteger(value) || text.includes("e")) return text;
  if (Number.isSafeInteger(value)) return float ? `${text}.0` : text;
  return `${text}.0`;
}

function dateText(value: unknown, path: Path): string | undefined {
  let text: string;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) {
      throw new TypeError(`Cannot write an invalid date at ${pathText(path)} as TOML`);
    }
    text = value.toISOString();
  } else if (value instanceof Temporal.ZonedDateTime) {
    const utc = value.timeZoneId === "UTC" || value.timeZoneId === "+00:00";
    const offset = value.offset.length > 6
      ? refuse(value, path, "an offset with seconds")
      : value.offset;
    text = value.toPlainDateTime().toString({ calendarName: "never" }) + (utc ? "Z" : offset);
  } else if (value instanceof Temporal.Instant) text = value.toString();
  else if (value instanceof Temporal.PlainDateTime || value instanceof Temporal.PlainDate) {
    text = value.toString({ calendarName: "never" });
  } else if (value instanceof Temporal.PlainTime) return value.toString();
  else return undefined;
  if (!/^\d{4}-/.test(text)) {
    throw new RangeError(`Cannot write a year outside 0 to 9999 at ${pathText(path)} as TOML`);
  }
  return text;
}

/** Throws for a value without a form. */
export function refuse(value: unknown, path: Path, what?: string): never {
  const kind = value === null
    ? "null"
    : typeof value === "object"
    ? Object.prototype.toString.call(value).slice(8, -1)
    : typeof value;
  throw new TypeError(`Cannot write ${what ?? kind} at ${pathText(path)} as TOML`);
}

/** A path, for messages. */
export function pathText(path: Path): string {
  return path.length === 0 ? "the root" : path.join(".");
}
