import { waitFor } from "../deadline.ts";
import type { DumpWaitOptions, PickleSink, PickleWriterSync } from "./sinks.ts";

const LATE = "The pickle has not been written";

/** Writes all bytes. */
export async function writeAll(
  sink: PickleSink,
  bytes: Uint8Array,
  options: DumpWaitOptions,
): Promise<void> {
  if (sink instanceof WritableStream) {
    const writer = sink.getWriter();
    // Without a wait for `writer.ready`: a stream with a high-water mark of 0 is never ready.
    try {
      await waitFor(writer.write(bytes), options, LATE);
    } finally {
      writer.releaseLock();
    }
    return;
  }
  let ended = false;
  const write = async () => {
    for (let at = 0; at < bytes.length && !ended;) at += await sink.write(bytes.subarray(at));
  };
  try {
    await waitFor(write(), options, LATE);
  } finally {
    ended = true;
  }
}

/** Writes all bytes, blocking. */
export function writeAllSync(sink: PickleWriterSync, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += sink.writeSync(bytes.subarray(at));
}
