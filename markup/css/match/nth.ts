import {
  ELEMENT,
  FIRST,
  HEAD,
  KIND_BITS,
  KIND_MASK,
  LAST,
  NEXT,
  PARENT,
  PREV,
  ROW,
} from "../../store/mod.ts";
import type { Query } from "./query.ts";
import type { Test } from "./matching.ts";

/** What is counted: all siblings, those of the same name, or those that pass a test. */
export type Counted = "all" | "type" | Test;

/** Siblings that are counted for each question anew; positions among more than so many are found once for all of them. */
const FEW = 24;

/** Positions of elements among their siblings, found for all children of a parent at once. */
interface Positions {
  table: Int32Array | undefined;
}

/** `:nth-child()` and its kin. */
export class NthTest implements Test {
  readonly #step: number;
  readonly #offset: number;
  readonly #last: boolean;
  readonly #counted: Counted;

  /**
   * Asks for the positions `step * n + offset`.
   *
   * @param step The step.
   * @param offset The offset.
   * @param last Whether it is counted from the last sibling.
   * @param counted What is counted.
   */
  constructor(step: number, offset: number, last: boolean, counted: Counted) {
    this.#step = step;
    this.#offset = offset;
    this.#last = last;
    this.#counted = counted;
  }

  matches(query: Query, node: number): boolean {
    const beyond = this.#position(query, node) - this.#offset;
    if (Number.isNaN(beyond)) return false;
    const step = this.#step;
    return step === 0 ? beyond === 0 : beyond % step === 0 && beyond / step >= 0;
  }

  /** Position of an element, from 1; `NaN` if it is not counted. */
  #position(query: Query, node: number): number {
    const counted = this.#counted;
    if (typeof counted === "object" && !counted.matches(query, node)) return NaN;
    const position = this.#count(query, node);
    if (position !== 0) return position;
    const positions = query.kept<Positions>(this, () => ({ table: undefined }));
    const table = positions.table ??= new Int32Array(query.store.end / ROW);
    if (table[node / ROW] === 0) this.#fill(query, node, table);
    return table[node / ROW]!;
  }

  /** Counts the siblings on one side of an element; 0 if they are many. */
  #count(query: Query, node: number): number {
    const { words, store: { names } } = query;
    const link = this.#last ? NEXT : PREV;
    const counted = this.#counted;
    const name = names.expanded(words[node + HEAD]! >>> KIND_BITS);
    let position = 1;
    // To ask whether one is counted may be dear.
    let left = typeof counted === "string" ? FEW : FEW >> 3;
    for (let at = words[node + link]!; at !== 0; at = words[at + link]!) {
      if (left-- === 0) return 0;
      const head = words[at + HEAD]!;
      if ((head & KIND_MASK) !== ELEMENT) continue;
      if (counted === "all") position++;
      else if (counted === "type") {
        if (names.expanded(head >>> KIND_BITS) === name) position++;
      } else if (counted.matches(query, at)) position++;
    }
    return position;
  }

  /** Finds the positions of all siblings of an element. */
  #fill(query: Query, node: number, table: Int32Array): void {
    const { words, store: { names } } = query;
    const [back, on] = this.#last ? [NEXT, PREV] : [PREV, NEXT];
    const counted = this.#counted;
    const perName = new Map<number, number>();
    let [count, last] = [0, 0];
    let at = node;
    const parent = words[node + PARENT]!;
    if (parent !== 0) at = words[parent + (this.#last ? LAST : FIRST)]!;
    else while (words[at + back] !== 0) at = words[at + back]!;
    for (; at !== 0; at = words[at + on]!) {
      const head = words[at + HEAD]!;
      if ((head & KIND_MASK) !== ELEMENT) continue;
      if (counted === "type") {
        const name = names.expanded(head >>> KIND_BITS);
        if (name !== last) {
          perName.set(last, count);
          count = perName.get(name) ?? 0;
          last = name;
        }
        table[at / ROW] = ++count;
      } else if (counted === "all" || counted.matches(query, at)) table[at / ROW] = ++count;
    }
  }
}
