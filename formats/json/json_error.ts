import { FormatError, type FormatErrorOptions } from "../format_error.ts";

/**
 * Text that is not JSON, or not the JSON that the options allow.
 *
 * @example Where a comma is missing
 * ```ts
 * import { JsonError, parse } from "@ferry/std/formats/json";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => parse('{\n  "a": [1 2]\n}'), JsonError);
 * assertEquals([error.line, error.column, error.offset], [2, 11, 12]);
 * assertEquals(error.caret, '  "a": [1 2]\n          ^');
 * ```
 */
export class JsonError extends FormatError {
  /** Name of the class. */
  override readonly name: string = "JsonError";

  /**
   * Takes the position as it is given, and computes line, column and snippet where there is a source.
   *
   * @param message What was attempted, what is needed, what was received.
   * @param options Where the fault is.
   */
  constructor(message: string, options: Omit<FormatErrorOptions, "format"> = {}) {
    super(message, { ...options, format: "json" });
  }
}
