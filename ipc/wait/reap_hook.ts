/**
 * What whoever waits does for the dead.
 *
 * Every wait reaps dead agents (`reaper/reaper.ts`) before it sleeps, and now and then meanwhile. So what a killed worker
 * held is reclaimed even if the thread that killed it blocks, or is busy with something else. The reaper is a higher
 * room; it installs itself here.
 */

/**
 * Reaps dead agents.
 *
 * @param holdingLocks Whether the caller may hold a lock of this package: then only locks are reclaimed.
 * @returns Milliseconds after which to reap again; 0 if something was reaped just now, `Infinity` if there is nothing to do.
 */
export type ReapHook = (holdingLocks: boolean) => number;

let hook: ReapHook = () => Infinity;

/** Installs the reaper. */
export function setReapHook(reap: ReapHook): void {
  hook = reap;
}

/** Reaps dead agents; see {@linkcode ReapHook}. */
export function reapNext(holdingLocks: boolean = false): number {
  return hook(holdingLocks);
}

/** Reaps dead agents after an attempt has failed. Whether there were any: then the attempt is worth another try. */
export function reapNow(): boolean {
  return hook(false) !== Infinity;
}
