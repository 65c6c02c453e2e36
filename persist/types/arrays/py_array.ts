/** The arrays that numbers of a fixed size stand in. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float16Array
  | Float32Array
  | Float64Array;

/**
 * A Python `array.array` whose type code no typed array stands for alone: `B` (a `Uint8Array` is `bytes`), `l` and `L`
 * (whose size depends on the machine), `u` and `w` (text). The other codes are the typed arrays themselves.
 *
 * @example Unsigned bytes that are not `bytes`
 * ```ts
 * import { PyArray } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new PyArray("B", new Uint8Array([1, 2])).data.length, 2);
 * ```
 */
export class PyArray {
  /** Python's type code, one letter. */
  readonly typecode: string;
  /** The numbers; for text, its code points. */
  readonly data: TypedArray;

  /**
   * Makes an array.
   *
   * @example Make one
   * ```ts
   * import { PyArray } from "@ferry/std/persist/types";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new PyArray("B", new Uint8Array([1, 2])).data.length, 2);
   * ```
   *
   * @param typecode Python's type code, one letter.
   * @param data The numbers.
   */
  constructor(typecode: string, data: TypedArray) {
    this.typecode = typecode;
    this.data = data;
  }
}
