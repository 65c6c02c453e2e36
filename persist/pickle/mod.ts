/**
 * CPython's `pickle`: the same bytes, read safely.
 *
 * | to | use |
 * |---|---|
 * | turn a value into bytes | {@linkcode dumps} |
 * | turn bytes into a value | {@linkcode loads} |
 * | write to a file or stream | {@linkcode dump}, {@linkcode dumpSync} |
 * | read the next of several pickles | {@linkcode load}, {@linkcode loadSync} |
 * | read all pickles of a file or stream | {@linkcode loadAll}, {@linkcode loadAllSync} |
 * | share a memo between pickles | {@linkcode Pickler}, {@linkcode Unpickler} |
 * | read and write classes of your own | {@linkcode register}, {@linkcode Registry} |
 * | keep classes of others as data | `recipe` of a {@linkcode Registration}, `registerPackage` of a {@linkcode Registry} |
 * | read and write a Python enum | {@linkcode registerEnum} |
 * | send large buffers beside the pickle | {@linkcode PickleBuffer} |
 * | look into a pickle | {@linkcode dis}, {@linkcode genops}, {@linkcode optimize} |
 * | list what a pickle would import | {@linkcode globals} |
 * | read dumps of joblib, files of PyTorch, gzip and zlib data | {@linkcode loads} |
 * | make JSON of what was read | {@linkcode toPlain} |
 *
 * @example There and back, with a class of one's own
 * ```ts
 * import { dumps, loads, Registry, tuple } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * class Point {
 *   x = 0;
 *   y = 0;
 * }
 * // In Python: shapes.Point, a plain class or a dataclass.
 * const registry = new Registry().register("shapes", "Point", { type: Point });
 *
 * const value = {
 *   at: Object.assign(new Point(), { x: 3, y: 4 }),
 *   when: Temporal.PlainDate.from("2020-02-29"),
 *   tags: new Set(["a", "b"]),
 *   pair: tuple(1, 2n ** 100n),
 * };
 * const back = loads(dumps(value, { registry }), { registry }) as typeof value;
 * assertEquals(back.at, value.at);
 * assertEquals(back.when, value.when);
 * ```
 *
 * ## What becomes what
 *
 * There are three modes of reading. `"natural"`, the default, keeps Python's types apart but for floats, which are all
 * numbers: Python's `[1.0, 2.5]` is `[1, 2.5]`, and written again `[1, 2.5]`. `"exact"` keeps integral floats too, as
 * `Float`: what is read can be written back byte for byte. `"plain"` gives the plainest JavaScript values.
 *
 * | Python | `mode: "natural"` and `"exact"` | `mode: "plain"` |
 * |---|---|---|
 * | `None` | `null` (`undefined` is written as `None`) | same |
 * | `bool`, `str` | boolean, string | same |
 * | `int` | number if it is a safe integer, else bigint | same |
 * | `float` | number; in mode exact `Float` if integral | number |
 * | `bytes`, `bytearray` | `Uint8Array`, `ByteArray` | `Uint8Array` |
 * | `list`, `tuple` | array, tagged array (`isTuple`) | array |
 * | `dict` | object if its keys are strings that keep their order as property names, and it has no function as `then`; else `PyDict` (a `Map`) | object if all keys are strings, and it has no function as `then`; else `Map` |
 * | `set`, `frozenset` | `PySet`, `FrozenSet` (both a `Set`) | `Set` |
 * | `datetime`, `date`, `time`, `timedelta` | `Temporal.PlainDateTime` or `.ZonedDateTime`, `.PlainDate`, `.PlainTime`, `TimeDelta`; `PyDateTime`, `PyTime` for what Temporal cannot hold | same |
 * | `Decimal`, `pathlib` | `Decimal`, `PurePath` | string |
 * | `Fraction`, `UUID`, `complex`, `range`, `slice` | `Fraction`, `Uuid`, `Complex`, `Range`, `Slice` | same |
 * | `OrderedDict`, `defaultdict`, `Counter` | `OrderedDict`, `DefaultDict`, `Counter` (all a `Map`) | `Map`, without attributes of their own |
 * | `deque` | `Deque` | same |
 * | exceptions | `PyException`, an `Error` | same |
 * | `array.array` | a typed array, or `PyArray` | same |
 * | `numpy.ndarray`, dtypes | `NdArray`, `DType` | same |
 * | numpy's scalars | `NdScalar` | number, boolean, string, `Uint8Array`, `Complex` or a value of Temporal; `NdScalar` for records |
 * | numpy's matrices and other subclasses of arrays | `NdArray` with a `subclass` | same |
 * | pandas' frames, series, indexes, other arrays, timestamps, timedeltas | `DataFrame`, `Series`, `Index`, `ExtensionArray`, `Timestamp`, `Timedelta`: all are a `PyObject` that can be looked into | same |
 * | other objects of numpy, pandas, scipy, sklearn, networkx, joblib, pytz, dateutil | `PyObject` | same |
 * | `SimpleNamespace`, `ChainMap`, `UserDict` and kin, `partial`, `re.Pattern`, `ipaddress`, `struct_time`, zones of pytz and dateutil | `SimpleNamespace`, `ChainMap`, `UserData`, `Partial`, `Pattern`, `IpAddress`, `StructTime`, `ForeignZone`: all are a `PyObject` that can be looked into | same |
 * | a member of a registered enum | `PyEnum` | its value |
 * | a registered class | its JavaScript class | same |
 * | any other object, with `unknown: "opaque"` | `PyObject` | same |
 *
 * Dumps of joblib and files of PyTorch (`torch.save`) are read by `loads`, arrays and tensors as `NdArray`; so are gzip and
 * zlib data. A stream cannot be: its pickles are found by their opcodes alone. Other formats (xz, bzip2, zstd, `.npy`, HDF5,
 * Parquet, PyTorch before 1.6 ...) are named by the error.
 *
 * Of a registered class that extends `Map`, `Array` or `Set` the items are kept without any function; what is read is made
 * without its constructor.
 *
 * Written are, besides these: `Map`, `Set`, `ArrayBuffer`, `Date`, `Temporal.Instant`, `Temporal.Duration` and JavaScript's
 * errors, as their nearest Python types. Times are cut to microseconds.
 *
 * ## Guarantees
 *
 * - **The bytes are those of CPython's C pickler**, protocols 0 to 5, for equal values: opcodes, memo, batches and frames.
 *   Where CPython goes by the identity of strings, `strings` chooses. Names that C code makes follow CPython 3.13; older
 *   versions share a few strings more (`Decimal`, `deque`, `defaultdict`), which does not change what is read.
 * - **Nothing but what is registered is ever made or called.** The registry is an allow-list of exact names, and of packages
 *   (numpy, pandas, scipy, sklearn, networkx, joblib, pytz, dateutil) whose objects are kept as data; attributes are not followed; a state cannot set `__proto__`, `constructor` or `prototype`. Registered values, and what
 *   `persistentLoad` gives, cannot be changed; built-in types take no state that CPython refuses.
 * - **Nothing that is read is awaited**: a dict with a function as `then` is a map, and `load` refuses a value of a class
 *   that has a method of that name.
 * - **Every damaged pickle is an {@linkcode UnpicklingError}** with position and opcode. The reader does not recurse.
 * - **Hostile pickles are refused in time.** A value that is used once costs what its own bytes account for. What a pickle
 *   has copied beyond that, as the argument of many calls or the state of many objects, is paid for out of `maxWork`
 *   before it is copied. Inputs of 100 KB that `deno task fuzz:hostile` makes end within a second and 256 MiB.
 * - **What Python refuses is refused**: a list, dict, set or bytearray as a key or an element of a set, when reading (in
 *   `mode: "plain"`, where a list may have been a tuple, only a dict) and when writing a `Map` or `Set`; a dict, set or tuple
 *   that a hook changes while it is written.
 * - **No byte behind a pickle is taken** from a file, reader or stream.
 *
 * ## Limits
 *
 * A member of an enum is pickled as a call of its class, so one that is not registered ({@linkcode registerEnum}) is an
 * unknown object like others. A string of 13 to 96 ASCII characters keeps alive the kilobyte of pickle that it was cut from.
 *
 * Protocols 0 and 1 name the built-in class that a class extends, later ones do not: an unknown object without items that was
 * read from a later one is written for them as one that extends none, which CPython refuses for an empty list or dict.
 *
 * The sign and the payload of a NaN may get lost. In mode plain, NaN keys of a dict are one, and -0.0 as a key is 0: so are
 * those of a `Map`. Equal strings that are different objects in Python are written once, other than CPython does; of the
 * pickles of 180 kinds of objects of numpy, pandas, scipy, sklearn and networkx, read in mode exact, more than 95 in 100 are
 * written back byte for byte.
 *
 * Reading: `maxBytes` (1 GiB), `maxInflated` (20 times the compressed bytes, and a megabyte), `maxDepth` (100,000 open marks),
 * `maxMemo` (67 million), `maxOps` (268 million), `maxWork` (33,554,432 bytes, an item counts 64). Integers of more than 64 bits that share their low 64 bits stand in one chain of
 * V8's hash tables: a dict or set of more than about 4,000 of them needs a larger `maxWork`, and gets slow. Names of classes
 * and modules have at most 4096 characters, a `Decimal` 1,048,576.
 * Writing: `maxDepth` (1000 nested containers). Two surrogates that Python holds apart become one character. A tuple's tag
 * does not survive `structuredClone`, `slice` or `map`.
 *
 * No permission is needed but for the files that are opened.
 *
 * @module
 */
