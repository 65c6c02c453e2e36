/**
 * Taking turns inside one agent: several tasks use the same end of a pipe, one after the other, first come first served.
 */
import { FOREVER, TIMED_OUT } from "./wait.ts";

/** Tasks that run one after the other. */
export class Turns {
  #last: Promise<void> | undefined;

  /** Whether a task has the turn. */
  get busy(): boolean {
    return this.#last !== undefined;
  }

  /**
   * Waits for all earlier tasks, runs one, and lets the next one go, however it ends. A task that is aborted, or whose
   * deadline passes, before it has its turn does not run.
   */
  async run<T>(
    task: () => Promise<T>,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<T | typeof TIMED_OUT> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    const done = () => {
      if (this.#last === promise) this.#last = undefined;
      resolve();
    };
    if (before !== undefined) {
      try {
        if (await within(before, deadline, signal) === TIMED_OUT) {
          // The tasks behind this one still wait for those before it.
          before.then(done);
          return TIMED_OUT;
        }
      } catch (reason) {
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

/** Settles as the promise does, with TIMED_OUT at the deadline, or rejects with the signal's reason. */
export async function within<T>(
  promise: Promise<T>,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<T | typeof TIMED_OUT> {
  if (deadline === Infinity) return await orAborted(promise, signal);
  const timeout = Promise.withResolvers<typeof TIMED_OUT>();
  let timer: ReturnType<typeof setTimeout>;
  const sleep = (milliseconds: number) => {
    timer = setTimeout(
      () =>
        milliseconds > FOREVER ? sleep(deadline - performance.now()) : timeout.resolve(TIMED_OUT),
      // What is below 0 the runtime answers with a warning.
      Math.max(0, Math.min(milliseconds, FOREVER)),
    );
  };
  sleep(deadline - performance.now());
  try {
    return await orAborted(Promise.race([promise, timeout.promise]), signal);
  } finally {
    clearTimeout(timer!);
  }
}

/** Settles as the promise does, or rejects with the signal's reason. */
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
