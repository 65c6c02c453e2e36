import type { Cell } from "./_cell.ts";
import { REFUSED, type TypedColumn, withPoint } from "./_convert.ts";

/** What a column's fields may all be; the narrowest that fits is taken. */
type Kind = "integer" | "bigint" | "number" | "boolean" | "text";

/** An integer as programs write it: no sign `+` and no leading zero, which stand in codes rather than in numbers. */
const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const BOOLEAN = /^(?:true|false)$/i;

/** Most digits that a double holds as they are written. */
const MAX_DIGITS = 17;
/** Most digits of an integer that becomes a bigint, as in CPython: reading them takes more than linear time. */
const MAX_BIGINT_DIGITS = 4300;

/** The kind of one field that is not empty. */
function kindOf(text: string): Kind {
  if (INTEGER.test(text)) {
    // The sign would be lost.
    if (text === "-0") return "text";
    if (Number.isSafeInteger(Number(text))) return "integer";
    return text.length <= MAX_BIGINT_DIGITS ? "bigint" : "text";
  }
  if (NUMBER.test(text)) {
    const digits = text.replace(/[eE].*$/, "").replace(/^-?[0.]*/, "").replace(".", "");
    return digits.length <= MAX_DIGITS && Number.isFinite(Number(text)) ? "number" : "text";
  }
  return BOOLEAN.test(text) ? "boolean" : "text";
}

/** The kind of a column of which one field is of `a` and another of `b`. */
function join(a: Kind | undefined, b: Kind): Kind {
  if (a === undefined || a === b) return b;
  const both = new Set([a, b]);
  if (both.has("text") || both.has("boolean")) return "text";
  if (!both.has("bigint")) return "number";
  return both.has("number") ? "text" : "bigint";
}

/** Reads a column's text: numbers without spaces around them, and with a point. */
function reading(decimalComma: boolean): (text: string) => string {
  return decimalComma ? withPoint : (text) => text.trim();
}

/** The function that converts a field, giving `REFUSED` for one of another kind. */
function converter(kind: Exclude<Kind, "text">, decimalComma: boolean): (text: string) => unknown {
  const read = reading(decimalComma);
  if (kind === "boolean") {
    return (text) => {
      const word = text.trim().toLowerCase();
      return word === "" ? null : word === "true" ? true : word === "false" ? false : REFUSED;
    };
  }
  const value: (text: string) => unknown = kind === "bigint" ? BigInt : Number;
  return (text) => {
    if (text.trim() === "") return null;
    const plain = read(text);
    return join(kind, kindOf(plain)) === kind ? value(plain) : REFUSED;
  };
}

/**
 * The types of columns that all their fields have, by position.
 *
 * @param rows The records to judge by, without a header.
 * @param names Names of the columns, for errors; fields beyond them stay text.
 * @param decimalComma Whether numbers have a comma before their fraction.
 */
export function inferTypes(
  rows: readonly (readonly Cell[])[],
  names: readonly string[] | undefined,
  decimalComma: boolean,
): TypedColumn[] {
  const read = reading(decimalComma);
  const kinds: (Kind | undefined)[] = [];
  for (const row of rows) {
    const count = Math.min(row.length, names?.length ?? row.length);
    for (let i = 0; i < count; i++) {
      const cell = row[i]!;
      if (kinds[i] === "text") continue;
      // The quoting mode has made a number of it already.
      if (typeof cell !== "string") kinds[i] = "text";
      else if (cell.trim() !== "") {
        const word = cell.trim();
        kinds[i] = join(kinds[i], kindOf(BOOLEAN.test(word) ? word : read(cell)));
      }
    }
  }
  return Array.from(kinds, (kind, i) => {
    if (kind === undefined || kind === "text") return undefined;
    return {
      convert: converter(kind, decimalComma),
      title: names === undefined ? "" : ` (${JSON.stringify(names[i])})`,
      needed: `a value of type ${kind}, as in the first ${rows.length} records`,
    };
  });
}

/** Converts the fields of records by which the types were inferred, in place. */
export function convertAll(rows: readonly Cell[][], types: readonly TypedColumn[]): void {
  for (let i = 0; i < types.length; i++) {
    const type = types[i];
    if (type === undefined) continue;
    for (const row of rows) {
      const cell = row[i];
      if (typeof cell === "string") row[i] = type.convert(cell) as Cell;
    }
  }
}
