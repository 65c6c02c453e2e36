/**
 * Errors of managers.
 *
 * @module
 */

/** A manager's server could not do what it was asked: there is no such object or method, or the answer cannot be sent. */
export class RemoteError extends Error {
  /** The class's name. */
  override readonly name: string = "RemoteError";
  /** What the server says, in its own words; of CPython a traceback. */
  readonly remoteTraceback: string;

  /**
   * Makes the error.
   *
   * @param attempted What was attempted: "call append".
   * @param remoteTraceback What the server says.
   */
  constructor(attempted: string, remoteTraceback: string) {
    const lines = remoteTraceback.trim().split("\n");
    super(`Cannot ${attempted}: the manager says ${lines.at(-1)}`);
    this.remoteTraceback = remoteTraceback;
  }
}

/**
 * The server of a manager on Redis did not answer for as long as calls wait for it. Once it is back, calls succeed again.
 */
export class ServerAwayError extends Deno.errors.NotConnected {
  /** The class's name. */
  override readonly name: string = "ServerAwayError";
  /** Whether what was attempted may have been done all the same. */
  readonly mayBeDone: boolean;

  /**
   * Makes the error.
   *
   * @param message What was attempted, and what was in the way.
   * @param mayBeDone Whether it may have been done all the same.
   * @param cause What the connection says.
   */
  constructor(message: string, mayBeDone: boolean, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.mayBeDone = mayBeDone;
  }
}

/**
 * This client was not heard of by Redis for as long as its lease, so that what it held has gone to others: the lock that is to
 * be released, the item that is said to be done.
 */
export class LeaseLostError extends Deno.errors.Interrupted {
  /** The class's name. */
  override readonly name: string = "LeaseLostError";

  /**
   * Makes the error.
   *
   * @param attempted What was attempted: "release a managed Lock".
   * @param lease The lease in milliseconds.
   */
  constructor(attempted: string, lease: number) {
    super(
      `Cannot ${attempted}: it was held no longer, as Redis did not hear of this client for its lease of ${lease} ms`,
    );
  }
}
