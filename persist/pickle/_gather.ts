/**
 * Collects the bytes of one pickle from a source, and not one more: a length that lies costs at most a step of 1 MiB beyond
 * what the source really gives.
 *
 * The collecting is one coroutine that asks for bytes; who drives it may wait for them (`gather`) or block (`gatherSync`).
 */
import { Scanner } from "./_scanner.ts";
import type { PickleReader, PickleReaderSync } from "./sources.ts";

/** Most bytes asked for at once. */
const STEP = 1 << 20;
/** Least number of bytes read ahead. */
const SMALL = 1 << 12;
/** Block size where what is read too much can be given back. */
const BLOCK = 1 << 16;

/** Reads up to `into.length` bytes, at least one; `null` at the end. */
export interface Port {
  read(into: Uint8Array): Promise<number | null> | number | null;
  /** Gives back the last `n` bytes read; without it, nothing is read too much. */
  unread?(bytes: Uint8Array): Promise<unknown> | unknown;
}

function* collect(
  maxBytes: number,
  ahead: boolean,
): Generator<Uint8Array, { bytes: Uint8Array; rest: Uint8Array }, number | null> {
  const scanner = new Scanner();
  let bytes = new Uint8Array(ahead ? SMALL : 256);
  let end = 0;
  for (;;) {
    const need = scanner.need(bytes, end);
    // Past the limit the bytes go to the machine as they are, which says so.
    if (need === 0 || end > maxBytes) break;
    // Reading ahead grows with the pickle, for a file of many small ones would be read over and over.
    const wanted = Math.min(
      ahead ? Math.max(need, Math.min(BLOCK, Math.max(SMALL, end))) : need,
      STEP,
    );
    if (end + wanted > bytes.length) {
      const grown = new Uint8Array(Math.max(end + wanted, Math.min(bytes.length * 2, end + STEP)));
      grown.set(bytes.subarray(0, end));
      bytes = grown;
    }
    const got = yield bytes.subarray(end, end + wanted);
    if (got === null) {
      // What there is of the pickle is all there will be: the machine says where it breaks off.
      return { bytes: bytes.subarray(0, end), rest: bytes.subarray(end, end) };
    }
    end += got;
  }
  const stop = Math.min(scanner.pos, end);
  return { bytes: bytes.subarray(0, stop), rest: bytes.subarray(stop, end) };
}

/** Collects one pickle, waiting for its bytes. */
export async function gather(port: Port, maxBytes: number): Promise<Uint8Array> {
  const collecting = collect(maxBytes, port.unread !== undefined);
  let step = collecting.next();
  while (!step.done) step = collecting.next(await port.read(step.value));
  if (step.value.rest.length > 0) await port.unread!(step.value.rest);
  return step.value.bytes;
}

/** Collects one pickle, blocking. */
export function gatherSync(port: Port, maxBytes: number): Uint8Array {
  const collecting = collect(maxBytes, port.unread !== undefined);
  let step = collecting.next();
  while (!step.done) step = collecting.next(port.read(step.value) as number | null);
  if (step.value.rest.length > 0) port.unread!(step.value.rest);
  return step.value.bytes;
}

/** A file or connection. Only where it really can move back is it read in blocks; a pipe has a `seek` that throws. */
export async function readerPort(reader: PickleReader): Promise<Port> {
  const read = (into: Uint8Array) => reader.read(into);
  if (reader.seek === undefined) return { read };
  try {
    await reader.seek(0, Deno.SeekMode.Current);
  } catch {
    return { read };
  }
  return { read, unread: (rest) => reader.seek!(-rest.length, Deno.SeekMode.Current) };
}

/** A file, blocking. */
export function readerPortSync(reader: PickleReaderSync): Port {
  const read = (into: Uint8Array) => reader.readSync(into);
  if (reader.seekSync === undefined) return { read };
  try {
    reader.seekSync(0, Deno.SeekMode.Current);
  } catch {
    return { read };
  }
  return { read, unread: (rest) => reader.seekSync!(-rest.length, Deno.SeekMode.Current) };
}

/** What has been read from a stream and belongs to the next pickle. */
const leftovers: WeakMap<ReadableStream<Uint8Array>, Uint8Array> = new WeakMap();

/** A stream that is locked until the port is closed. */
export class StreamPort implements Port {
  readonly #stream: ReadableStream<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#stream = stream;
    this.#reader = stream.getReader();
  }

  async read(into: Uint8Array): Promise<number | null> {
    let chunk = leftovers.get(this.#stream);
    while (chunk === undefined || chunk.length === 0) {
      const { done, value } = await this.#reader.read();
      if (done) return null;
      chunk = value;
    }
    const n = Math.min(chunk.length, into.length);
    into.set(chunk.subarray(0, n));
    leftovers.set(this.#stream, chunk.subarray(n));
    return n;
  }

  /** Lets go of the stream. */
  close(): void {
    this.#reader.releaseLock();
  }
}
