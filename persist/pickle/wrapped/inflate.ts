/** Compressed data, with a limit to what it becomes. */

type Inflater = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

interface Zlib {
  gunzipSync: Inflater;
  inflateSync: Inflater;
  inflateRawSync: Inflater;
}

/** How much larger than its bytes compressed data may be, unless an option says otherwise. */
const RATIO = 20;
const AT_LEAST = 2 ** 20;

/** The module is taken when it is needed: its import would cost every program more than all of this package. */
function zlib(): Zlib {
  const runtime = Reflect.get(globalThis, "process") as {
    getBuiltinModule(name: string): unknown;
  };
  return runtime.getBuiltinModule("node:zlib") as Zlib;
}

/** How large some compressed bytes may become. */
export function mostInflated(size: number, maxInflated: number | undefined): number {
  return maxInflated ?? RATIO * size + AT_LEAST;
}

/**
 * Decompresses bytes.
 *
 * @param format How they are compressed.
 * @param bytes The bytes.
 * @param most How many bytes they may become.
 * @returns The bytes, `undefined` if there are more.
 */
export function inflate(
  format: "gzip" | "zlib" | "raw",
  bytes: Uint8Array,
  most: number,
): Uint8Array | undefined {
  const { gunzipSync, inflateSync, inflateRawSync } = zlib();
  const run = format === "gzip" ? gunzipSync : format === "zlib" ? inflateSync : inflateRawSync;
  try {
    // The engine has no larger buffers.
    const out = run(bytes, { maxOutputLength: Math.min(most, 2 ** 32) });
    return new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw error;
  }
}
