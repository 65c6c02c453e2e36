import { isSpace } from "../syntax/scanner.ts";
import type { Query } from "./query.ts";
import type { Test } from "./matching.ts";
import { lowerAscii } from "./values.ts";

/** What an element must have for a test to pass, as far as one word tells it. */
export interface Key {
  readonly kind: "id" | "class" | "type";
  readonly word: string;
}

/** A test, and what must be there for it to be of use. */
export interface Keyed {
  readonly test: Test;
  /** `undefined` if every element may pass. */
  readonly key: Key | undefined;
}

/**
 * Many tests of which one must pass, found by the element's id, classes and name: so that a list of thousands costs no more than
 * a short one.
 */
export class Dispatch implements Test {
  readonly #rest: Test[] = [];
  readonly #maps: Readonly<Record<Key["kind"], Map<string, Test[]>>> = {
    id: new Map(),
    class: new Map(),
    type: new Map(),
  };
  readonly #fold: boolean;

  /**
   * Sorts tests by their keys.
   *
   * @param list The tests.
   * @param fold Whether ids and classes are compared without regard to capitals.
   */
  constructor(list: readonly Keyed[], fold: boolean) {
    this.#fold = fold;
    for (const { test, key } of list) {
      if (key === undefined) this.#rest.push(test);
      else this.#put(key.kind, key.kind === "type" || fold ? lowerAscii(key.word) : key.word, test);
    }
  }

  #put(kind: Key["kind"], word: string, test: Test): void {
    const map = this.#maps[kind];
    const known = map.get(word);
    if (known === undefined) map.set(word, [test]);
    else known.push(test);
  }

  matches(query: Query, node: number): boolean {
    const { id, class: classes, type } = this.#maps;
    if (type.size > 0 && some(type.get(lowerAscii(query.local(node))), query, node)) return true;
    if (id.size > 0) {
      const value = query.attribute(node, "id");
      if (value !== undefined && some(id.get(this.#word(value)), query, node)) return true;
    }
    if (classes.size > 0 && this.#byClass(query, node)) return true;
    return some(this.#rest, query, node);
  }

  #word(value: string): string {
    return this.#fold ? lowerAscii(value) : value;
  }

  #byClass(query: Query, node: number): boolean {
    const value = query.attribute(node, "class");
    if (value === undefined) return false;
    const text = this.#word(value);
    let seen: Set<string> | undefined;
    for (let at = 0; at < text.length;) {
      let end = at;
      while (end < text.length && !isSpace(text.charCodeAt(end))) end++;
      if (end > at) {
        const tests = this.#maps.class.get(text.slice(at, end));
        // A class that is there again and again is looked at once.
        if (tests !== undefined && !seen?.has(text.slice(at, end))) {
          if (some(tests, query, node)) return true;
          (seen ??= new Set()).add(text.slice(at, end));
        }
      }
      at = end + 1;
    }
    return false;
  }
}

function some(tests: readonly Test[] | undefined, query: Query, node: number): boolean {
  if (tests === undefined) return false;
  for (let i = 0; i < tests.length; i++) if (tests[i]!.matches(query, node)) return true;
  return false;
}
