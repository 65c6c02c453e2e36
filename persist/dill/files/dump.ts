import { checkTaken } from "../../byte_ports.ts";
import { splitWait } from "../../options.ts";
import type { DumpOptions } from "../options.ts";
import { dumps } from "../write/dumps.ts";
import { type WaitOptions, within } from "./_within.ts";

export type { WaitOptions };

/** Something that takes bytes and answers how many it took: `Deno.FsFile`, `Deno.stdout`, a connection. */
export interface DumpWriter {
  /**
   * Writes some bytes.
   *
   * @param bytes The bytes.
   * @returns How many were taken.
   */
  write(bytes: Uint8Array): Promise<number>;
}

/** Where dumps are written to. */
export type DumpSink = WritableStream<Uint8Array> | DumpWriter;

/**
 * Dumps a value to a file or stream; a stream stays open. See {@linkcode dumps}.
 *
 * @param value The value.
 * @param sink Where to.
 * @param options Captured variables, modules, a key, and what ends the wait.
 * @throws {CaptureError} If a function uses something around it that cannot be captured.
 * @throws {UndumpableError} If a value cannot be dumped.
 * @throws {Deno.errors.TimedOut} If the dump has not been taken in time.
 *
 * @example Write to a file, read it again
 * ```ts
 * import { dump, load } from "@ferry/std/persist/dill";
 * import { assertEquals } from "@std/assert";
 *
 * const rate = 1.19;
 * const path = await Deno.makeTempFile();
 * using file = await Deno.open(path, { read: true, write: true });
 * await dump((price: number) => price * rate, file);
 *
 * await file.seek(0, Deno.SeekMode.Start);
 * const gross = await load(file, { trust: true }) as (price: number) => number;
 * assertEquals(gross(100), 119);
 * await Deno.remove(path);
 * ```
 */
export async function dump(
  value: unknown,
  sink: DumpSink,
  options: DumpOptions & WaitOptions = {},
): Promise<void> {
  const { wait, rest } = splitWait(options);
  const bytes = await dumps(value, rest);
  await within("write the dump", () => write(bytes, sink), wait);
}

async function write(bytes: Uint8Array, sink: DumpSink): Promise<void> {
  if (sink instanceof WritableStream) {
    const writer = sink.getWriter();
    try {
      await writer.write(bytes);
    } finally {
      writer.releaseLock();
    }
    return;
  }
  for (let at = 0; at < bytes.length;) {
    const taken = await sink.write(bytes.subarray(at));
    at += checkTaken("Cannot write the dump", taken, bytes.length - at);
  }
}
