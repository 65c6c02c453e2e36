import {
  gather,
  gatherSync,
  type Port,
  readerPort,
  readerPortSync,
  StreamPort,
} from "../../byte_ports.ts";
import { checkWait, type WaitOptions } from "../../options.ts";
import { waitFor } from "../deadline.ts";
import { Scanner } from "./_scanner.ts";
import type { PickleReaderSync, PickleSource } from "./sources.ts";

/** Takes the bytes of the next pickle out of a stream or reader, and none behind it. */
export async function takePickle(
  source: Exclude<PickleSource, Uint8Array>,
  maxBytes: number,
  wait: WaitOptions,
): Promise<Uint8Array> {
  checkWait(wait);
  wait.signal?.throwIfAborted();
  const take = (port: Port) =>
    waitFor(gather(port, new Scanner(), maxBytes), wait, "No whole pickle has come");
  if (!(source instanceof ReadableStream)) return await take(await readerPort(source));
  const port = new StreamPort(source);
  try {
    return await take(port);
  } finally {
    port.close();
  }
}

/** As {@linkcode takePickle}, blocking. */
export function takePickleSync(source: PickleReaderSync, maxBytes: number): Uint8Array {
  return gatherSync(readerPortSync(source), new Scanner(), maxBytes);
}
