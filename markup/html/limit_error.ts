/**
 * A document that is larger than a limit allows.
 *
 * @example Refuse elements with many attributes
 * ```ts
 * import { HtmlLimitError, parseStore } from "@ferry/std/markup/html";
 * import { assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => parseStore("<p a b c>", { maxAttributes: 2 }), HtmlLimitError);
 * console.assert(error.limit === "maxAttributes");
 * ```
 */
export class HtmlLimitError extends RangeError {
  /** Name of the error. */
  override name = "HtmlLimitError";
  /** Name of the option that holds the limit. */
  readonly limit: string;
  /** Offset in the text at which the limit was passed. */
  readonly offset: number;

  /**
   * An error.
   *
   * @param limit Name of the option.
   * @param value Its value.
   * @param offset Where the limit was passed.
   */
  constructor(limit: string, value: number, offset: number) {
    super(`The document is larger than ${limit} allows: ${value}, passed at offset ${offset}`);
    this.limit = limit;
    this.offset = offset;
  }
}
