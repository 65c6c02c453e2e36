/**
 * A stream of values to MessagePack.
 *
 * @module
 */

import { checkOptions } from "../options.ts";
import { write } from "./encode.ts";
import { ENCODE_STREAM_RULES, type EncodeStreamOptions } from "./options.ts";

/**
 * Encodes each value of a stream, one after another without anything between them; what `DecodeStream`, `decodeMulti`
 * and Python's `Unpacker` read.
 *
 * @example Write values
 * ```ts
 * import { decodeMulti, EncodeStream } from "@ferry/std/formats/msgpack";
 * import { assertEquals } from "@std/assert";
 *
 * const stream = ReadableStream.from([1, "a", null]).pipeThrough(
 *   new EncodeStream({ chunkBytes: 65536 }),
 * );
 * const [chunk] = await Array.fromAsync(stream);
 * assertEquals([...decodeMulti(chunk!)], [1, "a", null]);
 * ```
 */
export class EncodeStream extends TransformStream<unknown, Uint8Array<ArrayBuffer>> {
  /**
   * The stream fails with what {@linkcode encode} throws for a value.
   *
   * @example Make one
   * ```ts
   * import { EncodeStream } from "@ferry/std/formats/msgpack";
   *
   * const stream = ReadableStream.from([1, "a", null]).pipeThrough(
   *   new EncodeStream({ chunkBytes: 65536 }),
   * );
   * ```
   *
   * @param options How to write.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  constructor(options?: EncodeStreamOptions) {
    const checked = checkOptions("Cannot encode MessagePack", options, ENCODE_STREAM_RULES);
    const least = checked.chunkBytes ?? 0;
    let parts: Uint8Array<ArrayBuffer>[] = [];
    let size = 0;
    const flush = (controller: TransformStreamDefaultController<Uint8Array<ArrayBuffer>>): void => {
      if (size === 0) return;
      controller.enqueue(parts.length === 1 ? parts[0]! : joined(parts, size));
      parts = [];
      size = 0;
    };
    super({
      transform(value, controller): void {
        const part = write(value, checked);
        parts.push(part);
        size += part.length;
        if (size >= least) flush(controller);
      },
      flush,
    });
  }
}

function joined(parts: Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
