/**
 * Keeping the program alive while something is awaited.
 *
 * A pending `Atomics.waitAsync` does not keep the program alive; a timer does. There is one for the whole thread, while
 * anything is pending.
 */

/** The longest delay a timer takes, about 24.8 days. */
export const FOREVER: number = 2 ** 31 - 1;

let pending = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** Keeps the program alive until {@linkcode releaseProgram} is called as often. */
export function holdProgram(): void {
  if (pending++ === 0) timer = setInterval(() => {}, FOREVER);
}

/**
 * Undoes one {@linkcode holdProgram}, at once, though the next wait may come soon: to a test runner, a timer that outlives
 * the last wait by a few microtasks is a leak.
 */
export function releaseProgram(): void {
  if (--pending === 0) clearInterval(timer);
}
