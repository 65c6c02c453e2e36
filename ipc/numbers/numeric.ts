/**
 * The eleven number types of shared values and arrays, Python's letters for them, and the check of what users store.
 *
 * A typed array would silently cut 4.5 to 4, and wrap 300 to 44. The checks make that an error.
 */
import { shown } from "../wait/shown.ts";

/** A type of number that shared memory can hold, or Python's letter for it. */
export type NumericType =
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float16"
  | "float32"
  | "float64"
  | "b"
  | "B"
  | "h"
  | "H"
  | "i"
  | "I"
  | "l"
  | "L"
  | "q"
  | "Q"
  | "e"
  | "f"
  | "d";

/** The types whose values are bigints. `l` and `L` are C's long: 64 bits wide on Linux and macOS. */
export type BigNumericType = "int64" | "uint64" | "q" | "Q" | "l" | "L";

/** What reading a {@linkcode NumericType} gives: a bigint for the 64-bit integers, else a number. */
export type NumericValue<T extends NumericType> = T extends BigNumericType ? bigint : number;

/** What can be stored in a {@linkcode NumericType}: 64-bit integers take whole numbers, too. */
export type NumericInput<T extends NumericType> = T extends BigNumericType ? bigint | number
  : number;

/** The typed array that holds a {@linkcode NumericType}, on memory of kind `B`. */
export type NumericArray<
  T extends NumericType,
  B extends ArrayBufferLike = SharedArrayBuffer,
> = T extends "int8" | "b" ? Int8Array<B>
  : T extends "uint8" | "B" ? Uint8Array<B>
  : T extends "int16" | "h" ? Int16Array<B>
  : T extends "uint16" | "H" ? Uint16Array<B>
  : T extends "int32" | "i" ? Int32Array<B>
  : T extends "uint32" | "I" ? Uint32Array<B>
  : T extends "int64" | "l" | "q" ? BigInt64Array<B>
  : T extends "uint64" | "L" | "Q" ? BigUint64Array<B>
  : T extends "float16" | "e" ? Float16Array<B>
  : T extends "float32" | "f" ? Float32Array<B>
  : Float64Array<B>;

/** The full name of a {@linkcode NumericType}. */
export type NumericTypeName = Exclude<
  NumericType,
  "b" | "B" | "h" | "H" | "i" | "I" | "l" | "L" | "q" | "Q" | "e" | "f" | "d"
>;

/** Any array of numbers in shared memory. */
export type Cells = NumericArray<NumericType>;
/** The arrays of 64-bit integers. */
export type BigCells = BigInt64Array<SharedArrayBuffer> | BigUint64Array<SharedArrayBuffer>;

/** How a type is stored and checked. */
export interface Numeric {
  /** What stands for the type in shared memory. */
  readonly code: number;
  readonly name: NumericTypeName;
  readonly bytes: number;
  readonly array: new (
    buffer: SharedArrayBuffer,
    byteOffset: number,
    length: number,
  ) => Cells;
  readonly integer: boolean;
  readonly big: boolean;
  /** Smallest and largest value; of floats the largest finite ones. */
  readonly min: number;
  readonly max: number;
  readonly bigMin: bigint;
  readonly bigMax: bigint;
  /** The nearest number that a float type can hold; absent where that is every number. */
  readonly round: ((value: number) => number) | undefined;
}

const FLOAT_LIMITS: Readonly<Record<number, number>> = {
  2: 65504,
  4: 3.4028234663852886e38,
  8: Number.MAX_VALUE,
};

function numeric(code: number, name: NumericTypeName, array: unknown, bytes: number): Numeric {
  const integer = !name.startsWith("float");
  const bits = BigInt(bytes * 8);
  const signed = name.startsWith("int");
  const bigMin = integer && signed ? -(1n << (bits - 1n)) : 0n;
  const bigMax = (1n << (signed ? bits - 1n : bits)) - 1n;
  const limit = FLOAT_LIMITS[bytes]!;
  return {
    code,
    name,
    bytes,
    array: array as Numeric["array"],
    integer,
    big: integer && bytes === 8,
    min: integer ? Number(bigMin) : -limit,
    max: integer ? Number(bigMax) : limit,
    bigMin,
    bigMax,
    round: integer || bytes === 8 ? undefined : bytes === 4 ? Math.fround : Math.f16round,
  };
}

