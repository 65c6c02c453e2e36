import type { Query } from "./query.ts";
import type { Test } from "./test.ts";

/** `:is()`, `:where()` and `:has()`: one of several passes. */
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

/** `:not()`: none of several passes. */
export class NoneOf implements Test {
  readonly #list: readonly Test[];

  constructor(list: readonly Test[]) {
    this.#list = list;
  }

  matches(query: Query, node: number): boolean {
    const list = this.#list;
    for (let i = 0; i < list.length; i++) if (list[i]!.matches(query, node)) return false;
    return true;
  }
}
