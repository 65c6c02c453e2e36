// Bounded, cancellable reading of a file as bytes.
import { fileSystem } from "./open_file.ts";

/**
 * Reads a file up to a number of bytes.
 *
 * @param path Path or `file:` URL.
 * @param maxBytes Most bytes to read; more are refused, whatever the file says about its size.
 * @param signal Aborts the reading.
 */
export async function readFileBounded(
  path: string | URL,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const files = fileSystem(`read ${JSON.stringify(String(path))}`);
  await using file = await files.open(path);
  const size = await file.size();
  if (size > maxBytes) throw tooLarge(path, maxBytes);
  // Devices and pipes have no size; a file may grow meanwhile.
  let bytes = new Uint8Array(Math.min(size, maxBytes) + 1);
  let length = 0;
  for (;;) {
    signal?.throwIfAborted();
    const count = await file.read(bytes.subarray(length));
    if (count === null) return bytes.subarray(0, length);
    length += count;
    if (length > maxBytes) throw tooLarge(path, maxBytes);
    if (length === bytes.length) {
      const larger = new Uint8Array(Math.min(Math.max(length * 2, 65_536), maxBytes + 1));
      larger.set(bytes);
      bytes = larger;
    }
  }
}

function tooLarge(path: string | URL, maxBytes: number): RangeError {
  return new RangeError(
    `Cannot read ${
      JSON.stringify(String(path))
    }: it has more than ${maxBytes} bytes, raise maxBytes`,
  );
}

/** Whether bytes begin as gzip's do (RFC 1952). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/**
 * Decompresses gzip data up to a number of bytes.
 *
 * @param path Path or `file:` URL, for the error.
 * @param bytes The compressed bytes.
 * @param maxBytes Most bytes to give.
 * @param signal Aborts between two pieces.
 */
export async function gunzip(
  path: string | URL,
  bytes: Uint8Array,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const source = ReadableStream.from([bytes as Uint8Array<ArrayBuffer>]);
  for await (const part of source.pipeThrough(new DecompressionStream("gzip"))) {
    signal?.throwIfAborted();
    length += part.length;
    if (length > maxBytes) throw tooLarge(path, maxBytes);
    parts.push(part);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
