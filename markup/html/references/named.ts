import { TABLE } from "./table.ts";

/** The code points that names stand for as the table writes them, of the first letters that were asked for. */
const values = new Map<string, string>();
/** The names among them that need no semicolon behind them. */
const short = new Set<string>();
const loaded: boolean[] = [];

/** Names that documents often have, so that few of them need the table. */
const COMMON =
  "amp& lt< gt> quot\" apos' nbsp\xa0 copy© reg® laquo« raquo» middot· times× ndash– mdash— hellip… lsquo‘ rsquo’ ldquo“ " +
  "rdquo” bull• rarr→ larr← euro€ trade™ para¶ sect§ deg° auml\xe4 ouml\xf6 uuml\xfc szlig\xdf eacute\xe9";
const common = new Map(COMMON.split(" ").map((entry) => [entry.slice(0, -1), entry.slice(-1)]));

/** Reads the names with a first letter; `letter` is its place in the table. */
function load(letter: number): void {
  loaded[letter] = true;
  const first = String.fromCharCode(letter < 26 ? letter + 65 : letter + 71);
  let name = first;
  for (const entry of TABLE[letter]!.split(" ")) {
    const long = entry.indexOf("=");
    const at = long === -1 ? entry.indexOf("!") : long;
    name = name.slice(0, parseInt(entry[0]!, 36)) + entry.slice(1, at);
    values.set(name, entry.slice(at + 1));
    if (long === -1) short.add(name);
  }
}

/** The characters whose code points the table writes like this. */
function decode(codes: string | undefined): string | undefined {
  if (codes === undefined) return undefined;
  return String.fromCodePoint(...codes.split("+").map((code) => parseInt(code, 36)));
}

/** Makes sure that the names with the first letter of a name are known; returns whether there are any. */
function ensure(name: string): boolean {
  const unit = name.charCodeAt(0);
  const letter = unit >= 97 ? unit - 71 : unit - 65;
  if (!(letter >= 0 && letter < 52)) return false;
  if (loaded[letter] === undefined) load(letter);
  return true;
}

/**
 * What a name with a semicolon behind it stands for.
 *
 * @param name The name, without `&` and semicolon.
 */
export function namedReference(name: string): string | undefined {
  return common.get(name) ?? (ensure(name) ? decode(values.get(name)) : undefined);
}

/**
 * What a name without a semicolon stands for.
 *
 * @param name The name, without `&`.
 */
export function shortReference(name: string): string | undefined {
  return ensure(name) && short.has(name) ? decode(values.get(name)) : undefined;
}

/** Most characters of a name that may stand without a semicolon. */
export const LONGEST_SHORT = 6;
