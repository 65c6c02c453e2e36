import { ATTR_COUNT, ATTR_ROW, ATTRS, PLAIN, TEXT_BITS, TEXT_MASK } from "../../store/mod.ts";
import type { Query } from "./query.ts";
import type { Test } from "./matching.ts";
import { hasWord, isValue, lowerAscii } from "./values.ts";

/** Whether an element has an id or a class. */
export class WordTest implements Test {
  readonly #word: string;
  readonly #isId: boolean;
  /** Whether capitals and small letters are equal: in documents in quirks mode. */
  readonly #fold: boolean;

  constructor(word: string, isId: boolean, fold: boolean) {
    this.#word = fold ? lowerAscii(word) : word;
    this.#isId = isId;
    this.#fold = fold;
  }

  matches(query: Query, node: number): boolean {
    const { words, attrs } = query;
    const count = words[node + ATTR_COUNT]! >> 1;
    if (count === 0) return false;
    const name = this.#isId ? query.idName : query.className;
    const first = words[node + ATTRS]!;
    const end = first + count * ATTR_ROW;
    for (let at = first; at < end; at += ATTR_ROW) {
      if (attrs[at] === name) return this.#hasWord(query, attrs[at + 1]!, attrs[at + 2]!);
    }
    return false;
  }

  #hasWord(query: Query, ref: number, end: number): boolean {
    const word = this.#word;
    if ((ref & TEXT_MASK) === PLAIN && !this.#fold) {
      const start = ref >>> TEXT_BITS;
      if (end - start < word.length) return false;
      return this.#isId
        ? isValue(query.source, start, end, word)
        : hasWord(query.source, start, end, word);
    }
    let value = query.store.readValue(ref, end);
    if (this.#fold) value = lowerAscii(value);
    return this.#isId ? value === word : hasWord(value, 0, value.length, word);
  }
}
