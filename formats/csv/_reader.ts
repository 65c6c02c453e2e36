import { Cursor } from "../cursor.ts";
import { CsvError, type CsvErrorOptions } from "./csv_error.ts";
import { type Cell, converterOf } from "./_cell.ts";
import { REFUSED, type TypedColumn } from "./_convert.ts";
import type { Dialect } from "./dialect.ts";

/** The numbers of fields a record may have. */
export interface Widths {
  readonly min: number;
  readonly max: number;
  /** The first record is not checked. */
  readonly freeFirst: boolean;
  /** The first record sets the smallest, or the largest, number for all the others. */
  readonly firstIsMin: boolean;
  readonly firstIsMax: boolean;
}

/** What the reader needs to know beside the dialect. */
export interface ReaderOptions {
  readonly dialect: Dialect;
  /** Code unit that makes a comment of the line it begins, or -1. */
  readonly comment: number;
  /** How many lines at the start are passed over. */
  readonly skipRows: number;
  readonly trimLeadingSpace: boolean;
  readonly lazyQuotes: boolean | undefined;
  readonly skipEmptyLines: boolean;
  readonly maxFieldSize: number;
  readonly maxColumns: number;
  /** Which numbers of fields a record may have. */
  readonly widths: Widths;
  /** Types of the columns by position. */
  readonly types: readonly TypedColumn[];
  /** Gives the types once the first record, which names the columns and is not converted, is read. */
  readonly typesOf: ((header: readonly Cell[]) => readonly TypedColumn[]) | undefined;
  /** Whether the input comes in chunks: then places are counted, and errors have no snippet. */
  readonly chunked: boolean;
}

// States of the machine between two characters: those of CPython's Modules/_csv.c, from which its rules are taken,
// except that a record is complete at its line end, so that only an LF after a CR remains to be eaten.
const START_RECORD = 0;
const AFTER_CR = 1;
const COMMENT = 2;
const START_FIELD = 3;
const IN_FIELD = 4;
const ESCAPED = 5;
const AFTER_ESCAPED_LINE_END = 6;
const IN_QUOTED = 7;
const ESCAPED_IN_QUOTED = 8;
const QUOTE_IN_QUOTED = 9;

const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const BOM = 0xfeff;

function unitOf(char: string | null): number {
  return char === null ? -1 : char.charCodeAt(0);
}

/**
 * Reads records out of chunks of text. All that it keeps between two chunks is its state, the fields of the open
 * record and the text of the open field, so that a cut anywhere changes nothing and no text is read twice.
 *
 * Invariant of the hot loop: `nextX` is the index of the first X at or after `pos`, or the length of the text when
 * there is none, once `nextX >= pos`; it is searched for again only when `pos` has passed it. Every character is
 * thus looked at a fixed number of times, by `indexOf`, whatever the input.
 */
