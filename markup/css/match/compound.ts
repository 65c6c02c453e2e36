import { HEAD, KIND_BITS } from "../../store/mod.ts";
import type { NameVerdict } from "./name_verdict.ts";
import type { Query } from "./query.ts";
import type { Test } from "./matching.ts";
import type { WordTest } from "./word.ts";

/** All that one element must be. */
export class Compound implements Test {
  /** The name that is asked for, `undefined` for any. */
  readonly type: NameVerdict | undefined;
  readonly #word: WordTest | undefined;
  readonly #rest: readonly Test[];
  /** Whether an element is looked at, and neither its texts nor what is below it. */
  readonly isCheap: boolean;

  /**
   * Puts tests together.
   *
   * @param type The name, `undefined` for any.
   * @param word An id, or else a class.
   * @param rest What else is asked, the cheapest first.
   * @param isCheap Whether the rest is cheap.
   */
  constructor(
    type: NameVerdict | undefined,
    word: WordTest | undefined,
    rest: readonly Test[],
    isCheap: boolean,
  ) {
    this.type = type;
    this.#word = word;
    this.#rest = rest;
    this.isCheap = isCheap;
  }

  /** Whether nothing but the name is asked for, if that. */
  get isName(): boolean {
    return this.#word === undefined && this.#rest.length === 0;
  }

  matches(query: Query, node: number): boolean {
    const type = this.type;
    if (
      type !== undefined &&
      !type.accepts(query.store.names, query.words[node + HEAD]! >>> KIND_BITS)
    ) return false;
    const word = this.#word;
    if (word !== undefined && !word.matches(query, node)) return false;
    const rest = this.#rest;
    for (let i = 0; i < rest.length; i++) if (!rest[i]!.matches(query, node)) return false;
    return true;
  }
}
