import type { PickleBuffer } from "../pickle_buffer.ts";
import type { Registration, Registry } from "../registry.ts";

/** Limits for reading pickles. */
export interface LoadLimits {
  /**
   * Longest pickle in bytes.
   *
   * @default {1073741824}
   */
  maxBytes?: number;
  /**
   * Most bytes that compressed data (gzip, zlib, deflated files of an archive) becomes.
   *
   * @default {20 times the compressed bytes, and a megabyte}
   */
  maxInflated?: number;
  /**
   * Most marks open at one time: how deep tuples, and batches of items, may nest.
   *
   * @default {100000}
   */
  maxDepth?: number;
  /**
   * Most entries of the memo.
   *
   * @default {67108864}
   */
  maxMemo?: number;
  /**
   * Most opcodes executed.
   *
   * @default {268435456}
   */
  maxOps?: number;
  /**
   * Most work that a pickle may cause beyond what its own bytes account for: bytes and characters that are copied, 64 for
   * each item and 128 for each entry of a dict or property. Each byte of the pickle accounts for 64, so that a value that is
   * used once costs nothing here, however large it is. One megabyte can be copied into 90 objects, and not into 100.
   *
   * @default {33554432}
   */
  maxWork?: number;
}

/** Options for reading pickles. */
export interface LoadOptions extends LoadLimits {
  /**
   * What Python's types become. `"natural"` keeps them apart, but for floats: all are numbers, so that `2.0` is `2`.
   * `"exact"` keeps those too, as `Float`, and what is read can be written back without loss. `"plain"` gives the plainest
   * JavaScript values: tuples are arrays, dicts with string keys objects, other dicts `Map`, sets `Set`, `bytearray` is
   * `Uint8Array`, `Decimal` and paths are strings, members of enums their values, numpy's scalars numbers.
   *
   * @default {"natural"}
   */
  mode?: "natural" | "exact" | "plain";
  /**
   * Whether an integral float is a `Float` or a number.
   *
   * @default {"number"} in mode exact "exact"
   */
  floats?: "exact" | "number";
  /**
   * `"auto"`: a dict is an object if all its keys are strings that keep their order as property names, else a `PyDict`.
   * `"map"`: always a `PyDict`. Needed for a dict that contains itself and has other keys than such strings.
   *
   * @default {"auto"}
   */
  dicts?: "auto" | "map";
  /**
   * Whether `bytes` are copied out of the pickle or are views of it.
   *
   * @default {"copy"}
   */
  bytes?: "copy" | "view";
  /**
   * What a class that is not registered gives: an error, or a `PyObject` that can be written back.
   *
   * @default {"error"}
   */
  unknown?: "error" | "opaque";
  /**
   * The allow-list.
   *
   * @default {the shared registry}
   */
  registry?: Registry;
  /**
   * Asked for every class or function before the registry; `position` is the offset of the opcode that names it.
   *
   * @default {undefined}
   */
  findClass?: (module: string, name: string, position: number) => Registration | undefined;
  /**
   * Gives the value of a persistent id.
   *
   * @default {undefined}
   */
  persistentLoad?: (id: unknown) => unknown;
  /**
   * The buffers that travelled beside the pickle, in order.
   *
   * @default {[]}
   */
  buffers?: Iterable<ArrayBuffer | ArrayBufferView | PickleBuffer>;
  /**
   * Whether Python 2's module names are translated (pickles below protocol 3).
   *
   * @default {true}
   */
  fixImports?: boolean;
  /**
   * How Python 2's `str` is decoded; `"bytes"` leaves it as bytes.
   *
   * @default {"ASCII"}
   */
  encoding?: "ASCII" | "latin1" | "utf-8" | "bytes";
  /**
   * What happens to bytes that cannot be decoded.
   *
   * @default {"strict"}
   */
  errors?: "strict" | "ignore" | "replace" | "surrogateescape";
}
