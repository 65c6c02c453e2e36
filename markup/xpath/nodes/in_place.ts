/** Questions about the text of a node that are answered where it lies in the source, without making a string. */
import {
  ATTR_ROW,
  FIRST,
  PLAIN,
  RAW,
  TABLE,
  TEXT,
  TEXT_BITS,
  TEXT_MASK,
} from "../../store/layout.ts";
import { stringToNumber } from "./convert.ts";
import { isAttribute, isRow } from "./node_set.ts";
import type { Run } from "./run.ts";

const SPACE = 32;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;

/** Powers of ten that are exact. */
const POWERS = Array.from({ length: 16 }, (_, power) => 10 ** power);

/** A number of this many digits, and a power of ten that it is divided by, are exact: then the quotient is rounded but once. */
const MOST_DIGITS = 15;

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === 9 || byte === 10 || byte === 13;
}

/** The number that ASCII says, `NaN` if it is none; `undefined` if it has too many digits to tell. */
function parseNumber(bytes: Uint8Array, start: number, end: number): number | undefined {
  let at = start;
  let last = end;
  while (at < last && isSpace(bytes[at]!)) at++;
  while (last > at && isSpace(bytes[last - 1]!)) last--;
  const minus = bytes[at] === MINUS && at < last;
  if (minus) at++;
  const first = at;
  let value = 0;
  let point = -1;
  for (; at < last; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (digit === POINT - ZERO && point === -1) point = at;
    else return NaN;
  }
  const digits = last - first - (point === -1 ? 0 : 1);
  if (digits === 0) return NaN;
  if (digits > MOST_DIGITS) return undefined;
  if (point !== -1) value /= POWERS[last - point - 1]!;
  return minus ? -value : value;
}

/** Where the two words are that tell the text of a node: of a text, or an element without children; -1 if there are none. */
function placeOf(id: number, run: Run): number {
  if (id < 0) return -1;
  if (!isRow(id)) return id;
  return run.words[id + FIRST] === 0 ? id + TEXT : -1;
}

/** The text of a node as a number. */
export function numberOf(id: number, run: Run): number {
  const { bytes, attrs } = run.store;
  const place = placeOf(id, run);
  const inAttributes = isAttribute(id);
  if ((place !== -1 || inAttributes) && bytes.length > 0) {
    const words = inAttributes ? attrs : run.words;
    const at = inAttributes ? ~id * ATTR_ROW + 1 : place;
    const ref = words[at]!;
    if ((ref & TEXT_MASK) === PLAIN) {
      const number = parseNumber(bytes, ref >>> TEXT_BITS, words[at + 1]!);
      if (number !== undefined) return number;
    }
  }
  return stringToNumber(run.stringOf(id));
}

/** Bytes up to which a text is searched here; longer ones are left to the platform, which is faster by then. */
const SHORT = 256;

/** A text that is looked for in the texts of nodes. */
export class Needle {
  readonly text: string;
  /** Its UTF-8, `undefined` if it has none: half of a surrogate pair is in some strings, but never in bytes. */
  readonly #bytes: Uint8Array | undefined;

  constructor(text: string) {
    this.text = text;
    this.#bytes = text.isWellFormed() ? new TextEncoder().encode(text) : undefined;
  }

  /** Whether the text of a node contains it. */
  isIn(id: number, run: Run): boolean {
    const { store } = run;
    const place = placeOf(id, run);
    if (place !== -1) {
      const ref = run.words[place]!;
      const how = ref & TEXT_MASK;
      const end = run.words[place + 1]!;
      const start = ref >>> TEXT_BITS;
      const near = how !== TABLE && how !== RAW && end - start <= SHORT && store.bytes.length > 0;
      if (near && this.#bytes !== undefined) {
        run.spend(end - start);
        return isBetween(this.#bytes, store.bytes, start, end);
      }
    }
    const text = run.stringOf(id);
    run.spend(text.length);
    return text.includes(this.text);
  }
}

/** Whether one text is in another, both as UTF-8: no character of that begins inside another one. */
function isBetween(needle: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const { length } = needle;
  if (length === 0) return true;
  const first = needle[0]!;
  const last = end - length;
  for (let at = start; at <= last; at++) {
    if (bytes[at] !== first) continue;
    let same = 1;
    while (same < length && bytes[at + same] === needle[same]) same++;
    if (same === length) return true;
  }
  return false;
}
