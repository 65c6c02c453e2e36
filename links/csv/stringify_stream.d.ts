export interface CsvStringifyStreamOptions {
  readonly separator?: string;
  readonly columns?: readonly string[];
}

export declare class CsvStringifyStream<TOptions extends CsvStringifyStreamOptions | undefined>
  extends TransformStream<
    TOptions extends { columns: readonly string[] } ? Record<string, unknown> : readonly unknown[],
    string
  > {
  constructor(options?: TOptions);
}
