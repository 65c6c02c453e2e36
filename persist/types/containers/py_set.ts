import { KeyIndex } from "./key_index.ts";

/**
 * A Python `set`: a `Set` whose elements are equal when Python says so (see {@linkcode PyDict}).
 *
 * @typeParam T The type of the elements.
 *
 * @example Tuples are compared by their items
 * ```ts
 * import { PySet, tuple } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const seen = new PySet([tuple(1, 2), tuple(1, 2)]);
 * assertEquals(seen.size, 1);
 * ```
 */
export class PySet<T = unknown> extends Set<T> {
  #index: KeyIndex = new KeyIndex();
  #has: (key: unknown) => boolean = (key) => super.has(key as T);

  /**
   * Makes a set.
   *
   * @example Make one
   * ```ts
   * import { PySet, tuple } from "@ferry/std/persist/types";
   *
   * const seen = new PySet([tuple(1, 2), tuple(1, 2)]);
   * ```
   *
   * @param items The first elements.
   */
  constructor(items?: Iterable<T> | null) {
    super();
    if (items) { for (const item of items) this.add(item); }
  }

  /**
   * Whether an element is there.
   *
   * @param item The element.
   * @returns Whether it is.
   */
  override has(item: T): boolean {
    return super.has(this.#index.find(this.#has, item) as T);
  }

  /**
   * Adds an element.
   *
   * @param item The element; if an equal one is there, that one stays.
   * @returns This set.
   * @throws {TypeError} If the element is, or holds, something that can change: a list, dict, set or bytearray.
   */
  override add(item: T): this {
    if (typeof item === "string" || typeof item === "number" && this.#index.simple) {
      return super.add(item);
    }
    return super.add(this.#index.place(this.#has, item) as T);
  }

  /**
   * Removes an element.
   *
   * @param item The element.
   * @returns Whether it was there.
   */
  override delete(item: T): boolean {
    const stored = this.#index.find(this.#has, item) as T;
    this.#index.forget(stored);
    return super.delete(stored);
  }

  /** Removes all elements. */
  override clear(): void {
    this.#index.clear();
    super.clear();
  }
}
