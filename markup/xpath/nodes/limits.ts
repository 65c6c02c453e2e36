/** Limits on what an expression may cost; what goes beyond one ends in an {@linkcode XPathLimitError}. */
export interface XPathLimits {
  /**
   * Most nodes that an evaluation looks at, and characters that its functions work on, all together.
   *
   * @default {2_000_000_000}
   */
  maxWork?: number;
  /**
   * Longest string that a function makes, in UTF-16 code units.
   *
   * @default {100_000_000}
   */
  maxStringLength?: number;
}

/**
 * An evaluation that went beyond a limit.
 *
 * @example Bound the work
 * ```ts
 * import { XPath, XPathLimitError } from "@ferry/std/markup/xpath";
 * import { parse } from "@ferry/std/markup/xml";
 * import { assertThrows } from "@std/assert";
 *
 * const root = parse(`<a>${"<b/>".repeat(1000)}</a>`);
 * const costly = new XPath("count(b[b = //b/following::b])");
 * assertThrows(() => costly.evaluate(root, { maxWork: 500 }), XPathLimitError);
 * ```
 */
export class XPathLimitError extends RangeError {
  /** Name of the class. */
  override readonly name: string = "XPathLimitError";
}
