/** A key or index. */
export type PropertyAccessor = number | string;

/** A column with a name of its own. */
export interface ColumnDetails {
  /** Name of the column. */
  header?: string;
  /** Where its value is found. */
  prop: PropertyAccessor | readonly PropertyAccessor[];
}

/** What a column may be given as. */
export type Column = ColumnDetails | PropertyAccessor | readonly PropertyAccessor[];
/** What a row may be given as. */
export type DataItem = Readonly<Record<string, unknown> | unknown[]>;

/** Options of `stringify`. */
export interface StringifyOptions {
  /** Write a line with the names. */
  headers?: boolean;
  /** Character between fields. */
  separator?: string;
  /** Names of the columns. */
  columns?: readonly Column[];
  /** Write a byte order mark. */
  bom?: boolean;
}

/** Writes rows. */
export declare function stringify(data: readonly DataItem[], options?: StringifyOptions): string;
