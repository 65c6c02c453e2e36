import { FormatError, type FormatErrorOptions } from "../format_error.ts";

/** Where and why a TOML text was refused: the second argument of {@linkcode TomlError}. */
export type TomlErrorOptions = Omit<FormatErrorOptions, "format">;

/**
 * A text that is not TOML, or that passes a limit.
 *
 * @example Point at the fault
 * ```ts
 * import { parse, TomlError } from "@ferry/std/formats/toml";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => parse("a = 1\na = 2\n"), TomlError);
 * assertEquals([error.line, error.column, error.caret], [2, 1, "a = 2\n^"]);
 * ```
 */
export class TomlError extends FormatError {
  /** Name of the class. */
  override readonly name: string = "TomlError";

  /**
   * Makes an error.
   *
   * @param message What is wrong; the position is appended.
   * @param options Where and why.
   */
  constructor(message: string, options: TomlErrorOptions) {
    super(message, { ...options, format: "toml" });
  }
}
