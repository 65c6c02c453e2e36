import {
  COMMENT,
  FIRST,
  HEAD,
  INSTRUCTION,
  KIND_MASK,
  NEXT,
  PARENT,
  PLAIN,
  TAIL,
  TEXT,
  TEXT_BITS,
  TEXT_MASK,
} from "../../store/mod.ts";
import { textContent } from "../../tree/axes.ts";
import type { Query } from "./query.ts";
import type { Test } from "./matching.ts";

/** Units that are read element by element, beside twice the source, before all texts are read at once. */
const UNITS = 65536;
/** What a node counts beside its text. */
const PER_NODE = 16;
/** Longest text that is looked for in the source itself. */
const SHORT = 32;
/** From this many units on, the platform searches faster than a loop. */
const LONG = 256;

/** What looking at the parts of a text tells: it is in none, in one, or only the joined text can tell. */
const NO = 0;
const YES = 1;
const UNSURE = 2;

/** `:contains()`: whether a text is in that of an element. */
export class ContainsTest implements Test {
  readonly #text: string;
  /** Which units of Latin-1 stand in it before its last one: a part that ends in another one does not go on in the next. */
  readonly #inner = new Uint8Array(256);

  constructor(text: string) {
    this.#text = text;
    for (let i = 0; i < text.length - 1; i++) this.#inner[text.charCodeAt(i) & 255] = 1;
  }

  matches(query: Query, node: number): boolean {
    if (this.#text === "") return true;
    const read = query.kept(this, () => ({ units: UNITS + 2 * query.store.length }));
    if (read.units < 0) return query.texts.contains(node, this.#text);
    const answer = this.#text.length <= SHORT ? this.#inParts(query, node, read) : UNSURE;
    if (answer !== UNSURE) return answer === YES;
    const text = textContent(query.store, node);
    read.units -= text.length;
    return text.includes(this.#text);
  }

  /** Looks at the parts of an element's text where they lie in the source. */
  #inParts(query: Query, top: number, read: { units: number }): number {
    const { words, source } = query;
    let at = top;
    /** Where the last part begins and ends. */
    let [start, end] = [0, 0];
    let units = 0;
    let answer = NO;
    walk: while (true) {
      units += PER_NODE;
      let ref = words[at + TEXT]!;
      let until = words[at + TEXT + 1]!;
      if (ref !== 0 || until !== 0) {
        const kind = words[at + HEAD]! & KIND_MASK;
        if (kind !== COMMENT && kind !== INSTRUCTION) {
          answer = this.#next(source, start, end, ref, until);
          if (answer !== NO) break;
          start = ref >>> TEXT_BITS;
          end = until;
          units += end - start;
        }
      }
      const first = words[at + FIRST]!;
      if (first !== 0) {
        at = first;
        continue;
      }
      while (at !== top) {
        ref = words[at + TAIL]!;
        until = words[at + TAIL + 1]!;
        if (ref !== 0 || until !== 0) {
          answer = this.#next(source, start, end, ref, until);
          if (answer !== NO) break walk;
          start = ref >>> TEXT_BITS;
          end = until;
          units += end - start;
        }
        const next = words[at + NEXT]!;
        if (next !== 0) {
          at = next;
          continue walk;
        }
        at = words[at + PARENT]!;
      }
      break;
    }
    read.units -= units;
    return answer;
  }

  /** What a part tells, given where the one before begins and ends. */
  #next(source: string, start: number, end: number, ref: number, until: number): number {
    if ((ref & TEXT_MASK) !== PLAIN || this.#mayGoOn(source, start, end)) return UNSURE;
    return this.#isBetween(source, ref >>> TEXT_BITS, until) ? YES : NO;
  }

  #isBetween(source: string, start: number, end: number): boolean {
    const text = this.#text;
    const { length } = text;
    if (end - start > LONG) return source.slice(start, end).includes(text);
    const first = text.charCodeAt(0);
    const last = end - length;
    for (let at = start; at <= last; at++) {
      if (source.charCodeAt(at) === first && source.startsWith(text, at)) return true;
    }
    return false;
  }

  /** Whether a part ends in what the text begins with; of a short part, in what may be in the text anywhere. */
  #mayGoOn(source: string, start: number, end: number): boolean {
    if (start === end || this.#inner[source.charCodeAt(end - 1) & 255] === 0) return false;
    const text = this.#text;
    for (let count = 1; count < text.length; count++) {
      let same = 0;
      while (
        same < count && end - same > start &&
        source.charCodeAt(end - same - 1) === text.charCodeAt(count - same - 1)
      ) same++;
      if (same === count || end - same === start) return true;
    }
    return false;
  }
}
