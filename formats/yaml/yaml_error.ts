import { FormatError, type FormatErrorOptions } from "../format_error.ts";

/** Where and why a YAML text was refused: the second argument of {@linkcode YamlError}. */
export interface YamlErrorOptions extends Omit<FormatErrorOptions, "format"> {
  /**
   * Stable name of the kind of fault, such as `"DUPLICATE_KEY"`, `"MAX_DEPTH"`, `"MAX_ALIASES"`, or a code of the
   * npm package `yaml`, such as `"BAD_INDENT"`.
   *
   * @default {"SYNTAX"}
   */
  code?: string;
}

/**
 * A text that is not YAML, or that passes a limit.
 *
 * @example Point at the fault
 * ```ts
 * import { parse, YamlError } from "@ferry/std/formats/yaml";
 * import { assert, assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => parse("name: ferry\nname: boat\n"), YamlError);
 * assertEquals([error.line, error.column, error.code], [2, 1, "DUPLICATE_KEY"]);
 * assert(error instanceof SyntaxError);
 * ```
 */
export class YamlError extends FormatError {
  /** Name of the class. */
  override readonly name: string = "YamlError";
  /** Stable name of the kind of fault, such as `"DUPLICATE_KEY"` or `"BAD_INDENT"`. */
  readonly code: string;

  /**
   * Makes an error.
   *
   * @param message What is wrong; the position is appended.
   * @param options Where and why.
   */
  constructor(message: string, options: YamlErrorOptions) {
    super(message, { ...options, format: "yaml" });
    this.code = options.code ?? "SYNTAX";
  }
}
