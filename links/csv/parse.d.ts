/** Options of `parse`. */
export interface ParseOptions {
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

/** A row as the options make it: an array, or an object where it has columns. */
export type ParseResult<ParseOptions, T> = T extends
  ParseOptions & { columns: readonly (infer C extends string)[] } ? Record<C, string>[]
  : T extends ParseOptions & { skipFirstRow: true } ? Record<string, string>[]
  : string[][];

/** Reads rows. */
export declare function parse(input: string): string[][];
/** Reads rows. */
export declare function parse<const T extends ParseOptions>(
  input: string,
  options: T,
): ParseResult<ParseOptions, T>;
