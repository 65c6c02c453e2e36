/**
 * Sources of bytes from which one encoded value after another is read, without taking a byte too much.
 *
 * How many bytes a value takes shows only while it is read. Bytes and files are read ahead, and what is too much is given
 * back; of a stream, the rest of a chunk waits for the next read of the same stream; anything else is asked for what is
 * certainly needed and no more.
 */
import { WriteZero } from "./runtime_errors.ts";

/** Tells how many more bytes a value needs at least, given its first `end` bytes; 0 once they hold all of it. */
export interface Extent {
  need(bytes: Uint8Array, end: number): number;
  /** Where the value ends, once `need` has returned 0. */
  readonly end: number;
}

/** `Deno.SeekMode.Current`. */
const CURRENT: Deno.SeekMode = 1;

/** Somewhere to read from. */
export interface Port {
  /** Reads up to `into.length` bytes, at least one; `null` at the end. */
  read(into: Uint8Array): Promise<number | null> | number | null;
  /** Gives back the last of the bytes that the last `read` gave; without it, nothing is read ahead. */
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
/** Bytes asked for at first where too much can be given back; then as many as there are, so that reads are few. */
const BLOCK = 1 << 12;
/** Bytes asked for at first where a read costs nothing. */
const PIECE = 1 << 8;

interface Collected {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many bytes were read ahead. */
  readonly extra: number;
}

/** Asks for room to be filled, and is told how many bytes came. */
function* collect(
  extent: Extent,
  maxBytes: number,
  ahead: number,
  first: Uint8Array,
): Generator<Uint8Array<ArrayBuffer>, Collected, number | null> {
  let bytes = new Uint8Array(Math.max(2 * first.length, ahead, PIECE));
  bytes.set(first);
  let end = first.length;
  while (true) {
    const need = extent.need(bytes, end);
    if (need === 0) return { bytes: bytes.subarray(0, extent.end), extra: end - extent.end };
    // Past the limit the decoder gets the bytes as they are, and refuses them.
    if (end > maxBytes) return { bytes: bytes.subarray(0, end), extra: 0 };
    const wanted = Math.min(ahead > 0 ? Math.max(need, ahead, end) : need, STEP);
    if (end + wanted > bytes.length) {
      const larger = new Uint8Array(Math.max(end + wanted, bytes.length * 2));
      larger.set(bytes.subarray(0, end));
      bytes = larger;
    }
    const received = yield bytes.subarray(end, end + wanted);
    // The decoder says where the value breaks off.
    if (received === null) return { bytes: bytes.subarray(0, end), extra: 0 };
    end += received;
  }
}

/** How much to read ahead at first. */
function aheadOf(port: Port): number {
  if (port.unread === undefined) return 0;
  return port instanceof StreamPort ? PIECE : BLOCK;
}

const NO_START = { bytes: new Uint8Array(0), whole: false };

/** Reads the bytes of one value; none if the source has ended, fewer than it has if the source ends within. */
export async function gather(
  port: Port,
  extent: Extent,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes: start, whole } = port instanceof StreamPort ? port.start(extent) : NO_START;
  if (whole) return start;
  const collecting = collect(extent, maxBytes, aheadOf(port), start);
  let step = collecting.next();
  while (!step.done) step = collecting.next(await port.read(step.value));
  const { bytes, extra } = step.value;
  if (extra > 0) await port.unread!(extra);
  return bytes;
}

/** As {@linkcode gather}, blocking; the port has to be one that blocks. */
export function gatherSync(port: Port, extent: Extent, maxBytes: number): Uint8Array<ArrayBuffer> {
  const collecting = collect(extent, maxBytes, aheadOf(port), NO_START.bytes);
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
    await reader.seek(0, CURRENT);
  } catch {
    return { read };
  }
  return { read, unread: (size) => reader.seek!(-size, CURRENT) };
}

/** As {@linkcode readerPort}, blocking. */
export function readerPortSync(reader: SyncReader): Port {
  const read = (into: Uint8Array) => reader.readSync(into);
  if (reader.seekSync === undefined) return { read };
  try {
    reader.seekSync(0, CURRENT);
  } catch {
    return { read };
  }
  return { read, unread: (size) => reader.seekSync!(-size, CURRENT) };
}

/** What came with the last chunk of a stream and belongs to the next value. */
const leftovers: WeakMap<ReadableStream<Uint8Array>, Uint8Array> = new WeakMap();

/** A stream, locked until the port is closed. */
export class StreamPort implements Port {
  readonly #stream: ReadableStream<Uint8Array>;
  /** Taken for the first read: what is left of a chunk needs none, and letting go of one costs much. */
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** The chunk that was read from last, and how far. */
  #chunk: Uint8Array = new Uint8Array(0);
  #at: number = 0;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#stream = stream;
    // Throws, as it should: somebody else is reading.
    if (stream.locked) this.#reader = stream.getReader();
    this.#chunk = leftovers.get(stream) ?? this.#chunk;
  }

  read(into: Uint8Array): Promise<number | null> | number {
    return this.#at < this.#chunk.length ? this.#take(into) : this.#next(into);
  }

  unread(size: number): void {
    this.#at -= size;
  }

  /** What the chunk at hand has of the next value, which is often all of it. */
  start(extent: Extent): { readonly bytes: Uint8Array<ArrayBuffer>; readonly whole: boolean } {
    const rest = this.#chunk.subarray(this.#at);
    if (rest.length === 0) return NO_START;
    const whole = extent.need(rest, rest.length) === 0;
    const size = whole ? extent.end : rest.length;
    this.#at += size;
    return { bytes: Uint8Array.prototype.slice.call(rest, 0, size), whole };
  }

  async #next(into: Uint8Array): Promise<number | null> {
    do {
      const { done, value } = await (this.#reader ??= this.#stream.getReader()).read();
      if (done) return null;
      this.#chunk = value;
    } while (this.#chunk.length === 0);
    this.#at = 0;
    return this.#take(into);
  }

  #take(into: Uint8Array): number {
    const size = Math.min(this.#chunk.length - this.#at, into.length);
    into.set(this.#chunk.subarray(this.#at, this.#at += size));
    return size;
  }

  /** Lets go of the stream. */
  close(): void {
    leftovers.set(this.#stream, this.#chunk.subarray(this.#at));
    this.#reader?.releaseLock();
  }
}

/**
 * How many bytes a writer has taken. One that takes none, or does not say, would be asked for ever, or given bytes twice.
 *
 * @param attempt What fails then, for example `"Cannot write the pickle"`.
 * @param taken What its `write` has given.
 * @param most How many bytes it was given.
 * @returns The number.
 * @throws {Deno.errors.WriteZero} If it is 0.
 * @throws {TypeError} If it is no number of bytes.
 */
export function checkTaken(attempt: string, taken: unknown, most: number): number {
  if (taken === 0) throw new WriteZero(`${attempt}: no byte was taken`);
  if (Number.isInteger(taken) && taken as number > 0 && taken as number <= most) {
    return taken as number;
  }
  throw new TypeError(
    `${attempt}: needed from write how many of ${most} bytes were taken, received ${
      typeof taken === "number" ? taken : typeof taken
    }`,
  );
}
