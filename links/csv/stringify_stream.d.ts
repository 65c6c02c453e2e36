/** Options of `CsvStringifyStream`. */
export interface CsvStringifyStreamOptions {
  /** Character between fields. */
  readonly separator?: string;
  /** Names of the columns. */
  readonly columns?: readonly string[];
}

/** Rows to text. */
export declare class CsvStringifyStream<TOptions extends CsvStringifyStreamOptions | undefined>
  extends TransformStream<
    TOptions extends { columns: readonly string[] } ? Record<string, unknown> : readonly unknown[],
    string
  > {
  /** Makes a stream. */
  constructor(options?: TOptions);
}
