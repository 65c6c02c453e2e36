import { dumps, type MarshalDumpOptions } from "./dumps.ts";
import type { MarshalSink, MarshalWriterSync } from "../sources.ts";
import { checkTaken } from "../../byte_ports.ts";

const ATTEMPT = "Cannot write marshalled data";

/**
 * Marshals a value into a file or stream; a stream stays open.
 *
 * @param value The value.
 * @param sink Where to.
 * @param options Version and references.
 * @returns When the bytes are written.
 * @throws {MarshallingError} If the value cannot be marshalled; nothing is written then.
 * @throws {RangeError} If `version` or `maxDepth` is out of range.
 *
 * @example Through a stream
 * ```ts
 * import { dump, load } from "@ferry/std/persist/marshal";
 * import { assertEquals } from "@std/assert";
 *
 * const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
 * const writing = dump(["compile", 0.5], writable);
 * assertEquals(await load(readable), ["compile", 0.5]);
 * await writing;
 * ```
 */
export async function dump(
  value: unknown,
  sink: MarshalSink,
  options: MarshalDumpOptions = {},
): Promise<void> {
  const bytes = dumps(value, options);
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
    at += checkTaken(ATTEMPT, await sink.write(bytes.subarray(at)), bytes.length - at);
  }
}

/**
 * Marshals a value into a file, blocking.
 *
 * @param value The value.
 * @param sink Where to.
 * @param options Version and references.
 * @throws {MarshallingError} If the value cannot be marshalled; nothing is written then.
 * @throws {RangeError} If `version` or `maxDepth` is out of range.
 *
 * @example Into a file
 * ```ts
 * import { dumpSync, loads } from "@ferry/std/persist/marshal";
 * import { assertEquals } from "@std/assert";
 *
 * const path = Deno.makeTempFileSync();
 * {
 *   using file = Deno.openSync(path, { write: true });
 *   dumpSync({ jobs: 2 }, file);
 * }
 * assertEquals(loads(Deno.readFileSync(path)), { jobs: 2 });
 * Deno.removeSync(path);
 * ```
 */
export function dumpSync(
  value: unknown,
  sink: MarshalWriterSync,
  options: MarshalDumpOptions = {},
): void {
  const bytes = dumps(value, options);
  for (let at = 0; at < bytes.length;) {
    at += checkTaken(ATTEMPT, sink.writeSync(bytes.subarray(at)), bytes.length - at);
  }
}
