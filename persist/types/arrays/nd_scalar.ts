import { numberKey } from "../numbers/number_key.ts";
import type { DType } from "./d_type.ts";
import { elementsOf } from "./_elements.ts";
import type { NumpyModule } from "./nd_array.ts";

/**
 * A numpy scalar, such as `numpy.float32(1.5)`.
 *
 * @example Its number
 * ```ts
 * import { DType, NdScalar } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const scalar = new NdScalar(new DType("i2"), new Uint8Array([1, 2]));
 * assertEquals([scalar.valueOf(), scalar.value], [513, 513]);
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
   * @example Make one
   * ```ts
   * import { DType, NdScalar } from "@ferry/std/persist/types";
   *
   * const scalar = new NdScalar(new DType("i2"), new Uint8Array([1, 2]));
   * ```
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
   * What it stands for, as {@linkcode NdArray.toArray} gives an element: a number, boolean, text, `Complex`, Temporal object,
   * record or bytes; `undefined` if its bytes are not those of its type.
   */
  get value(): unknown {
    const { data, dtype } = this;
    if (!(data instanceof Uint8Array)) return dtype.kind === "O" ? data : undefined;
    const size = dtype.itemSize;
    // Text may be of no characters at all.
    if (data.length !== size || size === 0 && dtype.kind !== "U" && dtype.kind !== "S") {
      return undefined;
    }
    const { read, values } = elementsOf(dtype);
    if (values > 4 * size + 1000) return undefined;
    return read(new DataView(data.buffer, data.byteOffset, data.byteLength), 0);
  }

  /**
   * The number.
   *
   * @returns The number, 0 or 1 for a bool, or `undefined` if the element type is no number's.
   */
  valueOf(): number | bigint | undefined {
    if (!/^[biuf]/.test(this.dtype.code)) return undefined;
    const value = this.value;
    if (typeof value === "boolean") return value ? 1 : 0;
    return typeof value === "number" || typeof value === "bigint" ? value : undefined;
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
