export type PropertyAccessor = number | string;

export interface ColumnDetails {
  header?: string;
  prop: PropertyAccessor | readonly PropertyAccessor[];
}

export type Column = ColumnDetails | PropertyAccessor | readonly PropertyAccessor[];
export type DataItem = Readonly<Record<string, unknown> | unknown[]>;

export interface StringifyOptions {
  headers?: boolean;
  separator?: string;
  columns?: readonly Column[];
  bom?: boolean;
}

export declare function stringify(data: readonly DataItem[], options?: StringifyOptions): string;
