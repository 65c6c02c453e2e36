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

/** Waits for something, but not longer than the options say. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  { signal, timeout = Infinity }: WaitOptions,
): Promise<T> {
  signal?.throwIfAborted();
  if (signal === undefined && timeout === Infinity) return await promise;
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal!.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const timer = timeout === Infinity ? undefined : setTimeout(
    () => reject(new Deno.errors.TimedOut(`Cannot ${what} within ${timeout} ms`)),
    timeout,
  );
  try {
    return await Promise.race([promise, ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    promise.catch(() => {});
  }
}
