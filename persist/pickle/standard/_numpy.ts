/**
 * numpy's arrays, scalars and element types. Version 1 keeps what pickles name in `numpy.core`, version 2 in `numpy._core`
 * and reads both. Up to protocol 4 an array is made empty and gets its state; protocol 5 names a buffer, but for subclasses,
 * for objects and for times. Python 2 writes bytes as a `str`, which comes as text (`encoding: "latin1"`) or as bytes.
 */
import { Global } from "../../types/objects/global.ts";
import { ByteArray } from "../../types/arrays/byte_array.ts";
import { DType } from "../../types/arrays/d_type.ts";
import { NdArray, type NumpyModule } from "../../types/arrays/nd_array.ts";
import { NdScalar } from "../../types/arrays/nd_scalar.ts";
import { tuple } from "../../types/containers/tuple.ts";
import { beside } from "../notes.ts";
import { FreshText } from "../fresh_text.ts";
import { PickleBuffer } from "../pickle_buffer.ts";
import type { Reduction } from "../reduction.ts";
import type { Registry } from "../registry.ts";

/** As in numpy 2. */
const MOST_AXES = 64;
/** Longest code of an element type, a kind and a size: `U2147483647`. */
const LONGEST_CODE = 32;

const NDARRAY = new Global("numpy", "ndarray");
const EMPTY = new Uint8Array([0x62]);

/** Arrays that a pickle of protocol 5 held with a state, not with a buffer: numpy had them in pieces. */
const stated: WeakSet<NdArray> = new WeakSet();

/** Registers numpy. */
export function registerNumpy(registry: Registry): void {
  registry.register("numpy", "ndarray", {});
  registry.register("numpy", "dtype", {
    type: DType,
    load: ([code]) => makeDType(code),
    setState: setDTypeState,
    dump: (dtype) => ({
      args: [dtype.type ?? new FreshText(dtype.code), false, true],
      state: dTypeState(dtype),
    }),
  });
  for (const module of ["numpy.core", "numpy._core"] as const) {
    registry.register(`${module}.multiarray`, "_reconstruct", {
      load: ([subclass]) => {
        const options = NDARRAY.equals(subclass) ? { module } : { module, subclass };
        return new NdArray(new DType("V0"), [0], new Uint8Array(0), options);
      },
    });
    const scalar = ([dtype, data]: unknown[]) => {
      const type = asDType(dtype);
      return new NdScalar(type, typeof data === "string" ? asBytes(data) : data, module);
    };
    registry.register(`${module}.multiarray`, "scalar", {
      load: scalar,
      loadPlain: (args) => plainScalar(scalar(args)),
    });
    registry.register(`${module}.numeric`, "_frombuffer", {
      load: (args) => fromBuffer(args, module, true),
      loadPlain: (args) => fromBuffer(args, module, false),
    });
  }
  registry.registerWriter(NdArray, "numpy", "ndarray", reduceArray, setArrayState);
  registry.registerWriter(NdScalar, "numpy", "generic", (scalar) => ({
    callable: new Global(`${scalar.module}.multiarray`, "scalar"),
    args: [scalar.dtype, scalar.data],
  }));
}

/** The number, bool, text or date of a scalar; a record, or bytes without a meaning, stays what it is. */
function plainScalar(scalar: NdScalar): unknown {
  return scalar.dtype.kind === "V" ? scalar : scalar.value ?? scalar;
}

function makeDType(code: unknown): DType {
  // `numpy.record`: the size comes with the state.
  if (code instanceof Global) return Object.assign(new DType("V"), { type: code });
  const text = code instanceof Uint8Array && code.length <= LONGEST_CODE ? latin1(code) : code;
  if (typeof text !== "string" || text.length > LONGEST_CODE) {
    throw new TypeError("a dtype needs a short string");
  }
  return new DType(text);
}

function asDType(value: unknown): DType {
  if (value instanceof DType) return value;
  throw new TypeError("a numpy value needs a dtype");
}

function asShape(value: unknown): number[] {
  if (
    Array.isArray(value) && value.length <= MOST_AXES &&
    value.every((n) => Number.isSafeInteger(n) && n >= 0)
  ) return [...value];
  throw new TypeError(`a numpy array needs a shape of at most ${MOST_AXES} integers`);
}

function asBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (typeof value === "string") {
    const bytes = new Uint8Array(value.length);
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0xff) throw new TypeError('numpy\'s bytes of Python 2 need encoding: "latin1"');
      bytes[i] = code;
    }
    return bytes;
  }
  throw new TypeError("a numpy array needs bytes");
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** `(version, byte order, subarray, names, fields, item size, alignment, flags[, metadata])`. */
function setDTypeState(dtype: DType, state: unknown): void {
  const order = Array.isArray(state) ? state[1] : undefined;
  const byteOrder = order instanceof Uint8Array && order.length === 1 ? latin1(order) : order;
  if (!Array.isArray(state) || typeof byteOrder !== "string") {
    throw new TypeError("the state of a dtype is a tuple with a byte order");
  }
  dtype.byteOrder = byteOrder;
  if (dtype.type !== undefined && Number.isSafeInteger(state[5])) dtype.code = `V${state[5]}`;
  dtype.detail =
    state[2] === null && state[3] === null && state[4] === null && state.length === 8 &&
      state[0] === 3 && state[5] === -1 && state[6] === -1 && state[7] === dTypeFlags(dtype)
      ? undefined
      : state;
}

function dTypeState(dtype: DType): unknown {
  return dtype.detail ??
    tuple(3, dtype.byteOrder, null, null, null, -1, -1, dTypeFlags(dtype));
}

/** Element type `O` is counted, needs initialisation and the like. */
function dTypeFlags(dtype: DType): number {
  return dtype.code[0] === "O" ? 63 : 0;
}

/** `(version, shape, dtype, is Fortran order, bytes or list)`; a subclass may add to it. */
function setArrayState(array: NdArray, state: unknown, protocol: number): void {
  const isWhole = Array.isArray(state) && state.length === 5;
  if (!Array.isArray(state) || !isWhole && (array.subclass === undefined || state.length < 5)) {
    throw new TypeError("the state of a numpy array is a tuple of five");
  }
  array.shape = asShape(state[1]);
  array.dtype = asDType(state[2]);
  array.order = state[3] === true || state[3] === 1 ? "F" : "C";
  array.data = Array.isArray(state[4]) ? state[4] : asBytes(state[4]);
  array.extra = isWhole ? undefined : state.slice(5);
  if (protocol >= 5) stated.add(array);
}

function fromBuffer(args: unknown[], module: NumpyModule, typed: boolean): NdArray {
  const [data, dtype, shape, order, axes] = args;
  const bytes = asBytes(data);
  // What may be changed travels as a bytearray, or beside the pickle.
  const readonly = typed && data instanceof Uint8Array && !(data instanceof ByteArray) &&
    !beside.has(data);
  if (order !== "K" || axes === undefined || axes === null) {
    const options = { module, readonly, order: order === "F" ? "F" : "C" } as const;
    return new NdArray(asDType(dtype), asShape(shape), bytes, options);
  }
  const inMemory = asShape(shape);
  const axisOrder = asShape(axes);
  if (
    axisOrder.length !== inMemory.length ||
    new Set(axisOrder).size !== axisOrder.length || axisOrder.some((n) => n >= inMemory.length)
  ) throw new TypeError("a numpy array needs each of its axes once");
  const seen = axisOrder.map((axis) => inMemory[axis]!);
  return new NdArray(asDType(dtype), seen, bytes, { module, readonly, axisOrder });
}

function reduceArray(array: NdArray, protocol: number): Partial<Reduction> {
  const { module, dtype, data, order, axisOrder } = array;
  if (protocol >= 5 && travelsAsBuffer(array) && data instanceof Uint8Array) {
    const buffer = new PickleBuffer(data, { readonly: array.readonly });
    const callable = new Global(`${module}.numeric`, "_frombuffer");
    if (axisOrder === undefined) {
      return { callable, args: [buffer, dtype, tuple(...array.shape), order] };
    }
    const inMemory = new Array<number>(axisOrder.length);
    for (const [i, axis] of axisOrder.entries()) inMemory[axis] = array.shape[i]!;
    return { callable, args: [buffer, dtype, tuple(...inMemory), "K", tuple(...axisOrder)] };
  }
  const bytes = axisOrder === undefined ? asState(data) : contiguous(array);
  return {
    callable: reconstruct(module),
    args: [array.subclass ?? NDARRAY, tuple(0), EMPTY],
    state: tuple(
      1,
      tuple(...array.shape),
      dtype,
      order === "F",
      bytes,
      ...array.extra ?? [],
    ),
  };
}

/** A state has bytes, also where the array came with a bytearray. */
function asState(data: Uint8Array | unknown[]): Uint8Array | unknown[] {
  if (!(data instanceof ByteArray)) return data;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A copy of an array's bytes, the last index running fastest. */
function contiguous(array: NdArray): Uint8Array {
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

/** Python's buffers have no subclasses and no times. */
function travelsAsBuffer(array: NdArray): boolean {
  return array.subclass === undefined && !/^[mM]/.test(array.dtype.code) &&
    array.dtype.itemSize > 0 && !stated.has(array);
}

function reconstruct(module: NumpyModule): Global {
  return new Global(`${module}.multiarray`, "_reconstruct");
}
