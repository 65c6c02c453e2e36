/** Looks at the values of attributes where they lie: as parts of a source that need no string of their own. */
import { isSpace } from "../syntax/scanner.ts";
import { PLAIN, TEXT_BITS, TEXT_MASK } from "../../store/mod.ts";
import type { Query } from "./query.ts";

/** Calls back with the text that holds the value of an attribute, its start and its end. */
export type ValueTest = (text: string, start: number, end: number) => boolean;

/**
 * Asks about the value of the attribute at an offset.
 *
 * @param query The run.
 * @param at Offset of the attribute.
 * @param test The question.
 */
export function testValue(query: Query, at: number, test: ValueTest): boolean {
  const { attrs } = query;
  const ref = attrs[at + 1]!;
  if ((ref & TEXT_MASK) === PLAIN) return test(query.source, ref >>> TEXT_BITS, attrs[at + 2]!);
  const value = query.store.readValue(ref, attrs[at + 2]!);
  return test(value, 0, value.length);
}

/** Whether a word is among those between start and end. */
export function hasWord(text: string, start: number, end: number, word: string): boolean {
  const { length } = word;
  const first = word.charCodeAt(0);
  let at = start;
  while (at + length <= end) {
    const unit = text.charCodeAt(at);
    if (isSpace(unit)) {
      at++;
      continue;
    }
    if (unit === first) {
      let k = 1;
      while (k < length && text.charCodeAt(at + k) === word.charCodeAt(k)) k++;
      if (k === length && (at + k === end || isSpace(text.charCodeAt(at + k)))) return true;
    }
    while (at < end && !isSpace(text.charCodeAt(at))) at++;
  }
  return false;
}

/** Whether the text between start and end is a value. */
export function isValue(text: string, start: number, end: number, value: string): boolean {
  return end - start === value.length && text.startsWith(value, start);
}

/** Letters A to Z as small ones, and no other letters changed. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
