import { FIRST_OWN, type NameTable } from "../../store/mod.ts";

const SLOTS = 4096;
/** Longest name that is looked for here. */
const LONGEST = 32;

/** Numbers of shared names by the hash of the name, and the names: what was met last with that hash. */
const ids = new Int32Array(SLOTS);
const locals: string[] = new Array(SLOTS).fill("");

/**
 * The number of a name in a source, without making a string of it if it was met before.
 *
 * @param names The document's names.
 * @param source The source.
 * @param start First unit of the name.
 * @param end Behind its last.
 * @param hash Hash of the name, equal for capitals and small letters.
 */
export function nameAt(
  names: NameTable,
  source: string,
  start: number,
  end: number,
  hash: number,
): number {
  const slot = hash & SLOTS - 1;
  const known = locals[slot]!;
  const length = end - start;
  if (known.length === length && isSame(source, start, known)) return ids[slot]!;
  if (length > LONGEST) return names.intern(lowerCase(source.slice(start, end)));
  // Made unit by unit: a slice would keep the source in memory for as long as the name is known.
  const units: number[] = [];
  for (let at = start; at < end; at++) {
    const unit = source.charCodeAt(at);
    units.push(unit >= 65 && unit <= 90 ? unit | 32 : unit);
  }
  const local = String.fromCharCode(...units);
  const id = names.intern(local);
  if (id < FIRST_OWN) {
    ids[slot] = id;
    locals[slot] = local;
  }
  return id;
}

/** Whether a name stands at an offset, in whatever case. */
function isSame(source: string, start: number, known: string): boolean {
  // The platform's comparison is fast before this function has been compiled well, too.
  if (source.startsWith(known, start)) return true;
  for (let at = 0; at < known.length; at++) {
    let unit = source.charCodeAt(start + at);
    if (unit >= 65 && unit <= 90) unit |= 32;
    if (unit !== known.charCodeAt(at)) return false;
  }
  return true;
}

/** A text with the letters A to Z as small ones, and no other letters changed. */
export function lowerCase(text: string): string {
  return /^[\0-\x7f]*$/.test(text)
    ? text.toLowerCase()
    : text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}
