import type { LoadOptions } from "./options.ts";
import { Machine } from "./_machine.ts";
import { Unpickler } from "./unpickler.ts";

/**
 * Reads the first pickle of some bytes. Nothing but what is registered is ever made.
 *
 * @param bytes The pickle.
 * @param options Mapping, hooks and limits.
 * @returns The value.
 * @throws {UnpicklingError} If the pickle is damaged, refers to what is not registered, or exceeds a limit.
 * @throws {Deno.errors.UnexpectedEof} If there are no bytes.
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
  const machine = idle ?? new Machine(options);
  idle = undefined;
  try {
    return machine.load(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), 0);
  } finally {
    machine.forget();
    idle = machine;
  }
}

let idle: Machine | undefined;
