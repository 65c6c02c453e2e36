/**
 * The owner-tagged lock word under every lock of this area.
 *
 * | bits | holds |
 * |---|---|
 * | 31-2 | agent id of the owner, 0 = nobody |
 * | 1 | DIED: the last owner died holding the lock |
 * | 0 | CONTENDED: somebody may sleep on the word |
 *
 * Roles: any agent may lock; whoever unlocks need not be the owner. Only the reaper of a dead agent sets DIED.
 *
 * Lock is one compareExchange and unlock one exchange while nobody waits; a kernel call happens only under contention
 * (the three-state futex mutex of Drepper, "Futexes Are Tricky", 2011, mutex2, with the owner in the upper bits).
 * A waiter that gets the lock keeps CONTENDED set, since it cannot know whether others still sleep.
 *
 * Fairness: none (barging): the lock goes to whoever comes first after a release, which is what makes it fast.
 * Every sleeper is woken in turn by the unlocks that follow.
 *
 * Ordering: all accesses are sequentially consistent Atomics; plain data written before unlock is seen after lock.
 */
import { type Attempt, PENDING, waitSync } from "../wait/wait.ts";

export const CONTENDED = 1;
export const DIED = 2;

/** How a lock was got: its former owner let it go, or died holding it. */
export const GRANTED = 1;
export const GRANTED_ABANDONED = 2;
export type Grant = typeof GRANTED | typeof GRANTED_ABANDONED;

/** One try; 0 when the lock is taken. */
export function tryLockWord(words: Int32Array, index: number, me: number): Grant | 0 {
  const seen = Atomics.compareExchange(words, index, 0, me << 2);
  if (seen === 0) return GRANTED;
  if (seen >>> 2 === 0) return takeOver(words, index, seen, me);
  return 0;
}

/** The word has no owner but flags: a dead owner's lock, or a lock word with leftover CONTENDED. */
function takeOver(words: Int32Array, index: number, seen: number, me: number): Grant | 0 {
  while (seen >>> 2 === 0) {
    const got = Atomics.compareExchange(words, index, seen, (me << 2) | (seen & CONTENDED));
    if (got === seen) return (seen & DIED) !== 0 ? GRANTED_ABANDONED : GRANTED;
    seen = got;
  }
  return 0;
}

/** The lock operation for the wait drivers: tries, and when it fails leaves CONTENDED set so that unlock wakes it. */
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

/** Locks, sleeping as long as it takes. For critical sections of microseconds. */
export function lockWord(words: Int32Array, index: number, me: number): Grant {
  const grant = tryLockWord(words, index, me);
  if (grant !== 0) return grant;
  return waitSync(new LockAttempt(words, index, me), Infinity, true) as Grant;
}

/** Unlocks and wakes one sleeper. Returns the word as it was: 0 in its upper bits means that it was not locked. */
export function unlockWord(words: Int32Array, index: number): number {
  const before = Atomics.exchange(words, index, 0);
  afterUnlock(words, index, before);
  return before;
}

/** The second half of {@linkcode unlockWord}, given what the word was. */
export function afterUnlock(words: Int32Array, index: number, before: number): void {
  if ((before & CONTENDED) !== 0) Atomics.notify(words, index, 1);
}

/** Takes the lock away from a dead owner: the next to lock it learns of the death. */
export function abandonLockWord(words: Int32Array, index: number, dead: number): boolean {
  let seen = Atomics.load(words, index);
  while (seen >>> 2 === dead) {
    const got = Atomics.compareExchange(words, index, seen, DIED | (seen & CONTENDED));
    if (got === seen) {
      Atomics.notify(words, index, 1);
      return true;
    }
    seen = got;
  }
  return false;
}
