/** Names of classes in the bundle. */

/** A class that refers to itself, as the bundler writes it: `var Name=class _Name`. */
const SELF_REFERRING = /\bvar (\w+)=class _\1\b/g;

/**
 * Gives classes that refer to themselves their own names again. The bundler puts `_` before them, and a program would meet an error
 * called `_NetError`. The name of a class expression is known in the class alone, where it and the variable are the same class.
 *
 * @param text A file of the bundle.
 * @throws {TypeError} If such a name is a word of a text, too.
 */
export function withOwnNames(text: string): string {
  const names = [...text.matchAll(SELF_REFERRING)].map(([, name]) => name!);
  if (names.length === 0) return text;
  const quoted = new RegExp(`["'\`]_(${names.join("|")})["'\`]`).exec(text);
  if (quoted !== null) {
    throw new TypeError(`Cannot name the class ${quoted[1]}: ${quoted[0]} is in the bundle, too`);
  }
  return text.replace(new RegExp(`(?<![\\w$.#])_(${names.join("|")})(?![\\w$])`, "g"), "$1");
}
