import { CsvError } from "./csv_error.ts";
import type { ColumnType } from "./column_type.ts";
import { toFloat } from "./_float.ts";

const INTEGER = /^[+-]?\d+$/;

/** Marks text that is not of the column's type. */
export const REFUSED: unique symbol = Symbol("refused");

/** A column with a type; the words are for errors. */
export interface Typed {
  readonly convert: (text: string) => unknown;
  readonly title: string;
  readonly needed: string;
}

/** What becomes of a column: nothing where it stays text. */
export type TypedColumn = Typed | undefined;

/** Most digits of an integer that becomes a bigint, as in CPython: reading them takes more than linear time. */
const MAX_DIGITS = 4300;

/** The function that converts a column's text, giving {@linkcode REFUSED} for what does not fit. */
function converter(type: ColumnType): (text: string) => unknown {
  if (typeof type === "function") return type;
  switch (type) {
    case "string":
      return (text) => text;
    case "number":
      return (text) => text === "" ? null : toFloat(text) ?? REFUSED;
    case "integer":
      return (text) => {
        if (text === "") return null;
        const trimmed = text.trim();
        const value = Number(trimmed);
        return INTEGER.test(trimmed) && Number.isSafeInteger(value) ? value : REFUSED;
      };
    case "bigint":
      return (text) => {
        if (text === "") return null;
        const trimmed = text.trim();
        return trimmed.length <= MAX_DIGITS && INTEGER.test(trimmed)
          ? BigInt(trimmed.replace(/^\+/, ""))
          : REFUSED;
      };
    case "boolean":
      return (text) => {
        switch (text.trim().toLowerCase()) {
          case "":
            return null;
          case "true":
          case "1":
            return true;
          case "false":
          case "0":
            return false;
          default:
            return REFUSED;
        }
      };
    default:
      throw new RangeError(
        `Cannot type a CSV column: the types are string, number, integer, bigint, boolean or a function, received ${
          JSON.stringify(type)
        }`,
      );
  }
}

/** `1.234,5` as `1234.5`; text that has another form stays, to be refused. */
export function withPoint(text: string): string {
  const trimmed = text.trim();
  if (!/^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d*)?(?:[eE][+-]?\d+)?$/.test(trimmed)) {
    return trimmed.includes(".") ? "not a number" : trimmed;
  }
  return trimmed.replaceAll(".", "").replace(",", ".");
}

function typed(
  type: ColumnType | undefined,
  name: string | undefined,
  decimalComma: boolean,
): TypedColumn {
  if (type === undefined || type === "string") return undefined;
  const convert = converter(type);
  const isNumber = decimalComma && typeof type === "string" && type !== "boolean";
  return {
    convert: isNumber ? (text) => convert(text === "" ? text : withPoint(text)) : convert,
    title: name === undefined ? "" : ` (${JSON.stringify(name)})`,
    needed: typeof type === "function" ? "what its function takes" : `a value of type ${type}`,
  };
}

/** The columns of arrays, and of objects typed by position. */
export function typedByPosition(
  types: readonly ColumnType[],
  decimalComma: boolean,
): TypedColumn[] {
  return types.map((type) => typed(type, undefined, decimalComma));
}

/** The columns of objects, typed by name. */
export function typedByName(
  types: Readonly<Record<string, ColumnType>>,
  names: readonly string[],
  decimalComma: boolean,
): TypedColumn[] {
  for (const name of Object.keys(types)) {
    if (names.includes(name)) continue;
    const known = names.slice(0, 20).map((n) => JSON.stringify(n)).join(", ");
    throw new CsvError(
      `Cannot type the column ${JSON.stringify(name)}: the columns are ${known}`,
      { row: 1 },
    );
  }
  return names.map((name) =>
    typed(Object.hasOwn(types, name) ? types[name] : undefined, name, decimalComma)
  );
}
