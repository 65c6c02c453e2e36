import type { ColumnType } from "./column_type.ts";
import { DIALECT_RULES, type DialectChoice } from "./dialect.ts";
import { ANY, BOOLEAN, NUMBER, OBJECT, type OptionRules, STRING } from "../options.ts";
import type { StandardSchema } from "../standard_schema.ts";

/** Options of {@linkcode parse} and {@linkcode CsvParseStream}. */
export interface CsvParseOptions extends DialectChoice {
  /**
   * Gives objects: takes the first record as the names of the columns, or drops it where `columns` names them.
   *
   * @default {false}
   */
  skipFirstRow?: boolean;
  /**
   * Gives objects with these keys, in the order of the fields.
   *
   * @default {undefined}
   */
  columns?: readonly string[];
  /**
   * What two columns of one name mean for objects: an error; names of their own for all but the first (`a`, `a_2`,
   * `a_3`); or that the last one's field stands, as in Python's `DictReader`.
   *
   * @default {"error"}
   */
  duplicateColumns?: "error" | "rename" | "last";
  /**
   * Most records to give, not counting a header; what follows is not read.
   *
   * @default {Infinity}
   */
  maxRows?: number;
  /**
   * How many lines to pass over before the first record, whatever is in them: titles and notes above a table.
   *
   * @default {0}
   */
  skipRows?: number;
  /**
   * Whether numbers of typed columns have a comma before their fraction, and perhaps points between thousands:
   * `1.234,5`.
   *
   * @default {false}
   */
  decimalComma?: boolean;
  /**
   * Types of columns, by name for objects and by position for arrays. Other columns stay text.
   *
   * `"infer"` gives each column the type that all its fields have: `"integer"`, `"bigint"`, `"number"` or `"boolean"`
   * (`true` and `false`), with `null` for empty fields. A column stays text where a conversion would lose something:
   * `007`, `+49`, `1e400`, a number of more than 17 digits.
   *
   * @default {undefined}
   */
  types?: Readonly<Record<string, ColumnType>> | readonly ColumnType[] | "infer";
  /**
   * How many records decide for `types: "infer"`. A later field that is not of its column's type is an error.
   *
   * @default {Infinity, for a stream 1000}
   */
  inferRows?: number;
  /**
   * Checks each record, and may change it: any validator that follows the Standard Schema, such as those of Zod,
   * Valibot and ArkType. Its output type is the type of a row. Only a stream takes one that answers with a promise.
   *
   * @default {undefined}
   */
  schema?: StandardSchema;
  /**
   * Key under which an object holds the array of the fields beyond its columns. Without it such a record is an error.
   *
   * @default {undefined}
   */
  restKey?: string;
  /**
   * Value of the columns for which a record has no field. Without it such a record is an error.
   *
   * @default {undefined}
   */
  restValue?: unknown;
  /**
   * How many fields each record must have: 0 for as many as the first one, negative for any number.
   *
   * @default {-1}
   */
  fieldsPerRecord?: number;
  /**
   * A character that makes a comment of each line it begins.
   *
   * @default {undefined}
   */
  comment?: string;
  /**
   * Whether spaces and tabs at the start of a field are skipped.
   *
   * @default {false}
   */
  trimLeadingSpace?: boolean;
  /**
   * What a quote in an odd place means. `true`: it is text, also inside a quoted field. `false`: it is an error, also
   * inside an unquoted field. Left out, the dialect's `strict` decides, as in Python.
   *
   * @default {undefined}
   */
  lazyQuotes?: boolean;
  /**
   * Whether lines with nothing in them are skipped; otherwise each is a record of no fields, as in Python's
   * `csv.reader`. Objects are never made of them.
   *
   * @default {true}
   */
  skipEmptyLines?: boolean;
  /**
   * Longest field in UTF-16 code units: what an unclosed quote may swallow before it is an error.
   *
   * @default {16777216}
   */
  maxFieldSize?: number;
  /**
   * Most fields in a record.
   *
   * @default {1048576}
   */
  maxColumns?: number;
}

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
export interface CsvStringifyOptions extends DialectChoice {
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

/** What {@linkcode CsvParseOptions} may be; some are checked where they are used. */
export const PARSE_RULES: OptionRules<CsvParseOptions> = {
  ...DIALECT_RULES,
  skipFirstRow: BOOLEAN,
  columns: OBJECT,
  duplicateColumns: STRING,
  maxRows: NUMBER,
  skipRows: NUMBER,
  decimalComma: BOOLEAN,
  types: ANY,
  inferRows: NUMBER,
  schema: ANY,
  restKey: STRING,
  restValue: ANY,
  fieldsPerRecord: NUMBER,
  comment: STRING,
  trimLeadingSpace: BOOLEAN,
  lazyQuotes: BOOLEAN,
  skipEmptyLines: BOOLEAN,
  maxFieldSize: NUMBER,
  maxColumns: NUMBER,
};

/** What {@linkcode CsvStringifyOptions} may be. */
export const STRINGIFY_RULES: OptionRules<CsvStringifyOptions> = {
  ...DIALECT_RULES,
  columns: OBJECT,
  headers: BOOLEAN,
  restValue: ANY,
  extrasAction: ["raise", "ignore"],
  bom: BOOLEAN,
};

/** What {@linkcode ColumnDetails} may be. */
export const COLUMN_RULES: OptionRules<ColumnDetails> = { header: STRING, prop: ANY };
