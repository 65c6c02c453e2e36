import { ROW } from "../../store/mod.ts";

/** How many answers are kept before there is a table for all nodes. */
const FEW = 64;

/** Not asked yet. */
export const UNKNOWN = 0;
/** The answer no. */
export const NO = 1;
/** The answer yes. */
export const YES = 2;

/** Answers about nodes, for as long as one query takes. */
export class Memo {
  readonly #rows: number;
  #few: Map<number, number> | undefined = new Map();
  #table: Uint8Array | undefined;

  /**
   * An empty memo.
   *
   * @param end Offset behind the last row of the store.
   */
  constructor(end: number) {
    this.#rows = end / ROW;
  }

  /** The answer about a node: `UNKNOWN`, `NO`, `YES`, or another one that was set. */
  get(node: number): number {
    const table = this.#table;
    return table === undefined ? this.#few!.get(node) ?? UNKNOWN : table[node / ROW]!;
  }

  /** Keeps an answer. */
  set(node: number, answer: number): void {
    if (this.#table !== undefined) {
      this.#table[node / ROW] = answer;
      return;
    }
    this.#few!.set(node, answer);
    if (this.#few!.size <= FEW) return;
    this.#table = new Uint8Array(this.#rows);
    for (const [known, answer] of this.#few!) this.#table[known / ROW] = answer;
    this.#few = undefined;
  }
}
