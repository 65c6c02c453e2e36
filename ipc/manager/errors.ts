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
