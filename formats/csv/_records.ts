import type { Cell } from "./_cell.ts";
import type { TypedColumn } from "./_convert.ts";
import { convertAll, inferTypes } from "./_infer.ts";
import type { Reader } from "./_reader.ts";
import { columnNames, makeReader, Shaper } from "./_shaper.ts";
import type { CsvParseOptions } from "./options.ts";

/** Text in, records out, piece by piece. */
export interface Records {
  /** Reads a piece of the text. */
  feed(text: string): void;
  /** Ends the input. `source` is the text, where it came as one piece. */
  end(source?: string): void;
  /** The records completed since the last call; also those before a fault. */
  take(): unknown[];
}

/**
 * The records that the options describe.
 *
 * @param options What to make of the text.
 * @param chunked Whether the text comes in pieces.
 */
export function makeRecords(options: CsvParseOptions, chunked: boolean): Records {
  return options.types === "infer"
    ? new InferredRecords(options, chunked)
    : new TypedRecords(options, makeReader(options, chunked));
}

/** Records whose types are known from the options. */
class TypedRecords implements Records {
  readonly #reader: Reader;
  readonly #shaper: Shaper;
  #rows: Cell[][] = [];

  constructor(options: CsvParseOptions, reader: Reader) {
    this.#reader = reader;
    this.#shaper = new Shaper(options);
  }

  feed(text: string): void {
    this.#reader.feed(text, this.#rows);
  }

  end(source?: string): void {
    this.#reader.end(this.#rows, source);
  }

  take(): unknown[] {
    const rows = this.#rows;
    this.#rows = [];
    return this.#shaper.shape(rows);
  }
}

/**
 * Records whose types their first ones decide: these are read as text and held back. Where the input ends before there
 * are enough of them they are converted as they are; otherwise the text is read again with the types.
 */
class InferredRecords implements Records {
  readonly #options: CsvParseOptions;
  readonly #chunked: boolean;
  readonly #needed: number;
  /** Reads the first records, until they are judged. */
  readonly #scout: Reader;
  #rows: Cell[][] = [];
  readonly #pieces: string[] = [];
  #typed: TypedRecords | undefined;
  #done: unknown[] = [];

  constructor(options: CsvParseOptions, chunked: boolean) {
    const { inferRows = chunked ? 1000 : Infinity, skipFirstRow, maxRows = Infinity } = options;
    if (inferRows !== Infinity && !(Number.isInteger(inferRows) && inferRows >= 1)) {
      throw new RangeError(
        `Cannot read CSV: inferRows must be an integer of 1 or more, received ${inferRows}`,
      );
    }
    this.#options = options;
    this.#chunked = chunked;
    this.#needed = Math.min(inferRows, maxRows) + (skipFirstRow === true ? 1 : 0);
    this.#scout = makeReader(options, chunked);
  }

  feed(text: string): void {
    if (this.#typed !== undefined) {
      this.#typed.feed(text);
      return;
    }
    this.#pieces.push(text);
    try {
      this.#scout.feed(text, this.#rows);
    } catch (error) {
      // A fault behind the records that decide is met again when the text is read with their types.
      if (this.#rows.length < this.#needed) throw error;
    }
    if (this.#rows.length < this.#needed) return;
    const types = this.#judge();
    this.#rows = [];
    this.#typed = new TypedRecords(this.#options, makeReader(this.#options, this.#chunked, types));
    for (const piece of this.#pieces.splice(0)) this.#typed.feed(piece);
  }

  end(source?: string): void {
    if (this.#typed !== undefined) {
      this.#typed.end(source);
      return;
    }
    this.#scout.end(this.#rows, source);
    const types = this.#judge();
    const header = this.#options.skipFirstRow === true ? 1 : 0;
    convertAll(this.#rows.slice(header), types);
    this.#done = new Shaper(this.#options).shape(this.#rows);
  }

  take(): unknown[] {
    if (this.#typed !== undefined) return this.#typed.take();
    const done = this.#done;
    this.#done = [];
    return done;
  }

  /** The types of the columns, by the records so far. */
  #judge(): TypedColumn[] {
    const { skipFirstRow, decimalComma = false } = this.#options;
    const header = skipFirstRow === true ? 1 : 0;
    const names = columnNames(this.#options, this.#rows[0]);
    return inferTypes(this.#rows.slice(header, this.#needed), names, decimalComma);
  }
}
