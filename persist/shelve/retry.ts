/**
 * Trying again what others were in the way of. The pauses double from 1 ms to 64 ms and are drawn at random below that
 * bound ("full jitter"), so that writers that collided once do not collide in step. After `busyTimeout` it ends in an error.
 */
import { ShelfBusyError, type ShelfBusyErrorOptions } from "./errors.ts";

const LONGEST_PAUSE = 64;

/** Counts attempts and pauses between them. */
export class Backoff {
  readonly #what: string;
  readonly #timeout: number;
  readonly #start = performance.now();
  #attempts = 1;

  /**
   * Starts to count.
   *
   * @param what What is attempted, for the error: `set a value`.
   * @param timeout How long to go on, in milliseconds.
   */
  constructor(what: string, timeout: number) {
    this.#what = what;
    this.#timeout = timeout;
  }

  /**
   * Waits for the next attempt.
   *
   * @param cause Why the last one failed, if there is an error.
   * @throws {ShelfBusyError} If the time is over.
   */
  async pause(cause?: unknown): Promise<void> {
    const left = this.#timeout - (performance.now() - this.#start);
    if (left <= 0) {
      throw busyError(this.#what, this.#timeout, { cause, attempts: this.#attempts });
    }
    await pauseBelow(this.#attempts++, left);
  }
}

/** The error that says for how long it was tried. */
export function busyError(
  what: string,
  timeout: number,
  options: ShelfBusyErrorOptions,
): ShelfBusyError {
  const message = `Cannot ${what}: others changed or locked the store for ${timeout} ms`;
  return new ShelfBusyError(message, options);
}

/** Waits after so many attempts, and not longer than there is time left. */
export async function pauseBelow(attempts: number, left: number): Promise<void> {
  const bound = Math.min(LONGEST_PAUSE, 2 ** attempts, left);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * bound));
}

/** Runs an operation again for as long as it ends in a {@linkcode ShelfBusyError}. */
export async function untilFree<R>(
  what: string,
  timeout: number,
  operation: () => R | Promise<R>,
): Promise<R> {
  let backoff: Backoff | undefined;
  while (true) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof ShelfBusyError)) throw error;
      backoff ??= new Backoff(what, timeout);
      await backoff.pause(error.cause);
    }
  }
}
