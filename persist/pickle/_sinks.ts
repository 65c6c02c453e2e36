import type { PickleSink, PickleWriterSync } from "./pickler.ts";

/** Writes all bytes. */
export async function writeAll(sink: PickleSink, bytes: Uint8Array): Promise<void> {
  if (sink instanceof WritableStream) {
    const writer = sink.getWriter();
    try {
      await writer.write(bytes);
    } finally {
      writer.releaseLock();
    }
    return;
  }
  for (let at = 0; at < bytes.length;) at += await sink.write(bytes.subarray(at));
}

/** Writes all bytes, blocking. */
export function writeAllSync(sink: PickleWriterSync, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += sink.writeSync(bytes.subarray(at));
}
