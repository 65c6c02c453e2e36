import { Reader, type ReadSettings } from "./_reader.ts";
import { withKeyScope } from "../../types/containers/key_index.ts";
import { UnmarshallingError } from "../errors.ts";

/** Options of {@linkcode loads} and {@linkcode load}. */
export interface MarshalLoadOptions {
  /**
   * `"exact"` keeps what Python tells apart and JavaScript does not, so that the value dumped again is the same to Python:
   * integral floats become `Float`, tuples are tagged, keys and elements compare as in Python. `"plain"` gives numbers,
   * plain arrays, `Map` and `Set`.
   *
   * @default {"exact"}
   */
  readonly mode?: "exact" | "plain";
  /**
   * Whether an integral float is a `Float` or a number.
   *
   * @default {"exact"} in mode plain "number"
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
}

const GIBIBYTE = 2 ** 30;

/** Options of a load, checked and complete. */
export interface LoadSettings extends ReadSettings {
  readonly maxBytes: number;
}

/** Checks options and fills in the defaults. */
export function loadSettings(options: MarshalLoadOptions): LoadSettings {
  const {
    mode = "exact",
    floats = mode === "plain" ? "number" : "exact",
    dicts = "auto",
    bytes = "copy",
    maxBytes = GIBIBYTE,
    maxDepth = 2000,
  } = options;
  oneOf("mode", mode, ["exact", "plain"]);
  oneOf("floats", floats, ["exact", "number"]);
  oneOf("dicts", dicts, ["auto", "map"]);
  oneOf("bytes", bytes, ["copy", "view"]);
  limit("maxBytes", maxBytes);
  limit("maxDepth", maxDepth);
  return {
    plain: mode === "plain",
    floats: floats === "exact",
    maps: dicts === "map",
    views: bytes === "view",
    maxBytes,
    maxDepth,
  };
}

function oneOf(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  const list = allowed.map((item) => JSON.stringify(item)).join(" or ");
  throw new TypeError(
    `Cannot load marshalled data: ${name} must be ${list}, received ${JSON.stringify(value)}`,
  );
}

function limit(name: string, value: number): void {
  if (value === Infinity || (Number.isSafeInteger(value) && value >= 1)) return;
  throw new RangeError(
    `Cannot load marshalled data: ${name} must be an integer of at least 1, received ${value}`,
  );
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
 * @throws {UnmarshallingError} When the bytes are truncated or malformed, hold a code object, or exceed a limit.
 * @throws {TypeError} When `bytes` are not bytes, or an option is unknown.
 * @throws {RangeError} When a limit is not a positive integer.
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
  // A large key of many dicts is looked through once.
  return withKeyScope(() => new Reader(input, settings).read());
}
