import { converter, REFUSED } from "./_convert.ts";
import { type Cell, Reader, type ReaderOptions, type Widths } from "./_reader.ts";
import { CsvError } from "./csv_error.ts";
import { resolveDialect } from "./dialect.ts";
import type { ParseOptions } from "./options.ts";

/** A prepared column: what becomes of its text. */
type Convert = ((text: string) => unknown) | undefined;

function checkLimit(name: string, value: number): number {
  if (!(value >= 1)) {
    throw new RangeError(`Cannot read CSV: ${name} must be at least 1, received ${value}`);
  }
  return value;
}

/** Which widths the options allow: what `fieldsPerRecord` says, and the columns of objects unless a rest is allowed. */
function widthsOf(options: ParseOptions): Widths {
  const { fieldsPerRecord = -1, columns, skipFirstRow = false } = options;
  let min = fieldsPerRecord > 0 ? fieldsPerRecord : 0;
  let max = fieldsPerRecord > 0 ? fieldsPerRecord : Infinity;
  const short = "restValue" in options;
  const long = options.restKey !== undefined;
  if (columns !== undefined) {
    if (!short) min = Math.max(min, columns.length);
    if (!long) max = Math.min(max, columns.length);
  }
  const header = columns === undefined && skipFirstRow;
  return {
    min,
    max,
    // A header that `columns` replaces need not fit them.
    freeFirst: columns !== undefined && skipFirstRow && !(fieldsPerRecord > 0),
    firstIsMin: fieldsPerRecord === 0 || (header && !short),
    firstIsMax: fieldsPerRecord === 0 || (header && !long),
  };
}

function isObjects(options: ParseOptions): boolean {
  return options.columns !== undefined || options.skipFirstRow === true;
}

/** The reader that the options describe. */
export function makeReader(options: ParseOptions, chunked: boolean): Reader {
  const dialect = resolveDialect(options);
  const { comment } = options;
  if (comment !== undefined) {
    if (comment.length !== 1 || comment === "\n" || comment === "\r") {
      throw new RangeError(
        `Cannot read CSV: comment must be one UTF-16 code unit other than a line end, received ${
          JSON.stringify(comment)
        }`,
      );
    }
    if (
      comment === dialect.delimiter || comment === dialect.quoteChar ||
      comment === dialect.escapeChar
    ) {
      throw new RangeError(
        `Cannot read CSV: comment must differ from delimiter, quoteChar and escapeChar, received ${
          JSON.stringify(comment)
        }`,
      );
    }
  }
  const prepared: ReaderOptions = {
    dialect,
    comment: comment === undefined ? -1 : comment.charCodeAt(0),
    trimLeadingSpace: options.trimLeadingSpace ?? false,
    lazyQuotes: options.lazyQuotes,
    skipEmptyLines: isObjects(options) || (options.skipEmptyLines ?? true),
    maxFieldSize: checkLimit("maxFieldSize", options.maxFieldSize ?? 1 << 24),
    maxColumns: checkLimit("maxColumns", options.maxColumns ?? 1 << 20),
    widths: widthsOf(options),
    chunked,
  };
  return new Reader(prepared);
}

/** Makes of the reader's records what the options ask for: arrays or objects, with typed columns. */
export class Shaper {
  readonly #options: ParseOptions;
  readonly #objects: boolean;
  #rows = 0;
  #keys: string[] | undefined;
  /** An object with all the keys: its copies have one hidden class, so that filling them is a plain store. */
  #template: Record<string, unknown> = {};
  #converters: Convert[] = [];

  constructor(options: ParseOptions) {
    this.#options = options;
    this.#objects = isObjects(options);
    if (options.columns !== undefined) this.#setKeys(options.columns);
    else if (!this.#objects && options.types !== undefined) {
      if (!Array.isArray(options.types)) {
        throw new TypeError(
          "Cannot type CSV columns by name: it needs columns or skipFirstRow, received neither",
        );
      }
      this.#converters = options.types.map(prepare);
    }
  }

