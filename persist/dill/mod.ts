/**
 * Functions, closures, classes and any graph of objects as bytes: what pickle refuses, for JavaScript programs.
 *
 * | to | use |
 * |---|---|
 * | turn a value into bytes, and back | {@linkcode dumps}, {@linkcode loads} |
 * | write to and read from a file or stream | {@linkcode dump}, {@linkcode load} |
 * | see what a dump would run, without running it | {@linkcode inspect} |
 * | find what cannot be dumped | {@linkcode detect} |
 * | dump a module's code instead of its name | {@linkcode registerByValue} |
 *
 * @example A closure that goes on in another place
 * ```ts
 * import { dumps, loads } from "@ferry/std/persist/dill";
 * import { assertEquals } from "@std/assert";
 *
 * const seen = new Map<string, number>();
 * const count = (word: string) => {
 *   seen.set(word, (seen.get(word) ?? 0) + 1);
 *   return seen.get(word);
 * };
 * count("tea");
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * const bytes = await dumps(count, { key });
 * const there = await loads(bytes, { key }) as typeof count; // in this or another program
 * assertEquals(there("tea"), 2);
 * ```
 *
 * ## What can be dumped
 *
 * - functions of every kind, with the variables they capture; functions that share a variable still share it;
 * - classes with all their members, static and private ones too, and their instances, private fields included;
 * - objects with any prototype, properties, getters and symbols, frozen and sealed ones; sparse arrays; cycles;
 * - `Map Set Date RegExp Error` (and subclasses) `URL URLSearchParams DOMException`, `Temporal`, buffers and all views of
 *   them, boxed values, `undefined`, `bigint`, `-0`, symbols, lone surrogates, keys called `__proto__`;
 * - parts of the runtime and exports of modules, by name.
 *
 * ## How variables are found
 *
 * The source of a function names its variables, and the engine's inspector has their values: that needs `--allow-sys`. A
 * standard global name means the global, if nothing around the function has that name. Without the permission,
 * `capture: { name: value }` gives the values, and what is missing is a {@linkcode CaptureError} when dumping, not when the
 * function runs.
 *
 * Which functions share a variable that changes, and what an arrow function's `this` is, is read from a heap snapshot, if
 * it matters. That takes tenths of a second, more for a large heap; it is remembered for each function.
 *
 * An import of a module, and an export of a local module that a function uses, is saved as specifier and name. Exports of
 * the main module, and a local function that is itself passed to `dumps`, are saved as code.
 *
 * ## Guarantees
 *
 * - **Nothing is evaluated before it is trusted.** {@linkcode loads} takes `{ trust: true }` or a key; with a key, a dump
 *   that is not signed with it is refused before anything in it is read. {@linkcode inspect} never evaluates.
 * - **Equal graphs give equal bytes**, however often they are dumped.
 * - **A dump that is cut off or changed is a {@linkcode LoadError}.** A change of a signed one is noticed with its key alone.
 * - **What cannot be dumped is an error with its path**: native, bound and proxied functions, promises, weak collections,
 *   running generators, objects whose state the runtime hides (`Response`, files, sockets).
 * - No getter of the value runs while it is dumped. Constructors, initialisers of fields and static blocks do not run when
 *   it is loaded.
 *
 * ## Limits
 *
 * The code has to run where it is loaded: `import.meta`, direct `eval` and `new.target` around a function cannot be
 * captured. A variable that is not initialised yet is a {@linkcode CaptureError}. A getter that is an element of an array is
 * read, and additional properties of typed arrays are lost. The home of a method outside a class (`super`) is the first object
 * that is found to have it. Functions are compared by their text with what their class contains.
 *
 * Reading: `maxBytes` (1 GiB), `maxObjects` (16 million).
 *
 * | you use | flags |
 * |---|---|
 * | `loads`, `inspect` | none, and what the loaded code needs |
 * | `dumps`, `detect` with data or `capture` | none |
 * | `dumps`, `detect` with closures | `--allow-sys` |
 *
 * The format is described in `docs/dill_format.md`.
 *
 * @module
 */
export { registerByValue } from "./by_value.ts";
export { CaptureError, DillError, LoadError, SignatureError, UndumpableError } from "./errors.ts";
export { dump, type DumpSink, type DumpWriter, type WaitOptions } from "./files/dump.ts";
export { type DumpReader, type DumpSource, load } from "./files/load.ts";
export type { CaptureOptions, DillKey, DumpOptions, LoadLimits, LoadOptions } from "./options.ts";
export { loads } from "./read/loads.ts";
export { detect, type Problem } from "./tools/detect.ts";
export { type DumpedCode, type DumpSummary, inspect } from "./tools/inspect.ts";
export { dumps } from "./write/dumps.ts";
