/** Deno KV's errors are told apart by their texts: most are plain `TypeError`s. */
import {
  ShelfClosedError,
  ShelfConnectionError,
  ShelfError,
  ShelfFormatError,
  ShelfFullError,
  ShelfReadOnlyError,
} from "../../errors.ts";
import { Backoff } from "../../retry.ts";

/** Whether it helps to try again. */
function isBusy(error: unknown): boolean {
  return error instanceof Error &&
    /database (table )?is (locked|busy)|status=429/i.test(error.message);
}

/** The shelf's error for one of Deno KV. */
export function kvError(what: string, error: unknown): unknown {
  if (error instanceof ShelfError || !(error instanceof Error)) return error;
  const { message } = error;
  const make = (
    Class: new (message: string, options: ErrorOptions) => ShelfError,
    reason = message,
  ) => new Class(`Cannot ${what}: ${reason}`, { cause: error });
  if (/disk is full|disk I\/O error/i.test(message)) return make(ShelfFullError);
  if (/readonly database|read-only|Writes are disabled/i.test(message)) {
    return make(ShelfReadOnlyError);
  }
  if (/Reads are disabled|Unspecified (read|write) error/i.test(message)) return make(ShelfError);
  if (
    /not a database|malformed|invalid column type|could not deserialize|unexpected end of file/i
      .test(message)
  ) {
    return make(ShelfFormatError);
  }
  if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) {
    return make(ShelfClosedError, "the store is closed");
  }
  if (/error sending request|connect|status|metadata|network/i.test(message)) {
    return make(ShelfConnectionError);
  }
  return error;
}

/** Runs an operation of Deno KV again for as long as the database is locked, and maps its errors. */
export async function withRetries<R>(
  what: string,
  busyTimeout: number,
  operation: () => Promise<R>,
): Promise<R> {
  let backoff: Backoff | undefined;
  while (true) {
    try {
      return await operation();
    } catch (error) {
      if (!isBusy(error)) throw kvError(what, error);
      backoff ??= new Backoff(what, busyTimeout);
      await backoff.pause(error);
    }
  }
}

/**
 * Waits for a server no longer than `busyTimeout`. Deno KV itself goes on asking it for ever, even after `close()`, and cannot be
 * stopped: what it does in the end nobody hears of, but for `late`.
 */
export async function withDeadline<R>(
  what: string,
  busyTimeout: number,
  operation: () => Promise<R>,
  late: { readonly begin?: () => void; readonly result?: (result: R) => void } = {},
): Promise<R> {
  const { promise, reject } = Promise.withResolvers<never>();
  const running = operation();
  const timer = setTimeout(() => {
    running.then(late.result, () => {});
    late.begin?.();
    reject(new ShelfConnectionError(`Cannot ${what}: no answer for ${busyTimeout} ms`));
  }, Math.min(busyTimeout, 0x7fffffff));
  running.catch(() => {});
  try {
    return await Promise.race([running, promise]);
  } finally {
    clearTimeout(timer);
  }
}
