import { toFloat } from "./_float.ts";
import { parse } from "./parse.ts";
import { sniff, type SniffOptions } from "./sniff.ts";

/** How many records after the first are looked at. */
const CHECKED = 21;

/** Longest text that is tried as a complex number: more digits than any number needs, and little to search. */
const LONGEST = 200;

// Python tries complex(): an optional real part, and an imaginary part with a "j".
const COMPLEX = /^(.*?)([+-]?[^+\-]*(?:e[+-]?\d+)?)j$/i;

/** Whether Python's `complex(text)` gives a number. */
function isNumber(text: string): boolean {
  const trimmed = text.trim();
  const bare = trimmed.startsWith("(") && trimmed.endsWith(")") ? trimmed.slice(1, -1) : trimmed;
  if (toFloat(bare) !== undefined) return true;
  const parts = bare.length > LONGEST ? null : COMPLEX.exec(bare);
  if (parts === null) return false;
  const [, real, imaginary] = parts as unknown as [string, string, string];
  const unit = /^[+-]?$/.test(imaginary) ? `${imaginary}1` : imaginary;
  return (real === "" || toFloat(real) !== undefined) && toFloat(unit) !== undefined;
}

/** What a field is, to compare a column's fields with: a number, or a text of some length. */
function kindOf(field: string): "number" | number {
  return isNumber(field) ? "number" : [...field].length;
}

/**
 * Guesses whether the first record names the columns: Python's `csv.Sniffer.has_header`.
 *
 * Each column votes whose other fields are all numbers, or all texts of one length: for a header when its first
 * field is not, against it when it is.
 *
 * @example A header above numbers
 * ```ts
 * import { hasHeader } from "@ferry/std/formats/csv";
 * import { assert, assertFalse } from "@std/assert";
 *
 * assert(hasHeader("ship,length\nEve,41\nAda,12\n"));
 * assertFalse(hasHeader("Eve,41\nAda,12\nTom,30\n"));
 * ```
 *
 * @param sample The start of the file.
 * @param options What the delimiter may be.
 * @returns Whether the first record looks like a header.
 * @throws {CsvError} If no character looks like a delimiter, or there is no record.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function hasHeader(sample: string, options?: SniffOptions): boolean {
  const dialect = sniff(sample, options);
  const [header, ...rows] = parse(sample, { dialect, skipEmptyLines: false }) as string[][];
  if (header === undefined) return false;
  const kinds = new Map<number, "number" | number | undefined>(
    header.map((_, i) => [i, undefined]),
  );
  for (const row of rows.slice(0, CHECKED)) {
    if (row.length !== header.length) continue;
    for (const [column, kind] of kinds) {
      const found = kindOf(row[column]!);
      if (kind === undefined) kinds.set(column, found);
      else if (kind !== found) kinds.delete(column);
    }
  }
  let votes = 0;
  for (const [column, kind] of kinds) {
    const name = header[column]!;
    // A column without any field to compare with votes as Python's does: its type can be called with nothing.
    const fits = kind === "number"
      ? isNumber(name)
      : kind === undefined
      ? false
      : [...name].length === kind;
    votes += fits ? -1 : 1;
  }
  return votes > 0;
}
