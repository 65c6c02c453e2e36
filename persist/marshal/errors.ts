/**
 * The common class of all marshal errors.
 *
 * @example Catch whatever goes wrong with marshalled data
 * ```ts
 * import { loads, MarshalError } from "@ferry/std/persist/marshal";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => loads(new Uint8Array([0x69, 1])), MarshalError);
 * ```
 */
export class MarshalError extends Error {
  /** The name of the class. */
  override name = "MarshalError";
}

/** Where a {@linkcode MarshallingError} arose. */
export interface MarshallingErrorOptions extends ErrorOptions {
  /**
   * Path from the root to the value.
   *
   * @default {"$"}
   */
  path?: string;
}

/**
 * A value could not be marshalled.
 *
 * @example The error says where
 * ```ts
 * import { dumps, MarshallingError } from "@ferry/std/persist/marshal";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => dumps({ jobs: [1, Math.max] }), MarshallingError);
 * assertEquals(error.path, "$.jobs[1]");
 * ```
 */
export class MarshallingError extends MarshalError {
  /** The name of the class. */
  override name = "MarshallingError";
  /** Path from the root to the value: `$`, the root, then `.name`, `[index]` or, for map keys and set elements, `<index>`. */
  readonly path: string;

  /**
   * Makes the error.
   *
   * @param message What was attempted, needed and received.
   * @param options Where it happened, and the cause.
   */
  constructor(message: string, options: MarshallingErrorOptions = {}) {
    super(message, options);
    this.path = options.path ?? "$";
  }
}

/** Where an {@linkcode UnmarshallingError} arose, and what should have stood there. */
export interface UnmarshallingErrorOptions extends ErrorOptions {
  /**
   * Offset in bytes from the start of the data.
   *
   * @default {-1}
   */
  position?: number;
  /**
   * What was needed there.
   *
   * @default {""}
   */
  expected?: string;
}

/**
 * Marshalled data are damaged, hold something that is not allowed, or exceed a limit.
 *
 * @example The error says where, and what was expected
 * ```ts
 * import { loads, UnmarshallingError } from "@ferry/std/persist/marshal";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => loads(new Uint8Array([0x69, 1, 2])), UnmarshallingError);
 * assertEquals([error.position, error.expected], [1, "4 bytes of an int"]);
 * ```
 */
export class UnmarshallingError extends MarshalError {
  /** The name of the class. */
  override name = "UnmarshallingError";
  /** Offset in bytes from the start of the data, -1 if unknown. */
  readonly position: number;
  /** What was needed there. */
  readonly expected: string;

  /**
   * Makes the error.
   *
   * @param message What was attempted, needed and received.
   * @param options Where it happened, what was needed, and the cause.
   */
  constructor(message: string, options: UnmarshallingErrorOptions = {}) {
    super(message, options);
    this.position = options.position ?? -1;
    this.expected = options.expected ?? "";
  }
}
