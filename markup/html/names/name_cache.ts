import { FIRST_OWN, type NameTable } from "../../store/mod.ts";

const SLOTS = 4096;
const SLOT_BITS = 12;
/** Longest name that is looked for here. */
const LONGEST = 32;
/** Longest name that its hash tells wholly. */
const LONGEST_TOLD = 6;

/** Numbers of shared names by the hash of the name, and the names: what was met last with that hash. */
const ids = new Int32Array(SLOTS);
const locals: string[] = new Array(SLOTS).fill("");
/** The hash, if the name is of letters and is told by it. */
const told = new Int32Array(SLOTS);

/** Hash of no units. */
export const NO_UNITS = 1;

/**
 * The hash of a name with one unit more, equal for capitals and small letters.
 *
 * A letter has five bits. The 1 in front of up to six of them tells how many they are, so letters alone need no comparison.
 */
export function addUnit(hash: number, unit: number): number {
  return (hash << 5 | hash >>> 27) ^ (unit & 31);
}

/**
 * The number of a name in a source, without making a string of it if it was met before.
 *
 * @param names The document's names.
 * @param source The source.
 * @param start First unit of the name.
 * @param end Behind its last.
 * @param hash Its hash, see {@linkcode addUnit}.
 * @param odd `unit ^ 96` of all units, joined by "or": below 64 if all are from `@` to `DEL`.
 */
export function nameAt(
  names: NameTable,
  source: string,
  start: number,
  end: number,
  hash: number,
  odd: number,
): number {
  const slot = Math.imul(hash, 0x9e3779b1) >>> 32 - SLOT_BITS;
  const length = end - start;
  // What is not a letter, but from `@` to `DEL`, has five bits that no letter has.
  const isTold = odd < 64 && length <= LONGEST_TOLD;
  if (isTold && told[slot] === hash) return ids[slot]!;
  return compareName(names, source, start, end, slot, isTold ? hash : 0);
}

function compareName(
  names: NameTable,
  source: string,
  start: number,
  end: number,
  slot: number,
  hash: number,
): number {
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
    told[slot] = /^[a-z]+$/.test(local) ? hash : 0;
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
