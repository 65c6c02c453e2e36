import { temporalText } from "../temporal_text.ts";
import type { Dialect } from "./dialect.ts";

// Classes of code units, as bits.
const ORDINARY = 0;
const DELIMITER = 1;
/** A part of a line end. */
const LINE_END = 2;
const QUOTE = 4;
const ESCAPE = 8;

/** Longest field that is looked at through the table: V8 copies slices up to this length. */
const SHORT = 12;

/** The text of a value in a field, before any quoting. */
export function textOf(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "undefined":
      return "";
    case "object": {
      if (value === null) return "";
      // Dates, Temporal values, URLs: what JSON would write, without its quotes.
      const { toJSON } = value as { toJSON?: unknown };
      const plain = typeof toJSON === "function"
        ? temporalText(value) ?? toJSON.call(value, "")
        : value;
      if (typeof plain === "string") return plain;
      const text = JSON.stringify(plain);
      if (text !== undefined) return text;
    }
  }
  throw new TypeError(
    `Cannot write a CSV field: needed a string, number, boolean, bigint, null or an object with a JSON form, received ${typeof value}`,
  );
}

function hex(char: string): string {
  return char.charCodeAt(0).toString(16).padStart(4, "0");
}

/** Writes records in one dialect, byte for byte as Python's `csv.writer` does. */
export class RecordWriter {
  readonly #dialect: Dialect;
  readonly #classes: Uint8Array = new Uint8Array(0x10000);
  readonly #special: RegExp;
  /** Whether quotes are all that a field can need: the common dialects. */
  readonly #simple: boolean;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
    const { delimiter, quoteChar, escapeChar, lineTerminator } = dialect;
    const mark = (text: string | null, kind: number): void => {
      for (let i = 0; i < (text?.length ?? 0); i++) this.#classes[text!.charCodeAt(i)]! |= kind;
    };
    mark("\r\n" + lineTerminator, LINE_END);
    mark(delimiter, DELIMITER);
    mark(quoteChar, QUOTE);
    mark(escapeChar, ESCAPE);
    const units = new Set(`\r\n${lineTerminator}${delimiter}${quoteChar ?? ""}${escapeChar ?? ""}`);
    this.#special = new RegExp(
      `[${Array.from(units, (char) => "\\u" + hex(char)).join("")}]`,
    );
    this.#simple = dialect.quoting === "minimal" && dialect.doubleQuote && escapeChar === null &&
      !dialect.skipInitialSpace;
  }

  /** One record with its line terminator. */
  write(row: readonly unknown[]): string {
    const record = this.#simple ? this.#quotes(row) : this.#fields(row);
    return record + this.#dialect.lineTerminator;
  }

  /**
   * The fast path. Measured: a table over short fields, an expression over long ones (which are often slices, slow to
   * index), and one join per record rather than ropes of small strings.
   */
  #quotes(row: readonly unknown[]): string {
    const quote = this.#dialect.quoteChar!;
    const classes = this.#classes;
    const special = this.#special;
    const cells = new Array<string>(row.length);
    for (let i = 0; i < row.length; i++) {
      const value = row[i];
      let text = typeof value === "string" ? value : textOf(value);
      let kinds = 0;
      if (text.length > SHORT) kinds = special.test(text) ? QUOTE : ORDINARY;
      else for (let k = 0; k < text.length; k++) kinds |= classes[text.charCodeAt(k)]!;
      if (kinds !== ORDINARY) {
        if (text.includes(quote)) text = text.replaceAll(quote, quote + quote);
        text = quote + text + quote;
      }
      cells[i] = text;
    }
    const record = cells.join(this.#dialect.delimiter);
    // A record of one empty field would read back as no record at all.
    return record === "" && row.length > 0 ? quote + quote : record;
  }

  #fields(row: readonly unknown[]): string {
    const { delimiter, quoteChar, quoting } = this.#dialect;
    let record = "";
    for (let i = 0; i < row.length; i++) {
      const value = row[i];
      const field = this.#field(textOf(value), value);
      record = i === 0 ? field : record + delimiter + field;
    }
    if (record === "" && row.length > 0) {
      const absent = row[0] === null || row[0] === undefined;
      if (quoting === "none" || (absent && (quoting === "strings" || quoting === "notnull"))) {
        throw new RangeError(
          `Cannot write a CSV record of one empty field: it needs quotes, which quoting "${quoting}" forbids`,
        );
      }
      return `${quoteChar}${quoteChar}`;
    }
    return record;
  }

  #field(text: string, value: unknown): string {
    const { delimiter, quoteChar, escapeChar, doubleQuote, quoting, skipInitialSpace } =
      this.#dialect;
    const absent = value === null || value === undefined;
    let quoted = this.#isQuoted(value, absent);
    if (skipInitialSpace && delimiter === " " && text === "") {
      if (quoting === "none" || (absent && (quoting === "strings" || quoting === "notnull"))) {
        throw new RangeError(
          "Cannot write an empty CSV field: it needs quotes when the delimiter is a space and skipInitialSpace is set",
        );
      }
      quoted = true;
    }
    const classes = this.#classes;
    let out = "";
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      if (classes[text.charCodeAt(i)] === ORDINARY) continue;
      const char = text.charAt(i);
      let prefix = "";
      if (quoting === "none") prefix = this.#escaped(char);
      else if (char === quoteChar) {
        if (doubleQuote) {
          prefix = quoteChar;
          quoted = true;
        } else prefix = this.#escaped(char);
      } else if (char === escapeChar) prefix = this.#escaped(char);
      else quoted = true;
      if (prefix !== "") {
        out += text.slice(start, i) + prefix;
        start = i;
      }
    }
    out = start === 0 ? out + text : out + text.slice(start);
    return quoted ? quoteChar + out + quoteChar : out;
  }

  #isQuoted(value: unknown, absent: boolean): boolean {
    switch (this.#dialect.quoting) {
      case "all":
        return true;
      case "nonnumeric":
        return typeof value !== "number" && typeof value !== "bigint" &&
          typeof value !== "boolean";
      case "strings":
        return typeof value === "string";
      case "notnull":
        return !absent;
      default:
        return false;
    }
  }

  #escaped(char: string): string {
    const { escapeChar, quoting } = this.#dialect;
    if (escapeChar !== null) return escapeChar;
    throw new RangeError(
      `Cannot write ${
        JSON.stringify(char)
      } in a CSV field: quoting "${quoting}" needs an escapeChar for it, received null`,
    );
  }
}