const TYPES: readonly Numeric[] = [
  numeric(0, "int8", Int8Array, 1),
  numeric(1, "uint8", Uint8Array, 1),
  numeric(2, "int16", Int16Array, 2),
  numeric(3, "uint16", Uint16Array, 2),
  numeric(4, "int32", Int32Array, 4),
  numeric(5, "uint32", Uint32Array, 4),
  numeric(6, "int64", BigInt64Array, 8),
  numeric(7, "uint64", BigUint64Array, 8),
  numeric(8, "float32", Float32Array, 4),
  numeric(9, "float64", Float64Array, 8),
  numeric(10, "float16", Float16Array, 2),
];

const LETTERS = "bBhHiIqQfde";
const byName = new Map<string, Numeric>(TYPES.map((type) => [type.name, type]));
for (const [at, letter] of [...LETTERS].entries()) byName.set(letter, TYPES[at]!);
byName.set("l", TYPES[6]!);
byName.set("L", TYPES[7]!);

/** The type of a name or letter. */
export function numericOf(type: string): Numeric {
  const found = byName.get(type);
  if (found === undefined) {
    throw new TypeError(
      `Unknown number type ${JSON.stringify(type) ?? String(type)}: needs one of ${
        [...byName.keys()].join(" ")
      }`,
    );
  }
  return found;
}

/** The type of a code found in shared memory. */
export function numericOfCode(code: number): Numeric {
  const found = TYPES[code];
  if (found === undefined) {
    throw new Deno.errors.InvalidData(`Cannot attach: ${code} is no number type`);
  }
  return found;
}

function reject(type: Numeric, value: unknown): never {
  const attempted = `Cannot store ${shown(value)} as ${type.name}`;
  if (!type.integer) {
    if (typeof value !== "number") throw new TypeError(`${attempted}: a number is needed`);
    throw new RangeError(`${attempted}: it is larger than the largest ${type.name}`);
  }
  const whole = typeof value === "bigint" || Number.isInteger(value);
  if (type.big) {
    if (!whole) throw new TypeError(`${attempted}: a bigint or a whole number is needed`);
    throw new RangeError(
      typeof value === "number" && !Number.isSafeInteger(value)
        ? `${attempted}: it is too large to be exact, a bigint is needed`
        : `${attempted}: needs ${type.bigMin} to ${type.bigMax}`,
    );
  }
  if (typeof value !== "number" || !whole) {
    throw new TypeError(`${attempted}: a whole number is needed`);
  }
  throw new RangeError(`${attempted}: needs ${type.min} to ${type.max}`);
}

/**
 * The value as it will be stored.
 *
 * @throws {TypeError} If it is of another kind of number, or has a fraction that an integer type cannot hold.
 * @throws {RangeError} If it is too small or too large.
 */
export function checked(type: Numeric, value: unknown): number | bigint {
  if (type.big) {
    if (typeof value === "bigint") {
      if (value >= type.bigMin && value <= type.bigMax) return value;
    } else if (Number.isSafeInteger(value) && (value as number) >= type.min) {
      return BigInt(value as number);
    }
  } else if (typeof value === "number") {
    if (type.integer) {
      if (value >= type.min && value <= type.max && Math.trunc(value) === value) return value;
    } else if ((value >= type.min && value <= type.max) || !Number.isFinite(value)) {
      return type.round === undefined ? value : type.round(value);
    }
  }
  return reject(type, value);
}

/** A number as JSON can hold it. */
export function jsonOf(value: number | bigint): number | string {
  return typeof value === "bigint" ? String(value) : value;
}

/** The operand of an atomic addition, which wraps around: any whole number. */
export function checkedOperand(type: Numeric, value: unknown): number | bigint {
  if (type.big) {
    if (typeof value === "bigint") return value;
    if (Number.isSafeInteger(value)) return BigInt(value as number);
  } else if (Number.isSafeInteger(value)) return value as number;
  throw new TypeError(
    `Cannot add or subtract ${shown(value)} with ${type.name}: a whole number is needed`,
  );
}
