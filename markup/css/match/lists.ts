import type { Query } from "./query.ts";
import type { Test } from "./matching.ts";

/** One of several passes. */
export class AnyOf implements Test {
  readonly #list: readonly Test[];

  constructor(list: readonly Test[]) {
    this.#list = list;
  }

  matches(query: Query, node: number): boolean {
    const list = this.#list;
    for (let i = 0; i < list.length; i++) if (list[i]!.matches(query, node)) return true;
    return false;
  }
}

/** `:not()`: what is in it does not pass. */
export class Not implements Test {
  readonly #test: Test;

  constructor(test: Test) {
    this.#test = test;
  }

  matches(query: Query, node: number): boolean {
    return !this.#test.matches(query, node);
  }
}
