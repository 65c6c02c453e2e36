/**
 * What a column holds. The names make `null` of an empty field, except `"string"`.
 *
 * | type | accepts | gives |
 * | --- | --- | --- |
 * | `"string"` | anything | `string` |
 * | `"number"` | what Python's `float` does: `1`, `1.5e3`, `inf`, `nan` | `number` |
 * | `"integer"` | an optional sign and digits, within ±(2^53 − 1) | `number` |
 * | `"bigint"` | an optional sign and digits, 4300 characters at most | `bigint` |
 * | `"boolean"` | `true`, `false`, `1`, `0` in any case | `boolean` |
 * | a function | what it returns for; what it throws becomes the `cause` of a `CsvError` | its result |
 */
export type ColumnType =
  | "string"
  | "number"
  | "integer"
  | "bigint"
  | "boolean"
  | ((text: string) => unknown);

/**
 * The type of the values in a column of a given {@linkcode ColumnType}.
 *
 * @typeParam T The column's type.
 */
export type ColumnValue<T> = T extends "string" ? string
  : T extends "number" | "integer" ? number | null
  : T extends "bigint" ? bigint | null
  : T extends "boolean" ? boolean | null
  : T extends (text: string) => infer R ? R
  : never;
