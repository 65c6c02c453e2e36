/**
 * Python values that JavaScript has no twin for, shared by `pickle` and `marshal`.
 *
 * | Python | here |
 * |---|---|
 * | `(1, 2)` | {@linkcode tuple}`(1, 2)`, an array with a tag: {@linkcode isTuple} |
 * | `1.0` | `new` {@linkcode Float}`(1)`; other floats are plain numbers |
 * | `1+2j` | `new` {@linkcode Complex}`(1, 2)` |
 * | `bytearray(b"..")` | {@linkcode ByteArray}; `bytes` is `Uint8Array` |
 * | `{1, 2}`, `frozenset` | {@linkcode PySet}, {@linkcode FrozenSet} |
 * | `{(0, 0): 1}` | {@linkcode PyDict}: a `Map` with Python's key equality |
 * | `range`, `slice` | {@linkcode Range}, {@linkcode Slice} |
 * | `...`, `NotImplemented`, `StopIteration` | {@linkcode Ellipsis}, {@linkcode NotImplemented}, {@linkcode StopIteration} |
 * | a class or function | {@linkcode Global}: its name |
 * | an object of any other class | {@linkcode PyObject}: its recipe, as data |
 *
 * @example A value with everything in its place
 * ```ts
 * import { Float, PyDict, tuple } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const prices = new PyDict([[tuple("tea", 2), new Float(4)]]);
 * assertEquals(Number(prices.get(tuple("tea", 2))), 4);
 * ```
 *
 * Nothing here needs a permission.
 *
 * @module
 */
export { ByteArray } from "./byte_array.ts";
export { Complex } from "./complex.ts";
export { Float } from "./float.ts";
export { FrozenSet } from "./frozen_set.ts";
export { Global } from "./global.ts";
export { SIGNATURE } from "./key_table.ts";
export { PyDict } from "./py_dict.ts";
export { PyObject, type PyObjectParts } from "./py_object.ts";
export { PySet } from "./py_set.ts";
export { type Integer, Range } from "./range.ts";
export { Ellipsis, NotImplemented, StopIteration } from "./singletons.ts";
export { Slice } from "./slice.ts";
export { isTuple, tagTuple, TUPLE, type Tuple, tuple } from "./tuple.ts";
