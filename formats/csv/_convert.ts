import type { ColumnType } from "./column_type.ts";
import { toFloat } from "./_float.ts";

const INTEGER = /^[+-]?\d+$/;

/** Marks text that is not of the column's type. */
export const REFUSED: unique symbol = Symbol("refused");

/** The function that converts a column's text, giving {@linkcode REFUSED} for what does not fit. */
export function converter(type: ColumnType): (text: string) => unknown {
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
        return INTEGER.test(trimmed) ? BigInt(trimmed.replace(/^\+/, "")) : REFUSED;
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
