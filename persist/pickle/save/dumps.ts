import { Pickler } from "./pickler.ts";
import type { DumpOptions } from "./options.ts";

/**
 * Writes a value as a pickle: the bytes that CPython's `pickle.dumps` gives for the same value.
 *
 * @param value The value.
 * @param options Protocol, hooks and limits.
 * @returns The pickle.
 * @throws {PicklingError} If something in the value has no pickle.
 * @throws {TypeError} If an option is unknown or of another type.
 * @throws {RangeError} If the protocol does not exist, or `bufferCallback` is given with one below 5.
 *
 * @example The bytes CPython writes
 * ```ts
 * import { dumps } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(dumps([10, 20, 30, 40]).toHex(), "8005950d000000000000005d94284b0a4b144b1e4b28652e");
 * ```
 */
export function dumps(value: unknown, options: DumpOptions = {}): Uint8Array<ArrayBuffer> {
  for (const _ in options) return new Pickler(options).dumps(value);
  // Most pickles are small and have no options: they use one pickler again and again. A hook may call this function too.
  const pickler = idle ?? new Pickler();
  idle = undefined;
  try {
    return pickler.dumps(value);
  } finally {
    pickler.clearMemo();
    idle = pickler;
  }
}

let idle: Pickler | undefined;
