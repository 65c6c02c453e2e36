/** How the bytes of an element become a value. */
import { Complex } from "../numbers/complex.ts";
import type { DType, DTypeUnit } from "./d_type.ts";
import { readDuration, readMoment } from "./time_units.ts";

/** Reads the element that begins at an offset. */
export type ElementReader = (view: DataView, at: number) => unknown;

/** An element type, ready to be read. */
export interface Elements {
  readonly read: ElementReader;
  /** How many values an element holds: its fields, and theirs. */
  readonly values: number;
}

/** Deepest nesting of structured types. */
const DEEPEST = 32;
const MISSING = -(2n ** 63n);

/**
 * Prepares an element type.
 *
 * @throws {TypeError} If its fields do not fit into it, or it is of no known kind.
 */
export function elementsOf(dtype: DType): Elements {
  return prepare(dtype, new Map(), 0);
}

function prepare(dtype: DType, known: Map<DType, Elements>, depth: number): Elements {
  const done = known.get(dtype);
  if (done !== undefined) return done;
  if (depth > DEEPEST) refuse(`at most ${DEEPEST} structured types in one another`);
  const elements = compound(dtype, known, depth) ??
    { read: simple(dtype, dtype.byteOrder !== ">"), values: 1 };
  known.set(dtype, elements);
  return elements;
}

function compound(dtype: DType, known: Map<DType, Elements>, depth: number): Elements | undefined {
  const { subarray, fields, itemSize } = dtype;
  if (subarray !== undefined) {
    const inner = prepare(subarray.dtype, known, depth + 1);
    const step = subarray.dtype.itemSize;
    const { shape } = subarray;
    const count = shape.reduce((size, n) => size * n, 1);
    if (count * step > itemSize || !(step > 0) || shape.length > 64) refuse("a subarray that fits");
    return {
      read: (view, at) => nest(shape, (i) => inner.read(view, at + i * step)),
      values: count * inner.values + 1,
    };
  }
  if (fields === undefined) return undefined;
  const parts = fields.map(({ name, dtype, offset }) => {
    if (offset + dtype.itemSize > itemSize) refuse("fields that fit");
    return { name, offset, ...prepare(dtype, known, depth + 1) };
  });
  return {
    read(view, at) {
      const record: Record<string, unknown> = {};
      for (const { name, offset, read } of parts) setOwn(record, name, read(view, at + offset));
      return record;
    },
    values: parts.reduce((sum, part) => sum + part.values, 1),
  };
}

function simple(dtype: DType, little: boolean): ElementReader {
  const size = dtype.itemSize;
  const { unit } = dtype;
  if (unit !== undefined && size === 8) return time(dtype.kind === "M", unit, little);
  const read = NUMBERS[dtype.code];
  if (read !== undefined) return (view, at) => read(view, at, little);
  switch (dtype.kind) {
    case "U":
      return (view, at) => codePoints(view, at, size, little);
    case "S":
      return (view, at) => {
        let end = at + size;
        while (end > at && view.getUint8(end - 1) === 0) end--;
        return bytes(view, at, end - at);
      };
    default:
      return (view, at) => bytes(view, at, size);
  }
}

function time(moment: boolean, unit: DTypeUnit, little: boolean): ElementReader {
  const read = moment ? readMoment : readDuration;
  return (view, at) => {
    const count = view.getBigInt64(at, little);
    return count === MISSING ? null : read(count * BigInt(unit.count), unit.name) ?? count;
  };
}

type NumberReader = (view: DataView, at: number, little: boolean) => unknown;

/** An integer as pickles give it: a number if it is a safe one. */
function integer(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const NUMBERS: Record<string, NumberReader | undefined> = Object.assign(
  Object.create(null),
  {
    b1: (view, at) => view.getUint8(at) !== 0,
    i1: (view, at) => view.getInt8(at),
    u1: (view, at) => view.getUint8(at),
    i2: (view, at, little) => view.getInt16(at, little),
    u2: (view, at, little) => view.getUint16(at, little),
    i4: (view, at, little) => view.getInt32(at, little),
    u4: (view, at, little) => view.getUint32(at, little),
    i8: (view, at, little) => integer(view.getBigInt64(at, little)),
    u8: (view, at, little) => integer(view.getBigUint64(at, little)),
    f2: (view, at, little) => view.getFloat16(at, little),
    f4: (view, at, little) => view.getFloat32(at, little),
    f8: (view, at, little) => view.getFloat64(at, little),
    c8: (view, at, little) =>
      new Complex(view.getFloat32(at, little), view.getFloat32(at + 4, little)),
    c16: (view, at, little) =>
      new Complex(view.getFloat64(at, little), view.getFloat64(at + 8, little)),
  } satisfies Record<string, NumberReader>,
);

function bytes(view: DataView, at: number, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer, view.byteOffset + at, length).slice();
}

function codePoints(view: DataView, at: number, size: number, little: boolean): string {
  let end = at + size;
  while (end > at && view.getUint32(end - 4, little) === 0) end -= 4;
  let text = "";
  for (let i = at; i < end; i += 4) {
    const point = view.getUint32(i, little);
    text += point <= 0x10ffff ? String.fromCodePoint(point) : "\ufffd";
  }
  return text;
}

/** Values in rows of rows, the last index fastest. */
function nest(shape: readonly number[], value: (index: number) => unknown): unknown {
  let index = 0;
  const build = (axis: number): unknown =>
    axis === shape.length
      ? value(index++)
      : Array.from({ length: shape[axis]! }, () => build(axis + 1));
  return build(0);
}

/** Sets a property whatever its name. */
function setOwn(record: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") record[name] = value;
  else {
    Object.defineProperty(record, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
}

function refuse(needed: string): never {
  throw new TypeError(`Cannot read the elements of a numpy array: needed ${needed}`);
}
