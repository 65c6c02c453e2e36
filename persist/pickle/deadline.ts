import { LONGEST_TIMER } from "../options.ts";
import { TimedOut } from "../runtime_errors.ts";

/** What ends a wait. */
interface Ends {
  signal?: AbortSignal;
  timeout?: number;
}

/** Waits for work until a signal or a timeout ends the wait; the work itself goes on. */
export async function waitFor<T>(work: Promise<T>, ends: Ends, late: string): Promise<T> {
  const { signal, timeout = Infinity } = ends;
  if (signal === undefined && timeout === Infinity) return await work;
  const ended = Promise.withResolvers<never>();
  const abort = () => ended.reject(signal!.reason);
  if (signal?.aborted) abort();
  else signal?.addEventListener("abort", abort, { once: true });
  const timer = timeout === Infinity ? undefined : setTimeout(() => {
    ended.reject(new TimedOut(`${late} in ${timeout} ms`));
  }, Math.min(timeout, LONGEST_TIMER));
  // What is left of the work once the wait has ended fails unseen.
  work.catch(() => {});
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
