import { numberKey } from "../numbers/number_key.ts";
import type { TypedArray } from "./py_array.ts";

/** Where numpy keeps its internals: `numpy.core` until version 1, `numpy._core` since version 2, which reads both. */
export type NumpyModule = "numpy.core" | "numpy._core";

/**
 * The element type of a numpy array.
 *
 * @example 64-bit floats, little-endian
 * ```ts
 * import { DType } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new DType("f8").itemSize, 8);
 * ```
 */
export class DType {
  /** Kind and size in bytes, for example `"f8"`, `"i4"`, `"b1"`, `"U5"`. */
  readonly code: string;
  /** `"<"` little-endian, `">"` big-endian, `"|"` neither. */
  byteOrder: string;
  /** The rest of the state of a type that is not simple (fields, subarrays), kept for writing back. */
  detail: unknown = undefined;

  /**
   * Makes an element type.
   *
   * @param code Kind and size in bytes.
   * @param byteOrder The byte order; little-endian unless given, or neither for types of one byte.
   */
  constructor(code: string, byteOrder?: string) {
    this.code = code;
    this.byteOrder = byteOrder ?? (/^(b1|[iu]1|S\d*|O\d*|V\d*)$/.test(code) ? "|" : "<");
  }

  /** Bytes per element, 0 if it is not known. */
  get itemSize(): number {
    const size = Number(/\d+$/.exec(this.code)?.[0] ?? 0);
    return this.code[0] === "U" ? size * 4 : size;
  }
}

/** Options of {@linkcode NdArray}. */
export interface NdArrayOptions {
  /**
   * `"C"` if the last index runs fastest, `"F"` if the first.
   *
   * @default {"C"}
   */
  order?: "C" | "F";
  /**
   * Where numpy keeps its internals.
   *
   * @default {"numpy.core"}
   */
  module?: NumpyModule;
}

/**
 * A numpy array: element type, shape and bytes.
 *
 * @example A matrix of floats
 * ```ts
 * import { NdArray } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const matrix = NdArray.from(new Float64Array([1, 2, 3, 4]), [2, 2]);
 * assertEquals(matrix.dtype.code, "f8");
 * assertEquals([...matrix.typed() as Float64Array], [1, 2, 3, 4]);
 * ```
 */
export class NdArray {
  /** The element type. */
  dtype: DType;
  /** The length along each axis. */
  shape: readonly number[];
  /** The elements' bytes; for element type `O`, the elements themselves. */
  data: Uint8Array | unknown[];
  /** `"C"` if the last index runs fastest, `"F"` if the first. */
  order: "C" | "F";
  /** Where numpy keeps its internals. */
  module: NumpyModule;

  /**
   * Makes an array of bytes that stand as numpy has them.
   *
   * @param dtype The element type.
   * @param shape The length along each axis.
   * @param data The elements' bytes.
   * @param options Order and module.
   */
  constructor(
    dtype: DType,
    shape: readonly number[],
    data: Uint8Array | unknown[],
    options: NdArrayOptions = {},
  ) {
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
    this.order = options.order ?? "C";
    this.module = options.module ?? "numpy.core";
  }

  /**
   * Makes an array of the numbers of a typed array, which is not copied.
   *
   * @param values The numbers.
   * @param shape The length along each axis; one axis unless given.
   * @returns The array.
   * @throws {RangeError} If the shape does not match the number of values.
   */
  static from(values: TypedArray, shape: readonly number[] = [values.length]): NdArray {
    if (shape.reduce((a, b) => a * b, 1) !== values.length) {
      throw new RangeError(
        `Cannot give ${values.length} values the shape ${shape.join(" x ")}: the product differs`,
      );
    }
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return new NdArray(dtypeOf(values), shape, bytes);
  }

  /**
   * The elements as a typed array.
   *
   * @returns A typed array on the same bytes where alignment allows, on a copy otherwise; `undefined` if no typed array
   * holds the element type or the bytes are big-endian.
   */
  typed(): TypedArray | undefined {
    const type = TYPES[this.dtype.code];
    if (type === undefined || this.dtype.byteOrder === ">" || !(this.data instanceof Uint8Array)) {
      return undefined;
    }
    const { data } = this;
    const size = type.BYTES_PER_ELEMENT;
    if (data.byteLength % size !== 0) return undefined;
    const aligned = data.byteOffset % size === 0 ? data : new Uint8Array(data);
    return new type(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / size);
  }
}

/**
 * A numpy scalar, such as `numpy.float32(1.5)`.
 *
 * @example Its number
 * ```ts
 * import { DType, NdScalar } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new NdScalar(new DType("i2"), new Uint8Array([1, 2])).valueOf(), 513);
 * ```
 */
export class NdScalar {
  /** The element type. */
  readonly dtype: DType;
  /** The bytes. */
  readonly data: unknown;
  /** Where numpy keeps its internals. */
  readonly module: NumpyModule;

  /**
   * Makes a scalar.
   *
   * @param dtype The element type.
   * @param data The bytes.
   * @param module Where numpy keeps its internals.
   */
  constructor(dtype: DType, data: unknown, module: NumpyModule = "numpy.core") {
    this.dtype = dtype;
    this.data = data;
    this.module = module;
  }

  /**
   * The number.
   *
   * @returns The number, or `undefined` if no typed array holds the element type.
   */
  valueOf(): number | bigint | undefined {
    if (!(this.data instanceof Uint8Array)) return undefined;
    const { code, itemSize, byteOrder } = this.dtype;
    if (itemSize === 0 || this.data.length !== itemSize) return undefined;
    const bytes = byteOrder === ">" ? this.data.toReversed() : this.data.slice();
    if (code === "f2") return new DataView(bytes.buffer).getFloat16(0, true);
    return new NdArray(new DType(code), [1], bytes).typed()?.[0];
  }

  /**
   * What makes two scalars, and a scalar and a number, equal as keys.
   *
   * @returns The signature, `""` if only the scalar itself equals it.
   */
  keySignature(): string {
    const value = this.valueOf();
    return value === undefined || value !== value ? "" : numberKey(value);
  }
}

const TYPES: Record<
  string,
  {
    new (buffer: ArrayBuffer, offset: number, length: number): TypedArray;
    BYTES_PER_ELEMENT: number;
  } | undefined
> = Object.assign(Object.create(null), {
  b1: Uint8Array,
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  i8: BigInt64Array,
  u8: BigUint64Array,
  f4: Float32Array,
  f8: Float64Array,
});

/** numpy has each simple type once, so that pickles of several arrays share it. */
const simple: Map<string, DType> = new Map();

function dtypeOf(values: TypedArray): DType {
  for (const code of ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]) {
    if (!(values instanceof (TYPES[code] as unknown as new () => TypedArray))) continue;
    let dtype = simple.get(code);
    if (dtype === undefined) simple.set(code, dtype = new DType(code));
    return dtype;
  }
  throw new TypeError(`Cannot make an NdArray of a ${values.constructor.name}`);
}
