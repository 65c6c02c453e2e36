/**
 * CSV: read and write comma-separated values and their relatives, in one piece or as streams, with the dialects and
 * quoting modes of Python's `csv`.
 *
 * | to | use |
 * | --- | --- |
 * | read a text | {@linkcode parse} |
 * | read a file larger than memory | {@linkcode CsvParseStream} |
 * | write a text | {@linkcode stringify} |
 * | write records as they come | {@linkcode CsvStringifyStream} |
 * | say how a file is written | {@linkcode Dialect} |
 * | find out how a file is written | {@linkcode sniff}, {@linkcode hasHeader} |
 *
 * @example Read, change, write
 * ```ts
 * import * as csv from "@ferry/std/formats/csv";
 * import { assertEquals } from "@std/assert";
 *
 * const ships = csv.parse("ship,length\r\nEve,41\r\n", {
 *   skipFirstRow: true,
 *   types: { length: "integer" },
 * });
 * ships.push({ ship: "Ada, the second", length: 12 });
 * assertEquals(csv.stringify(ships), 'ship,length\r\nEve,41\r\n"Ada, the second",12\r\n');
 * ```
 *
 * ## Guarantees
 *
 * - The same rows as Python's `csv.reader`, and the same bytes as `csv.writer`, for the same dialect; `DictReader`'s
 *   and `DictWriter`'s rules by `restKey`, `restValue`, `extrasAction`. Differences: blank lines are skipped unless
 *   `skipEmptyLines: false`; an object with too few or too many fields is an error unless a rest is allowed.
 * - What stands between quotes is never changed, line ends too.
 * - A stream gives what the whole text gives, wherever its chunks are cut; for `types: "infer"` with one `inferRows`.
 * - A column named `__proto__` is an own property like any other.
 * - Errors are {@linkcode CsvError}s, with row, field, line, column, offset and byte offset.
 *
 * ## Limits
 *
 * Delimiter, quote and escape are one UTF-16 code unit each. A field has at most `maxFieldSize`, a record at most
 * `maxColumns` fields. A stream that errors drops what it had read but not yet delivered. Fields of a large text may
 * share its memory, as all slices of strings do.
 *
 * Needs no permissions.
 *
 * @module
 */

export { FormatError, type FormatErrorOptions } from "../format_error.ts";
export type { StandardResult, StandardSchema } from "../standard_schema.ts";
export type { ColumnType, ColumnValue } from "./column_type.ts";
export { CsvError, type CsvErrorOptions } from "./csv_error.ts";
export {
  Dialect,
  type DialectChoice,
  type DialectName,
  type DialectOptions,
  type Quoting,
  resolveDialect,
} from "./dialect.ts";
export { hasHeader } from "./has_header.ts";
export type {
  Column,
  ColumnDetails,
  CsvParseOptions,
  CsvRecord,
  CsvStringifyOptions,
  PropertyAccessor,
} from "./options.ts";
export { parse } from "./parse.ts";
export { CsvParseStream } from "./parse_stream.ts";
export type { CsvAnyField, CsvCell, CsvField, CsvInferred, CsvRow, CsvTypedFields } from "./row.ts";
export { sniff, type SniffOptions } from "./sniff.ts";
export { stringify } from "./stringify.ts";
export { CsvStringifyStream } from "./stringify_stream.ts";
