import { PyObject } from "../objects/py_object.ts";
import { classOf, valuesOf } from "./_values.ts";

/**
 * An array of pandas that is none of numpy, as it was read: categories, times, nullable numbers, text.
 *
 * @example Numbers, one of them missing
 * ```ts
 * import { ExtensionArray, Global, NdArray } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const array = new ExtensionArray({
 *   callable: new Global("pandas.core.arrays.integer", "IntegerArray"),
 *   isNew: true,
 * });
 * const mask = NdArray.from(new Uint8Array([0, 1]));
 * mask.dtype.code = "b1";
 * array.state = { _data: NdArray.from(new Int32Array([5, 1])), _mask: mask };
 * assertEquals(array.values, [5, null]);
 * ```
 */
export class ExtensionArray extends PyObject {
  /** The class in Python, for example `"pandas.core.arrays.categorical.Categorical"`. */
  get arrayClass(): string {
    return classOf(this);
  }

  /**
   * The values: times are Temporal's, periods text, intervals objects, what is missing is `null`.
   *
   * @throws {TypeError} If the array is of a class that is not known.
   */
  get values(): unknown[] {
    return valuesOf(this);
  }

  /**
   * The values, for `JSON.stringify` and `toPlain`.
   *
   * @returns The values.
   */
  toJSON(): unknown[] {
    return this.values;
  }
}
