import { LONGEST_SHORT, namedReference, shortReference } from "./named.ts";

/** Who is told of errors in references: the code, and where in the text. */
export type ReferenceReport = (code: string, offset: number) => void;

/** Most characters that the name of a reference has. */
const LONGEST_NAME = 31;

/** What numbers 128 to 159 stand for, as in Windows-1252; 0 for themselves. */
// deno-fmt-ignore
const WINDOWS = [
  0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17d, 0,
  0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0, 0x17e, 0x178,
];

/** End of the reference that was read last. */
let end = 0;

/**
 * Replaces the character references of a text.
 *
 * @param source What the text is a part of.
 * @param from First unit of the text.
 * @param to Behind its last.
 * @param first The first `&` in it.
 * @param attribute Whether it is the value of an attribute.
 * @param report Who is told of errors.
 * @returns The text with the references replaced, `undefined` if there are none.
 */
export function decodeReferences(
  source: string,
  from: number,
  to: number,
  first: number,
  attribute: boolean,
  report?: ReferenceReport,
): string | undefined {
  let text = "";
  let copied = from;
  for (let at = first; at !== -1 && at < to;) {
    const value = referenceAt(source, at, to, attribute, report);
    if (value !== undefined) {
      text += source.slice(copied, at) + value;
      copied = end;
      at = end;
    } else at++;
    if (at >= to) break;
    // In short texts a loop is faster, and it does not look beyond them.
    while (at < to && source.charCodeAt(at) !== 38) at++;
  }
  return copied === from ? undefined : text + source.slice(copied, to);
}

/**
 * A part of a source with its references replaced.
 *
 * @param source The source.
 * @param from First unit of the part.
 * @param to Behind its last.
 * @param attribute Whether it is the value of an attribute.
 */
export function readReferences(
  source: string,
  from: number,
  to: number,
  attribute: boolean,
): string {
  let first = from;
  while (first < to && source.charCodeAt(first) !== 38) first++;
  return decodeReferences(source, from, to, first, attribute) ?? source.slice(from, to);
}

/** What the reference at an `&` stands for, `undefined` if there is none; its end is left in `end`. */
function referenceAt(
  source: string,
  at: number,
  to: number,
  attribute: boolean,
  report: ReferenceReport | undefined,
): string | undefined {
  if (source.charCodeAt(at + 1) === 35) return numberAt(source, at, to, report);
  let stop = at + 1;
  const limit = Math.min(to, at + 2 + LONGEST_NAME);
  while (stop < limit && isAlphanumeric(source.charCodeAt(stop))) stop++;
  if (stop === at + 1) return undefined;
  if (stop < to && source.charCodeAt(stop) === 59) {
    const value = namedReference(source.slice(at + 1, stop));
    if (value !== undefined) {
      end = stop + 1;
      return value;
    }
  }
  for (let length = Math.min(LONGEST_SHORT, stop - at - 1); length >= 2; length--) {
    const value = shortReference(source.slice(at + 1, at + 1 + length));
    if (value === undefined) continue;
    const next = at + 1 + length < to ? source.charCodeAt(at + 1 + length) : 0;
    if (attribute && (next === 61 || isAlphanumeric(next))) return undefined;
    report?.("missing-semicolon-after-character-reference", at + 1 + length);
    end = at + 1 + length;
    return value;
  }
  if (report !== undefined) {
    while (stop < to && isAlphanumeric(source.charCodeAt(stop))) stop++;
    if (stop < to && source.charCodeAt(stop) === 59) {
      report("unknown-named-character-reference", stop);
    }
  }
  return undefined;
}

function numberAt(
  source: string,
  at: number,
  to: number,
  report: ReferenceReport | undefined,
): string | undefined {
  const hex = at + 2 < to && (source.charCodeAt(at + 2) | 32) === 120;
  const start = at + (hex ? 3 : 2);
  let stop = start;
  let code = 0;
  for (; stop < to; stop++) {
    const unit = source.charCodeAt(stop);
    const small = unit | 32;
    if (unit >= 48 && unit <= 57) code = code * (hex ? 16 : 10) + unit - 48;
    else if (hex && small >= 97 && small <= 102) code = code * 16 + small - 87;
    else break;
    if (code > 0x10ffff) code = 0x110000;
  }
  if (stop === start) {
    report?.("absence-of-digits-in-numeric-character-reference", stop);
    return undefined;
  }
  end = stop;
  if (stop < to && source.charCodeAt(stop) === 59) end++;
  else report?.("missing-semicolon-after-character-reference", stop);
  return String.fromCodePoint(characterOf(code, end, report));
}

/** The character that a number stands for. */
function characterOf(code: number, at: number, report: ReferenceReport | undefined): number {
  if (code === 0) {
    report?.("null-character-reference", at);
    return 0xfffd;
  }
  if (code > 0x10ffff) {
    report?.("character-reference-outside-unicode-range", at);
    return 0xfffd;
  }
  if (code >= 0xd800 && code <= 0xdfff) {
    report?.("surrogate-character-reference", at);
    return 0xfffd;
  }
  if (code >= 128 && code <= 159) {
    report?.("control-character-reference", at);
    return WINDOWS[code - 128] || code;
  }
  if (report !== undefined) {
    if ((code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe) {
      report("noncharacter-character-reference", at);
    } else if (code === 13 || code === 127 || (code < 32 && ![9, 10, 12].includes(code))) {
      report("control-character-reference", at);
    }
  }
  return code;
}

function isAlphanumeric(unit: number): boolean {
  const small = unit | 32;
  return (small >= 97 && small <= 122) || (unit >= 48 && unit <= 57);
}
