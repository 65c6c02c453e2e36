import { tagOfName } from "../names/html_names.ts";
import { addUnit, lowerCase, nameAt, NO_UNITS } from "../names/name_cache.ts";
import { readAttributes } from "./attributes.ts";
import type { Scanner } from "./scanner.ts";

/**
 * Reads a tag: its name, attributes and end.
 *
 * @param scanner Who reads.
 * @param start Offset of the `<`.
 * @param nameStart Offset of the name, which begins with a letter.
 * @returns Whether the tag has an end; otherwise the source ends in it.
 */
export function readTag(scanner: Scanner, start: number, nameStart: number): boolean {
  const source = scanner.source;
  let hash = NO_UNITS;
  let odd = 0;
  let at = nameStart;
  let unit = source.charCodeAt(at);
  // NaN, behind the end, fails the comparison.
  while (unit > 32 && unit !== 62 && unit !== 47) {
    hash = addUnit(hash, unit);
    odd |= unit ^ 96;
    unit = source.charCodeAt(++at);
  }
  if (unit <= 32 && !isSpace(unit)) at = readOddName(scanner, nameStart);
  else scanner.name = nameAt(scanner.names, source, nameStart, at, hash, odd);
  scanner.tagStart = start;
  scanner.tag = tagOfName(scanner.name);
  scanner.selfClosing = false;
  scanner.attrCount = 0;
  if (source.charCodeAt(at) === 62) {
    scanner.attrFirst = scanner.store.attrEnd;
    scanner.pos = at + 1;
    return true;
  }
  return readAttributes(scanner, at);
}

/** A name with control characters in it. */
function readOddName(scanner: Scanner, start: number): number {
  const source = scanner.source;
  let at = start;
  while (at < source.length) {
    const unit = source.charCodeAt(at);
    if (unit === 62 || unit === 47 || isSpace(unit)) break;
    if (unit === 0) scanner.error("unexpected-null-character", at);
    at++;
  }
  const name = lowerCase(source.slice(start, at)).replaceAll("\0", "\ufffd");
  scanner.name = scanner.names.intern(name);
  return at;
}

/** Whether a unit is white space of HTML. */
export function isSpace(unit: number): boolean {
  return unit === 32 || unit === 10 || unit === 9 || unit === 12 || unit === 13;
}
