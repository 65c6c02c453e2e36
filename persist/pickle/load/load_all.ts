import type { LoadOptions } from "./options.ts";
import type { PickleSource, PickleSourceSync } from "./sources.ts";
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
  if (source instanceof Uint8Array) return yield* loadBytes(source, options);
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

/**
 * Reads all pickles of a source, one after another, each with a memo of its own, blocking.
 *
 * @param source Bytes or a file.
 * @param options Mapping, hooks and limits.
 * @returns The values; the iteration ends where the source does.
 * @throws {UnpicklingError} If a pickle is damaged, refers to what is not registered, or exceeds a limit.
 *
 * @example Read a file until its end
 * ```ts
 * import { dumpSync, loadAllSync } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * const path = Deno.makeTempFileSync();
 * {
 *   using file = Deno.openSync(path, { write: true });
 *   for (const value of ["one", 2, null]) dumpSync(value, file);
 * }
 * using file = Deno.openSync(path);
 * assertEquals([...loadAllSync(file)], ["one", 2, null]);
 * Deno.removeSync(path);
 * ```
 */
export function* loadAllSync(
  source: PickleSourceSync,
  options: LoadOptions = {},
): Generator<unknown, void> {
  if (source instanceof Uint8Array) return yield* loadBytes(source, options);
  for (;;) {
    let value: unknown;
    try {
      value = new Unpickler(options).loadSync(source);
    } catch (error) {
      if (error instanceof Deno.errors.UnexpectedEof) return;
      throw error;
    }
    yield value;
  }
}

function* loadBytes(bytes: Uint8Array, options: LoadOptions): Generator<unknown, void> {
  const machine = new Machine(options);
  for (let at = 0; at < bytes.length; at = machine.pos) {
    const value = machine.load(bytes, at);
    machine.clear();
    yield value;
  }
}
