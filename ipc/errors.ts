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
