import type { Scanner } from "./scanner.ts";

/** This many units are looked at one by one before the platform's search is asked. */
const NEAR = 24;

/**
 * Reads text up to the next tag, comment or the like.
 *
 * @param scanner Who reads.
 * @param start Where the text starts; a `<` there is a part of it.
 */
export function readText(scanner: Scanner, start: number): void {
  const source = scanner.source;
  const length = source.length;
  let at = start + 1;
  while (true) {
    const near = Math.min(at + NEAR, length);
    while (at < near && source.charCodeAt(at) !== 60) at++;
    if (at === near && at < length) {
      at = source.indexOf("<", at);
      if (at === -1) at = length;
    }
    if (at >= length || isMarkup(source, at)) break;
    at++;
  }
  scanner.pos = at;
  scanner.takeText(start, at);
}

/** Whether the `<` at an offset begins anything but text. */
export function isMarkup(source: string, at: number): boolean {
  const next = source.charCodeAt(at + 1);
  const small = next | 32;
  if (small >= 97 && small <= 122) return true;
  return next === 33 || next === 63 || (next === 47 && at + 2 < source.length);
}
