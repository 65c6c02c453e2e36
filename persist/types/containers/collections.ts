import { PyDict } from "./py_dict.ts";

/**
 * A Python `OrderedDict`. A `Map` keeps its order anyway; the class tells Python.
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 *
 * @example Keys in order
 * ```ts
 * import { OrderedDict } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...new OrderedDict([["b", 1], ["a", 2]]).keys()], ["b", "a"]);
 * ```
 */
export class OrderedDict<K = unknown, V = unknown> extends PyDict<K, V> {
  /** Attributes that Python had set on the object besides its items. */
  attributes: unknown = undefined;
}

/**
 * A Python `defaultdict`: a dictionary and a reference to what makes a missing value. Nothing is made here: `get` of a
 * missing key is `undefined`.
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 *
 * @example Lists by name
 * ```ts
 * import { DefaultDict, Global } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const byName = new DefaultDict(new Global("builtins", "list"), [["ann", [1]]]);
 * assertEquals(byName.get("ann"), [1]);
 * ```
 */
export class DefaultDict<K = unknown, V = unknown> extends PyDict<K, V> {
  /** What Python calls for a missing key, `null` for nothing. */
  readonly factory: unknown;

  /**
   * Makes a dictionary.
   *
   * @example Make one
   * ```ts
   * import { DefaultDict, Global } from "@ferry/std/persist/types";
   *
   * const byName = new DefaultDict(new Global("builtins", "list"), [["ann", [1]]]);
   * ```
   *
   * @param factory What Python calls for a missing key, usually a `Global`.
   * @param entries The first entries.
   */
  constructor(factory: unknown = null, entries?: Iterable<readonly [K, V]> | null) {
    super(entries);
    this.factory = factory;
  }
}

/**
 * A Python `Counter`.
 *
 * @typeParam K The type of what is counted.
 *
 * @example Letters
 * ```ts
 * import { Counter } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const letters = Counter.of("abba");
 * assertEquals([letters.get("a"), letters.get("b")], [2, 2]);
 * ```
 */
export class Counter<K = unknown> extends PyDict<K, number> {
  /**
   * Counts items.
   *
   * @typeParam K The type of the items.
   * @param items The items.
   * @returns How often each occurs.
   */
  static of<K>(items: Iterable<K>): Counter<K> {
    const counter = new Counter<K>();
    for (const item of items) counter.set(item, (counter.get(item) ?? 0) + 1);
    return counter;
  }
}
