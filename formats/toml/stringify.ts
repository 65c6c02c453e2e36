import { MAX_DEPTH } from "./types.ts";

/** Options of {@linkcode stringify}. */
export interface TomlStringifyOptions {
  /**
   * How numbers are written: `"auto"` writes those that are integers as integers (`1`), `"float"` all as floats
   * (`1.0`), so that only `bigint` is an integer. With `parse(text, { bigint: "all" })` every type survives.
   *
   * @default {"auto"}
   */
  numbers?: "auto" | "float";
  /**
   * Write the keys of every table in order of their code units (values still come before tables).
   *
   * @default {false}
   */
  sortKeys?: boolean;
  /**
   * Width beyond which an array is written with one item a line.
   *
   * @default {100}
   */
  lineWidth?: number;
  /**
   * Deepest nesting of tables and arrays.
   *
   * @default {512}
   */
  maxDepth?: number;
}

/**
 * Writes an object as TOML 1.0.
 *
 * Objects and `Map`s become tables, arrays of only such become arrays of tables, `Set`s arrays. `undefined` entries are
 * left out. Integers beyond 2⁵³ - 1 in a `number` are written as floats, `-0` as `-0.0`; a `Date` becomes an offset
 * date-time in UTC, a `Temporal.ZonedDateTime` one with its offset.
 *
 * @example Write a configuration
 * ```ts
 * import { stringify } from "@ferry/std/formats/toml";
 * import { assertEquals } from "@std/assert";
 *
 * const text = stringify({
 *   title: "ferry",
 *   server: { port: 8080, since: Temporal.PlainDate.from("2026-01-02") },
 *   job: [{ id: 1n, tags: ["a", "b"] }],
 * });
 * assertEquals(
 *   text,
 *   'title = "ferry"\n\n[server]\nport = 8080\nsince = 2026-01-02\n\n' +
 *     '[[job]]\nid = 1\ntags = ["a", "b"]\n',
 * );
 * ```
 *
 * @param value The root table.
 * @param options Style and limits.
 * @returns The text.
 * @throws {TypeError} If something has no form in TOML: null, functions, keys that are no text, a root that is no table.
 * @throws {RangeError} If the nesting is too deep, or a date lies outside the years 0 to 9999.
 */
export function stringify(value: object, options: TomlStringifyOptions = {}): string {
  const writer = new Writer(options);
  writer.table(toEntries(value, []) ?? refuse(value, []), [], []);
  return writer.text;
}

type Entries = [key: string, value: unknown][];
type Path = readonly (string | number)[];

class Writer {
  readonly #floats: boolean;
  readonly #sort: boolean;
  readonly #width: number;
  readonly #maxDepth: number;
  text = "";

  constructor(options: TomlStringifyOptions) {
    this.#floats = options.numbers === "float";
    this.#sort = options.sortKeys ?? false;
    this.#width = options.lineWidth ?? 100;
    this.#maxDepth = options.maxDepth ?? MAX_DEPTH;
  }

  /** Values first, since what follows a header belongs to it. `keys` are written, `path` counts items too. */
  table(entries: Entries, keys: readonly string[], path: Path): void {
    this.#check(path);
    if (this.#sort) entries.sort(([a], [b]) => a < b ? -1 : 1);
    const tables: [keys: string[], entries: Entries, path: Path, header: string][] = [];
    for (const [key, value] of entries) {
      if (value === undefined) continue;
      const at = [...path, key];
      const below = [...keys, keyText(key, at)];
      const inner = toEntries(value, at);
      if (inner !== undefined) {
        tables.push([below, inner, at, "[]"]);
        continue;
      }
      const items = tableItems(value, at);
      if (items === undefined) {
        this.text += `${below.at(-1)} = ${this.#value(value, at, below.at(-1)!.length + 3)}\n`;
      } else {for (const [i, item] of items.entries()) {
          tables.push([below, item, [...at, i], "[[]]"]);
        }}
    }
    for (const [below, inner, at, brackets] of tables) {
      // A table that holds only tables needs no header of its own.
      const implicit = brackets === "[]" && inner.length > 0 &&
        inner.every(([key, v]) =>
          v !== undefined && (toEntries(v, at) ?? tableItems(v, [...at, key])) !== undefined
        );
      if (!implicit) {
        const half = brackets.length / 2;
        const name = below.join(".");
        this.text += `${this.text === "" ? "" : "\n"}${brackets.slice(0, half)}${name}${
          brackets.slice(half)
        }\n`;
      }
      this.table(inner, below, at);
    }
  }

  #check(path: Path): void {
    if (path.length > this.#maxDepth) {
      throw new RangeError("Cannot write such deep nesting as TOML: raise maxDepth");
    }
  }

  /** A value on the right of `=` or in an array; `indent` columns are taken. */
  #value(value: unknown, path: Path, indent: number): string {
    switch (typeof value) {
      case "string":
        return stringText(value, path);
      case "number":
        return numberText(value, this.#floats);
      case "bigint":
      case "boolean":
        return String(value);
    }
    const date = dateText(value, path);
    if (date !== undefined) return date;
    const entries = toEntries(value, path);
    if (entries !== undefined) return this.#inlineTable(entries, path);
    const items = value instanceof Set ? [...value] : value;
    if (!Array.isArray(items)) return refuse(value, path);
    return this.#array(items, path, indent);
  }

  #array(items: unknown[], path: Path, indent: number): string {
    this.#check(path);
    const texts = items.map((item, i) => this.#value(item, [...path, i], Infinity));
    const line = `[${texts.join(", ")}]`;
    // Only arrays that stand alone are broken: 1.0 allows no line break in an inline table.
    if (indent + line.length <= this.#width || indent === Infinity) return line;
    return `[\n${texts.map((text) => `  ${text},\n`).join("")}]`;
  }

  #inlineTable(entries: Entries, path: Path): string {
    this.#check(path);
    const parts = entries.filter(([, value]) => value !== undefined).map(([key, value]) => {
      const at = [...path, key];
      return `${keyText(key, at)} = ${this.#value(value, at, Infinity)}`;
    });
    return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
  }
}

/** Entries of what becomes a table, or undefined. */
function toEntries(value: unknown, path: Path): Entries | undefined {
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
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && !isRecord(value)) return undefined;
  return Object.entries(value);
}

/** Instances of classes count as tables, but not those with a form of their own or none. */
function isRecord(value: object): boolean {
  return !Array.isArray(value) && !ArrayBuffer.isView(value) && !(Symbol.iterator in value) &&
    !(value instanceof Date) && !(value instanceof ArrayBuffer) &&
    !Object.prototype.toString.call(value).startsWith("[object Temporal.");
}

/** Entries of each item of an array that becomes an array of tables, or undefined. */
function tableItems(value: unknown, path: Path): Entries[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const items: Entries[] = [];
  for (const [i, item] of value.entries()) {
    const entries = toEntries(item, [...path, i]);
    if (entries === undefined) return undefined;
    items.push(entries);
  }
  return items;
}

function keyText(key: string, path: Path): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key, path);
}

function stringText(text: string, path: Path): string {
  if (!text.includes("\n")) return quoted(text, path);
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

function refuse(value: unknown, path: Path, what?: string): never {
  const kind = value === null
    ? "null"
    : typeof value === "object"
    ? Object.prototype.toString.call(value).slice(8, -1)
    : typeof value;
  throw new TypeError(`Cannot write ${what ?? kind} at ${pathText(path)} as TOML`);
}

function pathText(path: Path): string {
  return path.length === 0 ? "the root" : path.join(".");
}
