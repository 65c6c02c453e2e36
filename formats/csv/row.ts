import type { ColumnValue } from "./column_type.ts";
import type { DialectName } from "./dialect.ts";
import type { StandardSchema } from "../standard_schema.ts";

/** The type of a field under `types: "infer"`. */
export type CsvInferred = string | number | bigint | boolean | null;

/**
 * The type of a field that no `types` names: text, or what the quoting mode makes of it.
 *
 * @typeParam O Type of the options.
 */
export type CsvCell<O> = O extends { quoting: "nonnumeric" } ? string | number
  : O extends { quoting: "strings" } ? string | number | null
  : O extends { quoting: "notnull" } ? string | null
  : O extends { dialect: infer D }
    ? D extends DialectName ? string : D extends { quoting: unknown } ? CsvCell<D> : string
  : string;

/**
 * The type of a field in a column with a known name.
 *
 * @typeParam O Type of the options.
 * @typeParam K Name of the column.
 */
export type CsvField<O, K> =
  | (O extends { types: "infer" } ? CsvInferred
    : O extends { types: infer T } ? K extends keyof T ? ColumnValue<T[K]> : CsvCell<O>
    : CsvCell<O>)
  | (O extends { restValue: infer V } ? V : never);

/**
 * The type of a field in a column whose name is only in the file: one of any column's types.
 *
 * @typeParam O Type of the options.
 */
export type CsvAnyField<O> =
  | CsvCell<O>
  | (O extends { types: "infer" } ? CsvInferred
    : O extends { types: infer T }
      ? ColumnValue<T extends readonly unknown[] ? T[number] : T[keyof T]>
    : never)
  | (O extends { restValue: infer V } ? V : never);

/**
 * The fields whose columns `types` names.
 *
 * @typeParam O Type of the options.
 */
export type CsvTypedFields<O> = O extends { types: infer T }
  ? T extends string | readonly unknown[] ? unknown
  : { [K in keyof T]: CsvField<O, K> }
  : unknown;

/**
 * The type of what a record becomes under options of type `O`: an array, or an object where `columns` or
 * `skipFirstRow` stands among them; where there is a `schema`, its output.
 *
 * @typeParam O Type of the options.
 */
export type CsvRow<O> = O extends { schema: StandardSchema<infer T> } ? T
  : O extends { columns: readonly (infer C extends string)[] } ?
      & { [K in C]: CsvField<O, K> }
      & (O extends { restKey: infer R extends string } ? { [K in R]?: CsvCell<O>[] } : unknown)
  : O extends { skipFirstRow: true } ?
      & CsvTypedFields<O>
      & Record<string, CsvAnyField<O> | (O extends { restKey: string } ? CsvCell<O>[] : never)>
  : CsvAnyField<O>[];
