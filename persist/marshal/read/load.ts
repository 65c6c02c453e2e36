import { UnexpectedEof } from "../../runtime_errors.ts";
import { gather, gatherSync, readerPort, readerPortSync, StreamPort } from "../../byte_ports.ts";
import { ValueExtent } from "./_extent.ts";
import { loads, loadSettings, type MarshalLoadOptions } from "./loads.ts";
import type { MarshalSource, MarshalSourceSync } from "../sources.ts";

/**
 * Loads the next marshalled value of a source, and takes no byte behind it.
 *
 * A length is believed only as far as bytes come: memory grows in steps of a mebibyte with what has really been read.
 *
 * @param source Bytes, a stream, or a file.
 * @param options Types and limits.
 * @returns The value.
 * @throws {UnmarshallingError} If the value is truncated or malformed, holds a code object, or exceeds a limit.
 * @throws {Deno.errors.UnexpectedEof} If the source has ended before the value.
 *
 * @example Two values in one file
 * ```ts
 * import { dump, load } from "@ferry/std/persist/marshal";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * {
 *   using file = await Deno.open(path, { read: true, write: true });
 *   await dump({ tea: 2 }, file);
 *   await dump([1, 2, 3], file);
 *   await file.seek(0, Deno.SeekMode.Start);
 *
 *   assertEquals(await load(file), { tea: 2 });
 *   assertEquals(await load(file), [1, 2, 3]);
 *   await assertRejects(() => load(file), Deno.errors.UnexpectedEof);
 * }
 * await Deno.remove(path);
 * ```
 */
export async function load(
  source: MarshalSource,
  options: MarshalLoadOptions = {},
): Promise<unknown> {
  const { maxBytes } = loadSettings(options);
  if (source instanceof Uint8Array) return decode(source, options);
  if (!(source instanceof ReadableStream)) {
    return decode(await gather(await readerPort(source), new ValueExtent(), maxBytes), options);
  }
  const port = new StreamPort(source);
  try {
    return decode(await gather(port, new ValueExtent(), maxBytes), options);
  } finally {
    port.close();
  }
}

/**
 * Loads the next marshalled value of a file, and takes no byte behind it, blocking.
 *
 * @param source Bytes or a file.
 * @param options Types and limits.
 * @returns The value.
 * @throws {UnmarshallingError} If the value is truncated or malformed, holds a code object, or exceeds a limit.
 * @throws {Deno.errors.UnexpectedEof} If the source has ended before the value.
 *
 * @example From a file
 * ```ts
 * import { dumpSync, loadSync } from "@ferry/std/persist/marshal";
 * import { assertEquals } from "@std/assert";
 *
 * const path = Deno.makeTempFileSync();
 * {
 *   using file = Deno.openSync(path, { read: true, write: true });
 *   dumpSync("tea", file);
 *   file.seekSync(0, Deno.SeekMode.Start);
 *   assertEquals(loadSync(file), "tea");
 * }
 * Deno.removeSync(path);
 * ```
 */
export function loadSync(source: MarshalSourceSync, options: MarshalLoadOptions = {}): unknown {
  const { maxBytes } = loadSettings(options);
  if (source instanceof Uint8Array) return decode(source, options);
  return decode(gatherSync(readerPortSync(source), new ValueExtent(), maxBytes), options);
}

function decode(bytes: Uint8Array, options: MarshalLoadOptions): unknown {
  if (bytes.length === 0) {
    throw new UnexpectedEof(
      "Cannot load a marshalled value: needed one, received the end of the source",
    );
  }
  return loads(bytes, options);
}
