/** The types of the language and the web that have a form of their own in a dump, besides plain objects and arrays. */

/** How an object of such a type is written. */
export type DataType =
  | "map"
  | "set"
  | "date"
  | "regexp"
  | "error"
  | "domexception"
  | "buffer"
  | "view"
  | "boxed"
  | "url"
  | "searchparams"
  | "temporal"
  | "arguments";

/** A constructor of views. */
export type ViewConstructor = new (
  buffer: ArrayBuffer,
  offset: number,
  length?: number,
) => ArrayBufferView;

/** Views of an `ArrayBuffer`, by name. */
export const VIEWS: Readonly<Record<string, ViewConstructor>> = {
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float16Array,
  Float32Array,
  Float64Array,
};

/** Types of Temporal; each reads what its `toString()` writes. */
export const TEMPORAL_TYPES = [
  "Instant",
  "ZonedDateTime",
  "PlainDateTime",
  "PlainDate",
  "PlainTime",
  "PlainYearMonth",
  "PlainMonthDay",
  "Duration",
] as const;

/** Symbols that are properties of `Symbol`. */
export const WELL_KNOWN_SYMBOLS: ReadonlyMap<symbol, string> = new Map(
  Object.entries(Object.getOwnPropertyDescriptors(Symbol))
    .filter(([, { value }]) => typeof value === "symbol")
    .map(([name, { value }]) => [value as symbol, name]),
);
