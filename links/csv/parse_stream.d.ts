export interface CsvParseStreamOptions {
  separator?: string;
  comment?: string;
  trimLeadingSpace?: boolean;
  lazyQuotes?: boolean;
  fieldsPerRecord?: number;
  skipFirstRow?: boolean;
  columns?: readonly string[];
}

export type RowType<T> = T extends { columns: readonly (infer C extends string)[] }
  ? Record<C, string>
  : T extends { skipFirstRow: true } ? Record<string, string>
  : string[];

export declare class CsvParseStream<
  const T extends CsvParseStreamOptions | undefined = undefined,
> implements TransformStream<string, RowType<T>> {
  constructor(options?: T);
  readonly readable: ReadableStream<RowType<T>>;
  readonly writable: WritableStream<string>;
}
