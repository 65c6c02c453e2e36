/** Longest piece of the faulty line that a snippet shows, in UTF-16 code units. */
const WINDOW = 72;

/** Where a document is wrong. */
export interface XmlPosition {
  /** Line, from 1. */
  line: number;
  /** Column in UTF-16 code units, from 1. */
  column: number;
  /** Offset in bytes of the document as UTF-8, from 0. */
  offset: number;
  /** The faulty line, cut to a window, and a `^` below the fault. */
  caret: string;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const LF = 10;
const CR = 13;

/** Where the lines before some bytes have ended: what a document that comes in pieces is counted on from. */
export interface LineBase {
  /** Line of the first byte, from 1. */
  line: number;
  /** Column of the first byte, from 1. */
  column: number;
  /** Offset of the first byte. */
  offset: number;
}

/** Position of bytes that begin a document. */
export const START: LineBase = { line: 1, column: 1, offset: 0 };

/**
 * Position of a byte.
 *
 * @param bytes Bytes of UTF-8.
 * @param length How many of them count.
 * @param at Offset of the byte among them.
 * @param base Position of the first of them.
 */
export function positionAt(
  bytes: Uint8Array,
  length: number,
  at: number,
  base: LineBase = START,
): XmlPosition {
  const end = Math.min(at, length);
  let { line } = base;
  let start = 0;
  for (let i = 0; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === LF || (byte === CR && bytes[i + 1] !== LF)) {
      line++;
      start = i + 1;
    }
  }
  const before = decoder.decode(bytes.subarray(start, end));
  let stop = end;
  while (stop < length && stop - end < 4 * WINDOW && bytes[stop] !== LF && bytes[stop] !== CR) {
    stop++;
  }
  const column = before.length + (start === 0 ? base.column : 1);
  // A character that is cut in two by the window's end shows as one that is not there.
  const after = decoder.decode(bytes.subarray(end, stop)).slice(0, WINDOW);
  const head = before.length > WINDOW / 2 ? `…${before.slice(-WINDOW / 2)}` : before;
  return {
    line,
    column,
    offset: base.offset + at,
    // Tabs are repeated in the second line, so that the caret stands below its character at any tab width.
    caret: `${head}${after}\n${head.replace(/[^\t]/g, " ")}^`,
  };
}

/**
 * Position of the byte behind some bytes.
 *
 * @param bytes Bytes of UTF-8.
 * @param length How many of them count.
 * @param base Position of the first of them.
 */
export function advance(bytes: Uint8Array, length: number, base: LineBase): LineBase {
  let { line } = base;
  const seen = bytes.subarray(0, length);
  let start = seen.lastIndexOf(LF) + 1;
  for (let at = 0; at < start; at++) if (seen[at] === LF) line++;
  for (let at = seen.indexOf(CR); at !== -1; at = seen.indexOf(CR, at + 1)) {
    if (bytes[at + 1] === LF) continue;
    line++;
    start = Math.max(start, at + 1);
  }
  // Units of UTF-16: a byte each but for those that go on, and one more where four bytes are two units.
  let units = 0;
  for (let at = start; at < length; at++) {
    const byte = bytes[at]!;
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return {
    line,
    column: (start === 0 ? base.column : 1) + units,
    offset: base.offset + length,
  };
}

/**
 * A text that is not well-formed XML, or goes beyond a limit.
 *
 * @example Where the fault is
 * ```ts
 * import { parse, XmlSyntaxError } from "@ferry/std/markup/xml";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => parse("<a>\n  <b></a>"), XmlSyntaxError);
 * assertEquals([error.line, error.column, error.offset], [2, 6, 9]);
 * assertEquals(error.caret, "  <b></a>\n     ^");
 * ```
 */
export class XmlSyntaxError extends SyntaxError {
  /** Name of the class. */
  override readonly name: string = "XmlSyntaxError";
  /** Line of the fault, from 1. */
  readonly line: number;
  /** Column of the fault in UTF-16 code units, from 1. */
  readonly column: number;
  /** Offset of the fault in bytes of the document as UTF-8, from 0. */
  readonly offset: number;
  /** Two lines for a person to read: the faulty line, cut to a window, and a `^` below the fault. */
  readonly caret: string;

  /**
   * Appends the position to the message.
   *
   * @param message What is needed, what was received.
   * @param position Where the fault is.
   */
  constructor(message: string, position: XmlPosition) {
    super(`${message} (line ${position.line}, column ${position.column})`);
    this.line = position.line;
    this.column = position.column;
    this.offset = position.offset;
    this.caret = position.caret;
  }
}
