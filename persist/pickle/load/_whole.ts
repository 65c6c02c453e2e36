/**
 * All bytes of a file at once: a pickle, or one that is compressed (gzip, zlib) or in an archive (`torch.save`). What cannot
 * be read is told by its name.
 */
import { UnpicklingError } from "../errors.ts";
import { sharedRegistry } from "../registry.ts";
import { inflate, mostInflated } from "../wrapped/inflate.ts";
import { adviceFor, recognise } from "../wrapped/recognise.ts";
import { TorchArchive, torchRegistry } from "../wrapped/torch.ts";
import { zipEntries, type ZipEntry } from "../wrapped/zip.ts";
import { Machine } from "./_machine.ts";

/** The first pickle of a file that `torch.save` wrote before version 1.6. */
const OLD_TORCH = 0x1950a86a20f9469cfc6cn;

/** Reads the pickle that some bytes are, or hold. */
export function loadWhole(machine: Machine, bytes: Uint8Array): unknown {
  // PROTO begins no other format, and most pickles.
  const format = bytes[0] === 0x80 ? undefined : recognise(bytes);
  if (format !== undefined) return unwrap(machine, bytes, format);
  const value = machine.load(bytes, 0);
  if (value === OLD_TORCH) {
    refuse(bytes, "a file of a PyTorch older than 1.6: load and save it with a newer one");
  }
  return value;
}

function refuse(bytes: Uint8Array, what: string, cause?: unknown): never {
  throw new UnpicklingError(`Cannot read the pickle: it is ${what}`, {
    position: 0,
    opcode: bytes[0],
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Runs what throws when an archive is damaged. */
function guard<T>(bytes: Uint8Array, what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof UnpicklingError) throw error;
    refuse(bytes, `${what} that cannot be read: ${(error as Error).message}`, error);
  }
}

function unwrap(machine: Machine, bytes: Uint8Array, format: string): unknown {
  if (format === "zip") return loadArchive(machine, bytes);
  if (format !== "gzip" && format !== "zlib") refuse(bytes, adviceFor(format) ?? format);
  const most = mostInflated(bytes.length, machine.maxInflated);
  const inside = guard(
    bytes,
    `${format} data`,
    () => inflate(format as "gzip" | "zlib", bytes, most),
  );
  if (inside === undefined) {
    return refuse(
      bytes,
      `${format} data that would become larger than ${most} bytes: raise maxInflated`,
    );
  }
  const inner = inside[0] === 0x80 ? undefined : recognise(inside);
  if (inner === "zip") return loadArchive(machine, inside);
  if (inner !== undefined) {
    refuse(bytes, `${format} data of ${adviceFor(inner) ?? `${inner} data`}`);
  }
  return machine.load(inside, 0);
}

function loadArchive(machine: Machine, bytes: Uint8Array): unknown {
  const entries = guard(bytes, "a zip archive", () => zipEntries(bytes));
  const root = rootOf(entries);
  if (root === undefined) refuse(bytes, describeArchive(entries));
  const most = mostInflated(bytes.length, machine.maxInflated);
  const archive = guard(
    bytes,
    "a file of PyTorch",
    () => new TorchArchive(bytes, entries, root!, most),
  );
  const pickle = guard(bytes, "a file of PyTorch", () => archive.content("data.pkl"));
  const inner: Machine = new Machine({
    ...machine.options,
    registry: torchRegistry(machine.options.registry ?? sharedRegistry()),
    persistentLoad: (id) => inner.guard("find a storage", () => archive.storage(id)),
  });
  // The storages count as what the pickle is made of.
  inner.work.begin(bytes.length);
  return inner.loadNext(pickle!, 0);
}

/** Where the pickle of `torch.save` stands. */
function rootOf(entries: ReadonlyMap<string, ZipEntry>): string | undefined {
  for (const name of entries.keys()) {
    if (name.endsWith("/data.pkl") || name === "data.pkl") return name.slice(0, -"data.pkl".length);
  }
  return undefined;
}

function describeArchive(entries: ReadonlyMap<string, ZipEntry>): string {
  const names = [...entries.keys()];
  if (names.length > 0 && names.every((name) => name.endsWith(".npy"))) {
    return "a .npz file of numpy";
  }
  return names.some((name) => name.includes("/code/"))
    ? "a TorchScript archive"
    : "a zip archive without a pickle of PyTorch";
}

/**
 * The bytes of a buffer that is no `Uint8Array`. A text or an array would otherwise count as one.
 *
 * @param bytes What a caller gave as a pickle.
 * @returns A view of it.
 * @throws {TypeError} If it is no buffer.
 */
export function wholeBuffer(bytes: ArrayBuffer): Uint8Array {
  const given: unknown = bytes;
  if (ArrayBuffer.isView(given)) {
    return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  }
  if (given instanceof ArrayBuffer || given instanceof SharedArrayBuffer) {
    return new Uint8Array(given);
  }
  const received = typeof given !== "object" || given === null
    ? (given === null ? "null" : typeof given)
    : Array.isArray(given)
    ? "an array"
    : "another object";
  throw new TypeError(
    `Cannot read a pickle: needed a Uint8Array or an ArrayBuffer, received ${received}`,
  );
}
