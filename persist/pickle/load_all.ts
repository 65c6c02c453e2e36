import type { LoadOptions } from "./load_options.ts";
import type { PickleSource } from "./sources.ts";
import { Machine } from "./_machine.ts";
import { type LoadWaitOptions, Unpickler } from "./unpickler.ts";

/**
 * Reads all pickles of a source, one after another, each with a memo of its own.
 *
 * @param source Bytes, a stream, or a file.
 * @param options Mapping, hooks, limits, and what ends the wait.
 * @returns The values; the iteration ends where the source does.
 * @throws {UnpicklingError} If a pickle is damaged, refers to what is not registered, or exceeds a limit.
 *
 * @example Read until the end
 * ```ts
 * import { dumps, loadAll } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * const stream = ReadableStream.from([dumps("one"), dumps(2), dumps(null)]);
 * assertEquals(await Array.fromAsync(loadAll(stream)), ["one", 2, null]);
 * ```
 */
export async function* loadAll(
  source: PickleSource,
  options: LoadOptions & LoadWaitOptions = {},
): AsyncGenerator<unknown, void> {
  if (source instanceof Uint8Array) {
    const machine = new Machine(options);
    for (let at = 0; at < source.length; at = machine.pos) {
      const value = machine.load(source, at);
      machine.clear();
      yield value;
    }
    return;
  }
  for (;;) {
    let value: unknown;
    try {
      value = await new Unpickler(options).load(source, options);
    } catch (error) {
      if (error instanceof Deno.errors.UnexpectedEof) return;
      throw error;
    }
    yield value;
  }
}
