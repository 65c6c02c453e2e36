import { pyError, pyType } from "../python_values.ts";
import type { Caller } from "./referent.ts";

/** What an attempt answers that has to be made again. */
export const NOT_YET: unique symbol = Symbol("not yet");

/** One try; {@linkcode NOT_YET} if it must wait on. */
export type Attempt<T> = () => T | typeof NOT_YET;

/** Longest time that a timer takes; longer waits are without limit for all that can be told. */
const MAX_SECONDS = 2 ** 31 / 1000 - 1;

/** Those who wait for a change of one object, in the order in which they came. */
export class Gate {
  readonly #waiting = new Set<() => void>();

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Waits until an attempt succeeds.
   *
   * @param attempt What is tried, now and after each change.
   * @param caller Who waits: when its connection ends, so does the wait.
   * @param seconds How long, `undefined` without limit.
   * @returns What the attempt gave, or `undefined` if the time was over.
   */
  wait<T extends NonNullable<unknown> | null>(
    attempt: Attempt<T>,
    caller: Caller,
    seconds: number | undefined,
  ): T | undefined | Promise<T | undefined> {
    const first = attempt();
    if (first !== NOT_YET) return first;
    if (seconds !== undefined && seconds <= 0) return undefined;
    const { signal } = caller;
    const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
    const end = () => {
      this.#waiting.delete(step);
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    const step = (): void => {
      try {
        const result = attempt();
        if (result === NOT_YET) return;
        end();
        resolve(result);
      } catch (error) {
        end();
        reject(error);
      }
    };
    const onAbort = () => {
      end();
      reject(signal.reason);
    };
    const timer = seconds === undefined || seconds > MAX_SECONDS ? undefined : setTimeout(() => {
      end();
      resolve(undefined);
    }, seconds * 1000);
    this.#waiting.add(step);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    return promise;
  }

  /** Something has changed: those who can go on do, in their order. */
  poke(): void {
    for (const step of [...this.#waiting]) if (this.#waiting.has(step)) step();
  }
}

/**
 * What a time below 0 means, which Python's classes do not agree about: queues refuse it, for what is made of a condition it is
 * over at once, and a lock waits without limit for -1 and refuses the others.
 */
export type BelowZero = "refused" | "over" | "-1 is no limit";

/**
 * How long a call may wait, by the pair of parameters that Python has for it.
 *
 * @param blocking Whether it waits at all.
 * @param timeout Seconds; `null` is without limit.
 */
export function secondsOf(
  blocking: unknown,
  timeout: unknown,
  below: BelowZero,
): number | undefined {
  if (blocking === false || blocking === 0) return 0;
  if (timeout === null || timeout === undefined) return undefined;
  const seconds = Number((timeout as { valueOf(): unknown }).valueOf());
  if (Number.isNaN(seconds)) {
    throw pyError("TypeError", `a timeout must be a number, not ${pyType(timeout)}`);
  }
  if (seconds >= 0) return seconds;
  if (below === "over") return 0;
  if (below === "-1 is no limit" && seconds === -1) return undefined;
  throw pyError("ValueError", "timeout value must be a non-negative number");
}
