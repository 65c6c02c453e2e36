import type { DType } from "./d_type.ts";
import { type ElementReader, elementsOf } from "./_elements.ts";
import type { TypedArray } from "./py_array.ts";
import { dtypeOf, typedView } from "./_typed.ts";

/** Where numpy keeps its internals: `numpy.core` until version 1, `numpy._core` since version 2, which reads both. */
export type NumpyModule = "numpy.core" | "numpy._core";

/** Options of {@linkcode NdArray}. */
export interface NdArrayOptions {
  /**
   * `"C"` if the last index runs fastest, `"F"` if the first.
   *
   * @default {"C"}
   */
  order?: "C" | "F";
  /**
   * For bytes in neither order: the axes as they run in memory, the slowest first, and for each of this array's axes the
   * number of the one in memory.
   *
   * @default {undefined}
   */
  axisOrder?: readonly number[];
  /**
   * Where numpy keeps its internals.
   *
   * @default {"numpy.core"}
   */
  module?: NumpyModule;
  /**
   * Whether Python must not change the elements.
   *
   * @default {false}
   */
  readonly?: boolean;
  /**
   * The class in Python if it is not `numpy.ndarray` itself but a subclass such as `numpy.matrix`, a `Global`.
   *
   * @default {undefined}
   */
  subclass?: unknown;
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
 * assertEquals(matrix.toArray(), [[1, 2], [3, 4]]);
 * assertEquals(matrix.at(1, 0), 3);
 * assertEquals([...matrix.typed() as Float64Array], [1, 2, 3, 4]);
 * ```
 */
export class NdArray {
  /** The element type. */
  dtype: DType;
  /** The length along each axis. */
  shape: readonly number[];
  /** The elements' bytes; for element types with objects, the elements themselves, the last index running fastest. */
  data: Uint8Array | unknown[];
  /** `"C"` if the last index runs fastest, `"F"` if the first. */
  order: "C" | "F";
  /** The axis in memory that each axis is, `undefined` if `order` tells it. */
  axisOrder: readonly number[] | undefined;
  /** Where numpy keeps its internals. */
  module: NumpyModule;
  /** Whether Python must not change the elements. */
  readonly: boolean;
  /** The class in Python if it is not `numpy.ndarray` itself, a `Global`. */
  subclass: unknown;
  /** What the state of a subclass holds besides. */
  extra: unknown[] | undefined = undefined;

  /**
   * Makes an array of bytes that stand as numpy has them.
   *
   * @example Make one
   * ```ts
   * import { DType, NdArray } from "@ferry/std/persist/types";
   *
   * const zeros = new NdArray(new DType("f8"), [2], new Uint8Array(16));
   * ```
   *
   * @param dtype The element type.
   * @param shape The length along each axis.
   * @param data The elements' bytes.
   * @param options Order, module, and class in Python.
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
    this.axisOrder = options.axisOrder;
    this.module = options.module ?? "numpy.core";
    this.readonly = options.readonly ?? false;
    this.subclass = options.subclass;
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

  /** How many elements there are. */
  get size(): number {
    return this.shape.reduce((size, n) => size * n, 1);
  }

  /** How far apart, in elements, those are that follow each other along each axis. */
  get strides(): number[] {
    const { shape, order, axisOrder, data } = this;
    const strides = new Array<number>(shape.length);
    const axes = shape.map((_, axis) => axis);
    if (!(data instanceof Uint8Array)) axes.reverse();
    else if (axisOrder !== undefined) {
      axes.sort((a, b) => (axisOrder[b] ?? 0) - (axisOrder[a] ?? 0));
    } else if (order === "C") axes.reverse();
    axes.reduce((size, axis) => (strides[axis] = size) * shape[axis]!, 1);
    return strides;
  }

  /**
   * The elements in the order they have in memory, as a typed array. Dates and durations are their counts.
   *
   * @returns A typed array on the same bytes where alignment and byte order allow, on a copy otherwise; `undefined` if no
   * typed array holds the element type.
   */
  typed(): TypedArray | undefined {
    return this.data instanceof Uint8Array ? typedView(this.dtype, this.data) : undefined;
  }

  /**
   * One element, in the form that {@linkcode toArray} has.
   *
   * @param indices The index along each axis; negative ones count from the end.
   * @returns The element, `undefined` if an index is out of range.
   * @throws {TypeError} If there are not as many indices as axes, or the elements cannot be read.
   */
  at(...indices: number[]): unknown {
    const { shape } = this;
    if (indices.length !== shape.length) {
      throw new TypeError(
        `Cannot get an element: needed ${shape.length} indices, received ${indices.length}`,
      );
    }
    const { strides } = this;
    let index = 0;
    for (const [axis, n] of indices.entries()) {
      const i = n < 0 ? n + shape[axis]! : n;
      if (!Number.isInteger(i) || i < 0 || i >= shape[axis]!) return undefined;
      index += i * strides[axis]!;
    }
    return this.#reader()(index);
  }

  /**
   * The elements in rows of rows, as Python's `tolist()` gives them.
   *
   * | element type | value |
   * |---|---|
   * | bool, integers, floats | boolean; number, bigint if it is not a safe integer; number |
   * | complex | `Complex` |
   * | text `U`, bytes `S` and `V` | string, `Uint8Array`; without the zeros at the end of `U` and `S` |
   * | `datetime64` | `Temporal.PlainDate` for units of a day and more, else `Temporal.PlainDateTime`; NaT is `null` |
   * | `timedelta64` | `Temporal.Duration`; NaT is `null` |
   * | structured | an object with the fields |
   * | objects | the object |
   *
   * Times that Temporal has no room for are their counts, as bigint.
   *
   * @returns Arrays of arrays, one level for each axis; without axes the one element.
   * @throws {TypeError} If shape and bytes do not fit together, or the element type cannot be read.
   * @throws {RangeError} If it would be far larger than its bytes account for.
   */
  toArray(): unknown {
    const { shape, strides } = this;
    const read = this.#reader();
    const axes = shape.length;
    const build = (axis: number, start: number): unknown => {
      if (axis === axes) return read(start);
      const length = shape[axis]!;
      const stride = strides[axis]!;
      const row = new Array<unknown>(length);
      for (let i = 0; i < length; i++) row[i] = build(axis + 1, start + i * stride);
      return row;
    };
    return build(0, 0);
  }

  /** What reads the element of an index in memory. */
  #reader(): (index: number) => unknown {
    const { data, dtype, size } = this;
    const { length } = data;
    const itemSize = data instanceof Uint8Array ? dtype.itemSize : 1;
    if (length !== size * itemSize) {
      throw new TypeError(
        `Cannot read the elements of a numpy array: needed ${size} of ${itemSize} bytes, received ${length}`,
      );
    }
    // Of an array without elements, or with overlapping fields, the shape can ask for any number of rows and values.
    let lists = 1;
    this.shape.reduce((all, n) => (lists += all * n, all * n), 1);
    if (data instanceof Uint8Array) {
      const { read, values } = elementsOf(dtype);
      this.#checkSize(lists + size * values, length);
      const view = new DataView(data.buffer, data.byteOffset, length);
      return (index) => (read as ElementReader)(view, index * itemSize);
    }
    this.#checkSize(lists, length);
    const names = dtype.fields?.map(({ name }) => name);
    if (names === undefined) return (index) => data[index];
    return (index) => recordOf(names, data[index]);
  }

  #checkSize(values: number, length: number): void {
    if (values <= length * (this.shape.length + 4) + 1000) return;
    throw new RangeError(
      `Cannot read the elements of a numpy array: needed as many as its ${length} bytes or items account for, received a shape and fields of ${values}`,
    );
  }
}

/** The fields of an element with objects, which numpy writes as a tuple. */
function recordOf(names: readonly string[], values: unknown): unknown {
  if (!Array.isArray(values) || values.length !== names.length) return values;
  return Object.fromEntries(names.map((name, i) => [name, values[i]]));
}
