import { Machine } from "./_machine.ts";
import { loadWhole, wholeBuffer } from "./_whole.ts";
import { takePickle, takePickleSync } from "./_source.ts";
import "../standard/mod.ts";
import type { LoadOptions } from "./options.ts";
import type { PickleSource, PickleSourceSync } from "./sources.ts";
import { readerTable, type UnpicklerMemo, unpicklerMemo } from "./unpickler_memo.ts";

/** Options of a read that waits. What has been read of a pickle when the wait ends is lost. */
export interface LoadWaitOptions {
  /**
   * Ends the wait: the read rejects with the signal's reason.
   *
   * @default {undefined}
   */
  signal?: AbortSignal;
  /**
   * Ends the wait after so many milliseconds: the read rejects with `Deno.errors.TimedOut`.
   *
   * @default {Infinity}
   */
  timeout?: number;
}

/**
 * Reads pickles that share a memo, as a {@linkcode Pickler} writes them.
 *
 * @example Persistent ids
 * ```ts
 * import { Pickler, Unpickler } from "@ferry/std/persist/pickle";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const database = { name: "main" };
 * const bytes = new Pickler({
 *   persistentId: (value) => value === database ? "db:main" : undefined,
 * }).dumps([database]);
 * const [back] = new Unpickler({ persistentLoad: () => database }).loads(bytes) as unknown[];
 * assertStrictEquals(back, database);
 * ```
 */
export class Unpickler {
  readonly #machine: Machine;

  /**
   * Makes an unpickler.
   *
   * @example Make one
   * ```ts
   * import { Pickler, Unpickler } from "@ferry/std/persist/pickle";
   *
   * const database = { name: "main" };
   * const bytes = new Pickler({
   *   persistentId: (value) => value === database ? "db:main" : undefined,
   * }).dumps([database]);
   * const [back] = new Unpickler({ persistentLoad: () => database }).loads(bytes) as unknown[];
   * ```
   *
   * @param options Mapping, hooks and limits.
   * @throws {TypeError} If an option is unknown or of another type.
   * @throws {RangeError} If a limit is not a positive integer.
   */
  constructor(options: LoadOptions = {}) {
    this.#machine = new Machine(options);
  }

  /** What has been read so far, by number; it changes as more is read. */
  get memo(): UnpicklerMemo {
    return unpicklerMemo(this.#machine.memo);
  }

  /** Takes over, as a copy, what another unpickler has read. */
  set memo(value: UnpicklerMemo) {
    this.#machine.takeMemo(readerTable(value).copy());
  }

  /**
   * Reads the first pickle of some bytes; what follows it is left alone.
   *
   * @param bytes The pickle.
   * @returns The value.
   * @throws {UnpicklingError} If the pickle is damaged, refers to what is not registered, or exceeds a limit.
   * @throws {Deno.errors.UnexpectedEof} If there are no bytes.
   * @throws {TypeError} If what is given is neither bytes nor a buffer.
   */
  loads(bytes: Uint8Array | ArrayBuffer): unknown {
    const pickle = bytes instanceof Uint8Array ? bytes : wholeBuffer(bytes);
    return loadWhole(this.#machine, pickle);
  }

  /**
   * Reads the next pickle of a source, and no byte behind it.
   *
   * @param source Bytes, a stream, or a file.
   * @param options What ends the wait.
   * @returns The value.
   * @throws {UnpicklingError} If the pickle is damaged, refers to what is not registered, or exceeds a limit.
   * @throws {Deno.errors.UnexpectedEof} If the source has ended.
   * @throws {Deno.errors.TimedOut} If the pickle has not come in time.
   */
  async load(source: PickleSource, options: LoadWaitOptions = {}): Promise<unknown> {
    options.signal?.throwIfAborted();
    const bytes = source instanceof Uint8Array
      ? source
      : await takePickle(source, this.#machine.maxBytes, options);
    return this.#machine.awaitable(this.loads(bytes));
  }

  /**
   * Reads the next pickle of a source, and no byte behind it, blocking.
   *
   * @param source Bytes or a file.
   * @returns The value.
   * @throws {UnpicklingError} If the pickle is damaged, refers to what is not registered, or exceeds a limit.
   * @throws {Deno.errors.UnexpectedEof} If the source has ended.
   */
  loadSync(source: PickleSourceSync): unknown {
    if (source instanceof Uint8Array) return this.loads(source);
    return this.loads(takePickleSync(source, this.#machine.maxBytes));
  }
}
