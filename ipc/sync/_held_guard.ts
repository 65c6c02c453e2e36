import type { Guard } from "./guard.ts";

/** What a guard stands for a part of: a lock, or the permits of a semaphore. */
export interface Held {
  /** Ends one acquire of this worker; throws if it has none. */
  giveUp(): void;
}

/**
 * The guard of every lock of this package: stands for one acquire and ends that, once.
 *
 * Each acquire makes its own: one that was shared by several would, called once too often, release what another task, or
 * another worker, holds by then.
 */
export class HeldGuard implements Guard {
  readonly abandoned: boolean;
  #held: Held | undefined;

  constructor(held: Held, abandoned: boolean) {
    this.#held = held;
    this.abandoned = abandoned;
  }

  release(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    held.giveUp();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
