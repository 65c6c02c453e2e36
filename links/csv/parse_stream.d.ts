/** Options of `CsvParseStream`. */
export interface CsvParseStreamOptions {
  /** Character between fields. */
  separator?: string;
  /** Character that begins a comment line. */
  comment?: string;
  /** Drop white space before a field. */
  trimLeadingSpace?: boolean;
  /** Allow quotes where they do not belong. */
  lazyQuotes?: boolean;
  /** How many fields a row must have. */
  fieldsPerRecord?: number;
  /** Take the first row for the column names. */
  skipFirstRow?: boolean;
  /** Names of the columns. */
  columns?: readonly string[];
}

/** A row as the options make it. */
export type RowType<T> = T extends { columns: readonly (infer C extends string)[] }
  ? Record<C, string>
  : T extends { skipFirstRow: true } ? Record<string, string>
  : string[];

/** Text to rows. */
export declare class CsvParseStream<
  const T extends CsvParseStreamOptions | undefined = undefined,
> implements TransformStream<string, RowType<T>> {
  /** Makes a stream. */
  constructor(options?: T);
  /** The rows. */
  readonly readable: ReadableStream<RowType<T>>;
  /** The text. */
  readonly writable: WritableStream<string>;
}
