import { defineOwn } from "../define_own.ts";
import type { Cell } from "./_cell.ts";
import { CsvError } from "./csv_error.ts";
import { typedByName, typedByPosition, type TypedColumn } from "./_convert.ts";
import { Reader, type ReaderOptions, type Widths } from "./_reader.ts";
import { resolveDialect } from "./dialect.ts";
import type { CsvParseOptions } from "./options.ts";

/** The most records that are asked for. */
export function maxRowsOf({ maxRows = Infinity }: CsvParseOptions): number {
  if (maxRows === Infinity || (Number.isInteger(maxRows) && maxRows >= 0)) return maxRows;
  throw new RangeError(
    `Cannot read CSV: maxRows must be an integer of 0 or more, received ${maxRows}`,
  );
}

function checkLimit(name: string, value: number): number {
  if (!(value >= 1)) {
    throw new RangeError(`Cannot read CSV: ${name} must be at least 1, received ${value}`);
  }
  return value;
}

/** Which widths the options allow: what `fieldsPerRecord` says, and the columns of objects unless a rest is allowed. */
function widthsOf(options: CsvParseOptions): Widths {
  const { fieldsPerRecord = -1, columns, skipFirstRow = false } = options;
  if (!Number.isInteger(fieldsPerRecord)) {
    throw new RangeError(
      `Cannot read CSV: fieldsPerRecord must be an integer, received ${fieldsPerRecord}`,
    );
  }
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

/** How many lines at the start are passed over. */
function skipRowsOf({ skipRows = 0 }: CsvParseOptions): number {
  if (Number.isInteger(skipRows) && skipRows >= 0) return skipRows;
  throw new RangeError(
    `Cannot read CSV: skipRows must be an integer of 0 or more, received ${skipRows}`,
  );
}

/** The types of the columns, and how to find them where the names stand in the first record. */
function typesOf(options: CsvParseOptions): Pick<ReaderOptions, "types" | "typesOf"> {
  const { types, columns, skipFirstRow } = options;
  if (types === "infer" || types === undefined) {
    if (skipFirstRow !== true || columns !== undefined) return { types: [], typesOf: undefined };
    // Names are looked at as soon as they are read, so that a text and a stream of it give one error.
    const check = (header: readonly Cell[]): readonly TypedColumn[] => {
      distinct(namesOf(header), options);
      return [];
    };
    return { types: [], typesOf: check };
  }
  if (typeof types !== "object") {
    throw new TypeError(
      `Cannot type CSV columns: types must be an object, an array or "infer", received ${
        JSON.stringify(types)
      }`,
    );
  }
  const late = (find: (header: readonly Cell[]) => readonly TypedColumn[]) =>
    skipFirstRow === true ? { types: [], typesOf: find } : { types: find([]), typesOf: undefined };
  const comma = options.decimalComma ?? false;
  if (isList(types)) return late(() => typedByPosition(types, comma));
  if (!isObjects(options)) {
    throw new TypeError(
      "Cannot type CSV columns by name: it needs columns or skipFirstRow, received neither",
    );
  }
  return late((header) => typedByName(types, distinct(columns ?? namesOf(header), options), comma));
}

/** Names of columns of which no two are alike, unless the last is to stand. */
function distinct(names: readonly string[], options: CsvParseOptions): readonly string[] {
  const { duplicateColumns = "error" } = options;
  if (duplicateColumns === "last" || new Set(names).size === names.length) return names;
  if (duplicateColumns === "error") {
    const name = names.find((name, i) => names.indexOf(name) < i)!;
    throw new CsvError(
      `Cannot make objects of CSV: two columns are named ${
        JSON.stringify(name)
      }, give duplicateColumns`,
      { row: 1 },
    );
  }
  if (duplicateColumns !== "rename") {
    throw new RangeError(
      `Cannot read CSV: duplicateColumns must be "error", "rename" or "last", received ${
        JSON.stringify(duplicateColumns)
      }`,
    );
  }
  const taken = new Set(names);
  const seen = new Map<string, number>();
  return names.map((name) => {
    let count = seen.get(name);
    seen.set(name, 1);
    if (count === undefined) return name;
    let fresh: string;
    do fresh = `${name}_${++count}`; while (taken.has(fresh));
    seen.set(name, count);
    taken.add(fresh);
    return fresh;
  });
}

function isList<T>(types: unknown | readonly T[]): types is readonly T[] {
  return Array.isArray(types);
}

/** Names of the columns, from the first record. */
function namesOf(header: readonly Cell[]): string[] {
  return header.map((cell) => String(cell ?? ""));
}

function isObjects(options: CsvParseOptions): boolean {
  return options.columns !== undefined || options.skipFirstRow === true;
}

/** Names of the columns of objects, distinct; `undefined` for arrays, and while the record with the names is not there. */
export function columnNames(
  options: CsvParseOptions,
  header: readonly Cell[] | undefined,
): readonly string[] | undefined {
  if (options.columns !== undefined) return distinct(options.columns, options);
  if (options.skipFirstRow !== true || header === undefined) return undefined;
  return distinct(namesOf(header), options);
}

/**
 * The reader that the options describe.
 *
 * @param options What to make of the text.
 * @param chunked Whether the text comes in pieces.
 * @param inferred Types of the columns, where they were found in the text.
 */
export function makeReader(
  options: CsvParseOptions,
  chunked: boolean,
  inferred?: readonly TypedColumn[],
): Reader {
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
    skipRows: skipRowsOf(options),
    ...(inferred === undefined
      ? typesOf(options)
      : options.skipFirstRow === true
      ? { types: [], typesOf: () => inferred }
      : { types: inferred, typesOf: undefined }),
    chunked,
  };
  return new Reader(prepared);
}

