/**
 * Errors of connections with CPython.
 *
 * @module
 */
import { NetError, type NetErrorInit } from "../errors.ts";

/**
 * The two ends do not have the same key, or the peer does not keep to the handshake.
 *
 * @example Another key
 * ```ts
 * import { AuthenticationError, connect, Listener } from "@ferry/std/net/connection";
 * import { assertRejects } from "@std/assert";
 *
 * using listener = new Listener({ port: 0 }, { authKey: "secret" });
 * await assertRejects(() => connect(listener.address, { authKey: "guess" }), AuthenticationError);
 * ```
 */
export class AuthenticationError extends NetError {
  /** The class's name. */
  override readonly name: string = "AuthenticationError";

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super({ reason: "the handshake failed", code: "EACCES", ...init });
  }
}

/**
 * The message is longer than the buffer it was to be received into; nothing is lost.
 *
 * @example The message is in the error
 * ```ts
 * import { BufferTooShortError, Pipe } from "@ferry/std/net/connection";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * using pipe = new Pipe();
 * const [a, b] = pipe;
 * await a.sendBytes(new Uint8Array([1, 2, 3]));
 * const error = await assertRejects(() => b.recvBytesInto(new Uint8Array(2)), BufferTooShortError);
 * assertEquals(error.bytes, new Uint8Array([1, 2, 3]));
 * ```
 */
export class BufferTooShortError extends RangeError {
  /** The class's name. */
  override readonly name: string = "BufferTooShortError";
  /** The complete message. It was taken off the connection. */
  readonly bytes: Uint8Array;

  /**
   * Makes the error.
   *
   * @param bytes The complete message.
   * @param available Bytes the buffer has.
   */
  constructor(bytes: Uint8Array, available: number) {
    super(
      `Cannot receive a message of ${bytes.length} bytes into a buffer of ${available}; ` +
        "the complete message is in this error's `bytes`",
    );
    this.bytes = bytes;
  }
}
