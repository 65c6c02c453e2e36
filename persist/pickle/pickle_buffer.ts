/** Options of {@linkcode PickleBuffer}. */
export interface PickleBufferOptions {
  /**
   * Whether the receiver must not change the bytes.
   *
   * @default {false}
   */
  readonly?: boolean;
}

/**
 * Bytes that may travel beside the pickle instead of inside it (protocol 5, PEP 574): no copy is made.
 *
 * Without a `bufferCallback` the bytes go into the pickle, as `bytes` if read-only and as `bytearray` if not.
 *
 * @example Send a large buffer beside the pickle
 * ```ts
 * import { dumps, loads, PickleBuffer } from "@ferry/std/persist/pickle";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const pixels = new Uint8Array(1 << 20);
 * const beside: PickleBuffer[] = [];
 * const bytes = dumps({ pixels: new PickleBuffer(pixels) }, {
 *   bufferCallback: (buffer) => void beside.push(buffer),
 * });
 * const back = loads(bytes, { buffers: beside.map((b) => b.raw()) }) as { pixels: Uint8Array };
 * assertStrictEquals(back.pixels, pixels);
 * ```
 */
export class PickleBuffer {
  /** Whether the receiver must not change the bytes. */
  readonly readonly: boolean;
  #bytes: Uint8Array | undefined;

  /**
   * Wraps bytes; they are not copied.
   *
   * @example Make one
   * ```ts
   * import { dumps, PickleBuffer } from "@ferry/std/persist/pickle";
   *
   * const pixels = new Uint8Array(1 << 20);
   * const beside: PickleBuffer[] = [];
   * const bytes = dumps({ pixels: new PickleBuffer(pixels) }, {
   *   bufferCallback: (buffer) => void beside.push(buffer),
   * });
   * ```
   *
   * @param bytes The bytes, or the buffer or view that holds them.
   * @param options Whether they are read-only.
   */
  constructor(bytes: ArrayBuffer | ArrayBufferView, options: PickleBufferOptions = {}) {
    this.#bytes = bytes instanceof Uint8Array
      ? bytes
      : ArrayBuffer.isView(bytes)
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new Uint8Array(bytes);
    this.readonly = options.readonly ?? false;
  }

  /**
   * The bytes.
   *
   * @returns The wrapped bytes themselves.
   * @throws {TypeError} If they have been released.
   */
  raw(): Uint8Array {
    if (this.#bytes === undefined) {
      throw new TypeError("Cannot read a PickleBuffer: it has been released");
    }
    return this.#bytes;
  }

  /** Lets go of the bytes; the buffer cannot be used any more. */
  release(): void {
    this.#bytes = undefined;
  }
}
