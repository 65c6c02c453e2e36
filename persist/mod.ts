/**
 * Python's ways to store objects, wire-compatible with CPython.
 *
 * | Python | here | for |
 * |---|---|---|
 * | `pickle` | {@linkcode pickle} | any value, and classes that are registered; what `multiprocessing` and `shelve` use |
 * | `marshal` | {@linkcode marshal} | built-in types only, small and fast; the format of `.pyc` files |
 * | `shelve` | {@linkcode shelve} | a map on a disk or a server, from strings to any values |
 * | dill | {@linkcode dill} | functions, closures and classes; for JavaScript programs, not for Python |
 *
 * The Python types that JavaScript has no twin for are in `@ferry/std/persist/types`.
 *
 * @example Both formats
 * ```ts
 * import { marshal, pickle } from "@ferry/std/persist";
 * import { assertEquals } from "@std/assert";
 *
 * const value = { name: "tea", prices: [2.5, 3.25] };
 * assertEquals(pickle.loads(pickle.dumps(value)), value);
 * assertEquals(marshal.loads(marshal.dumps(value)), value);
 * ```
 *
 * Reading pickle and marshal is safe for bytes from strangers: nothing is made or called that is not registered, limits are
 * finite, and what the bytes have copied is paid for before it is. Reading a dill runs code: it takes a key or explicit
 * trust. No permission is needed but for the files that are opened, and `--allow-sys` to see the variables of a closure.
 *
 * The readers of pickle and marshal have three modes: `"natural"` (the default, every float a number), `"exact"` (integral
 * floats are `Float`, so that all can be written back) and `"plain"` (no classes of Python's). `toPlain` of
 * `@ferry/std/persist/types` makes JSON.
 *
 * @module
 */

/** CPython's `pickle`: the same bytes, read safely. */
export * as pickle from "./pickle/mod.ts";

/** CPython's `marshal`: the built-in types only. */
export * as marshal from "./marshal/mod.ts";

/** Python's `shelve`: a map on a disk or a server. */
export * as shelve from "./shelve/mod.ts";
/** Functions, closures, classes and any graph of objects, for JavaScript programs. */
export * as dill from "./dill/mod.ts";
