import type { LoadOptions } from "./options.ts";
import { Loader } from "./loader.ts";
import { Unpickler } from "./unpickler.ts";

/**
 * Reads the first pickle of some bytes. Nothing but what is registered is ever made.
 *
 * Bytes compressed with gzip or zlib are decompressed (`maxInflated`); dumps of joblib, also compressed, and archives of
 * `torch.save` are read, tensors as `NdArray`. Other formats (xz, `.npy`, HDF5 and more) are named by the error.
 *
 * @param bytes The pickle.
 * @param options Mapping, hooks and limits.
 * @returns The value.
 * @throws {UnpicklingError} If the pickle is damaged, refers to what is not registered, or exceeds a limit.
 * @throws {Deno.errors.UnexpectedEof} If there are no bytes.
 * @throws {TypeError} If what is given is neither bytes nor a buffer.
 *
 * @example Exact types
 * ```ts
 * import { dumps, isTuple, loads, tuple } from "@ferry/std/persist/pickle";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const back = loads(dumps(tuple(1, "two", 3n))) as unknown[];
 * assert(isTuple(back));
 * assertEquals([...back], [1, "two", 3]);
 * ```
 */
export function loads(bytes: Uint8Array | ArrayBuffer, options: LoadOptions = {}): unknown {
  for (const _ in options) return new Unpickler(options).loads(bytes);
  // As in `dumps`: one machine for all small pickles that need nothing special.
  return plain.loads(bytes instanceof Uint8Array ? bytes : wholeBuffer(bytes));
}

const plain = new Loader({});

/** The bytes of a buffer. A text would otherwise count as an empty one. */
function wholeBuffer(bytes: ArrayBuffer): Uint8Array {
  if (typeof bytes === "object" && bytes !== null) return new Uint8Array(bytes);
  throw new TypeError(
    `Cannot read a pickle: needed a Uint8Array or an ArrayBuffer, received ${
      bytes === null ? "null" : typeof bytes
    }`,
  );
}
