/**
 * numpy's arrays, scalars and element types. Version 1 keeps what pickles name in `numpy.core`, version 2 in `numpy._core`
 * and reads both. Up to protocol 4 an array is made empty and gets its state; protocol 5 names a buffer.
 */
import { Global } from "../../types/objects/global.ts";
import { DType, NdArray, NdScalar, type NumpyModule } from "../../types/arrays/nd_array.ts";
import { tuple } from "../../types/containers/tuple.ts";
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

/** Registers numpy. */
export function registerNumpy(registry: Registry): void {
  registry.register("numpy", "ndarray", {});
  registry.register("numpy", "dtype", {
    type: DType,
    load: ([code]) => {
      if (typeof code !== "string" || code.length > LONGEST_CODE) {
        throw new TypeError("a dtype needs a short string");
      }
      return new DType(code);
    },
    setState: setDTypeState,
    dump: (dtype) => ({ args: [new FreshText(dtype.code), false, true], state: dTypeState(dtype) }),
  });
  for (const module of ["numpy.core", "numpy._core"] as const) {
    registry.register(`${module}.multiarray`, "_reconstruct", {
      load: () => new NdArray(new DType("V0"), [0], new Uint8Array(0), { module }),
    });
    const scalar = ([dtype, data]: unknown[]) => new NdScalar(asDType(dtype), data, module);
    registry.register(`${module}.multiarray`, "scalar", {
      load: scalar,
      loadPlain: (args) => plainScalar(scalar(args)),
    });
    registry.register(`${module}.numeric`, "_frombuffer", {
      load: ([data, dtype, shape, order]) =>
        new NdArray(asDType(dtype), asShape(shape), asBytes(data), {
          module,
          order: order === "F" ? "F" : "C",
        }),
    });
  }
  registry.registerWriter(NdArray, "numpy", "ndarray", reduceArray, setArrayState);
  registry.registerWriter(NdScalar, "numpy", "generic", (scalar) => ({
    callable: new Global(`${scalar.module}.multiarray`, "scalar"),
    args: [scalar.dtype, scalar.data],
  }));
}

/** The number, bool or text of a scalar; one that is none of these (a record) stays what it is. */
function plainScalar(scalar: NdScalar): unknown {
  const value = scalar.valueOf();
  if (scalar.dtype.code === "b1" && value !== undefined) return value !== 0;
  return typeof value === "bigint" && Number.isSafeInteger(Number(value))
    ? Number(value)
    : value ?? scalar;
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
  throw new TypeError("a numpy array needs bytes");
}

/** `(version, byte order, subarray, names, fields, item size, alignment, flags[, metadata])`. */
function setDTypeState(dtype: DType, state: unknown): void {
  if (!Array.isArray(state) || typeof state[1] !== "string") {
    throw new TypeError("the state of a dtype is a tuple with a byte order");
  }
  dtype.byteOrder = state[1];
  dtype.detail =
    state[2] === null && state[3] === null && state[4] === null && state.length === 8 &&
      state[5] === -1 && state[6] === -1 && state[7] === dTypeFlags(dtype)
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

/** `(version, shape, dtype, is Fortran order, bytes or list)`. */
function setArrayState(array: NdArray, state: unknown): void {
  if (!Array.isArray(state) || state.length !== 5) {
    throw new TypeError("the state of a numpy array is a tuple of five");
  }
  array.shape = asShape(state[1]);
  array.dtype = asDType(state[2]);
  array.order = state[3] === true ? "F" : "C";
  array.data = Array.isArray(state[4]) ? state[4] : asBytes(state[4]);
}

function reduceArray(array: NdArray, protocol: number): Partial<Reduction> {
  const { module, dtype, data, order } = array;
  const shape = tuple(...array.shape);
  if (protocol >= 5 && data instanceof Uint8Array) {
    return {
      callable: new Global(`${module}.numeric`, "_frombuffer"),
      args: [new PickleBuffer(data), dtype, shape, order],
    };
  }
  return {
    callable: reconstruct(module),
    args: [NDARRAY, tuple(0), EMPTY],
    state: tuple(1, shape, dtype, order === "F", data),
  };
}

function reconstruct(module: NumpyModule): Global {
  return new Global(`${module}.multiarray`, "_reconstruct");
}
