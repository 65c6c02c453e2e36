/**
 * What `torch.save` writes: a zip archive of a pickle, `data.pkl`, and of the storages that its persistent ids name,
 * `data/0`, `data/1` ... Tensors are views of storages; here they are numpy's arrays on the same bytes.
 */
import { DType } from "../../types/arrays/d_type.ts";
import { NdArray } from "../../types/arrays/nd_array.ts";
import { tagTuple } from "../../types/containers/tuple.ts";
import { Global } from "../../types/objects/global.ts";
import { spendWork } from "../../work.ts";
import { Registry } from "../registry.ts";
import { zipContent, type ZipEntry } from "./zip.ts";

/** Element types of the classes of storages; `bf16` is the upper half of a 32-bit float. */
const CODES: Readonly<Record<string, string>> = {
  FloatStorage: "f4",
  DoubleStorage: "f8",
  HalfStorage: "f2",
  BFloat16Storage: "bf16",
  LongStorage: "i8",
  IntStorage: "i4",
  ShortStorage: "i2",
  CharStorage: "i1",
  ByteStorage: "u1",
  UntypedStorage: "u1",
  BoolStorage: "b1",
  ComplexFloatStorage: "c8",
  ComplexDoubleStorage: "c16",
};

/** Most axes of a tensor. */
const MOST_AXES = 64;

/** An archive that `torch.save` has written. */
export class TorchArchive {
  readonly #bytes: Uint8Array;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  readonly #root: string;
  readonly #big: boolean;
  readonly #storages: Map<string, NdArray> = new Map();
  /** What deflated files may still become. */
  #left: number;
  /** What has been taken of the files that are stored as they are: together they are no larger than the archive. */
  #taken: number = 0;

  /** `most` is how many bytes deflated files may become, all together. */
  constructor(
    bytes: Uint8Array,
    entries: ReadonlyMap<string, ZipEntry>,
    root: string,
    most: number,
  ) {
    this.#bytes = bytes;
    this.#entries = entries;
    this.#root = root;
    this.#left = most;
    const order = this.content("byteorder");
    this.#big = order !== undefined && String.fromCharCode(...order.subarray(0, 8)) === "big";
  }

  /** A file below the root, `undefined` if there is none. */
  content(name: string): Uint8Array | undefined {
    const entry = this.#entries.get(`${this.#root}${name}`);
    if (entry === undefined) return undefined;
    const content = zipContent(this.#bytes, entry, this.#left);
    if (content === undefined) {
      throw new RangeError("it would become larger than maxInflated allows");
    }
    if (entry.method !== 0) this.#left -= content.length;
    else if ((this.#taken += content.length) > 2 * this.#bytes.length) {
      throw new RangeError("its files overlap");
    }
    return content;
  }

  /** The storage of a persistent id, `("storage", class, key, location, number of elements)`. */
  storage(id: unknown): NdArray {
    if (!Array.isArray(id) || id[0] !== "storage" || typeof id[2] !== "string") {
      throw new TypeError("a persistent id of torch names a storage");
    }
    const [, type, key] = id;
    const code = type instanceof Global ? CODES[type.qualname] : undefined;
    if (code === undefined) throw new TypeError("a storage of torch is of no known class");
    const known = this.#storages.get(`${code} ${key}`);
    if (known !== undefined) return known;
    const content = this.content(`data/${key}`);
    if (content === undefined) throw new TypeError("a storage of torch is not in the archive");
    const order = this.#big && code !== "b1" ? ">" : undefined;
    const storage = code === "bf16"
      ? storageOf(new DType("f4"), widened(content, this.#big))
      : storageOf(new DType(code, order), content.slice());
    this.#storages.set(`${code} ${key}`, storage);
    return storage;
  }
}

/** The elements that tensors share. */
function storageOf(dtype: DType, bytes: Uint8Array): NdArray {
  return new NdArray(dtype, [Math.floor(bytes.length / dtype.itemSize)], bytes);
}

/** Floats whose upper 16 bits are given. */
function widened(half: Uint8Array, big: boolean): Uint8Array {
  spendWork(2 * half.length);
  const [from, out] = [
    new DataView(half.buffer, half.byteOffset),
    new Uint8Array(half.length & ~1).buffer,
  ];
  const wide = new DataView(new ArrayBuffer(2 * out.byteLength));
  for (let at = 0; at < out.byteLength; at += 2) {
    wide.setUint32(2 * at, from.getUint16(at, !big) << 16, true);
  }
  return new Uint8Array(wide.buffer);
}

/** The registry for such a pickle: tensors and what belongs to them, besides what the parent knows. */
export function torchRegistry(parent: Registry): Registry {
  const registry = new Registry(parent).registerPackage("torch");
  const tensor = ([storage, offset, size, stride]: unknown[]) =>
    tensorOf(storage, offset, size, stride);
  for (const name of ["_rebuild_tensor", "_rebuild_tensor_v2"]) {
    registry.register("torch._utils", name, { load: tensor });
  }
  for (const name of ["_rebuild_parameter", "_rebuild_parameter_with_state"]) {
    registry.register("torch._utils", name, { load: ([data]) => arrayOf(data) });
  }
  registry.register("torch", "Size", { load: ([size]) => tagTuple(integers(size)) });
  return registry;
}

function arrayOf(value: unknown): NdArray {
  if (value instanceof NdArray) return value;
  throw new TypeError("a parameter of torch is made of a tensor");
}

function integers(value: unknown): number[] {
  if (
    Array.isArray(value) && value.length <= MOST_AXES &&
    value.every((n) => Number.isSafeInteger(n) && n >= 0)
  ) return [...value];
  throw new TypeError(`a tensor needs at most ${MOST_AXES} sizes and strides of at least 0`);
}

/** A part of a storage: on the same bytes where it is one piece, else a copy. */
function tensorOf(storage: unknown, offset: unknown, size: unknown, stride: unknown): NdArray {
  const elements = storage instanceof NdArray ? storage.data : undefined;
  if (!(storage instanceof NdArray) || !(elements instanceof Uint8Array)) {
    throw new TypeError("a tensor needs a storage");
  }
  const [shape, strides, [first]] = [integers(size), integers(stride), integers([offset])];
  if (strides.length !== shape.length) throw new TypeError("a tensor needs a stride for each axis");
  const { dtype } = storage;
  const bytes = elements;
  const item = dtype.itemSize;
  const count = shape.reduce((all, n) => all * n, 1);
  const last = count === 0 ? -1 : shape.reduce((at, n, axis) => at + (n - 1) * strides[axis]!, 0);
  if (!((first! + last + 1) * item <= bytes.length)) {
    throw new RangeError("a tensor goes beyond its storage");
  }
  if (isWhole(shape, strides)) {
    const from = count === 0 ? 0 : first! * item;
    return new NdArray(dtype, shape, bytes.subarray(from, from + count * item));
  }
  spendWork(count * item);
  const copy = new Uint8Array(count * item);
  let at = 0;
  const walk = (axis: number, place: number): void => {
    if (axis === shape.length) {
      copy.set(bytes.subarray(place * item, (place + 1) * item), at);
      at += item;
      return;
    }
    for (let i = 0; i < shape[axis]!; i++) walk(axis + 1, place + i * strides[axis]!);
  };
  if (count > 0) walk(0, first!);
  return new NdArray(dtype, shape, copy);
}

/** Whether the elements follow one another, the last index fastest. */
function isWhole(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return shape.includes(0);
    step *= shape[axis]!;
  }
  return true;
}
