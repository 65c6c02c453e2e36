import { Machine } from "./_machine.ts";
import "./_standard.ts";
import type { LoadOptions } from "./load_options.ts";

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
   * @param options Mapping, hooks and limits.
   */
  constructor(options: LoadOptions = {}) {
    this.#machine = new Machine(options);
  }

  /**
   * Reads the first pickle of some bytes; what follows it is left alone.
   *
   * @param bytes The pickle.
   * @returns The value.
   * @throws {UnpicklingError} If the pickle is damaged, refers to what is not registered, or exceeds a limit.
   * @throws {Deno.errors.UnexpectedEof} If there are no bytes.
   */
  loads(bytes: Uint8Array | ArrayBuffer): unknown {
    return this.#machine.load(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), 0);
  }
}
