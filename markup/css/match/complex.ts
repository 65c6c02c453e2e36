import { ELEMENT, HEAD, KIND_BITS, KIND_MASK, PARENT, PREV } from "../../store/mod.ts";
import type { Combinator } from "../syntax/ast.ts";
import type { Compound } from "./compound.ts";
import { Forward } from "./forward.ts";
import { NO, UNKNOWN, YES } from "./memo.ts";
import type { NameVerdict } from "./name_verdict.ts";
import type { Query } from "./query.ts";
import type { Test } from "./matching.ts";

/** The answer no, which is that of all elements further up as well. */
const GONE = 3;

/**
 * Compound selectors with combinators, matched from the right: first the element itself, then what is above or before it.
 *
 * Where something is looked for in vain above an element, it is in vain above all those further up, too: then the search of
 * the compounds further right ends at once.
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

  /** The same, matched from the left, if that pays. */
  get forward(): Forward | undefined {
    return Forward.fits(this.#compounds, this.#combinators)
      ? new Forward(this.#compounds, this.#combinators)
      : undefined;
  }

  matches(query: Query, node: number): boolean {
    return this.#subject.matches(query, node) &&
      (this.#last === 0 || this.#leftOf(query, this.#last, node) === YES);
  }

  /** Whether a compound and all before it match, and the compound an element. */
  #upTo(query: Query, index: number, node: number): number {
    return this.#compounds[index]!.matches(query, node) ? this.#leftOf(query, index, node) : NO;
  }

  /** Whether all before a compound match, given the element that it matches. */
  #leftOf(query: Query, index: number, node: number): number {
    let at = node;
    for (let left = index; left > 0; left--) {
      const combinator = this.#combinators[left];
      if (combinator === " ") {
        return this.#some(query, left - 1, at, PARENT) === YES ? YES : GONE;
      }
      if (combinator === "~") return this.#some(query, left - 1, at, PREV);
      at = combinator === ">" ? query.linked(at, PARENT) : query.linked(at, PREV);
      if (at === 0 || !this.#compounds[left - 1]!.matches(query, at)) return NO;
    }
    return YES;
  }

  /** Whether some element that a link leads to, again and again, matches up to a compound. */
  #some(query: Query, index: number, node: number, link: number): number {
    if (query.memo(this.#slot + index) !== undefined) {
      return this.#someKept(query, index, node, link);
    }
    const { words, store: { names } } = query;
    const { type } = this.#compounds[index]!;
    for (let at = words[node + link]!; at !== 0; at = words[at + link]!) {
      const head = words[at + HEAD]!;
      if ((head & KIND_MASK) !== ELEMENT) continue;
      const fits = type === undefined || type.accepts(names, head >>> KIND_BITS);
      const answer = fits ? this.#upTo(query, index, at) : NO;
      if (answer !== NO) return answer;
      if (--query.steps < 0) return this.#someKept(query, index, at, link);
    }
    return NO;
  }

  /** The same, with answers kept. */
  #someKept(query: Query, index: number, node: number, link: number): number {
    const memo = query.keepMemo(this.#slot + index);
    let end = node;
    let answer = UNKNOWN;
    while ((answer = memo.get(end)) === UNKNOWN) {
      const next = query.linked(end, link);
      const found = next === 0 ? NO : this.#upTo(query, index, next);
      if (next === 0 || found !== NO) {
        memo.set(end, answer = found);
        break;
      }
      end = next;
    }
    // All on the way have the same answer: none of them matched.
    for (let at = node; at !== end; at = query.linked(at, link)) memo.set(at, answer);
    return answer;
  }
}
