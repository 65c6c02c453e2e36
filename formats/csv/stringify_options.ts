import type { DialectChoice } from "./dialect.ts";

/** Where a column's value is in a record: a key, an index, or a path of them. */
export type PropertyAccessor = string | number | readonly (string | number)[];

/** A column with a header of its own. */
export interface ColumnDetails {
  /**
   * The name in the header line.
   *
   * @default {the last key of `prop`}
   */
  header?: string;
  /** Where the value is. */
  prop: PropertyAccessor;
}

/** A column to write. */
export type Column = PropertyAccessor | ColumnDetails;

/** What can be written as one record: values in order, or an object whose keys are columns. */
export type CsvRecord = readonly unknown[] | object;

/** Options of {@linkcode stringify} and {@linkcode CsvStringifyStream}. */
export interface StringifyOptions extends DialectChoice {
  /**
   * The columns, for objects; for arrays the names in the header line. Left out, the first record's keys are the
   * columns if it is an object.
   *
   * @default {undefined}
   */
  columns?: readonly Column[];
  /**
   * Whether the names of the columns are written first.
   *
   * @default {true}
   */
  headers?: boolean;
  /**
   * What is written for a column that an object does not have.
   *
   * @default {""}
   */
  restValue?: unknown;
  /**
   * What is done about a key that has no column. The default loses nothing unasked: keys may be left out where
   * `columns` says so.
   *
   * @default {"ignore" with `columns`, "raise" without}
   */
  extrasAction?: "raise" | "ignore";
  /**
   * Whether a byte order mark is written first, for programs that take UTF-8 for something else without it.
   *
   * @default {false}
   */
  bom?: boolean;
}
