import { swapBytes } from "../../byte_text.ts";
import { DType } from "./d_type.ts";
import type { TypedArray } from "./py_array.ts";

interface TypedArrayClass {
  new (buffer: ArrayBuffer, offset?: number, length?: number): TypedArray;
  BYTES_PER_ELEMENT: number;
}

const TYPES: Record<string, TypedArrayClass | undefined> = Object.assign(Object.create(null), {
  b1: Uint8Array,
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  i8: BigInt64Array,
  u8: BigUint64Array,
  f2: Float16Array,
  f4: Float32Array,
  f8: Float64Array,
  M8: BigInt64Array,
  m8: BigInt64Array,
});

/** A typed array of an element type's bytes, `undefined` if there is none for the type. */
export function typedView(dtype: DType, data: Uint8Array): TypedArray | undefined {
  const type = TYPES[dtype.code];
  if (type === undefined) return undefined;
  const size = type.BYTES_PER_ELEMENT;
  if (data.byteLength % size !== 0) return undefined;
  const swapped = dtype.byteOrder === ">" && size > 1;
  const aligned = swapped || data.byteOffset % size !== 0 ? new Uint8Array(data) : data;
  if (swapped) swapBytes(aligned, size as 2 | 4 | 8);
  return new type(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / size);
}

/** numpy has each simple type once, so that pickles of several arrays share it. */
const simple: Map<string, DType> = new Map();

/** The element type of a typed array. */
export function dtypeOf(values: TypedArray): DType {
  const codes = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"];
  const code = codes.find((code) =>
    values instanceof (TYPES[code] as unknown as new () => TypedArray)
  );
  if (code === undefined) {
    throw new TypeError(`Cannot make an NdArray of a ${values.constructor.name}`);
  }
  let dtype = simple.get(code);
  if (dtype === undefined) simple.set(code, dtype = new DType(code));
  return dtype;
}
