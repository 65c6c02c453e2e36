import { checkOptions, type OptionRule, type OptionRules } from "../../options.ts";
import { isTooLarge } from "../../engine_limits.ts";
import { beginWork, endWork, MAX_WORK } from "../../work.ts";
import { Reader, type ReadSettings } from "./_reader.ts";
import { withKeyScope } from "../../types/containers/key_index.ts";
import { UnmarshallingError } from "../errors.ts";

/** Options of {@linkcode loads} and {@linkcode load}. */
export interface MarshalLoadOptions {
  /**
   * `"natural"` keeps Python's types apart, but for floats: all are numbers, so that `2.0` is `2`. Tuples are tagged, keys
   * and elements compare as in Python. `"exact"` keeps integral floats too, as `Float`, so that the value dumped again is
   * the same to Python. `"plain"` gives numbers, plain arrays, `Map` and `Set`.
   *
   * @default {"natural"}
   */
  readonly mode?: "natural" | "exact" | "plain";
  /**
   * Whether an integral float is a `Float` or a number.
   *
   * @default {"number"} in mode exact "exact"
   */
  readonly floats?: "exact" | "number";
  /**
   * `"auto"` makes a dict an object if its keys are strings that an object keeps in their place, that is neither array
   * indexes nor `__proto__`, and a map otherwise. `"map"` makes every dict a map. Needed for a dict that contains itself
   * and has other keys than such strings.
   *
   * @default {"auto"}
   */
  readonly dicts?: "auto" | "map";
  /**
   * Whether bytes are copied, or are views that share memory with the input.
   *
   * @default {"copy"}
   */
  readonly bytes?: "copy" | "view";
  /**
   * Most bytes that a value may take.
   *
   * @default {1073741824}
   */
  readonly maxBytes?: number;
  /**
   * Deepest nesting, counting the root, scalars and the end of a dict as CPython does.
   *
   * @default {2000}
   */
  readonly maxDepth?: number;
  /**
   * Most work that a value may cause beyond what its own bytes account for: characters of large integers that are keys, and
   * looks at keys that the engine cannot tell apart.
   *
   * @default {33554432}
   */
  readonly maxWork?: number;
}

const RULES: OptionRules = {
  mode: ["natural", "exact", "plain"],
  floats: ["number", "exact"],
  dicts: ["auto", "map"],
  bytes: ["copy", "view"],
  maxBytes: "limit",
  maxDepth: "limit",
  maxWork: "limit",
} satisfies Record<keyof MarshalLoadOptions, OptionRule>;

const GIBIBYTE = 2 ** 30;

/** Options of a load, checked and complete. */
export interface LoadSettings extends ReadSettings {
  readonly maxBytes: number;
}

/** Checks options and fills in the defaults. */
export function loadSettings(options: MarshalLoadOptions): LoadSettings {
  checkOptions("Cannot load marshalled data", options, RULES);
  const { mode = "natural" } = options;
  const { floats = mode === "exact" ? "exact" : "number" } = options;
  return {
    plain: mode === "plain",
    floats: floats === "exact",
    maps: options.dicts === "map",
    views: options.bytes === "view",
    maxBytes: options.maxBytes ?? GIBIBYTE,
    maxDepth: options.maxDepth ?? 2000,
    maxWork: options.maxWork ?? MAX_WORK,
  };
}

/** Bytes as a plain `Uint8Array` of unshared memory, which is what decoders take. */
export function plainBytes(bytes: Uint8Array | ArrayBuffer): Uint8Array<ArrayBuffer> {
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot load marshalled data: needed a Uint8Array or an ArrayBuffer, received ${typeof bytes}`,
    );
  }
  const { buffer, byteOffset, length } = bytes;
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, byteOffset, length)
    : new Uint8Array(bytes);
}

/**
 * Loads a value that CPython's `marshal.dumps`, of any version, has written.
 *
 * Safe on any input: nothing is called, code objects are refused, and time and memory stay in proportion to the input.
 * Bytes after the value are ignored, as CPython does.
 *
 * @param bytes The marshalled value.
 * @param options Types and limits.
 * @returns The value.
 * @throws {UnmarshallingError} If the bytes are truncated or malformed, hold a code object, or exceed a limit.
 * @throws {TypeError} If `bytes` are not bytes, or an option is unknown.
 * @throws {RangeError} If a limit is not a positive integer.
 *
 * @example Round trip
 * ```ts
 * import { dumps, loads } from "@ferry/std/persist/marshal";
 * import { assertEquals } from "@std/assert";
 *
 * const jobs = { first: ["compile", 0.5], second: ["test", null] };
 * assertEquals(loads(dumps(jobs)), jobs);
 * ```
 */
export function loads(bytes: Uint8Array | ArrayBuffer, options: MarshalLoadOptions = {}): unknown {
  const settings = loadSettings(options);
  const input = plainBytes(bytes);
  if (input.length > settings.maxBytes) {
    const expected = `at most ${settings.maxBytes} bytes`;
    throw new UnmarshallingError(
      `Cannot load marshalled data: needed ${expected}, received ${input.length}`,
      { position: 0, expected },
    );
  }
  const reader = new Reader(input, settings);
  const outer = beginWork(reader.work);
  try {
    // A large key of many dicts is looked through once.
    return withKeyScope(() => reader.read());
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    const expected = "a value that this runtime can hold";
    throw new UnmarshallingError(
      `Cannot load marshalled data: needed ${expected}, received a larger one`,
      { position: reader.position, expected, cause: error },
    );
  } finally {
    endWork(outer);
  }
}
