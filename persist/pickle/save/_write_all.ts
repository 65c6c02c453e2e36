import { checkTaken } from "../../byte_ports.ts";
import { checkWait } from "../../options.ts";
import { waitFor } from "../deadline.ts";
import type { DumpWaitOptions, PickleSink, PickleWriterSync } from "./sinks.ts";

const ATTEMPT = "Cannot write the pickle";
const LATE = "The pickle has not been written";

/** Writes all bytes. */
export async function writeAll(
  sink: PickleSink,
  bytes: Uint8Array,
  options: DumpWaitOptions,
): Promise<void> {
  checkWait(options);
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
    for (let at = 0; at < bytes.length && !ended;) {
      at += checkTaken(ATTEMPT, await sink.write(bytes.subarray(at)), bytes.length - at);
    }
  };
  try {
    await waitFor(write(), options, LATE);
  } finally {
    ended = true;
  }
}

/** Writes all bytes, blocking. */
export function writeAllSync(sink: PickleWriterSync, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    at += checkTaken(ATTEMPT, sink.writeSync(bytes.subarray(at)), bytes.length - at);
  }
}
