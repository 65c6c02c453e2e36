import {
  COMMENT,
  FIRST,
  INSTRUCTION,
  NEXT,
  PARENT,
  ROW,
  TAIL,
  TEXT,
  type TreeStore,
} from "../store/mod.ts";

/**
 * The text of a whole tree, and where in it the text of each element begins and ends: so that to look for a word in all
 * elements takes one search, however deep they are nested.
 */
export class TextIndex {
  readonly #store: TreeStore;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #text: string;
  /** Where words begin in the text. */
  readonly #found = new Map<string, number[]>();

  /**
   * Reads the texts of a tree.
   *
   * @param store The store.
   * @param node A node of the tree.
   */
  constructor(store: TreeStore, node: number) {
    this.#store = store;
    this.#starts = new Int32Array(store.end / ROW);
    this.#ends = new Int32Array(store.end / ROW);
    this.#text = this.#read(store.top(node));
  }

  /**
   * Whether a word is in the text of an element.
   *
   * @param node The element.
   * @param word The word.
   */
  contains(node: number, word: string): boolean {
    let found = this.#found.get(word);
    if (found === undefined) this.#found.set(word, found = occurrences(this.#text, word));
    const start = this.#starts[node / ROW]!;
    let [low, high] = [0, found.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (found[middle]! < start) low = middle + 1;
      else high = middle;
    }
    return low < found.length && found[low]! + word.length <= this.#ends[node / ROW]!;
  }

  /** The text of an element, comments and processing instructions left out. */
  textOf(node: number): string {
    return this.#text.slice(this.#starts[node / ROW], this.#ends[node / ROW]);
  }

  /** Reads the text below a node. That of comments and processing instructions is none, what follows them is. */
  #read(top: number): string {
    const store = this.#store;
    const { words } = store;
    const parts: string[] = [];
    let length = 0;
    const add = (place: number): void => {
      const part = store.textAt(place);
      if (part === undefined) return;
      parts.push(part);
      length += part.length;
    };
    let at = top;
    while (true) {
      const kind = store.kind(at);
      this.#starts[at / ROW] = length;
      if (kind !== COMMENT && kind !== INSTRUCTION) add(at + TEXT);
      const first = words[at + FIRST]!;
      if (first !== 0) {
        at = first;
        continue;
      }
      while (true) {
        this.#ends[at / ROW] = length;
        if (at === top) return parts.join("");
        add(at + TAIL);
        const next = words[at + NEXT]!;
        if (next !== 0) {
          at = next;
          break;
        }
        at = words[at + PARENT]!;
      }
    }
  }
}

/** Longest word that the platform looks for: a long one that overlaps itself would be compared again and again. */
const SHORT = 32;

/** Where a word begins in a text. */
function occurrences(text: string, word: string): number[] {
  const found: number[] = [];
  if (word.length <= SHORT) {
    for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) found.push(at);
    return found;
  }
  // Knuth, Morris and Pratt, "Fast pattern matching in strings" (1977): time in proportion to the text.
  const borders = new Int32Array(word.length + 1);
  borders[0] = -1;
  for (let at = 0, border = -1; at < word.length;) {
    while (border >= 0 && word.charCodeAt(at) !== word.charCodeAt(border)) {
      border = borders[border]!;
    }
    borders[++at] = ++border;
  }
  for (let at = 0, matched = 0; at < text.length;) {
    while (matched >= 0 && text.charCodeAt(at) !== word.charCodeAt(matched)) {
      matched = borders[matched]!;
    }
    at++;
    if (++matched < word.length) continue;
    found.push(at - matched);
    matched = borders[matched]!;
  }
  return found;
}
