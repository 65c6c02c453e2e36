import { FormatError, type FormatErrorOptions } from "../format_error.ts";

/** What a {@linkcode CsvError} carries beside its message. */
export interface CsvErrorOptions extends Omit<FormatErrorOptions, "format"> {
  /**
   * Number of the field in its record, from 1.
   *
   * @default {undefined}
   */
  field?: number;
}

/**
 * CSV text that breaks the rules of its dialect, or a record that does not fit its columns.
 *
 * @example Where a quote is misplaced
 * ```ts
 * import { CsvError, parse } from "@ferry/std/formats/csv";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => parse('é,b\nc,"d"e\n', { strict: true }), CsvError);
 * assertEquals([error.row, error.field, error.line, error.column], [2, 2, 2, 6]);
 * assertEquals([error.offset, error.byteOffset], [9, 10]);
 * assertEquals(error.caret, 'c,"d"e\n     ^');
 * ```
 */
export class CsvError extends FormatError {
  /** Name of the class. */
  override readonly name: string = "CsvError";
  /** Number of the record, from 1, the header included; blank and comment lines are not counted. */
  readonly row: number | undefined;
  /** Number of the field in the record, from 1, where one is at fault. */
  readonly field: number | undefined;
  /** Offset of the fault in bytes of UTF-8, from 0. */
  readonly byteOffset: number | undefined;

  /**
   * Takes the position as it is given, and computes line, column and snippet where there is a source.
   *
   * @param message What was attempted, what is needed, what was received.
   * @param options Where the fault is.
   */
  constructor(message: string, options: CsvErrorOptions = {}) {
    super(message, { ...options, format: "csv" });
    this.row = options.row;
    this.field = options.field;
    this.byteOffset = options.byteOffset;
  }
}
