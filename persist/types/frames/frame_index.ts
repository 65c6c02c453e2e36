import { PyObject } from "../objects/py_object.ts";
import { field } from "../recipes/fields.ts";
import { classOf, valuesOf } from "./_values.ts";

/**
 * An index of pandas as it was read: the labels of rows or columns.
 *
 * @example Labels and a name
 * ```ts
 * import { Global, Index, NdArray } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const index = new Index({
 *   callable: new Global("pandas.core.indexes.base", "_new_Index"),
 *   args: [
 *     new Global("pandas.core.indexes.base", "Index"),
 *     { data: NdArray.from(new Int32Array([5, 7])), name: "id" },
 *   ],
 * });
 * assertEquals([index.name, index.values], ["id", [5, 7]]);
 * ```
 */
export class Index extends PyObject {
  #values: unknown[] | undefined;

  /** The class in Python, for example `"pandas.core.indexes.range.RangeIndex"`. */
  get indexClass(): string {
    return classOf(this);
  }

  /** The name, `null` if there is none. */
  get name(): unknown {
    return field(this.args[1], "name") ?? null;
  }

  /** The names of the levels; one name but for a `MultiIndex`. */
  get names(): unknown[] {
    const names = field(this.args[1], "names");
    return Array.isArray(names) ? [...names] : [this.name];
  }

  /**
   * The labels, decoded when they are first asked for: those of a `MultiIndex` are tuples, times are Temporal's, intervals
   * objects, what is missing is `null`.
   *
   * @throws {TypeError} If the index is of a class that is not known.
   */
  get values(): unknown[] {
    return this.#values ??= valuesOf(this);
  }

  /** How many labels there are. */
  get length(): number {
    return this.values.length;
  }

  /**
   * The labels, for `JSON.stringify` and `toPlain`.
   *
   * @returns The labels.
   */
  toJSON(): unknown[] {
    return this.values;
  }
}
