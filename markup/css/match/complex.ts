import { ELEMENT, HEAD, KIND_BITS, KIND_MASK, PARENT, PREV } from "../../store/mod.ts";
import type { Combinator } from "../syntax/ast.ts";
import type { Compound } from "./compound.ts";
import { NO, UNKNOWN, YES } from "./memo.ts";
import type { NameVerdict } from "./name_verdict.ts";
import type { Query } from "./query.ts";
import type { Test } from "./test.ts";

/**
 * Compound selectors with combinators, matched from the right: first the element itself, then what is above or before it.
 *
 * `a b` asks whether some element above is an `a`, and the answer for an element is that of its parent, unless the parent is
 * one itself. So answers are kept once a run has taken many steps, and each question is answered but once for an element:
 * the work is bounded by elements times compounds, whatever the tree and the selector. `~` is the same with previous siblings.
 */
export class Complex implements Test {
  readonly #compounds: readonly Compound[];
  readonly #combinators: readonly (Combinator | undefined)[];
  /** First of the numbers of the questions, one for each compound. */
  readonly #slot: number;
  readonly #last: number;
  readonly #subject: Compound;

  /**
   * Puts compounds together.
   *
   * @param compounds The compounds.
   * @param combinators What stands before each of them.
   * @param slot First of as many numbers for questions.
   */
  constructor(
    compounds: readonly Compound[],
    combinators: readonly (Combinator | undefined)[],
    slot: number,
  ) {
    this.#compounds = compounds;
    this.#combinators = combinators;
    this.#slot = slot;
    this.#last = compounds.length - 1;
    this.#subject = compounds[this.#last]!;
  }

  /** The name that an element must have, `undefined` for any. */
  get type(): NameVerdict | undefined {
    return this.#subject.type;
  }

  matches(query: Query, node: number): boolean {
    return this.#subject.matches(query, node) &&
      (this.#last === 0 || this.#leftOf(query, this.#last, node));
  }

  /** Whether a compound and all before it match, and the compound an element. */
  #upTo(query: Query, index: number, node: number): boolean {
    return this.#compounds[index]!.matches(query, node) && this.#leftOf(query, index, node);
  }

  /** Whether all before a compound match, given the element that it matches. */
  #leftOf(query: Query, index: number, node: number): boolean {
    let at = node;
    for (let left = index; left > 0; left--) {
      const combinator = this.#combinators[left];
      if (combinator === " ") return this.#some(query, left - 1, at, PARENT);
      if (combinator === "~") return this.#some(query, left - 1, at, PREV);
      at = combinator === ">" ? query.linked(at, PARENT) : query.linked(at, PREV);
      if (at === 0 || !this.#compounds[left - 1]!.matches(query, at)) return false;
    }
    return true;
  }

  /** Whether some element that a link leads to, again and again, matches up to a compound. */
  #some(query: Query, index: number, node: number, link: number): boolean {
    if (query.memo(this.#slot + index) !== undefined) {
      return this.#someKept(query, index, node, link);
    }
    const { words, store: { names } } = query;
    const { type } = this.#compounds[index]!;
    for (let at = words[node + link]!; at !== 0; at = words[at + link]!) {
      const head = words[at + HEAD]!;
      if ((head & KIND_MASK) !== ELEMENT) continue;
      const fits = type === undefined || type.accepts(names, head >>> KIND_BITS);
      if (fits && this.#upTo(query, index, at)) return true;
      if (--query.steps < 0) return this.#someKept(query, index, at, link);
    }
    return false;
  }

  /** The same, with answers kept. */
  #someKept(query: Query, index: number, node: number, link: number): boolean {
    const memo = query.keepMemo(this.#slot + index);
    let end = node;
    let answer = UNKNOWN;
    while ((answer = memo.get(end)) === UNKNOWN) {
      const next = query.linked(end, link);
      if (next === 0) answer = NO;
      else if (this.#upTo(query, index, next)) answer = YES;
      if (answer !== UNKNOWN) {
        memo.set(end, answer);
        break;
      }
      end = next;
    }
    // All on the way have the same answer: none of them matched.
    for (let at = node; at !== end; at = query.linked(at, link)) memo.set(at, answer);
    return answer === YES;
  }
}
