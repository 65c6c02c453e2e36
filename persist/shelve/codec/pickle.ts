import { type DumpOptions, dumps, type LoadOptions, loads } from "../../pickle/mod.ts";
import { splitOptions } from "../../pickle/split_options.ts";
import type { NamedCodec } from "./codec.ts";

/** How a {@linkcode pickleCodec} writes and reads. */
export type PickleCodecOptions = DumpOptions & LoadOptions;

/**
 * The default codec, with options: a registry of classes, a protocol for older Pythons, how values are read.
 *
 * @param options What `pickle.dumps` and `pickle.loads` take.
 * @returns The codec.
 *
 * @example A class of one's own on a shelf that Python reads too
 * ```ts
 * import { open, pickleCodec } from "@ferry/std/persist/shelve";
 * import { Registry } from "@ferry/std/persist/pickle";
 * import { assert } from "@std/assert";
 *
 * class Tea {
 *   name = "";
 * }
 * const registry = new Registry().register("teas", "Tea", { type: Tea });
 *
 * await using shelf = await open<Tea>(":memory:", { codec: pickleCodec({ registry }) });
 * await shelf.set("a", Object.assign(new Tea(), { name: "Assam" }));
 * assert(await shelf.get("a") instanceof Tea);
 * ```
 */
export function pickleCodec<V = unknown>(options: PickleCodecOptions = {}): NamedCodec<V> {
  const { dump, load } = splitOptions(options);
  return {
    codecName: "pickle",
    encode: (value) => dumps(value, dump),
    decode: (bytes) => loads(bytes, load) as V,
  };
}
