import { checkOptions, splitWait } from "../../options.ts";
import { gather, readerPort, StreamPort } from "../../byte_ports.ts";
import { LoadError } from "../errors.ts";
import { HEADER, lengthOf } from "../format/container.ts";
import { MAX_BYTES } from "../format/parse_body.ts";
import { LOAD_RULES, type LoadOptions } from "../options.ts";
import { loads } from "../read/loads.ts";
import { type WaitOptions, within } from "./_within.ts";

/** Something bytes can be read from: `Deno.FsFile`, `Deno.stdin`, a connection. */
export interface DumpReader {
  /**
   * Reads some bytes.
   *
   * @param into Where to.
   * @returns How many, `null` at the end.
   */
  read(into: Uint8Array): Promise<number | null>;
  /**
   * Moves in a file; with it, the file is read in blocks, and what lies behind a dump is given back.
   *
   * @param offset How far.
   * @param whence From where.
   * @returns The new position.
   */
  seek?(offset: number, whence: Deno.SeekMode): Promise<number>;
}

/** Where dumps are read from. Of a stream, nothing behind the dump is lost: the next `load` of it goes on there. */
export type DumpSource = ReadableStream<Uint8Array> | DumpReader;

/**
 * Reads the next dump of a file or stream and makes its value again, with the same care as {@linkcode loads}.
 *
 * @param source Where from.
 * @param options Trust or a key, limits, and what ends the wait.
 * @returns The value.
 * @throws {TypeError} If neither `trust` nor `key` is given.
 * @throws {SignatureError} If the dump is not signed with the key. Nothing was evaluated.
 * @throws {LoadError} If there is no dump, or it is damaged, or what it names is not here.
 * @throws {Deno.errors.UnexpectedEof} If the source has ended.
 * @throws {Deno.errors.TimedOut} If the dump has not come in time.
 *
 * @example Two dumps in one stream
 * ```ts
 * import { dump, load } from "@ferry/std/persist/dill";
 * import { assertEquals } from "@std/assert";
 *
 * const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
 * const writing = dump(() => 6, writable).then(() => dump(() => 7, writable));
 * const six = await load(readable, { trust: true }) as () => number;
 * const seven = await load(readable, { trust: true }) as () => number;
 * await writing;
 * assertEquals(six() * seven(), 42);
 * ```
 */
export async function load(
  source: DumpSource,
  options: LoadOptions & WaitOptions,
): Promise<unknown> {
  const { wait, rest } = splitWait(options ?? {});
  checkOptions("Cannot load a dump", rest, LOAD_RULES);
  const bytes = await within("read the dump", () => read(source, rest.maxBytes), wait);
  if (bytes.length === 0) {
    throw new Deno.errors.UnexpectedEof("Cannot load a dump: the source has ended");
  }
  return await loads(bytes, rest);
}

async function read(source: DumpSource, maxBytes = MAX_BYTES): Promise<Uint8Array> {
  let length = Infinity;
  const extent = {
    get end() {
      return length;
    },
    need(bytes: Uint8Array, end: number): number {
      if (end < HEADER) return HEADER - end;
      if (length === Infinity) {
        length = lengthOf(bytes.subarray(0, HEADER));
        if (length > maxBytes) {
          throw new LoadError(
            `Cannot load the dump: it has ${length} bytes, maxBytes is ${maxBytes}`,
          );
        }
      }
      return Math.max(0, length - end);
    },
  };
  if (!(source instanceof ReadableStream)) {
    return await gather(await readerPort(source), extent, maxBytes);
  }
  const port = new StreamPort(source);
  try {
    return await gather(port, extent, maxBytes);
  } finally {
    port.close();
  }
}
