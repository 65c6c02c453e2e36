import { makeRecords } from "./_records.ts";
import { maxRowsOf } from "./_shaper.ts";
import { Validator } from "./_validate.ts";
import { checkOptions } from "../options.ts";
import { type CsvParseOptions, PARSE_RULES } from "./options.ts";
import type { CsvRow } from "./row.ts";

/** How much is read at once where only the first records are asked for. */
const PIECE = 16_384;

/**
 * Reads CSV text: into arrays, or into objects with `columns` or `skipFirstRow`.
 *
 * Lines end with `\n`, `\r\n` or `\r`; what stands between quotes is not changed. A byte order mark at the start is
 * dropped. The rules are those of Python's `csv.reader` for the same dialect.
 *
 * @example Arrays
 * ```ts
 * import { parse } from "@ferry/std/formats/csv";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parse('a,b\r\n1,"x, ""y"""\r\n'), [["a", "b"], ["1", 'x, "y"']]);
 * ```
 *
 * @example Typed objects
 * ```ts
 * import { parse } from "@ferry/std/formats/csv";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = parse("ship,length\nEve,41\nAda,\n", {
 *   skipFirstRow: true,
 *   columns: ["ship", "length"],
 *   types: { length: "integer" },
 * });
 * assertEquals(rows, [{ ship: "Eve", length: 41 }, { ship: "Ada", length: null }]);
 * ```
 *
 * @typeParam O Type of the options, from which the type of a row follows.
 * @param text The CSV text.
 * @param options How it is written, and what to make of it.
 * @returns One array or object per record.
 * @throws {CsvError} If the text breaks the rules, or a record does not fit its columns, their types or the schema.
 * @throws {RangeError} If an option is out of range.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function parse<const O extends CsvParseOptions = CsvParseOptions>(
  text: string,
  options?: O,
): CsvRow<O>[] {
  if (typeof text !== "string") {
    throw new TypeError(`Cannot parse CSV: needed a string, received ${typeof text}`);
  }
  const prepared = checkOptions<CsvParseOptions>("Cannot parse CSV", options, PARSE_RULES);
  const maxRows = maxRowsOf(prepared);
  const rows = maxRows === Infinity ? allRows(text, prepared) : firstRows(text, prepared, maxRows);
  if (prepared.schema === undefined) return rows as CsvRow<O>[];
  const validator = new Validator(prepared.schema, prepared);
  return rows.map((row) => validator.checkNow(row)) as CsvRow<O>[];
}

function allRows(text: string, options: CsvParseOptions): unknown[] {
  const records = makeRecords(options, false);
  records.feed(text);
  records.end(text);
  return records.take();
}

/** Reads piece by piece until there are enough records. */
function firstRows(text: string, options: CsvParseOptions, maxRows: number): unknown[] {
  const records = makeRecords(options, true);
  const found: unknown[] = [];
  const take = (): boolean => {
    for (const row of records.take()) found.push(row);
    return found.length >= maxRows;
  };
  let at = 0;
  // The end of the text may end a record, so it is told even where the last piece was enough.
  for (let done = false; !done && !take();) {
    try {
      records.feed(text.slice(at, at + PIECE));
      at += PIECE;
      done = at >= text.length;
      if (done) records.end();
    } catch (error) {
      // What follows the records that are asked for is not judged.
      if (!take()) throw error;
    }
  }
  take();
  return found.slice(0, maxRows);
}
