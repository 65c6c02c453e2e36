// Bounded, cancellable reading of a file as bytes.

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
  using file = await Deno.open(path, { read: true });
  const { size } = await file.stat();
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
