/**
 * The lock word under every lock of ipc.
 *
 * | bits | holds |
 * |---|---|
 * | 31-2 | agent id of the owner, 0 = nobody |
 * | 1 | DIED: the last owner died holding the lock |
 * | 0 | CONTENDED: somebody may sleep on the word |
 *
 * ```
 *                    lock: compareExchange                          waiter: sets CONTENDED, sleeps
 *   free (0) ────────────────────────────────▶ owner << 2 ─────────────────────────────▶ owner << 2 | CONTENDED
 *      ▲                                           │                                            │
 *      └───────── unlock: exchange ────────────────┘◀───────── unlock: exchange, notify one ────┘
 * ```
 *
 * Roles: any agent may lock, and any may unlock. Only a reaper sets DIED: it takes the lock away from a dead owner, and the
 * next one to lock learns of it.
 *
 * While nobody waits, lock is one compareExchange and unlock one exchange; the kernel is called only under contention. A
 * waiter that gets the lock keeps CONTENDED set, since it cannot know whether others sleep.
 *
 * Fairness: none. After an unlock the lock goes to whoever comes first, which makes it fast. Every unlock wakes one sleeper.
 *
 * Ordering: all accesses are sequentially consistent; what was written before unlock is seen after lock.
 *
 * Source: U. Drepper, "Futexes Are Tricky", 2011, the mutex of three states (mutex2), with the owner in the upper bits.
 */
import { type Attempt, PENDING, waitSync } from "../wait/wait.ts";
import { notify } from "../wait/queues.ts";

export const CONTENDED = 1;
export const DIED = 2;

/** The lock was taken; its last owner had released it, or had died holding it. */
export const GRANTED = 1;
export const GRANTED_ABANDONED = 2;
export type Grant = typeof GRANTED | typeof GRANTED_ABANDONED;

/** Tries once; 0 if somebody has the lock. */
export function tryLockWord(words: Int32Array, index: number, me: number): Grant | 0 {
  const seen = Atomics.compareExchange(words, index, 0, me << 2);
  if (seen === 0) return GRANTED;
  if (seen >>> 2 === 0) return takeOver(words, index, seen, me);
  return 0;
}

/** Locks a word with flags but without an owner: its owner has died, or CONTENDED was left behind. */
function takeOver(words: Int32Array, index: number, seen: number, me: number): Grant | 0 {
  while (seen >>> 2 === 0) {
    const got = Atomics.compareExchange(words, index, seen, (me << 2) | (seen & CONTENDED));
    if (got === seen) return (seen & DIED) !== 0 ? GRANTED_ABANDONED : GRANTED;
    seen = got;
  }
  return 0;
}

/** Locking as an operation that may have to wait. An attempt that fails leaves CONTENDED set, so that unlock wakes it. */
export class LockAttempt implements Attempt<Grant> {
  readonly words: Int32Array;
  readonly index: number;
  readonly #me: number;
  expected: number = 0;

  constructor(words: Int32Array, index: number, me: number) {
    this.words = words;
    this.index = index;
    this.#me = me;
  }

  attempt(): Grant | typeof PENDING {
    const { words, index } = this;
    const mine = (this.#me << 2) | CONTENDED;
    let seen = Atomics.load(words, index);
    for (;;) {
      if (seen >>> 2 === 0) {
        const got = Atomics.compareExchange(words, index, seen, mine);
        if (got === seen) return (seen & DIED) !== 0 ? GRANTED_ABANDONED : GRANTED;
        seen = got;
        continue;
      }
      if ((seen & CONTENDED) !== 0) break;
      const got = Atomics.compareExchange(words, index, seen, seen | CONTENDED);
      if (got === seen) {
        seen |= CONTENDED;
        break;
      }
      seen = got;
    }
    this.expected = seen;
    return PENDING;
  }
}

/** Locks, for ever if it must. For critical sections of microseconds. */
export function lockWord(words: Int32Array, index: number, me: number): Grant {
  const grant = tryLockWord(words, index, me);
  if (grant !== 0) return grant;
  return waitSync(new LockAttempt(words, index, me), Infinity, true) as Grant;
}

/**
 * Unlocks and wakes one sleeper.
 *
 * @returns The word as it was. Without an owner, it was not locked.
 */
export function unlockWord(words: Int32Array, index: number): number {
  const before = Atomics.exchange(words, index, 0);
  afterUnlock(words, index, before);
  return before;
}

/** The second half of {@linkcode unlockWord}: wakes a sleeper if the word says there may be one. */
export function afterUnlock(words: Int32Array, index: number, before: number): void {
  if ((before & CONTENDED) !== 0) notify(words, index, 1);
}

/** Takes the lock away from a dead owner. Whether it had it. */
export function abandonLockWord(words: Int32Array, index: number, dead: number): boolean {
  let seen = Atomics.load(words, index);
  while (seen >>> 2 === dead) {
    const got = Atomics.compareExchange(words, index, seen, DIED | (seen & CONTENDED));
    if (got === seen) {
      notify(words, index, 1);
      return true;
    }
    seen = got;
  }
  return false;
}
