import { TABLE } from "./table.ts";

let all: Map<string, string> | undefined;
/** Names that may stand without a semicolon. */
let short: Map<string, string> | undefined;

/** Reads the table: not before the first named reference. */
function load(): void {
  all = new Map();
  short = new Map();
  let name = "";
  for (const entry of TABLE.split(" ")) {
    const at = entry.search(/[!=]/);
    name = name.slice(0, parseInt(entry[0]!, 36)) + entry.slice(1, at);
    const codes = entry.slice(at + 1).split("+").map((code) => parseInt(code, 36));
    const value = String.fromCodePoint(...codes);
    all.set(name, value);
    if (entry[at] === "!") short.set(name, value);
  }
}

/**
 * What a name with a semicolon behind it stands for.
 *
 * @param name The name, without `&` and semicolon.
 */
export function namedReference(name: string): string | undefined {
  if (all === undefined) load();
  return all!.get(name);
}

/**
 * What a name without a semicolon stands for.
 *
 * @param name The name, without `&`.
 */
export function shortReference(name: string): string | undefined {
  if (short === undefined) load();
  return short!.get(name);
}

/** All names and what they stand for. */
export function allReferences(): ReadonlyMap<string, string> {
  if (all === undefined) load();
  return all!;
}

/** Most characters of a name that may stand without a semicolon. */
export const LONGEST_SHORT = 6;
