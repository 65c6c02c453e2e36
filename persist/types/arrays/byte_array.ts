/**
 * A Python `bytearray`. A plain `Uint8Array` is `bytes`.
 *
 * @example Bytes that Python may change
 * ```ts
 * import { ByteArray } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const buffer = new ByteArray([1, 2, 3]);
 * buffer[0] = 9;
 * assertEquals([...buffer], [9, 2, 3]);
 * ```
 */
export class ByteArray extends Uint8Array<ArrayBuffer> {
  /**
   * Makes a bytearray.
   *
   * @example Make one
   * ```ts
   * import { ByteArray } from "@ferry/std/persist/types";
   *
   * const buffer = new ByteArray([1, 2, 3]);
   * ```
   *
   * @param source Its length, its bytes, or the buffer it stands on.
   */
  constructor(source: number | ArrayLike<number> | ArrayBuffer) {
    super(source as ArrayBuffer);
  }
}
