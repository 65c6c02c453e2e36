import { PySet } from "./py_set.ts";

/**
 * A Python `frozenset`: a set that cannot be changed, and may be a key or an element of another set.
 *
 * @typeParam T The type of the elements.
 *
 * @example A set of sets
 * ```ts
 * import { FrozenSet, PySet } from "@ferry/std/persist/types";
 * import { assert, assertThrows } from "@std/assert";
 *
 * const teams = new PySet([new FrozenSet(["ann", "bob"])]);
 * assert(teams.has(new FrozenSet(["bob", "ann"])));
 * assertThrows(() => new FrozenSet([1]).add(2), TypeError);
 * ```
 */
export class FrozenSet<T = unknown> extends PySet<T> {
  #frozen: boolean = false;

  /**
   * Makes a frozen set.
   *
   * @example Make one
   * ```ts
   * import { FrozenSet, PySet } from "@ferry/std/persist/types";
   *
   * const teams = new PySet([new FrozenSet(["ann", "bob"])]);
   * ```
   *
   * @param items The elements.
   */
  constructor(items?: Iterable<T> | null) {
    super();
    if (items) { for (const item of items) super.add(item); }
    this.#frozen = true;
  }

  /**
   * Always throws: a frozenset cannot be changed.
   *
   * @param item The element.
   * @returns Never.
   * @throws {TypeError} If it is called: a FrozenSet does not change.
   */
  override add(item: T): this {
    return this.#frozen ? refuse("add to") : super.add(item);
  }

  /**
   * Always throws: a frozenset cannot be changed.
   *
   * @param _item The element.
   * @returns Never.
   * @throws {TypeError} If it is called: a FrozenSet does not change.
   */
  override delete(_item: T): boolean {
    return refuse("delete from");
  }

  /**
   * Always throws: a frozenset cannot be changed.
   *
   * @throws {TypeError} If it is called: a FrozenSet does not change.
   */
  override clear(): void {
    refuse("clear");
  }

  /**
   * The elements, which stand for this set when it is a key; other sets can change and have no such method.
   *
   * @returns The elements.
   */
  keyItems(): Iterable<T> {
    return this;
  }
}

function refuse(what: string): never {
  throw new TypeError(`Cannot ${what} a FrozenSet: it is immutable`);
}
