import {
  ELEMENT,
  FIRST,
  FIRST_OWN,
  HEAD,
  KIND_BITS,
  KIND_MASK,
  type NameTable,
  NEXT,
  PARENT,
  PREV,
} from "../../store/mod.ts";
import type { Combinator } from "../syntax/ast.ts";
import type { Compound } from "./compound.ts";
import type { Query } from "./query.ts";

/** Bits of a field of a state, and so the most compounds. */
const FIELD = 7;
const COMPOUNDS = (1 << FIELD) - 1;
/** Where the field of each combinator is in a state. */
const FIELDS: Readonly<Record<Combinator, number>> = {
  " ": 0,
  ">": FIELD,
  "~": 2 * FIELD,
  "+": 3 * FIELD,
};
const ABOVE = COMPOUNDS << FIELDS[" "];
/** A known name of an element. */
const KNOWN = 1 << FIELD;

/**
 * Compound selectors with combinators, matched from the left in one walk over a whole tree.
 *
 * ```text
 *   state   | previous sibling  + | previous siblings  ~ | parent  > | all above  ' ' |
 *             27               21   20                14   13      7   6             0
 * ```
 *
 * Bit i of a field tells whether the compounds 0 to i match there. So a compound can match an element only if the bit of the
 * one before it is set in the field of the combinator between them; what must be known of an element is its name and the state,
 * and neither what is above it nor its siblings are looked at again. From the right (`Complex`) it is cheaper where the first
 * compound is not told by a name, and where only a part of a tree is searched.
 */
export class Forward {
  readonly #compounds: readonly Compound[];
  /** The bits of states that matter: those whose combinator stands before the next compound. */
  readonly #used: number;
  /** The compounds that ask for more than a name. */
  readonly #tested: number;
  /** The compounds that a name can be of, by the numbers of names that all documents share; 0 is not known yet. */
  #masks = new Uint8Array(64);

  /**
   * Puts compounds together.
   *
   * @param compounds The compounds.
   * @param combinators What stands before each of them.
   */
  constructor(
    compounds: readonly Compound[],
    combinators: readonly (Combinator | undefined)[],
  ) {
    this.#compounds = compounds;
    let used = 0;
    let tested = 0;
    compounds.forEach((compound, index) => {
      if (!compound.isName) tested |= 1 << index;
      if (index > 0) used |= 1 << (index - 1 + FIELDS[combinators[index]!]);
    });
    this.#used = used;
    this.#tested = tested;
  }

  /**
   * Whether compounds can be matched this way, and it pays: it does not where each leads to one element only.
   *
   * @param compounds The compounds.
   * @param combinators What stands before each of them.
   */
  static fits(
    compounds: readonly Compound[],
    combinators: readonly (Combinator | undefined)[],
  ): boolean {
    return compounds.length <= FIELD && compounds[0]!.type !== undefined &&
      compounds.slice(0, -1).every(({ isCheap }) => isCheap) &&
      combinators.some((combinator) => combinator === " " || combinator === "~");
  }

  /** Whether nothing above or before a node is an element. */
  static isWhole(query: Query, top: number): boolean {
    return query.linked(top, PARENT) === 0 && query.linked(top, PREV) === 0;
  }

  /**
   * Finds elements in document order.
   *
   * @param query The run.
   * @param top Where to look: this node and all below; it must be the top of a tree.
   * @param most How many to find.
   * @returns Their handles.
   */
  find(query: Query, top: number, most: number): number[] {
    const { words, store: { names } } = query;
    const used = this.#used;
    const subject = 1 << (this.#compounds.length - 1);
    const found: number[] = [];
    /** States of the elements that are open. */
    const open: number[] = [];
    let state = 0;
    let at = top;
    while (true) {
      const head = words[at + HEAD]!;
      let own = 0;
      if ((head & KIND_MASK) === ELEMENT) {
        const named = this.#named(names, head >>> KIND_BITS);
        if (named !== 0) {
          const bits = state & used;
          const before = bits | bits >> FIELD | bits >> 2 * FIELD | bits >> 3 * FIELD;
          own = named & (before << 1 | 1);
          if ((own & this.#tested) !== 0) own = this.#test(query, at, own);
          if ((own & subject) !== 0) {
            found.push(at);
            if (found.length >= most) return found;
          }
        }
        // From now on the state is that of the next sibling.
        state = state & ~(COMPOUNDS << FIELDS["+"]) | own << FIELDS["~"] | own << FIELDS["+"];
      }
      const first = words[at + FIRST]!;
      if (first !== 0) {
        open.push(state);
        state = state & ABOVE | own | own << FIELDS[">"];
        at = first;
        continue;
      }
      while (true) {
        if (at === top) return found;
        const next = words[at + NEXT]!;
        if (next !== 0) {
          at = next;
          break;
        }
        at = words[at + PARENT]!;
        state = open.pop()!;
      }
    }
  }

  /** The compounds that a name can be of. */
  #named(names: NameTable, name: number): number {
    const masks = this.#masks;
    const mask = name < masks.length ? masks[name]! : 0;
    return (mask === 0 ? this.#ask(names, name) : mask) & COMPOUNDS;
  }

  #ask(names: NameTable, name: number): number {
    let mask = KNOWN;
    this.#compounds.forEach(({ type }, index) => {
      if (type === undefined || type.accepts(names, name)) mask |= 1 << index;
    });
    if (name >= FIRST_OWN) return mask;
    if (name >= this.#masks.length) {
      const wider = new Uint8Array(Math.min(FIRST_OWN, 2 * name + 1));
      wider.set(this.#masks);
      this.#masks = wider;
    }
    this.#masks[name] = mask;
    return mask;
  }

  /** Of the compounds that an element can match, those that it does match. */
  #test(query: Query, node: number, own: number): number {
    let matched = own;
    for (let left = own & this.#tested; left !== 0; left &= left - 1) {
      const index = 31 - Math.clz32(left & -left);
      if (!this.#compounds[index]!.matches(query, node)) matched &= ~(1 << index);
    }
    return matched;
  }
}
