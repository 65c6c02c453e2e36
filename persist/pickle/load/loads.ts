import type { LoadOptions } from "./options.ts";
import { Machine } from "./_machine.ts";
import { loadWhole, wholeBuffer } from "./_whole.ts";
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
 * @throws {TypeError} If what is given is neither bytes nor a buffer, or an option is unknown or of another type.
 * @throws {RangeError} If a limit is not a positive integer.
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

/** Higher stacks are given back after a pickle. */
const KEPT_HEIGHT = 64;

/**
 * Reads pickles that stand alone, one after another, with the same options: what `loads` does, without making all that belongs
 * to the options anew for each. The options are not read again, and must not have `buffers`.
 */
export class Loader {
  readonly #options: LoadOptions;
  /** A hook may read a pickle, too: it has another machine meanwhile. */
  #idle: Machine | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** Reads a pickle. */
  loads(bytes: Uint8Array): unknown {
    const machine = this.#idle ?? new Machine(this.#options);
    this.#idle = undefined;
    try {
      return loadWhole(machine, bytes);
    } finally {
      machine.forget();
      release(machine.stack);
      this.#idle = machine;
    }
  }
}

/** What was read is the caller's alone: it may wait for the end of it. */
function release(stack: unknown[]): void {
  if (stack.length > KEPT_HEIGHT) stack.length = 0;
  else for (let i = 0; i < stack.length; i++) stack[i] = undefined;
}

const plain = new Loader({});
