import { defineOwn } from "../define_own.ts";
import { TomlError } from "./toml_error.ts";
import type { TomlTable } from "./types.ts";

/**
 * Plain objects for the reader's tables, which have no prototype; `__proto__` stays an own key. Also bounds the nesting
 * that headers and dotted keys make, which the reader does not.
 *
 * @param value The reader's root table; arrays are kept.
 * @param source The text, for the error.
 * @param maxDepth Deepest nesting.
 * @param round Make numbers of all big integers.
 */
export function toPlain(
  value: unknown,
  source: string,
  maxDepth: number,
  round: boolean,
): TomlTable {
  const table = (from: Record<string, unknown>, depth: number): Record<string, unknown> => {
    if (depth > maxDepth) throw tooDeep(source, maxDepth);
    const to: Record<string, unknown> = {};
    for (const key in from) {
      const item = from[key];
      const plain = typeof item === "object" || round ? convert(item, depth + 1) : item;
      if (key === "__proto__") defineOwn(to, key, plain);
      else to[key] = plain;
    }
    return to;
  };
  const convert = (item: unknown, depth: number): unknown => {
    if (typeof item !== "object") return round && typeof item === "bigint" ? Number(item) : item;
    if (Array.isArray(item)) {
      if (depth > maxDepth) throw tooDeep(source, maxDepth);
      for (let i = 0; i < item.length; i++) {
        if (typeof item[i] === "object" || round) item[i] = convert(item[i], depth + 1);
      }
      return item;
    }
    // Dates and times have a prototype, tables have none.
    if (Object.getPrototypeOf(item) !== null) return item;
    return table(item as Record<string, unknown>, depth);
  };
  return table(value as Record<string, unknown>, 0) as TomlTable;
}

function tooDeep(source: string, maxDepth: number): TomlError {
  return new TomlError(`Cannot read more than ${maxDepth} nested tables: raise maxDepth`, {
    source,
    offset: deepKey(source, maxDepth),
  });
}

/** The first line whose dots might nest that deeply. */
function deepKey(source: string, maxDepth: number): number {
  let start = 0;
  while (start < source.length) {
    const end = source.indexOf("\n", start);
    const line = source.slice(start, end < 0 ? source.length : end);
    if (line.split(".").length > maxDepth) return start;
    if (end < 0) break;
    start = end + 1;
  }
  return 0;
}
