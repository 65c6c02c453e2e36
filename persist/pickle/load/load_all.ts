import { UnexpectedEof } from "../../runtime_errors.ts";
import { splitWait } from "../../options.ts";
import type { LoadOptions } from "./options.ts";
import type { PickleSource, PickleSourceSync } from "./sources.ts";
import { Machine } from "./_machine.ts";
import "../standard/mod.ts";
import { takePickle, takePickleSync } from "./_source.ts";
import type { LoadWaitOptions } from "./unpickler.ts";

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
  const { wait, rest } = splitWait(options);
  const machine = new Machine(rest);
  if (source instanceof Uint8Array) {
    for (const value of loadBytes(machine, source)) yield machine.awaitable(value);
    return;
  }
  // One budget for all, as if they were one pickle: many small ones cost no more than a large one.
  machine.work.begin(0);
  for (;;) {
    let value: unknown;
    try {
      value = next(machine, await takePickle(source, machine.maxBytes, wait));
    } catch (error) {
      if (error instanceof UnexpectedEof) return;
      throw error;
    }
    yield machine.awaitable(value);
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
  const machine = new Machine(options);
  if (source instanceof Uint8Array) return yield* loadBytes(machine, source);
  machine.work.begin(0);
  for (;;) {
    let value: unknown;
    try {
      value = next(machine, takePickleSync(source, machine.maxBytes));
    } catch (error) {
      if (error instanceof UnexpectedEof) return;
      throw error;
    }
    yield value;
  }
}

/** Reads a pickle that was taken out of a stream or reader. */
function next(machine: Machine, bytes: Uint8Array): unknown {
  machine.work.extend(bytes.length);
  try {
    return machine.loadNext(bytes, 0);
  } finally {
    machine.forget();
  }
}

function* loadBytes(machine: Machine, bytes: Uint8Array): Generator<unknown, void> {
  machine.work.begin(bytes.length);
  for (let at = 0; at < bytes.length; at = machine.pos) {
    const value = machine.loadNext(bytes, at);
    machine.clear();
    yield value;
  }
}
