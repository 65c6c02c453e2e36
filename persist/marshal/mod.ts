/**
 * CPython's marshal format: what `.pyc` files are written in, and the fastest way to pass plain values to a Python
 * process. Versions 0 to 5, all types but code objects.
 *
 * | to | use |
 * |---|---|
 * | turn a value into bytes, and back | {@linkcode dumps}, {@linkcode loads} |
 * | write to a file or stream | {@linkcode dump}, {@linkcode dumpSync} |
 * | read one value after another from a file or stream | {@linkcode load}, {@linkcode loadSync} |
 * | choose how far Python's types are kept apart | `loads(bytes, { mode })`: `"natural"` (the default), `"exact"`, `"plain"` |
 * | make JSON of what was read | `toPlain` of `@ferry/std/persist/types` |
 *
 * Use `@ferry/std/persist/pickle` for anything marshal has no form for: dates, decimals, objects of classes.
 *
 * @example Talk to Python
 * ```ts
 * import { dumps, loads } from "@ferry/std/persist/marshal";
 * import { tuple } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = dumps({ point: tuple(1, 2), name: "origin" });
 * assertEquals(loads(bytes, { mode: "plain" }), { point: [1, 2], name: "origin" });
 * ```
 *
 * Guarantees:
 * - Versions 0 to 2 give the bytes of CPython 3.11 and later (3.8 to 3.10 write sets in no order). Versions 3 and 4 give
 *   those of CPython 3.13 for a literal bound to a variable, and bytes that every CPython reads.
 * - Containers that occur twice, or contain themselves, come back so (versions 3 and later).
 * - In mode natural every float is a number: Python's `[1.0, 2.5]` is `[1, 2.5]`. Mode exact keeps integral floats as
 *   `Float`, so that a value dumped again is the same to Python; mode plain has no tags and no classes of Python's.
 * - Nothing in the bytes is ever called. Malformed bytes are an {@linkcode UnmarshallingError}, which says where and what
 *   was expected, in time and memory proportional to the input; what large integers cost as keys is paid for out of
 *   `maxWork`.
 *
 * Limits: `maxBytes` (1 GiB), `maxDepth` (2000, as CPython) and `maxWork` (33,554,432). The format has none for strings, ints and containers
 * below 2^31. `literal` looks back at up to 16384 different constants of a kind; further ones take no index.
 *
 * Large trees are written fastest in `version: 2`, which has no references to look for.
 *
 * No permission is needed.
 *
 * @module
 */
export { dump, dumpSync } from "./write/dump.ts";
export { dumps, type MarshalDumpOptions, type MarshalRefs } from "./write/dumps.ts";
export {
  MarshalError,
  MarshallingError,
  type MarshallingErrorOptions,
  UnmarshallingError,
  type UnmarshallingErrorOptions,
} from "./errors.ts";
export { load, loadSync } from "./read/load.ts";
export { loads, type MarshalLoadOptions } from "./read/loads.ts";
export type {
  MarshalReader,
  MarshalReaderSync,
  MarshalSink,
  MarshalSource,
  MarshalSourceSync,
  MarshalWriter,
  MarshalWriterSync,
} from "./sources.ts";
