import { splitWait } from "../../options.ts";
import type { LoadOptions } from "./options.ts";
import type { PickleSource, PickleSourceSync } from "./sources.ts";
import { type LoadWaitOptions, Unpickler } from "./unpickler.ts";

/**
 * Reads the next pickle of a source, and no byte behind it.
 *
 * @param source Bytes, a stream, or a file.
 * @param options Mapping, hooks, limits, and what ends the wait.
 * @returns The value.
 * @throws {UnpicklingError} If the pickle is damaged, refers to what is not registered, or exceeds a limit.
 * @throws {Deno.errors.UnexpectedEof} If the source has ended.
 * @throws {Deno.errors.TimedOut} If the pickle has not come in time.
 *
 * @example Two pickles in one file
 * ```ts
 * import { dump, load } from "@ferry/std/persist/pickle";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * using file = await Deno.open(path, { read: true, write: true });
 * await dump({ tea: 2 }, file);
 * await dump([1, 2, 3], file);
 * await file.seek(0, Deno.SeekMode.Start);
 *
 * assertEquals(await load(file), { tea: 2 });
 * assertEquals(await load(file), [1, 2, 3]);
 * await assertRejects(() => load(file), Deno.errors.UnexpectedEof);
 * await Deno.remove(path);
 * ```
 */
export function load(
  source: PickleSource,
  options: LoadOptions & LoadWaitOptions = {},
): Promise<unknown> {
  const { wait, rest } = splitWait(options);
  return new Unpickler(rest).load(source, wait);
}

/**
 * Reads the next pickle of a source, and no byte behind it, blocking.
 *
 * @param source Bytes or a file.
 * @param options Mapping, hooks and limits.
 * @returns The value.
 * @throws {UnpicklingError} If the pickle is damaged, refers to what is not registered, or exceeds a limit.
 * @throws {Deno.errors.UnexpectedEof} If the source has ended.
 *
 * @example Read from a file
 * ```ts
 * import { dumpSync, loadSync } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * const path = Deno.makeTempFileSync();
 * using file = Deno.openSync(path, { read: true, write: true });
 * dumpSync("tea", file);
 * file.seekSync(0, Deno.SeekMode.Start);
 * assertEquals(loadSync(file), "tea");
 * Deno.removeSync(path);
 * ```
 */
export function loadSync(source: PickleSourceSync, options: LoadOptions = {}): unknown {
  return new Unpickler(options).loadSync(source);
}
