/**
 * Taking turns inside one agent: several tasks use the same end of a pipe, one after the other, first come first served.
 */

/** A queue of tasks. */
export class Turns {
  #last: Promise<void> | undefined;

  /** Whether a task has the turn. */
  get busy(): boolean {
    return this.#last !== undefined;
  }

  /** Waits for all earlier tasks, runs one, and lets the next go, however it ends. */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    const done = () => {
      if (this.#last === promise) this.#last = undefined;
      resolve();
    };
    if (before !== undefined) {
      try {
        await orAborted(before, signal);
      } catch (reason) {
        // Stepping out of the line: those behind still wait for those in front.
        before.then(done);
        throw reason;
      }
    }
    try {
      return await task();
    } finally {
      done();
    }
  }
}

/** Settles with the promise, or rejects with the signal's reason. */
export async function orAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await promise;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
