export interface ParseOptions {
  separator?: string;
  comment?: string;
  trimLeadingSpace?: boolean;
  lazyQuotes?: boolean;
  fieldsPerRecord?: number;
  skipFirstRow?: boolean;
  columns?: readonly string[];
}

/** A row as the options make it: an array, or an object where it has columns. */
export type ParseResult<ParseOptions, T> = T extends
  ParseOptions & { columns: readonly (infer C extends string)[] } ? Record<C, string>[]
  : T extends ParseOptions & { skipFirstRow: true } ? Record<string, string>[]
  : string[][];

export declare function parse(input: string): string[][];
export declare function parse<const T extends ParseOptions>(
  input: string,
  options: T,
): ParseResult<ParseOptions, T>;
