/**
 * Python values that JavaScript has no twin for, shared by `pickle` and `marshal`.
 *
 * | Python | here |
 * |---|---|
 * | `(1, 2)` | {@linkcode tuple}`(1, 2)`, an array with a tag: {@linkcode isTuple} |
 * | `1.0` | `new` {@linkcode Float}`(1)`, read as such in mode exact only; other floats are plain numbers |
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
 * | `SimpleNamespace`, `ChainMap`, `UserDict` and kin, `partial` | {@linkcode SimpleNamespace}, {@linkcode ChainMap}, {@linkcode UserData}, {@linkcode Partial} |
 * | `re.Pattern`, `ipaddress`, `struct_time`, zones of pytz and dateutil | {@linkcode Pattern}, {@linkcode IpAddress}, {@linkcode StructTime}, {@linkcode ForeignZone} |
 * | `pandas.DataFrame`, `Series`, `Index`, `Timestamp`, `Timedelta`, other arrays | {@linkcode DataFrame}, {@linkcode Series}, {@linkcode Index}, {@linkcode Timestamp}, {@linkcode Timedelta}, {@linkcode ExtensionArray} |
 * | an object of any other class | {@linkcode PyObject}: its recipe, as data |
 *
 * {@linkcode toPlain} makes of any of these what `JSON.stringify` takes.
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
export { ByteArray } from "./arrays/byte_array.ts";
export { Counter, DefaultDict, OrderedDict } from "./containers/collections.ts";
export { Complex } from "./numbers/complex.ts";
export { Decimal } from "./numbers/decimal.ts";
export { Deque } from "./containers/deque.ts";
export { Float } from "./numbers/float.ts";
export { Fraction } from "./numbers/fraction.ts";
export { FrozenSet } from "./containers/frozen_set.ts";
export { Global } from "./objects/global.ts";
export { DType, type DTypeField, type DTypeSubarray, type DTypeUnit } from "./arrays/d_type.ts";
export { NdArray, type NdArrayOptions, type NumpyModule } from "./arrays/nd_array.ts";
export { NdScalar } from "./arrays/nd_scalar.ts";
export { type PathClass, PurePath, type PurePathOptions } from "./objects/pure_path.ts";
export { PyArray, type TypedArray } from "./arrays/py_array.ts";
export { type DateTimeFields, PyDateTime, PyTime, type TimeFields } from "./time/py_date_time.ts";
export { PyDict } from "./containers/py_dict.ts";
export { PyEnum, type PyEnumParts } from "./objects/enum_member.ts";
export { PyException } from "./objects/py_exception.ts";
export { PyObject, type PyObjectParts } from "./objects/py_object.ts";
export { PySet } from "./containers/py_set.ts";
export { type Integer, Range } from "./numbers/range.ts";
export { Ellipsis, NotImplemented, StopIteration } from "./objects/singletons.ts";
export { Slice } from "./containers/slice.ts";
export { TimeDelta } from "./time/time_delta.ts";
export { Timezone, ZoneInfo } from "./time/timezone.ts";
export { isTuple, tagTuple, TUPLE, type Tuple, tuple } from "./containers/tuple.ts";
export { Uuid } from "./objects/uuid.ts";
export { DataFrame, type ToRecordsOptions } from "./frames/data_frame.ts";
export { ExtensionArray } from "./frames/extension_array.ts";
export { Index } from "./frames/frame_index.ts";
export { Series } from "./frames/series.ts";
export { Timedelta, Timestamp } from "./frames/moments.ts";
export { ChainMap } from "./recipes/chain_map.ts";
export { ForeignZone } from "./recipes/foreign_zone.ts";
export { IpAddress } from "./recipes/ip_address.ts";
export { Partial } from "./recipes/partial.ts";
export { Pattern } from "./recipes/pattern.ts";
export { SimpleNamespace } from "./recipes/simple_namespace.ts";
export { StructTime } from "./recipes/struct_time.ts";
export { UserData } from "./recipes/user_data.ts";
export type { ToPlainOptions } from "./plain/options.ts";
export { toPlain } from "./plain/to_plain.ts";
