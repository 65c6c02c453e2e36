/** The functions of EXSLT, by `{uri}local`, and the prefixes that stand for their namespaces unless others are given. */
import type { FunctionDefinition } from "../definition.ts";
import { DATES } from "./dates.ts";
import { MATH } from "./math.ts";
import { REGULAR } from "./regular.ts";
import { SETS } from "./sets.ts";
import { STRINGS } from "./strings.ts";

/** Prefixes to namespaces. */
export const EXSLT_PREFIXES: Readonly<Record<string, string>> = {
  re: "http://exslt.org/regular-expressions",
  str: "http://exslt.org/strings",
  set: "http://exslt.org/sets",
  math: "http://exslt.org/math",
  date: "http://exslt.org/dates-and-times",
};

const ALL = { re: REGULAR, str: STRINGS, set: SETS, math: MATH, date: DATES };

/** The functions. */
export const EXSLT: ReadonlyMap<string, FunctionDefinition> = new Map(
  Object.entries(ALL).flatMap(([prefix, functions]) =>
    Object.entries(functions).map((
      [name, definition],
    ) => [`{${EXSLT_PREFIXES[prefix]}}${name}`, definition] as const)
  ),
);
