/**
 * The one error family of all text and binary formats: a `SyntaxError` that knows where the input is wrong.
 *
 * @module
 */

/** Where and why an input was refused: the second argument of {@linkcode FormatError}. */
export interface FormatErrorOptions {
  /** Name of the format in lower case, such as `"csv"`. */
  format: string;
  /**
   * Offset of the fault in UTF-16 code units from the start of the input (in bytes for a binary format), from 0.
   *
   * @default {undefined}
   */
  offset?: number;
  /**
   * Line of the fault, from 1. Computed when `source` and `offset` are given.
   *
   * @default {undefined}
   */
  line?: number;
  /**
   * Column of the fault in UTF-16 code units, from 1. Computed when `source` and `offset` are given.
   *
   * @default {undefined}
   */
  column?: number;
  /**
   * The text that was read, from which position and snippet are taken. It is not kept.
   *
   * @default {undefined}
   */
  source?: string;
  /**
   * Offset of the fault in bytes of UTF-8, from 0. The base class only shows it in the message.
   *
   * @default {undefined}
   */
  byteOffset?: number;
  /**
   * Number of the record with the fault, from 1. The base class only shows it in the message.
   *
   * @default {undefined}
   */
  row?: number;
  /**
   * The error that led to this one.
   *
   * @default {undefined}
   */
  cause?: unknown;
}

/** Longest piece of the faulty line that a snippet shows, in UTF-16 code units. */
const WINDOW = 72;
const LF = 10;
const CR = 13;

/**
 * Line and column of an offset; `\n`, `\r\n` and `\r` end a line.
 *
 * @example Where is the `x`?
 * ```ts
 * import { position } from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(position("ab\ncx", 4), { line: 2, column: 2 });
 * ```
 *
 * @param source The text.
 * @param offset Offset in UTF-16 code units, from 0; beyond the end means the end.
 * @returns Line and column, both from 1, the column in UTF-16 code units.
 */
export function position(source: string, offset: number): { line: number; column: number } {
  const end = Math.min(offset, source.length);
  let line = 1;
  let start = 0;
  for (let i = 0; i < end; i++) {
    const unit = source.charCodeAt(i);
    if (unit === LF || (unit === CR && source.charCodeAt(i + 1) !== LF)) {
      line++;
      start = i + 1;
    }
  }
  return { line, column: end - start + 1 };
}

/** Offset of a line and column, the inverse of {@linkcode position}. */
function offsetOf(source: string, line: number, column: number): number {
  let start = 0;
  for (let i = 0; i < source.length && line > 1; i++) {
    const unit = source.charCodeAt(i);
    if (unit === LF || (unit === CR && source.charCodeAt(i + 1) !== LF)) {
      line--;
      start = i + 1;
    }
  }
  return Math.min(start + column - 1, source.length);
}

/** The faulty line, cut to a window around the offset, and a caret below it. */
function snippet(source: string, offset: number): string {
  const at = Math.min(offset, source.length);
  const floor = Math.max(0, at - WINDOW);
  let start = at;
  while (start > floor && !isLineEnd(source.charCodeAt(start - 1))) start--;
  if (at - start > WINDOW / 2) start = at - WINDOW / 2;
  if (isTrailSurrogate(source.charCodeAt(start))) start++;
  let end = at;
  while (end < source.length && end - start < WINDOW && !isLineEnd(source.charCodeAt(end))) end++;
  const head = start > 0 && !isLineEnd(source.charCodeAt(start - 1)) ? "…" : "";
  const tail = end < source.length && !isLineEnd(source.charCodeAt(end)) ? "…" : "";
  // Tabs are repeated in the second line, so that the caret stands below its character at any tab width.
  const indent = (head + source.slice(start, at)).replace(/[^\t]/g, " ");
  return `${head}${source.slice(start, end)}${tail}\n${indent}^`;
}

function isLineEnd(unit: number): boolean {
  return unit === LF || unit === CR;
}

function isTrailSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The position as words for the end of a message, in brackets, or nothing. */
function where(
  line: number | undefined,
  column: number | undefined,
  o: FormatErrorOptions,
): string {
  const words: string[] = [];
  if (o.row !== undefined) words.push(`row ${o.row}`);
  if (line !== undefined) words.push(`line ${line}`);
  if (column !== undefined) words.push(`column ${column}`);
  if (words.length === 0 && o.offset !== undefined) words.push(`offset ${o.offset}`);
  if (o.byteOffset !== undefined) words.push(`byte ${o.byteOffset}`);
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}

/**
 * Input that is not what its format allows. Base class of `CsvError`, `JsonError` and the like.
 *
 * @example Point at the fault
 * ```ts
 * import { FormatError } from "@ferry/std/formats/json";
 * import { assertEquals } from "@std/assert";
 *
 * const source = "a = 1\nb = ?\n";
 * const error = new FormatError("Cannot read a value", { format: "toml", source, offset: 10 });
 * assertEquals(error.message, "Cannot read a value (line 2, column 5)");
 * assertEquals(error.caret, "b = ?\n    ^");
 * ```
 */
export class FormatError extends SyntaxError {
  /** Name of the class. */
  override readonly name: string = "FormatError";
  /** Name of the format in lower case, such as `"csv"`. */
  readonly format: string;
  /** Line of the fault, from 1, where known. */
  readonly line: number | undefined;
  /** Column of the fault in UTF-16 code units, from 1, where known. */
  readonly column: number | undefined;
  /** Offset of the fault from 0, in UTF-16 code units, or in bytes for a binary format, where known. */
  readonly offset: number | undefined;
  /** Two lines for a person to read: the faulty line, cut to a window, and a `^` below the fault. */
  readonly caret: string | undefined;

  /**
   * Appends the position to the message, and cuts the snippet out of `source`.
   *
   * @param message What was attempted, what is needed, what was received; the position is appended.
   * @param options The format and where the fault is.
   */
  constructor(message: string, options: FormatErrorOptions) {
    let { offset, line, column } = options;
    const { source } = options;
    if (source !== undefined) {
      if (offset === undefined && line !== undefined) offset = offsetOf(source, line, column ?? 1);
      if (offset !== undefined && line === undefined) ({ line, column } = position(source, offset));
    }
    super(
      message + where(line, column, options),
      "cause" in options ? { cause: options.cause } : undefined,
    );
    this.format = options.format;
    this.line = line;
    this.column = column;
    this.offset = offset;
    this.caret = source !== undefined && offset !== undefined ? snippet(source, offset) : undefined;
  }
}
