/** Longest piece of the faulty line that a snippet shows, in UTF-16 code units. */
const WINDOW = 72;

/**
 * A text that is no selector, or goes beyond a limit.
 *
 * @example Where the fault is
 * ```ts
 * import { Selector, SelectorSyntaxError } from "@ferry/std/markup/css";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => new Selector("ul > li:odd"), SelectorSyntaxError);
 * assertEquals(error.offset, 7);
 * assertEquals(error.caret, "ul > li:odd\n       ^");
 * ```
 */
export class SelectorSyntaxError extends SyntaxError {
  /** Name of the class. */
  override readonly name: string = "SelectorSyntaxError";
  /** Line of the fault, from 1. */
  readonly line: number;
  /** Column of the fault in UTF-16 code units, from 1. */
  readonly column: number;
  /** Offset of the fault in UTF-16 code units, from 0. */
  readonly offset: number;
  /** Two lines for a person to read: the faulty line, cut to a window, and a `^` below the fault. */
  readonly caret: string;

  /**
   * Appends the position to the message.
   *
   * @param message What is needed, what was received.
   * @param selector The selector.
   * @param offset Where the fault is.
   */
  constructor(message: string, selector: string, offset: number) {
    const before = selector.slice(0, offset);
    const start = Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\r")) + 1;
    const line = before.split(/\r\n?|\n/).length;
    const column = offset - start + 1;
    const head = offset - start > WINDOW / 2
      ? `…${selector.slice(offset - WINDOW / 2, offset)}`
      : selector.slice(start, offset);
    const rest = /^[^\r\n]*/.exec(selector.slice(offset, offset + WINDOW))![0];
    // Tabs are repeated in the second line, so that the caret stands below its character at any tab width.
    const caret = `${head}${rest}\n${head.replace(/[^\t]/g, " ")}^`;
    super(`${message} (line ${line}, column ${column})`);
    this.line = line;
    this.column = column;
    this.offset = offset;
    this.caret = caret;
  }
}
