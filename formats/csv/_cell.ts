import { toFloat } from "./_float.ts";
import type { Dialect } from "./dialect.ts";

/** A field as the quoting mode makes it. */
export type Cell = string | number | null;

/** What the quoting mode makes of a field; the function returns `undefined` for a number that is none. */
export function converterOf(
  dialect: Dialect,
): ((field: string, quoted: boolean) => Cell | undefined) | undefined {
  switch (dialect.quoting) {
    case "nonnumeric":
      return (field, quoted) => quoted || field === "" ? field : toFloat(field);
    case "strings":
      return (field, quoted) => quoted ? field : field === "" ? null : toFloat(field);
    case "notnull":
      return (field, quoted) => quoted || field !== "" ? field : null;
    default:
      return undefined;
  }
}
