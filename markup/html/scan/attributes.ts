import { ATTR_ROW, PLAIN, RAW, TABLE, TEXT_BITS } from "../../store/mod.ts";
import { addUnit, lowerCase, nameAt, NO_UNITS } from "../names/name_cache.ts";
import type { Scanner } from "./scanner.ts";

/** From this many attributes on, a set finds the duplicates. */
const MANY = 24;
/** The names of a tag with many attributes. */
const seen = new Set<number>();

/**
 * Reads the attributes of a tag, and its end.
 *
 * @param scanner Who reads; the rows are written to its store.
 * @param start Behind the name of the tag.
 * @returns Whether the tag has an end.
 */
export function readAttributes(scanner: Scanner, start: number): boolean {
  const { source, store } = scanner;
  const first = store.attrEnd;
  scanner.attrFirst = first;
  let count = 0;
  let at = start;
  let duplicate = false;
  while (true) {
    let unit = source.charCodeAt(at);
    while (unit <= 32 && (unit === 32 || unit === 10 || unit === 9 || unit === 12)) {
      unit = source.charCodeAt(++at);
    }
    if (unit === 62) break;
    if (unit === 47) {
      at++;
      if (source.charCodeAt(at) === 62) {
        scanner.selfClosing = true;
        break;
      }
      if (at < source.length) scanner.error("unexpected-solidus-in-tag", at);
      continue;
    }
    if (unit !== unit) return abandon(scanner, first);

    // The name. An equals sign may be its first character.
    const nameStart = at;
    if (unit === 61) scanner.error("unexpected-equals-sign-before-attribute-name", at);
    let hash = NO_UNITS;
    let odd = 0;
    do {
      hash = addUnit(hash, unit);
      odd |= unit ^ 96;
      unit = source.charCodeAt(++at);
    } while (unit > 32 && unit !== 61 && unit !== 62 && unit !== 47);
    let name = 0;
    if (unit <= 32 || source.charCodeAt(nameStart) <= 32) {
      at = oddNameEnd(source, nameStart);
      unit = source.charCodeAt(at);
      name = at === nameStart + 0 ? 0 : oddName(scanner, nameStart, at, hash, odd);
    } else name = nameAt(scanner.names, source, nameStart, at, hash, odd);
    if (scanner.onError !== undefined) reportName(scanner, nameStart, at);
    const nameEnd = at;

    // The value.
    while (unit <= 32 && (unit === 32 || unit === 10 || unit === 9 || unit === 12)) {
      unit = source.charCodeAt(++at);
    }
    let from = nameEnd;
    let to = nameEnd;
    if (unit === 61) {
      unit = source.charCodeAt(++at);
      while (unit <= 32 && (unit === 32 || unit === 10 || unit === 9 || unit === 12)) {
        unit = source.charCodeAt(++at);
      }
      if (unit === 34 || unit === 39) {
        from = ++at;
        to = source.indexOf(unit === 34 ? '"' : "'", at);
        if (to === -1) return abandon(scanner, first);
        at = to + 1;
        if (scanner.onError !== undefined) reportNoSpace(scanner, at);
      } else if (unit === 62) {
        scanner.error("missing-attribute-value", at);
        from = to = at;
      } else {
        from = at;
        while (unit > 32 ? unit !== 62 : unit < 9 || unit > 12 && unit < 32 || unit === 11) {
          unit = source.charCodeAt(++at);
        }
        to = at;
        if (scanner.onError !== undefined) reportUnquoted(scanner, from, to);
      }
    }

    // The row, unless there is one of the name already.
    if (count >= MANY) {
      if (count === MANY) {
        seen.clear();
        for (let k = first; k < first + MANY * ATTR_ROW; k += ATTR_ROW) seen.add(store.attrs[k]!);
      }
      duplicate = seen.has(name);
      seen.add(name);
    } else {
      duplicate = false;
      const attrs = store.attrs;
      for (let k = first, end = first + count * ATTR_ROW; k < end; k += ATTR_ROW) {
        if (attrs[k] === name) {
          duplicate = true;
          break;
        }
      }
    }
    if (duplicate) {
      scanner.error("duplicate-attribute", nameStart);
      continue;
    }
    const row = first + count * ATTR_ROW;
    if (row + ATTR_ROW > store.attrs.length) {
      store.attrEnd = row;
      store.growAttributes(16);
    }
    const value = scanner.nextOdd < to ? scanner.oddValue(from, to) : undefined;
    const attrs = store.attrs;
    attrs[row] = name;
    if (value === undefined || value === null) {
      attrs[row + 1] = from << TEXT_BITS | (value === null ? RAW : PLAIN);
      attrs[row + 2] = to;
    } else {
      attrs[row + 1] = store.strings.length << TEXT_BITS | TABLE;
      attrs[row + 2] = 0;
      store.strings.push(value);
    }
    if (++count > scanner.maxAttributes) scanner.refuseAttributes();
  }
  scanner.attrCount = count;
  store.attrEnd = first + count * ATTR_ROW;
  scanner.pos = at + 1;
  return true;
}

/** The source ends in a tag: nothing comes of the tag. */
function abandon(scanner: Scanner, first: number): boolean {
  scanner.store.attrEnd = first;
  return false;
}

/** End of a name that may have control characters in it. */
function oddNameEnd(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    const unit = source.charCodeAt(at);
    if (unit === 61 || unit === 62 || unit === 47 || unit === 32) return at;
    if (unit === 10 || unit === 9 || unit === 12) return at;
  }
  return source.length;
}

function oddName(scanner: Scanner, start: number, end: number, hash: number, odd: number): number {
  const text = scanner.source.slice(start, end);
  if (!/[\0-\x20]/.test(text)) return nameAt(scanner.names, scanner.source, start, end, hash, odd);
  return scanner.names.intern(lowerCase(text).replaceAll("\0", "\ufffd"));
}

function reportName(scanner: Scanner, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    const unit = scanner.source.charCodeAt(at);
    if (unit === 0) scanner.error("unexpected-null-character", at);
    if (unit === 34 || unit === 39 || unit === 60) {
      scanner.error("unexpected-character-in-attribute-name", at);
    }
  }
}

function reportUnquoted(scanner: Scanner, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    if (`"'<=\``.includes(scanner.source[at]!)) {
      scanner.error("unexpected-character-in-unquoted-attribute-value", at);
    }
  }
}

function reportNoSpace(scanner: Scanner, at: number): void {
  const unit = scanner.source.charCodeAt(at);
  if (unit > 32 && unit !== 62 && unit !== 47) {
    scanner.error("missing-whitespace-between-attributes", at);
  }
}
