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
 * | `datetime`, `date`, `time` | `Temporal.PlainDateTime`, `.ZonedDateTime`, `.PlainDate`, `.PlainTime`; {@linkcode PyDateTime}, {@linkcode PyTime} where those cannot hold it |
 * | `timedelta`, `timezone`, `ZoneInfo` | {@linkcode TimeDelta}, {@linkcode Timezone}, {@linkcode ZoneInfo} |
 * | `Decimal`, `Fraction`, `UUID` | {@linkcode Decimal}, {@linkcode Fraction}, {@linkcode Uuid} |
 * | `OrderedDict`, `defaultdict`, `Counter`, `deque` | {@linkcode OrderedDict}, {@linkcode DefaultDict}, {@linkcode Counter}, {@linkcode Deque} |
 * | `pathlib` | {@linkcode PurePath} |
 * | a member of an enum | {@linkcode PyEnum} |
 * | an exception | {@linkcode PyException}, an `Error` |
 * | `array.array` | a typed array, or {@linkcode PyArray} |
 * | `numpy.ndarray`, scalars, dtypes | {@linkcode NdArray}, {@linkcode NdScalar}, {@linkcode DType} |
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
export { Counter, DefaultDict, OrderedDict } from "./collections.ts";
export { Complex } from "./complex.ts";
export { Decimal } from "./decimal.ts";
export { Deque } from "./deque.ts";
export { Float } from "./float.ts";
export { Fraction } from "./fraction.ts";
export { FrozenSet } from "./frozen_set.ts";
export { Global } from "./global.ts";
export { DType, NdArray, type NdArrayOptions, NdScalar, type NumpyModule } from "./nd_array.ts";
export { type PathClass, PurePath, type PurePathOptions } from "./pure_path.ts";
export { PyArray, type TypedArray } from "./py_array.ts";
export { type DateTimeFields, PyDateTime, PyTime, type TimeFields } from "./py_date_time.ts";
export { PyDict } from "./py_dict.ts";
export { PyEnum, type PyEnumParts } from "./py_enum.ts";
export { PyException } from "./py_exception.ts";
export { PyObject, type PyObjectParts } from "./py_object.ts";
export { PySet } from "./py_set.ts";
export { type Integer, Range } from "./range.ts";
export { Ellipsis, NotImplemented, StopIteration } from "./singletons.ts";
export { Slice } from "./slice.ts";
export { TimeDelta } from "./time_delta.ts";
export { Timezone, ZoneInfo } from "./timezone.ts";
export { isTuple, tagTuple, TUPLE, type Tuple, tuple } from "./tuple.ts";
export { Uuid } from "./uuid.ts";