export class Reader {
  readonly #options: ReaderOptions;
  readonly #cursor = new Cursor();
  readonly #delimiter: string;
  readonly #d: number;
  readonly #quote: string;
  /** Code unit of the quote, or -1 where a quote means nothing. */
  readonly #q: number;
  readonly #escape: string;
  readonly #e: number;
  /** Whether a line without quotes and escapes can be cut at its delimiters and be done. */
  readonly #plain: boolean;
  readonly #convert: ((field: string, quoted: boolean) => Cell | undefined) | undefined;
  #first = true;
  /** Lines at the start that are still to be passed over. */
  #skip: number;
  #state: number = START_RECORD;
  #row: Cell[] = [];
  #field = "";
  #quoted = false;
  #rows = 0;
  #types: readonly TypedColumn[];
  #min: number;
  #max: number;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#skip = options.skipRows;
    const { dialect } = options;
    this.#delimiter = dialect.delimiter;
    this.#d = unitOf(dialect.delimiter);
    this.#quote = dialect.quoting === "none" ? "" : dialect.quoteChar ?? "";
    this.#q = this.#quote === "" ? -1 : unitOf(this.#quote);
    this.#escape = dialect.escapeChar ?? "";
    this.#e = unitOf(dialect.escapeChar);
    this.#convert = converterOf(dialect);
    this.#types = options.typesOf === undefined ? options.types : [];
    this.#min = options.widths.min;
    this.#max = options.widths.max;
    this.#plain = !dialect.skipInitialSpace && !options.trimLeadingSpace &&
      this.#convert === undefined;
  }

  /** Reads `text` and appends the records that it completes to `out`, also when it throws. */
  feed(text: string, out: Cell[][]): void {
    if (text.length === 0) return;
    this.#scan(text, out);
    if (this.#options.chunked) this.#cursor.advance(text);
  }

  /** Ends the input: appends the last record if no line end closed it. */
  end(out: Cell[][], source = ""): void {
    const at = source.length;
    switch (this.#state) {
      case START_RECORD:
      case AFTER_CR:
      case COMMENT:
        return;
      case ESCAPED:
      case ESCAPED_IN_QUOTED:
        // The machine sees an imaginary line end, as CPython's does after every line.
        this.#field += "\n";
        this.#unclosed(source, at);
        break;
      case AFTER_ESCAPED_LINE_END:
      case IN_QUOTED:
        this.#unclosed(source, at);
        break;
    }
    this.#save(this.#row, this.#field, this.#quoted, source, at);
    this.#emit(this.#row, out, source, at);
    this.#state = START_RECORD;
    this.#row = [];
    this.#field = "";
    this.#quoted = false;
  }

  /** The error for the fault at `text[index]`. */
  #error(message: string, text: string, index: number, more: CsvErrorOptions): CsvError {
    return new CsvError(message, {
      row: this.#rows + 1,
      ...this.#cursor.at(text, index),
      ...(this.#options.chunked ? {} : { source: text }),
      ...more,
    });
  }

  #unclosed(source: string, at: number): void {
    const { dialect, lazyQuotes } = this.#options;
    if (lazyQuotes === true) return;
    if (dialect.strict || (lazyQuotes === false && this.#quoted)) {
      throw this.#error(
        this.#quoted
          ? `Cannot read a quoted field: needed a closing ${this.#quote}, received the end of the input`
          : "Cannot read a field: needed a character after the escape, received the end of the input",
        source,
        at,
        { field: this.#row.length + 1 },
      );
    }
  }

  #save(row: Cell[], field: string, quoted: boolean, text: string, index: number): void {
    if (row.length >= this.#options.maxColumns) {
      throw this.#error(
        `Cannot read a record: it has more than maxColumns = ${this.#options.maxColumns} fields`,
        text,
        index,
        { field: row.length + 1 },
      );
    }
    const cell = this.#convert === undefined ? field : this.#convert(field, quoted);
    if (cell === undefined) {
      throw this.#error(
        `Cannot read an unquoted field with quoting "${this.#options.dialect.quoting}": needed a number, received ${
          JSON.stringify(field.length > 40 ? field.slice(0, 40) + "…" : field)
        }`,
        text,
        index,
        { field: row.length + 1 },
      );
    }
    const typed = this.#types[row.length];
    row.push(
      typed === undefined || typeof cell !== "string"
        ? cell
        : this.#typed(typed, cell, row.length, text, index),
    );
  }

  /** A field as the type of its column makes it; `index` is where the field ends. */
  #typed(type: TypedColumn, field: string, column: number, text: string, index: number): Cell {
    let value: unknown;
    let more: CsvErrorOptions = { field: column + 1 };
    try {
      value = type!.convert(field);
    } catch (cause) {
      value = REFUSED;
      more = { ...more, cause };
    }
    if (value === REFUSED) {
      const received = JSON.stringify(field.length > 40 ? field.slice(0, 40) + "…" : field);
      throw this.#error(
        `Cannot convert field ${column + 1}${type!.title}: needed ${
          type!.needed
        }, received ${received}`,
        text,
        index,
        more,
      );
    }
    return value as Cell;
  }

  /** Converts the fields of a line without quotes that begins at `start`. */
  #typeAll(cells: Cell[], text: string, start: number): void {
    let end = start - 1;
    const count = Math.min(cells.length, this.#types.length);
    for (let i = 0; i < count; i++) {
      const cell = cells[i] as string;
      end += 1 + cell.length;
      const type = this.#types[i];
      if (type !== undefined) cells[i] = this.#typed(type, cell, i, text, end);
    }
  }

  #emit(row: Cell[], out: Cell[][], text: string, index: number): void {
    const first = this.#rows++ === 0;
    if (first) {
      const { widths } = this.#options;
      if (widths.firstIsMin) this.#min = Math.max(this.#min, row.length);
      if (widths.firstIsMax) this.#max = Math.min(this.#max, row.length);
      const { typesOf } = this.#options;
      if (typesOf !== undefined) this.#types = typesOf(row);
      if (widths.freeFirst) {
        out.push(row);
        return;
      }
    }
    if (row.length < this.#min || row.length > this.#max) {
      const needed = row.length < this.#min ? this.#min : this.#max;
      throw this.#error(
        `Cannot read a record: needed ${needed} fields, received ${row.length}`,
        text,
        index,
        { row: this.#rows },
      );
    }
    out.push(row);
  }

  #tooLong(text: string, index: number, row: Cell[]): CsvError {
    return this.#error(
      `Cannot read a field: it is longer than maxFieldSize = ${this.#options.maxFieldSize}`,
      text,
      index,
      { field: row.length + 1 },
    );
  }

  #scan(text: string, out: Cell[][]): void {
    const end = text.length;
    const { comment, trimLeadingSpace, lazyQuotes, skipEmptyLines, maxFieldSize, maxColumns } =
      this.#options;
    const { doubleQuote, skipInitialSpace, strict } = this.#options.dialect;
    const d = this.#d;
    const q = this.#q;
    const e = this.#e;
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    const escape = this.#escape;
    const plain = this.#plain;
    const refuseAfterQuote = strict || lazyQuotes === false;

    let pos = 0;
    if (this.#first) {
      this.#first = false;
      if (text.charCodeAt(0) === BOM) pos = 1;
    }
    let state = this.#state;
    let row = this.#row;
    let field = this.#field;
    let quoted = this.#quoted;

    let nextLf = -1;
    let nextCr = -1;
    let nextDelimiter = -1;
    let nextQuote = q === -1 ? end : -1;
    let nextEscape = e === -1 ? end : -1;

    while (pos < end) {
      switch (state) {
        case AFTER_CR:
          if (text.charCodeAt(pos) === LF) pos++;
          state = START_RECORD;
          break;

        case COMMENT:
        case START_RECORD: {
          if (nextLf < pos) {
            nextLf = text.indexOf("\n", pos);
            if (nextLf === -1) nextLf = end;
          }
          if (nextCr < pos) {
            nextCr = text.indexOf("\r", pos);
            if (nextCr === -1) nextCr = end;
          }
          const eol = nextLf < nextCr ? nextLf : nextCr;
          if (state === COMMENT || this.#skip > 0 || text.charCodeAt(pos) === comment) {
            if (eol === end) {
              state = COMMENT;
              pos = end;
              break;
            }
            if (this.#skip > 0) this.#skip--;
          } else if (eol === pos) {
            if (!skipEmptyLines) {
              this.#rows++;
              out.push([]);
            }
          } else {
            if (nextQuote < pos) {
              nextQuote = text.indexOf(quote, pos);
              if (nextQuote === -1) nextQuote = end;
            }
            if (nextEscape < pos) {
              nextEscape = text.indexOf(escape, pos);
              if (nextEscape === -1) nextEscape = end;
            }
            if (
              !plain || eol === end || nextQuote < eol || nextEscape < eol ||
              eol - pos > maxFieldSize || eol - pos >= maxColumns
            ) {
              state = START_FIELD;
              break;
            }
            // A whole line without quotes and escapes.
            const cells: Cell[] = [];
            const start = pos;
            if (nextDelimiter < pos) {
              nextDelimiter = text.indexOf(delimiter, pos);
              if (nextDelimiter === -1) nextDelimiter = end;
            }
            while (nextDelimiter < eol) {
              cells.push(text.substring(pos, nextDelimiter));
              pos = nextDelimiter + 1;
              nextDelimiter = text.indexOf(delimiter, pos);
              if (nextDelimiter === -1) nextDelimiter = end;
            }
            cells.push(text.substring(pos, eol));
            if (this.#types.length > 0) this.#typeAll(cells, text, start);
            this.#emit(cells, out, text, eol);
          }
          pos = eol + 1;
          state = START_RECORD;
          if (eol === nextCr) {
            if (pos === end) state = AFTER_CR;
            else if (text.charCodeAt(pos) === LF) pos++;
          }
          break;
        }

        case START_FIELD: {
          const c = text.charCodeAt(pos);
          if (c === q) {
            quoted = true;
            state = IN_QUOTED;
            pos++;
            break;
          }
          if (
            (c === SPACE && (skipInitialSpace || (trimLeadingSpace && d !== SPACE))) ||
            (c === TAB && trimLeadingSpace && d !== TAB)
          ) {
            pos++;
            break;
          }
          state = IN_FIELD;
          break;
        }

        case AFTER_ESCAPED_LINE_END:
        case IN_FIELD: {
          let p = pos;
          let c = -1;
          while (p < end) {
            c = text.charCodeAt(p);
            if (c === d || c === LF || c === CR || c === e) break;
            p++;
          }
          if (p > pos) {
            field = field === "" ? text.substring(pos, p) : field + text.substring(pos, p);
            const excess = p - (field.length - maxFieldSize);
            if (lazyQuotes === false && !quoted && q !== -1) {
              if (nextQuote < pos) {
                nextQuote = text.indexOf(quote, pos);
                if (nextQuote === -1) nextQuote = end;
              }
              // Of two faults the first one is told, wherever the text is cut.
              if (nextQuote < p && nextQuote < excess) {
                throw this.#error(
                  `Cannot read an unquoted field: needed no ${quote} in it with lazyQuotes: false`,
                  text,
                  nextQuote,
                  { field: row.length + 1 },
                );
              }
            }
            if (excess < p) throw this.#tooLong(text, excess, row);
          }
          pos = p;
          // The state stays: CPython does not leave the one after an escaped line end either.
          if (p === end) break;
          if (c === e) {
            state = ESCAPED;
            pos++;
            break;
          }
          this.#save(row, field, quoted, text, p);
          field = "";
          quoted = false;
          pos++;
          if (c === d) {
            state = START_FIELD;
            break;
          }
          this.#emit(row, out, text, p);
          row = [];
          state = c === CR ? AFTER_CR : START_RECORD;
          break;
        }

        case ESCAPED: {
          const c = text.charCodeAt(pos);
          field += text.charAt(pos);
          if (field.length > maxFieldSize) throw this.#tooLong(text, pos, row);
          pos++;
          state = c === LF || c === CR ? AFTER_ESCAPED_LINE_END : IN_FIELD;
          break;
        }

        case IN_QUOTED: {
          if (nextQuote < pos) {
            nextQuote = text.indexOf(quote, pos);
            if (nextQuote === -1) nextQuote = end;
          }
          if (nextEscape < pos) {
            nextEscape = text.indexOf(escape, pos);
            if (nextEscape === -1) nextEscape = end;
          }
          const p = nextQuote < nextEscape ? nextQuote : nextEscape;
          if (p > pos) {
            field = field === "" ? text.substring(pos, p) : field + text.substring(pos, p);
            if (field.length > maxFieldSize) {
              throw this.#tooLong(text, p - (field.length - maxFieldSize), row);
            }
          }
          pos = p + 1;
          if (p === end) pos = end;
          else if (p === nextEscape) state = ESCAPED_IN_QUOTED;
          else state = doubleQuote ? QUOTE_IN_QUOTED : IN_FIELD;
          break;
        }

        case ESCAPED_IN_QUOTED:
          field += text.charAt(pos);
          if (field.length > maxFieldSize) throw this.#tooLong(text, pos, row);
          pos++;
          state = IN_QUOTED;
          break;

        case QUOTE_IN_QUOTED: {
          const c = text.charCodeAt(pos);
          if (c === d) {
            this.#save(row, field, quoted, text, pos);
            field = "";
            quoted = false;
            pos++;
            state = START_FIELD;
          } else if (c === q) {
            field += quote;
            if (field.length > maxFieldSize) throw this.#tooLong(text, pos, row);
            pos++;
            state = IN_QUOTED;
          } else if (c === LF || c === CR) {
            this.#save(row, field, quoted, text, pos);
            field = "";
            quoted = false;
            this.#emit(row, out, text, pos);
            pos++;
            row = [];
            state = c === CR ? AFTER_CR : START_RECORD;
          } else if (lazyQuotes === true) {
            field += quote;
            if (field.length > maxFieldSize) throw this.#tooLong(text, pos, row);
            state = IN_QUOTED;
          } else if (refuseAfterQuote) {
            throw this.#error(
              `Cannot read a quoted field: needed ${JSON.stringify(delimiter)}, ${
                JSON.stringify(quote)
              } or a line end after the closing quote, received ${describe(c)}`,
              text,
              pos,
              { field: row.length + 1 },
            );
          } else {
            // Any character, even the escape, is text here.
            field += text.charAt(pos);
            if (field.length > maxFieldSize) throw this.#tooLong(text, pos, row);
            pos++;
            state = IN_FIELD;
          }
          break;
        }
      }
    }
    this.#state = state;
    this.#row = row;
    this.#field = field;
    this.#quoted = quoted;
  }
}

/** A character for a message; half of a pair has none, as the other half may be in the next chunk. */
function describe(unit: number): string {
  return unit >= 0xd800 && unit <= 0xdfff
    ? "a character beyond U+FFFF"
    : JSON.stringify(String.fromCharCode(unit));
}
