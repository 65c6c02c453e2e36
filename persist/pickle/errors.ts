/**
 * The common class of all pickle errors, as in Python.
 *
 * @example Catch whatever goes wrong with a pickle
 * ```ts
 * import { loads, PickleError } from "@ferry/std/persist/pickle";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => loads(new Uint8Array([0x80, 9])), PickleError);
 * ```
 */
export class PickleError extends Error {
  /** The name of the class. */
  override name = "PickleError";
}

/**
 * A value could not be pickled.
 *
 * @example A JavaScript function has no pickle
 * ```ts
 * import { dumps, PicklingError } from "@ferry/std/persist/pickle";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => dumps(() => 1), PicklingError);
 * ```
 */
export class PicklingError extends PickleError {
  /** The name of the class. */
  override name = "PicklingError";
}

/** Where in the pickle an {@linkcode UnpicklingError} arose. */
export interface UnpicklingErrorOptions extends ErrorOptions {
  /**
   * Offset of the opcode in bytes from the start of the pickle.
   *
   * @default {-1}
   */
  position?: number;
  /**
   * The byte of the opcode.
   *
   * @default {undefined}
   */
  opcode?: number | undefined;
}

/**
 * A pickle is damaged, asks for something that is not allowed, or exceeds a limit.
 *
 * @example The error says where
 * ```ts
 * import { loads, UnpicklingError } from "@ferry/std/persist/pickle";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => loads(new Uint8Array([0x4e, 0x61, 0x2e])), UnpicklingError);
 * assertEquals([error.position, error.opcode], [1, 0x61]);
 * ```
 */
export class UnpicklingError extends PickleError {
  /** The name of the class. */
  override name = "UnpicklingError";
  /** Offset of the opcode in bytes from the start of the pickle, -1 if unknown. */
  readonly position: number;
  /** The byte of the opcode, `undefined` if there is none. */
  readonly opcode: number | undefined;

  /**
   * Makes the error.
   *
   * @param message What was attempted, needed and received.
   * @param options Where it happened, and the cause.
   */
  constructor(message: string, options: UnpicklingErrorOptions = {}) {
    super(message, options);
    this.position = options.position ?? -1;
    this.opcode = options.opcode;
  }
}
