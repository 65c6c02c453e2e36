/**
 * Errors of waiting operations.
 *
 * @module
 */

/** A wait came to its timeout first. */
export class TimeoutError extends Deno.errors.TimedOut {
  override readonly name: string = "TimeoutError";
  /** The milliseconds that were given. */
  readonly timeout: number;

  /**
   * @param attempted What was waited for, as in "acquire a lock".
   * @param timeout The milliseconds that were given.
   */
  constructor(attempted: string, timeout: number) {
    super(`Cannot ${attempted}: not possible within ${timeout} ms`);
    this.timeout = timeout;
  }
}

/** The message is longer than the buffer it was to be received into; nothing is lost. */
export class BufferTooShortError extends RangeError {
  override readonly name: string = "BufferTooShortError";
  /** The complete message. It was taken out of the pipe. */
  readonly bytes: Uint8Array;

  /**
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