export { dis, type DisMemo, type DisOptions } from "./tools/dis.ts";
export { dump, dumpSync } from "./save/dump.ts";
export { dumps } from "./save/dumps.ts";
export type { DumpOptions, Reducer } from "./save/options.ts";
export { type EnumRegistration, registerEnum } from "./enums.ts";
export {
  PickleError,
  PicklingError,
  UnpicklingError,
  type UnpicklingErrorOptions,
} from "./errors.ts";
export {
  genops,
  type GenopsOptions,
  type OpcodeArgument,
  type PickleOperation,
} from "./tools/genops.ts";
export { globals, type GlobalsOptions, type PickleGlobal } from "./load/globals.ts";
export { load, loadSync } from "./load/load.ts";
export { loadAll, loadAllSync } from "./load/load_all.ts";
export type { LoadLimits, LoadOptions } from "./load/options.ts";
export { loads } from "./load/loads.ts";
export type { ArgumentKind, OpcodeInfo, StackItem } from "./opcode_info.ts";
export { optimize } from "./tools/optimize.ts";
export { PickleBuffer, type PickleBufferOptions } from "./pickle_buffer.ts";
export { DEFAULT_PROTOCOL, HIGHEST_PROTOCOL, Pickler } from "./save/pickler.ts";
export { PicklerMemo } from "./save/pickler_memo.ts";
export type { DumpWaitOptions, PickleSink, PickleWriter, PickleWriterSync } from "./save/sinks.ts";
export type { Reduction } from "./reduction.ts";
export {
  type RecipeClass,
  register,
  type Registration,
  Registry,
  type RegistryEntry,
  sharedRegistry,
} from "./registry.ts";
export type {
  PickleReader,
  PickleReaderSync,
  PickleSource,
  PickleSourceSync,
} from "./load/sources.ts";
export { type LoadWaitOptions, Unpickler } from "./load/unpickler.ts";
export { UnpicklerMemo } from "./load/unpickler_memo.ts";
export * from "../types/mod.ts";
