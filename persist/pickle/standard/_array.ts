import { swapBytes } from "../../byte_text.ts";
import { Float } from "../../types/numbers/float.ts";
import { Global } from "../../types/objects/global.ts";
import { PyObject } from "../../types/objects/py_object.ts";
import { PyArray, type TypedArray } from "../../types/arrays/py_array.ts";
import type { Reduction } from "../reduction.ts";
import type { Registry } from "../registry.ts";

interface TypedArrayClass {
  new (buffer: ArrayBuffer): TypedArray;
  new (length: number): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
}

/** One of CPython's machine formats; the one after each, with an odd number, is big-endian. */
interface Format {
  readonly type: TypedArrayClass;
  readonly code: number;
}

/** Type codes, with the sizes of 64-bit Linux and macOS. */
const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ["B", { type: Uint8Array, code: 0 }],
  ["b", { type: Int8Array, code: 1 }],
  ["H", { type: Uint16Array, code: 2 }],
  ["h", { type: Int16Array, code: 4 }],
  ["I", { type: Uint32Array, code: 6 }],
  ["i", { type: Int32Array, code: 8 }],
  ["L", { type: BigUint64Array, code: 10 }],
  ["Q", { type: BigUint64Array, code: 10 }],
  ["l", { type: BigInt64Array, code: 12 }],
  ["q", { type: BigInt64Array, code: 12 }],
  ["f", { type: Float32Array, code: 14 }],
  ["d", { type: Float64Array, code: 16 }],
  ["u", { type: Uint32Array, code: 20 }],
  ["w", { type: Uint32Array, code: 20 }],
]);

/** Machine formats by number, big-endian ones left out. */
const BY_CODE: readonly (TypedArrayClass | undefined)[] = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  ,
  Int16Array,
  ,
  Uint32Array,
  ,
  Int32Array,
  ,
  BigUint64Array,
  ,
  BigInt64Array,
  ,
  Float32Array,
  ,
  Float64Array,
  ,
  Uint16Array,
  ,
  Uint32Array,
];

/** Codes that a typed array stands for alone. */
const PLAIN: Record<string, TypedArrayClass> = {
  b: Int8Array,
  h: Int16Array,
  H: Uint16Array,
  i: Int32Array,
  I: Uint32Array,
  q: BigInt64Array,
  Q: BigUint64Array,
  f: Float32Array,
  d: Float64Array,
};

const ARRAY = new Global("array", "array");
const RECONSTRUCTOR = new Global("array", "_array_reconstructor");

/** Registers `array.array`. */
export function registerArray(registry: Registry): void {
  const fromItems = ([code, items]: unknown[]) => wrap(code, itemsOf(code, items ?? []));
  registry.register("array", "array", { load: fromItems });
  registry.register("array", "_array_reconstructor", {
    load: (args) => {
      const [type, code, format, bytes] = args;
      // A class that extends it: only names that are read as data come this far.
      if (!ARRAY.equals(type)) return new PyObject({ callable: RECONSTRUCTOR, args });
      return wrap(code, fromMachine(format, bytes));
    },
  });
  registry.registerWriter(
    PyArray,
    "array",
    "array",
    (array, protocol) => reduce(array.typecode, array.data, protocol),
  );
  for (const [code, type] of Object.entries(PLAIN)) {
    registry.registerWriter(
      type as unknown as new () => TypedArray,
      "array",
      "array",
      (array, protocol) => reduce(code, array, protocol),
    );
  }
}

function wrap(code: unknown, data: TypedArray): TypedArray | PyArray {
  if (typeof code !== "string" || !FORMATS.has(code)) {
    throw new TypeError("an array has an unknown type code");
  }
  return data instanceof (PLAIN[code] ?? Array) ? data : new PyArray(code, data);
}

function itemsOf(code: unknown, items: unknown): TypedArray {
  const format = FORMATS.get(code as string);
  if (format === undefined) throw new TypeError("an array has an unknown type code");
  if (items instanceof Uint8Array) return fromBytes(format.type, items);
  if (!Array.isArray(items)) throw new TypeError("an array is made of a list or bytes");
  const data = new format.type(items.length);
  for (let i = 0; i < items.length; i++) data[i] = item(items[i], data);
  return data;
}

/** An item as the array takes it; only numbers and characters are converted. */
function item(value: unknown, data: TypedArray): never {
  if (typeof value === "string") return value.codePointAt(0) as never;
  const number = value instanceof Float ? value.value : value;
  if (typeof number !== "number" && typeof number !== "bigint") {
    throw new TypeError("an array is made of numbers or characters");
  }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return BigInt(number) as never;
  }
  return Number(number) as never;
}

function fromMachine(format: unknown, bytes: unknown): TypedArray {
  const code = typeof format === "number" ? format : -1;
  const little = BY_CODE[code];
  const type = little ?? BY_CODE[code - 1];
  if (type === undefined || !(bytes instanceof Uint8Array)) {
    throw new TypeError("an array needs a known machine format and bytes");
  }
  if (little !== undefined) return fromBytes(type, bytes);
  const array = fromBytes(type, bytes);
  swapBytes(new Uint8Array(array.buffer), type.BYTES_PER_ELEMENT as 2 | 4 | 8);
  return array;
}

function fromBytes(type: TypedArrayClass, bytes: Uint8Array): TypedArray {
  if (bytes.length % type.BYTES_PER_ELEMENT !== 0) {
    throw new RangeError(`an array's bytes must be a multiple of ${type.BYTES_PER_ELEMENT}`);
  }
  return new type(new Uint8Array(bytes).buffer);
}

/** The machine format: by the size of the items where a type code has different ones, `l` and `u` on Windows for instance. */
function formatOf(code: string, data: TypedArray): number {
  const format = FORMATS.get(code);
  if (format !== undefined && data instanceof format.type) return format.code;
  const known = BY_CODE.findIndex((type) => type !== undefined && data instanceof type);
  // 16-bit text has the only number of its kind.
  return code === "u" && data instanceof Uint16Array ? 18 : Math.max(0, known);
}

/** Bytes in the machine's format since protocol 3, a list of the items before. */
function reduce(code: string, data: TypedArray, protocol: number): Partial<Reduction> {
  if (protocol >= 3) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return {
      callable: RECONSTRUCTOR,
      args: [ARRAY, code, formatOf(code, data), bytes],
    };
  }
  const text = code === "u" || code === "w";
  const floats = code === "f" || code === "d";
  const items: unknown[] = Array.from(
    data as ArrayLike<number>,
    (n) => text ? String.fromCodePoint(n) : floats ? new Float(n) : n,
  );
  return { callable: ARRAY, args: [code, items] };
}
