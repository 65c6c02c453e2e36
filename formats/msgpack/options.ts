import { BOOLEAN, FUNCTION, LIMIT, OBJECT, type OptionRules } from "../options.ts";
import type { ExtensionRegistry } from "./extension_registry.ts";

/** How {@linkcode decode}, {@linkcode decodeMulti} and `DecodeStream` read. */
export interface DecodeOptions {
  /**
   * Which integers become bigints: those that are no safe integers (`"auto"`), all (`"always"`), or none, so that
   * large ones are rounded (`"number"`).
   *
   * @default {"auto"}
   */
  bigint?: "auto" | "always" | "number";
  /**
   * Binary values and the data of extension values: a copy, or a view into the input (`"view"`). A view costs nothing,
   * but keeps the whole input alive and changes with it.
   *
   * @default {"copy"}
   */
  binary?: "copy" | "view";
  /**
   * The application's own extension types. Types that it does not have become `Ext`.
   *
   * @default {undefined}
   */
  extensions?: ExtensionRegistry;
  /**
   * Throw at a string that is not UTF-8. With `false` its malformed bytes become U+FFFD.
   *
   * @default {true}
   */
  fatal?: boolean;
  /**
   * What a map becomes: an object, whose keys must then all be strings (anything else is an error, as with Python's
   * `strict_map_key`); a `Map`, whose keys may be anything; or `"auto"`: a `Map` where there is a key that is no
   * string, else an object.
   *
   * @default {"object"}
   */
  maps?: "object" | "map" | "auto";
  /**
   * Largest input in bytes; of a stream, largest value.
   *
   * @default {1_073_741_824} For a `DecodeStream` 104_857_600.
   */
  maxBytes?: number;
  /**
   * Deepest nesting of arrays, maps and extension values.
   *
   * @default {1024}
   */
  maxDepth?: number;
  /**
   * Largest number of elements of one array or entries of one map, and of bytes of one string, binary or extension
   * value.
   *
   * @default {134_217_728}
   */
  maxLength?: number;
  /**
   * Called with every object or `Map` when it is complete, innermost first; what it returns takes its place. Python's
   * `object_hook`.
   *
   * @default {undefined}
   */
  objectHook?(object: Record<string, unknown> | Map<unknown, unknown>): unknown;
  /**
   * What a timestamp becomes: a `Timestamp`, a `Date` (cut to milliseconds), or a `Temporal.Instant`.
   *
   * @default {"timestamp"}
   */
  timestamps?: "timestamp" | "date" | "instant";
}

/** How {@linkcode DecodeStream} reads. */
export interface DecodeStreamOptions extends DecodeOptions {
  /**
   * Every value of the stream is an array whose elements are to be given out one by one, each as soon as it is
   * complete: for an array that is larger than memory. `maxBytes` and `maxDepth` then count for each element.
   *
   * @default {false}
   */
  elements?: boolean;
}

/** How {@linkcode encode} and `EncodeStream` write. */
export interface EncodeOptions {
  /**
   * Called with a value that has no MessagePack form (a function, a symbol, an instance of a class that nobody
   * registered, a bigint beyond 64 bits); what it returns is encoded instead. Python's `default`.
   *
   * @default {undefined}
   */
  default?: (value: unknown) => unknown;
  /**
   * The application's own extension types. They are asked before anything else about every object.
   *
   * @default {undefined}
   */
  extensions?: ExtensionRegistry;
  /**
   * Throw at a lone surrogate, which UTF-8 cannot hold. With `false` it becomes U+FFFD.
   *
   * @default {true}
   */
  fatal?: boolean;
  /**
   * Write numbers that are not integers in 4 bytes: always (`true`, which rounds them), only those that lose nothing
   * (`"exact"`), or never. Python's `use_single_float`.
   *
   * @default {false}
   */
  float32?: boolean | "exact";
  /**
   * Deepest nesting of arrays, maps and extension values; a value that contains itself ends here.
   *
   * @default {1024}
   */
  maxDepth?: number;
  /**
   * Let small results (up to 1 KiB) be views into memory that they share, as `Buffer.from` of Node.js does. Several
   * times faster for small messages, but then `result.buffer` holds other messages too: do not transfer it, and do not
   * read it past the view.
   *
   * @default {false}
   */
  pooled?: boolean;
  /**
   * Write the keys of objects, and of `Map`s whose keys are all strings, in order of UTF-16 code units, so that equal
   * values give equal bytes.
   *
   * @default {false}
   */
  sortKeys?: boolean;
  /**
   * Typed arrays other than `Uint8Array` and `Uint8ClampedArray`: an array of their numbers, or their bytes in the
   * machine's order (as Python writes an `array.array`).
   *
   * @default {"array"}
   */
  typedArrays?: "array" | "binary";
  /**
   * What becomes of `undefined`: nil, a `TypeError` (`"error"`; `default` is asked first), or properties of objects
   * are left out (`"omit"`; it is nil everywhere else).
   *
   * @default {"nil"}
   */
  undefined?: "nil" | "omit" | "error";
}

/** How {@linkcode EncodeStream} writes. */
export interface EncodeStreamOptions extends EncodeOptions {
  /**
   * Gather values until a chunk has at least so many bytes, which is much faster into a file. With 0 every value is a
   * chunk at once, as a conversation needs it.
   *
   * @default {0}
   */
  chunkBytes?: number;
}

/** What {@linkcode DecodeOptions} may be. */
export const DECODE_RULES: OptionRules<DecodeOptions> = {
  bigint: ["auto", "always", "number"],
  binary: ["copy", "view"],
  extensions: OBJECT,
  fatal: BOOLEAN,
  maps: ["object", "map", "auto"],
  maxBytes: LIMIT,
  maxDepth: LIMIT,
  maxLength: LIMIT,
  objectHook: FUNCTION,
  timestamps: ["timestamp", "date", "instant"],
};

/** What {@linkcode DecodeStreamOptions} may be. */
export const DECODE_STREAM_RULES: OptionRules<DecodeStreamOptions> = {
  ...DECODE_RULES,
  elements: BOOLEAN,
};

/** What {@linkcode EncodeOptions} may be. */
export const ENCODE_RULES: OptionRules<EncodeOptions> = {
  default: FUNCTION,
  extensions: OBJECT,
  fatal: BOOLEAN,
  float32: [false, true, "exact"],
  maxDepth: LIMIT,
  pooled: BOOLEAN,
  sortKeys: BOOLEAN,
  typedArrays: ["array", "binary"],
  undefined: ["nil", "omit", "error"],
};

/** What {@linkcode EncodeStreamOptions} may be. */
export const ENCODE_STREAM_RULES: OptionRules<EncodeStreamOptions> = {
  ...ENCODE_RULES,
  chunkBytes: LIMIT,
};
