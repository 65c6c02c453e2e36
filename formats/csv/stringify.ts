import { Columns } from "./_columns.ts";
import { RecordWriter } from "./_writer.ts";
import { resolveDialect } from "./dialect.ts";
import { checkOptions } from "../options.ts";
import { type CsvRecord, type CsvStringifyOptions, STRINGIFY_RULES } from "./options.ts";

/**
 * Writes records as CSV text, as Python's `csv.writer` and `csv.DictWriter` do for the same dialect.
 *
 * Numbers, bigints and booleans are written as `String` does, `null` and `undefined` as an empty field; dates and
 * other objects as JSON does, but without the quotes of a single string.
 *
 * @example Arrays
 * ```ts
 * import { stringify } from "@ferry/std/formats/csv";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(stringify([["a", "b"], [1, 'x, "y"']]), 'a,b\r\n1,"x, ""y"""\r\n');
 * ```
 *
 * @example Objects
 * ```ts
 * import { stringify } from "@ferry/std/formats/csv";
 * import { assertEquals } from "@std/assert";
 *
 * const ships = [{ name: "Eve", home: { port: "Kiel" } }, { name: "Ada" }];
 * const columns = ["name", { header: "port", prop: ["home", "port"] }];
 * assertEquals(stringify(ships, { columns, dialect: "unix" }), '"name","port"\n"Eve","Kiel"\n"Ada",""\n');
 * ```
 *
 * @param records The records: arrays of values, or objects.
 * @param options How to write them.
 * @returns The text, each record closed by the line terminator.
 * @throws {RangeError} If a value cannot be written in this dialect, or an object has a key without a column.
 * @throws {TypeError} If a record or a value is of a type that has no text, or an option is unknown or of the wrong type.
 */
export function stringify(records: Iterable<CsvRecord>, options?: CsvStringifyOptions): string {
  const checked = checkOptions("Cannot write CSV", options, STRINGIFY_RULES);
  const writer = new RecordWriter(resolveDialect(checked));
  const columns = new Columns(checked);
  const lines: string[] = checked.bom === true ? ["\ufeff"] : [];
  let headed = checked.headers === false;
  const head = (): void => {
    const headers = columns.headers;
    if (headers !== undefined) lines.push(writer.write(headers));
    headed = true;
  };
  if (!headed && checked.columns !== undefined) head();
  if (typeof records?.[Symbol.iterator] !== "function") {
    throw new TypeError(
      `Cannot write CSV: needed an iterable of records, received ${typeof records}`,
    );
  }
  for (const record of records) {
    const row = columns.row(record);
    if (!headed) head();
    lines.push(writer.write(row));
  }
  return lines.join("");
}
