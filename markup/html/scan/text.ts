import type { Scanner } from "./scanner.ts";

/**
 * Reads text up to the next tag, comment or the like.
 *
 * @param scanner Who reads.
 * @param start Where the text starts; a `<` there is a part of it.
 */
export function readText(scanner: Scanner, start: number): void {
  const source = scanner.source;
  let at = source.indexOf("<", start + 1);
  while (at !== -1 && !isMarkup(source, at)) {
    reportOpen(scanner, at);
    at = source.indexOf("<", at + 1);
  }
  if (at === -1) at = source.length;
  scanner.pos = at;
  scanner.takeText(start, at, true);
}

/** Tells of a `<` that begins nothing. */
export function reportOpen(scanner: Scanner, at: number): void {
  const { length } = scanner.source;
  const behind = scanner.source.charCodeAt(at + 1) === 47 ? at + 2 : at + 1;
  const code = behind < length ? "invalid-first-character-of-tag-name" : "eof-before-tag-name";
  scanner.error(code, behind);
}

/** Whether the `<` at an offset begins anything but text. */
export function isMarkup(source: string, at: number): boolean {
  const next = source.charCodeAt(at + 1);
  const small = next | 32;
  if (small >= 97 && small <= 122) return true;
  return next === 33 || next === 63 || (next === 47 && at + 2 < source.length);
}
