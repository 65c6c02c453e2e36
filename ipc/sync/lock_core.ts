/**
 * The lock at the front of a block, for what works under it: shared values and arrays, conditions, and recursive locks.
 *
 * Roles: each agent has a core of its own over the same words. The owner is the agent: all functions of a thread are one
 * owner.
 *
 * | word of the block | holds | written by |
 * |---|---|---|
 * | 5 | lock word (see `memory/lock_word.ts`) | anybody, atomically |
 * | 6 | depth: how often the owner has acquired it, 0 while it is free (recursive locks only) | the owner |
 *
 * Ordering: the depth is plain data under the lock. The lock word is read plainly only to ask whether this agent holds it.
 * That answer cannot be stale: only this thread writes its id, and only this thread clears it.
 */
import { agent } from "../memory/agent.ts";
import { BLOCK_BODY } from "../memory/arena.ts";
import {
  CONTENDED,
  DIED,
  type Grant,
  GRANTED,
  GRANTED_ABANDONED,
  LockAttempt,
  tryLockWord,
  unlockWord,
} from "../memory/lock_word.ts";
import { type Attempt, type PENDING, reapNow, TIMED_OUT, waitSync } from "../wait/wait.ts";
import { LockNotHeldError, TimeoutError } from "../errors.ts";
import type { ExclusiveLock, Guard } from "./guard.ts";
import { type Held, HeldGuard } from "./_held_guard.ts";
import { setHomeFinder } from "../memory/kinds.ts";
import type { Hold } from "../memory/references.ts";
import { waitPinned } from "../memory/pinned.ts";
import { assertHeld, holdOf, type SharedObject } from "../memory/shared_object.ts";
import {
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../wait/options.ts";

/** Word of the lock. */
export const LOCK_WORD: number = BLOCK_BODY;
/** Word of the recursion depth. */
export const LOCK_DEPTH: number = BLOCK_BODY + 1;

/** What {@linkcode LockCore.enter} found: this agent holds the lock already, it was taken, or it was abandoned. */
const ALREADY_MINE = 0;
const ENTERED = 1;
const ENTERED_ABANDONED = 2;
export type Entry = typeof ALREADY_MINE | typeof ENTERED | typeof ENTERED_ABANDONED;

/** Acquiring a recursive lock. It also succeeds once another function of this thread holds the lock. */
class RecursiveAttempt extends LockAttempt {
  readonly #owner: number;

  constructor(words: Int32Array, me: number) {
    super(words, LOCK_WORD, me);
    this.#owner = me;
  }

  override attempt(): Grant | typeof PENDING {
    const { words } = this;
    if (words[LOCK_WORD]! >>> 2 === this.#owner) {
      words[LOCK_DEPTH]!++;
      return GRANTED;
    }
    const grant = super.attempt();
    if (grant === GRANTED || grant === GRANTED_ABANDONED) words[LOCK_DEPTH] = 1;
    return grant;
  }
}

/** The lock of a block, as one agent sees it. */
export class LockCore {
  readonly words: Int32Array;
  readonly recursive: boolean;
  readonly #me: number;

  constructor(words: Int32Array, recursive: boolean, me: number) {
    this.words = words;
    this.recursive = recursive;
    this.#me = me;
  }

  /** Whether this agent holds the lock. */
  get mine(): boolean {
    return this.words[LOCK_WORD]! >>> 2 === this.#me;
  }

  /** Whether anybody holds the lock. */
  get locked(): boolean {
    return Atomics.load(this.words, LOCK_WORD) >>> 2 !== 0;
  }

  /**
   * Locks for a step that runs no code of users, unless this agent holds the lock already.
   *
   * @returns What to give to {@linkcode leave}.
   */
  enter(): Entry {
    if (this.mine) return ALREADY_MINE;
    const seen = Atomics.compareExchange(this.words, LOCK_WORD, 0, this.#me << 2);
    return seen === 0 ? ENTERED : this.#enterSlowly();
  }

  #enterSlowly(): Entry {
    const grant = waitSync(new LockAttempt(this.words, LOCK_WORD, this.#me), Infinity) as Grant;
    if (grant === GRANTED) return ENTERED;
    this.words[LOCK_DEPTH] = 0;
    return ENTERED_ABANDONED;
  }

  /** Ends what {@linkcode enter} began. */
  leave(entry: Entry): void {
    if (entry === ENTERED) unlockWord(this.words, LOCK_WORD);
    else if (entry === ENTERED_ABANDONED) {
      // Only an explicit acquire learns of the death, so the mark is put back.
      Atomics.exchange(this.words, LOCK_WORD, DIED | CONTENDED);
      Atomics.notify(this.words, LOCK_WORD, 1);
    }
  }

  /** As {@linkcode enter}, for a step that runs code of users, which may acquire the lock again. */
  hold(): Entry {
    const entry = this.enter();
    if (this.recursive) {
      this.words[LOCK_DEPTH] = entry === ALREADY_MINE ? this.words[LOCK_DEPTH]! + 1 : 1;
    }
    return entry;
  }

  /** Ends what {@linkcode hold} began. */
  drop(entry: Entry): void {
    // Code of users may have released it too often: another agent's lock must not suffer.
    if (!this.mine) return;
    if (this.recursive) this.words[LOCK_DEPTH]!--;
    this.leave(entry);
  }

  /** Tries once to acquire; 0 if another agent holds it. */
  tryTake(): Grant | 0 {
    const { words } = this;
    if (!this.recursive) return tryLockWord(words, LOCK_WORD, this.#me);
    if (words[LOCK_WORD]! >>> 2 === this.#me) {
      words[LOCK_DEPTH]!++;
      return GRANTED;
    }
    const grant = tryLockWord(words, LOCK_WORD, this.#me);
    if (grant !== 0) words[LOCK_DEPTH] = 1;
    return grant;
  }

  /** Acquiring, as an operation to wait for. */
  attempt(): Attempt<Grant> {
    return this.recursive
      ? new RecursiveAttempt(this.words, this.#me)
      : new LockAttempt(this.words, LOCK_WORD, this.#me);
  }

  /** Releases the lock, however often it was acquired. Gives what {@linkcode restore} needs. */
  releaseAll(): number {
    const depth = this.recursive ? this.words[LOCK_DEPTH]! : 1;
    if (this.recursive) this.words[LOCK_DEPTH] = 0;
    unlockWord(this.words, LOCK_WORD);
    return depth;
  }

  /** Makes the lock as deep as it was, after it was acquired once. */
  restore(depth: number): void {
    if (this.recursive) this.words[LOCK_DEPTH]! += depth - 1;
  }
}

/** The recursive lock at the front of a block: that of an `RLock`, or of a shared value, array or condition. */
export class RecursiveLock implements ExclusiveLock {
  readonly #core: LockCore;
  /** The core's words, and this agent: at hand for what is done most often. */
  readonly #words: Int32Array;
  readonly #me: number;
  /** The object whose block it is. It lives as long as anybody has its lock. */
  readonly home: SharedObject;
  readonly #hold: Hold;
  readonly #held: Held = { giveUp: () => this.release() };

  constructor(core: LockCore, home: SharedObject) {
    this.#core = core;
    this.#words = core.words;
    this.#me = agent().id;
    this.home = home;
    this.#hold = holdOf(home);
  }

  get recursive(): true {
    return true;
  }

  get locked(): boolean {
    assertHeld(this.#hold, this.home);
    return this.#core.locked;
  }

  async acquire(options?: WaitOptions): Promise<Guard> {
    const deadline = deadlineIn(options, "acquire the lock");
    const signal = signalIn(options, "acquire the lock");
    assertHeld(this.#hold, this.home);
    let grant = this.#core.tryTake();
    if (grant === 0) {
      const got = await waitPinned(this.home, this.#core.attempt(), deadline, signal);
      if (got === TIMED_OUT) throw new TimeoutError("acquire the lock", options!.timeout!);
      grant = got;
    }
    return this.#guardOf(grant);
  }

  acquireSync(options?: WaitSyncOptions): Guard {
    assertHeld(this.#hold, this.home);
    const words = this.#words;
    // Most locks are free: that is asked first.
    if (
      options !== undefined || Atomics.compareExchange(words, LOCK_WORD, 0, this.#me << 2) !== 0
    ) return this.#acquireSlowly(options);
    words[LOCK_DEPTH] = 1;
    return new HeldGuard(this.#held, false);
  }

  #acquireSlowly(options: WaitSyncOptions | undefined): Guard {
    const deadline = deadlineInSync(options, "acquire the lock");
    assertHeld(this.#hold, this.home);
    let grant = this.#core.tryTake();
    if (grant === 0) {
      const got = waitSync(this.#core.attempt(), deadline);
      if (got === TIMED_OUT) throw new TimeoutError("acquire the lock", options!.timeout!);
      grant = got;
    }
    return this.#guardOf(grant);
  }

  tryAcquire(): Guard | undefined {
    assertHeld(this.#hold, this.home);
    let grant = this.#core.tryTake();
    if (grant === 0 && reapNow()) grant = this.#core.tryTake();
    return grant === 0 ? undefined : this.#guardOf(grant);
  }

  release(): void {
    assertHeld(this.#hold, this.home);
    const words = this.#words;
    if (words[LOCK_WORD]! >>> 2 !== this.#me) {
      throw new LockNotHeldError("release the recursive lock");
    }
    if (--words[LOCK_DEPTH]! > 0) return;
    unlockWord(words, LOCK_WORD);
  }

  #guardOf(grant: Grant): Guard {
    return new HeldGuard(this.#held, grant !== GRANTED);
  }
}

setHomeFinder((object) => object instanceof RecursiveLock ? object.home : undefined);
