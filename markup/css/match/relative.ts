import { FIRST, NEXT, PARENT } from "../../store/mod.ts";
import type { Combinator } from "../syntax/ast.ts";
import type { Compound } from "./compound.ts";
import { type Memo, NO, UNKNOWN, YES } from "./memo.ts";
import type { Query } from "./query.ts";
import type { Test } from "./matching.ts";

/**
 * A selector of `:has()`, matched from the left: from the element to what is below or behind it. The answers for each
 * compound are kept, so that no part of the tree is searched twice for it.
 */
export class Relative implements Test {
  readonly #compounds: readonly Compound[];
  readonly #combinators: readonly Combinator[];
  readonly #slot: number;

  /**
   * Puts compounds together.
   *
   * @param compounds The compounds.
   * @param combinators What stands before each of them.
   * @param slot First of as many numbers for questions.
   */
  constructor(
    compounds: readonly Compound[],
    combinators: readonly Combinator[],
    slot: number,
  ) {
    this.#compounds = compounds;
    this.#combinators = combinators;
    this.#slot = slot;
  }

  matches(query: Query, node: number): boolean {
    return this.#from(query, 0, node);
  }

  /** Whether an element matches a compound, and what is below or behind it the rest. */
  #here(query: Query, index: number, node: number): boolean {
    return this.#compounds[index]!.matches(query, node) &&
      (index + 1 === this.#compounds.length || this.#from(query, index + 1, node));
  }

  /** Whether a compound and the rest match from an element on. */
  #from(query: Query, index: number, node: number): boolean {
    const memo = query.keepMemo(this.#slot + index);
    const known = memo.get(node);
    if (known !== UNKNOWN) return known === YES;
    switch (this.#combinators[index]!) {
      case " ":
        return this.#below(query, index, node, memo);
      case "~":
        return this.#behind(query, index, node, memo);
      case "+": {
        const next = query.linked(node, NEXT);
        return keep(memo, node, next !== 0 && this.#here(query, index, next));
      }
      case ">":
        for (let at = query.words[node + FIRST]!; at !== 0; at = query.words[at + NEXT]!) {
          if (query.isElement(at) && this.#here(query, index, at)) return keep(memo, node, true);
        }
        return keep(memo, node, false);
    }
  }

  #behind(query: Query, index: number, node: number, memo: Memo): boolean {
    let at = node;
    let answer = UNKNOWN;
    while ((answer = memo.get(at)) === UNKNOWN) {
      const next = query.linked(at, NEXT);
      if (next === 0) answer = NO;
      else if (this.#here(query, index, next)) answer = YES;
      if (answer !== UNKNOWN) {
        memo.set(at, answer);
        break;
      }
      at = next;
    }
    const end = at;
    for (let on = node; on !== end; on = query.linked(on, NEXT)) memo.set(on, answer);
    return answer === YES;
  }

  /** Walks what is below a node. A part that was left without success has nothing in it; one that is known is not entered. */
  #below(query: Query, index: number, top: number, memo: Memo): boolean {
    const { words } = query;
    let at = words[top + FIRST]!;
    let parent = top;
    while (true) {
      while (at === 0) {
        memo.set(parent, NO);
        if (parent === top) return false;
        at = words[parent + NEXT]!;
        parent = words[parent + PARENT]!;
      }
      if (query.isElement(at)) {
        const known = memo.get(at);
        if (known === YES || this.#here(query, index, at)) break;
        if (known === UNKNOWN) {
          parent = at;
          at = words[at + FIRST]!;
          continue;
        }
      }
      at = words[at + NEXT]!;
    }
    for (let on = parent; on !== top; on = words[on + PARENT]!) memo.set(on, YES);
    return keep(memo, top, true);
  }
}

function keep(memo: Memo, node: number, answer: boolean): boolean {
  memo.set(node, answer ? YES : NO);
  return answer;
}
