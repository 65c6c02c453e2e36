import { splitWait } from "../../options.ts";
import type { DumpOptions } from "./options.ts";
import { Pickler } from "./pickler.ts";
import type { DumpWaitOptions, PickleSink, PickleWriterSync } from "./sinks.ts";

/**
 * Writes a value as a pickle to a file or stream; a stream stays open.
 *
 * @param value The value.
 * @param sink Where to.
 * @param options Protocol, hooks, limits, and what ends the wait.
 * @throws {PicklingError} If something in the value has no pickle.
 * @throws {Deno.errors.TimedOut} If the pickle has not been taken in time.
 *
 * @example Write to a stream
 * ```ts
 * import { dump, load } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
 * const writing = dump({ tea: 2 }, writable);
 * assertEquals(await load(readable), { tea: 2 });
 * await writing;
 * ```
 */
export async function dump(
  value: unknown,
  sink: PickleSink,
  options: DumpOptions & DumpWaitOptions = {},
): Promise<void> {
  const { wait, rest } = splitWait(options);
  await new Pickler(rest).dump(value, sink, wait);
}

/**
 * Writes a value as a pickle to a file, blocking.
 *
 * @param value The value.
 * @param sink Where to.
 * @param options Protocol, hooks and limits.
 * @throws {PicklingError} If something in the value has no pickle.
 *
 * @example Write to a file
 * ```ts
 * import { dumpSync, loads } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * const path = Deno.makeTempFileSync();
 * {
 *   using file = Deno.openSync(path, { write: true });
 *   dumpSync([1, 2], file);
 * }
 * assertEquals(loads(Deno.readFileSync(path)), [1, 2]);
 * Deno.removeSync(path);
 * ```
 */
export function dumpSync(value: unknown, sink: PickleWriterSync, options: DumpOptions = {}): void {
  new Pickler(options).dumpSync(value, sink);
}
