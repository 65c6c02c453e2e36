import { KeyIndex } from "./key_index.ts";

/**
 * A Python `dict` whose keys are not all plain names: a `Map` whose keys are equal when Python says so
 * (`1`, `1n`, `1.0` and `true` are one key; tuples, bytes and frozensets are compared by what they hold).
 *
 * The first form of a key stays, as in Python. A tuple used as a key must not be changed afterwards.
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 *
 * @example Look up by a tuple
 * ```ts
 * import { PyDict, tuple } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const board = new PyDict([[tuple(0, 0), "rook"]]);
 * assertEquals(board.get(tuple(0, 0)), "rook");
 * ```
 */
export class PyDict<K = unknown, V = unknown> extends Map<K, V> {
  #index: KeyIndex = new KeyIndex();
  #has: (key: unknown) => boolean = (key) => super.has(key as K);

  /**
   * Makes a dictionary.
   *
   * @example Make one
   * ```ts
   * import { PyDict, tuple } from "@ferry/std/persist/types";
   *
   * const board = new PyDict([[tuple(0, 0), "rook"]]);
   * ```
   *
   * @param entries The first entries; later ones win.
   */
  constructor(entries?: Iterable<readonly [K, V]> | null) {
    super();
    if (entries) { for (const [key, value] of entries) this.set(key, value); }
  }

  /**
   * The value of a key.
   *
   * @param key The key.
   * @returns The value, or `undefined`.
   */
  override get(key: K): V | undefined {
    return super.get(this.#index.find(this.#has, key) as K);
  }

  /**
   * Whether a key is there.
   *
   * @param key The key.
   * @returns Whether it is.
   */
  override has(key: K): boolean {
    return super.has(this.#index.find(this.#has, key) as K);
  }

  /**
   * Sets the value of a key.
   *
   * @param key The key; if an equal one is there, that one stays.
   * @param value The value.
   * @returns This dictionary.
   * @throws {TypeError} If the key is, or holds, something that can change: a list, dict, set or bytearray.
   */
  override set(key: K, value: V): this {
    if (typeof key === "string" || typeof key === "number" && this.#index.simple) {
      return super.set(key, value);
    }
    return super.set(this.#index.place(this.#has, key) as K, value);
  }

  /**
   * Removes a key.
   *
   * @param key The key.
   * @returns Whether it was there.
   */
  override delete(key: K): boolean {
    const stored = this.#index.find(this.#has, key) as K;
    this.#index.forget(stored);
    return super.delete(stored);
  }

  /** Removes all keys. */
  override clear(): void {
    this.#index.clear();
    super.clear();
  }
}
