import type { NdArray } from "./nd_array.ts";

/**
 * The bytes of an array with the last index running fastest.
 *
 * @param array The array, of bytes that stand in any order of its axes.
 * @returns A copy of its bytes.
 */
export function contiguous(array: NdArray): Uint8Array {
  const { shape, strides, size } = array;
  const data = array.data as Uint8Array;
  const { itemSize } = array.dtype;
  const bytes = new Uint8Array(size * itemSize);
  let at = 0;
  const walk = (axis: number, start: number): void => {
    if (axis === shape.length) {
      bytes.set(data.subarray(start * itemSize, (start + 1) * itemSize), at);
      at += itemSize;
      return;
    }
    for (let i = 0; i < shape[axis]!; i++) walk(axis + 1, start + i * strides[axis]!);
  };
  if (size > 0) walk(0, 0);
  return bytes;
}
