/** Methods of protocols that are asynchronous: nobody waits for them, and their errors must reach the transport. */
import { NetError } from "../errors.ts";

/**
 * Has the error of an asynchronous method told, whenever it comes.
 *
 * @param result What the method returned.
 * @param failed Called with its error.
 * @returns What the method returned.
 */
export function watched<T>(result: T, failed: (error: unknown) => void): T {
  if (result instanceof Promise) result.catch(failed);
  return result;
}

/** Reports an error that comes when the transport has ended; that it has is none. */
export function reportLate(error: unknown): void {
  if (!(error instanceof NetError)) reportError(error);
}
