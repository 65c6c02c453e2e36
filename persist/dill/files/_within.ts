import { checkWait, LONGEST_TIMER } from "../../options.ts";

/** Options of calls that wait. */
export interface WaitOptions {
  /**
   * Ends the wait: the call rejects with the signal's reason.
   *
   * @default {undefined}
   */
  signal?: AbortSignal;
  /**
   * Ends the wait after so many milliseconds, with `Deno.errors.TimedOut`.
   *
   * @default {Infinity}
   */
  timeout?: number;
}

/** Begins something and waits for it, but not longer than the options say. */
export async function within<T>(
  what: string,
  begin: () => Promise<T>,
  options: WaitOptions,
): Promise<T> {
  const { signal, timeout = Infinity } = options;
  checkWait(options);
  signal?.throwIfAborted();
  const promise = begin();
  // What is left of it once the wait has ended fails unseen.
  promise.catch(() => {});
  if (signal === undefined && timeout === Infinity) return await promise;
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal!.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const timer = timeout === Infinity ? undefined : setTimeout(
    () => reject(new Deno.errors.TimedOut(`Cannot ${what} within ${timeout} ms`)),
    Math.min(timeout, LONGEST_TIMER),
  );
  try {
    return await Promise.race([promise, ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