  /** Converts records in place where it can; `rows` is not to be used afterwards. */
  shape(rows: Cell[][]): unknown[] {
    if (!this.#objects) {
      if (this.#converters.length > 0) {
        for (const row of rows) {
          this.#rows++;
          this.#convert(row);
        }
      }
      return rows;
    }
    let start = 0;
    if (this.#rows === 0 && rows.length > 0 && this.#options.skipFirstRow === true) {
      this.#rows++;
      start = 1;
      if (this.#keys === undefined) this.#setKeys(rows[0]!.map((cell) => String(cell ?? "")));
    }
    const keys = this.#keys!;
    const template = this.#template;
    const typed = this.#converters.length > 0;
    const { restKey, restValue } = this.#options;
    const count = keys?.length ?? 0;
    const out: unknown[] = [];
    for (let r = start; r < rows.length; r++) {
      const row = rows[r]!;
      this.#rows++;
      const length = row.length;
      if (length === 0) continue;
      if (typed) this.#convert(row);
      const object = { ...template };
      const filled = length < count ? length : count;
      for (let i = 0; i < filled; i++) object[keys[i]!] = row[i];
      for (let i = filled; i < count; i++) object[keys[i]!] = restValue;
      if (length > count) setOwn(object, restKey!, row.slice(count));
      out.push(object);
    }
    return out;
  }

  #setKeys(names: readonly string[]): void {
    for (const name of names) setOwn(this.#template, name, undefined);
    // The template's own keys are interned strings, unlike slices of the input: stores by them are several times faster.
    const interned = new Map(Object.keys(this.#template).map((key) => [key, key]));
    this.#keys = names.map((name) => interned.get(name)!);
    const { types } = this.#options;
    if (types === undefined) return;
    if (Array.isArray(types)) {
      this.#converters = types.map(prepare);
      return;
    }
    const byName = new Map(Object.entries(types as Record<string, never>));
    for (const name of byName.keys()) {
      if (!names.includes(name)) {
        throw new CsvError(
          `Cannot type the column ${JSON.stringify(name)}: the columns are ${
            names.slice(0, 20).map((n) => JSON.stringify(n)).join(", ")
          }`,
          { row: 1 },
        );
      }
    }
    this.#converters = names.map((name) =>
      byName.has(name) ? prepare(byName.get(name)!) : undefined
    );
  }

  #convert(row: Cell[]): void {
    const converters = this.#converters;
    const count = Math.min(row.length, converters.length);
    for (let i = 0; i < count; i++) {
      const convert = converters[i];
      const cell = row[i];
      if (convert === undefined || typeof cell !== "string") continue;
      let value: unknown;
      let cause: unknown;
      try {
        value = convert(cell);
      } catch (error) {
        value = REFUSED;
        cause = error;
      }
      if (value === REFUSED) throw this.#refused(cell, i, cause);
      row[i] = value as Cell;
    }
  }

  #refused(cell: string, index: number, cause: unknown): CsvError {
    const { types } = this.#options;
    const name = this.#keys?.[index];
    const type = Array.isArray(types) ? types[index] : (types as Record<string, unknown>)[name!];
    const needed = typeof type === "function" ? "what its function takes" : `a value of ${type}`;
    const received = JSON.stringify(cell.length > 40 ? cell.slice(0, 40) + "…" : cell);
    return new CsvError(
      `Cannot convert field ${index + 1}${
        name === undefined ? "" : ` (${JSON.stringify(name)})`
      }: needed ${needed}, received ${received}`,
      { row: this.#rows, field: index + 1, ...(cause === undefined ? {} : { cause }) },
    );
  }
}

function prepare(type: Parameters<typeof converter>[0]): Convert {
  return type === "string" ? undefined : converter(type);
}

/** Sets an own property whatever its name: `__proto__` too. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else object[key] = value;
}
