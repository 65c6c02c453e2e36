// Types of the @std/msgpack functions, for the JavaScript re-exported by mod.ts.
/** What can be encoded. */
export type ValueType =
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | readonly ValueType[]
  | ValueMap;

/** A map with keys of text or numbers. */
export interface ValueMap {
  /** The value of a key. */
  [index: string | number]: ValueType;
}

/** Decodes one value. */
export declare function decode(data: Uint8Array<ArrayBuffer>): ValueType;
/** Encodes one value. */
export declare function encode(object: ValueType): Uint8Array<ArrayBuffer>;
