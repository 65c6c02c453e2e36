/** Sleeping until a function of this thread is called. */
import { orAborted } from "./turns.ts";
import { FOREVER, holdProgram, reapNext, releaseProgram, TIMED_OUT } from "./wait.ts";

/** Wake-ups for one task of this thread. Those that come while it is awake are remembered, as one. */
export class Wakeups {
  #pending = false;
  #sleeper: PromiseWithResolvers<void> | undefined;

  /** Wakes the task, or keeps it from falling asleep. */
  wake(): void {
    this.#pending = true;
    this.#sleeper?.resolve();
  }

  /**
   * Sleeps until there was a wake-up since the last call. May return too early: the dead are reaped now and then meanwhile.
   *
   * @returns `TIMED_OUT` once the deadline has passed; the wait rejects with the signal's reason when that aborts.
   */
  async next(
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<typeof TIMED_OUT | undefined> {
    const pause = reapNext();
    // What has just been reaped may be what is waited for.
    if (pause === 0 && deadline !== 0) return;
    const left = deadline === Infinity ? Infinity : deadline - performance.now();
    if (left <= 0) return TIMED_OUT;
    signal?.throwIfAborted();
    // Also when it was woken: whoever wakes it each time that it is asked must not keep timers and signals from coming.
    await this.#sleep(this.#pending ? 0 : Math.min(left, pause), signal);
    this.#pending = false;
  }

  async #sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    const sleeper = this.#sleeper = Promise.withResolvers<void>();
    const timer = milliseconds === Infinity
      ? undefined
      : setTimeout(sleeper.resolve, Math.min(milliseconds, FOREVER));
    holdProgram();
    try {
      await orAborted(sleeper.promise, signal);
    } finally {
      releaseProgram();
      clearTimeout(timer);
      this.#sleeper = undefined;
    }
  }
}
