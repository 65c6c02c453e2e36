/** Longest piece of the expression that a snippet shows, in UTF-16 code units. */
const WINDOW = 72;

/** Position of an offset in a text, and the line there with a `^` below it. */
function positionAt(text: string, offset: number): { line: number; column: number; caret: string } {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  const stop = text.indexOf("\n", offset);
  const head = before.length - start > WINDOW / 2
    ? `…${before.slice(-WINDOW / 2)}`
    : before.slice(start);
  const after = text.slice(offset, stop === -1 ? undefined : stop).slice(0, WINDOW);
  return {
    line,
    column: offset - start + 1,
    caret: `${head}${after}\n${head.replace(/[^\t]/g, " ")}^`,
  };
}

/**
 * An expression that is not XPath, or names a prefix, function or number of arguments that there is not.
 *
 * @example Where the fault is
 * ```ts
 * import { XPath, XPathSyntaxError } from "@ferry/std/markup/xpath";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => new XPath("a/b[@c = ]"), XPathSyntaxError);
 * assertEquals(error.offset, 9);
 * assertEquals(error.caret, "a/b[@c = ]\n         ^");
 * ```
 */
export class XPathSyntaxError extends SyntaxError {
  /** Name of the class. */
  override readonly name: string = "XPathSyntaxError";
  /** The expression. */
  readonly expression: string;
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
   * @param expression The expression.
   * @param offset Where the fault is.
   */
  constructor(message: string, expression: string, offset: number) {
    const { line, column, caret } = positionAt(expression, offset);
    super(`${message} (line ${line}, column ${column})`);
    this.expression = expression;
    this.line = line;
    this.column = column;
    this.offset = offset;
    this.caret = caret;
  }
}
