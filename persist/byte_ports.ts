/**
 * Sources of bytes from which one encoded value after another is read, without taking a byte too much.
 *
 * How many bytes a value takes shows only while it is read. Bytes and files are read ahead, and what is too much is given
 * back; of a stream, the rest of a chunk waits for the next read of the same stream; anything else is asked for what is
 * certainly needed and no more.
 */

/** Tells how many more bytes a value needs at least, given its first `end` bytes; 0 once they hold all of it. */
export interface Extent {
  need(bytes: Uint8Array, end: number): number;
  /** Where the value ends, once `need` has returned 0. */
  readonly end: number;
}

/** Somewhere to read from. */
export interface Port {
  /** Reads up to `into.length` bytes, at least one; `null` at the end. */
  read(into: Uint8Array): Promise<number | null> | number | null;
  /** Gives back the last bytes read; without it, nothing is read ahead. */
  unread?(size: number): Promise<unknown> | unknown;
}

/** The part of a file or connection that is used. */
export interface AsyncReader {
  read(into: Uint8Array): Promise<number | null>;
  seek?(offset: number, whence: Deno.SeekMode): Promise<number>;
}

/** The part of a file that is used, blocking. */
export interface SyncReader {
  readSync(into: Uint8Array): number | null;
  seekSync?(offset: number, whence: Deno.SeekMode): number;
}

/** Most bytes asked for at once, so that a length that lies costs no more. */
const STEP = 1 << 20;
/** Bytes asked for where too much can be given back. */
const BLOCK = 1 << 16;

interface Collected {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many bytes were read ahead. */
  readonly extra: number;
}

/** Asks for room to be filled, and is told how many bytes came. */
function* collect(
  extent: Extent,
  maxBytes: number,
  ahead: boolean,
): Generator<Uint8Array<ArrayBuffer>, Collected, number | null> {
  let bytes = new Uint8Array(ahead ? BLOCK : 256);
  let end = 0;
  while (true) {
    const need = extent.need(bytes, end);
    if (need === 0) return { bytes: bytes.subarray(0, extent.end), extra: end - extent.end };
    // Past the limit the decoder gets the bytes as they are, and refuses them.
    if (end > maxBytes) return { bytes: bytes.subarray(0, end), extra: 0 };
    const wanted = Math.min(ahead ? Math.max(need, BLOCK) : need, STEP);
    if (end + wanted > bytes.length) {
      const larger = new Uint8Array(Math.max(end + wanted, bytes.length * 2));
      larger.set(bytes.subarray(0, end));
      bytes = larger;
    }
    const got = yield bytes.subarray(end, end + wanted);
    // The decoder says where the value breaks off.
    if (got === null) return { bytes: bytes.subarray(0, end), extra: 0 };
    end += got;
  }
}

/** Reads the bytes of one value; none if the source has ended, fewer than it has if the source ends within. */
export async function gather(
  port: Port,
  extent: Extent,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const collecting = collect(extent, maxBytes, port.unread !== undefined);
  let step = collecting.next();
  while (!step.done) step = collecting.next(await port.read(step.value));
  const { bytes, extra } = step.value;
  if (extra > 0) await port.unread!(extra);
  return bytes;
}

/** As {@linkcode gather}, blocking; the port has to be one that blocks. */
export function gatherSync(port: Port, extent: Extent, maxBytes: number): Uint8Array<ArrayBuffer> {
  const collecting = collect(extent, maxBytes, port.unread !== undefined);
  let step = collecting.next();
  while (!step.done) step = collecting.next(port.read(step.value) as number | null);
  const { bytes, extra } = step.value;
  if (extra > 0) port.unread!(extra);
  return bytes;
}

/** A file or connection. Only what really moves back is read ahead: a pipe has a `seek`, but it throws. */
export async function readerPort(reader: AsyncReader): Promise<Port> {
  const read = (into: Uint8Array) => reader.read(into);
  if (reader.seek === undefined) return { read };
  try {
    await reader.seek(0, Deno.SeekMode.Current);
  } catch {
    return { read };
  }
  return { read, unread: (size) => reader.seek!(-size, Deno.SeekMode.Current) };
}

/** As {@linkcode readerPort}, blocking. */
export function readerPortSync(reader: SyncReader): Port {
  const read = (into: Uint8Array) => reader.readSync(into);
  if (reader.seekSync === undefined) return { read };
  try {
    reader.seekSync(0, Deno.SeekMode.Current);
  } catch {
    return { read };
  }
  return { read, unread: (size) => reader.seekSync!(-size, Deno.SeekMode.Current) };
}

/** What came with the last chunk of a stream and belongs to the next value. */
const leftovers: WeakMap<ReadableStream<Uint8Array>, Uint8Array> = new WeakMap();

/** A stream, locked until the port is closed. */
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
    const size = Math.min(chunk.length, into.length);
    into.set(chunk.subarray(0, size));
    leftovers.set(this.#stream, chunk.subarray(size));
    return size;
  }

  /** Lets go of the stream. */
  close(): void {
    this.#reader.releaseLock();
  }
}
