import type { NodeSet } from "../nodes/node_set.ts";
import type { Run } from "../nodes/run.ts";

/** Says whether a node is taken, whatever its position is. */
export interface Filter {
  /** Whether the node passes. */
  accepts(id: number, run: Run): boolean;
}

/** Where an axis puts the nodes that pass its test. */
export class Sink {
  readonly set: NodeSet;
  readonly #run: Run;
  readonly #filters: readonly Filter[];
  /** How many more are enough. */
  left: number;

  /**
   * Begins.
   *
   * @param set Where the nodes go.
   * @param run The evaluation.
   * @param filters What nodes must pass besides.
   * @param limit How many are enough.
   */
  constructor(set: NodeSet, run: Run, filters: readonly Filter[], limit: number) {
    this.set = set;
    this.#run = run;
    this.#filters = filters;
    this.left = limit;
  }

  /**
   * Takes a node, if the filters let it pass.
   *
   * @returns Whether there are enough.
   */
  add(id: number): boolean {
    const filters = this.#filters;
    for (let i = 0; i < filters.length; i++) {
      if (!filters[i]!.accepts(id, this.#run)) return false;
    }
    this.set.push(id);
    return --this.left === 0;
  }
}
