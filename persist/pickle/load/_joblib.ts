/**
 * joblib's arrays. A pickle of joblib holds, in the place of each array, an object with its shape and type; behind the
 * opcode that builds it stand, between the opcodes, the array's bytes:
 *
 * ```
 * BUILD [padding length, padding] bytes                next opcode
 * BUILD pickle of an array with objects, with its STOP next opcode
 * ```
 */
import { DType } from "../../types/arrays/d_type.ts";
import { NdArray } from "../../types/arrays/nd_array.ts";
import { Global } from "../../types/objects/global.ts";
import type { JoblibArray } from "../joblib_array.ts";
import type { Machine } from "./_machine.ts";

const NDARRAY = new Global("numpy", "ndarray");
const MEMMAP = new Global("numpy", "memmap");
/** The flag of an element type that holds objects. */
const HAS_OBJECTS = 1;

/** Reads the array whose object has just been built. */
export function readJoblibArray(machine: Machine, { state }: JoblibArray, end: number): unknown {
  const part = (name: string) =>
    state instanceof Map ? state.get(name) : (state as Record<string, unknown> | undefined)?.[name];
  const [shape, dtype, order, subclass] = ["shape", "dtype", "order", "subclass"].map(part);
  const isShape = Array.isArray(shape) && shape.length <= 64 &&
    shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!isShape || !(dtype instanceof DType)) {
    machine.fail("an array of joblib needs a shape and an element type");
  }
  if (holdsObjects(dtype as DType)) return machine.loadInner();
  const aligned = part("numpy_array_alignment_bytes") ?? null;
  if (aligned !== null) machine.pos += 1 + (machine.bytes[machine.pos] ?? 0);
  const size = (shape as number[]).reduce((all, n) => all * n, 1) * (dtype as DType).itemSize;
  const { pos } = machine;
  if (!(size <= end - pos)) {
    machine.fail(
      `the bytes of an array of joblib are cut off: needed ${size}, received ${
        Math.max(0, end - pos)
      }; ` +
        "give loads the whole file",
    );
  }
  machine.pos += size;
  const bytes = machine.copies
    ? Uint8Array.prototype.slice.call(machine.bytes, pos, pos + size)
    : machine.bytes.subarray(pos, pos + size);
  return new NdArray(dtype as DType, [...shape as number[]], bytes, {
    order: order === "F" ? "F" : "C",
    ...NDARRAY.equals(subclass) || MEMMAP.equals(subclass) ? {} : { subclass },
  });
}

function holdsObjects(dtype: DType): boolean {
  if (dtype.kind === "O") return true;
  const flags = Array.isArray(dtype.detail) ? dtype.detail[7] : 0;
  return typeof flags === "number" && (flags & HAS_OBJECTS) !== 0;
}