/** Makes of the reader's records what the options ask for: they are arrays already, and objects are made here. */
export class Shaper {
  readonly #options: CsvParseOptions;
  readonly #objects: boolean;
  #first = true;
  #keys: string[] = [];
  /** An object with all the keys: its copies have one hidden class, so that filling them is a plain store. */
  #template: Record<string, unknown> = {};

  constructor(options: CsvParseOptions) {
    this.#options = options;
    this.#objects = isObjects(options);
    if (options.columns !== undefined) this.#setKeys(distinct(options.columns, options));
  }

  shape(rows: Cell[][]): unknown[] {
    if (!this.#objects || rows.length === 0) return rows;
    const { columns, restKey, restValue, skipFirstRow } = this.#options;
    let start = 0;
    if (this.#first) {
      this.#first = false;
      if (skipFirstRow === true) {
        start = 1;
        if (columns === undefined) this.#setKeys(distinct(namesOf(rows[0]!), this.#options));
      }
    }
    const keys = this.#keys;
    const template = this.#template;
    const count = keys.length;
    const out: unknown[] = [];
    for (let r = start; r < rows.length; r++) {
      const row = rows[r]!;
      const object = { ...template };
      const filled = row.length < count ? row.length : count;
      for (let i = 0; i < filled; i++) object[keys[i]!] = row[i];
      for (let i = filled; i < count; i++) object[keys[i]!] = restValue;
      if (row.length > count) setOwn(object, restKey!, row.slice(count));
      out.push(object);
    }
    return out;
  }

  #setKeys(names: readonly string[]): void {
    for (const name of names) setOwn(this.#template, name, undefined);
    // The template's own keys are interned strings, unlike slices of the input: stores by them are several times faster.
    const interned = new Map(Object.keys(this.#template).map((key) => [key, key]));
    this.#keys = names.map((name) => interned.get(name)!);
  }
}

/** Sets an own property whatever its name: `__proto__` too. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") defineOwn(object, key, value);
  else object[key] = value;
}
