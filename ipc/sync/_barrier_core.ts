/**
 * The shared side of a barrier.
 *
 * Roles: any agent arrives, aborts and resets. All changes are made under the barrier's own lock, held for microseconds.
 *
 * | word | holds | written by |
 * |---|---|---|
 * | 5 | lock word | |
 * | 6 | bits 1-0: filling, acting (the last one has come and runs the action) or broken; bits 31-2 count the changes | under the lock |
 * | 7 | parties | the maker, once |
 * | 8 | how many have arrived | under the lock |
 * | 9, 12… | the waiters (_waiters.ts) | |
 * | 10 | agent that runs the action | under the lock |
 * | 11 | default timeout in ms, -1 = none | the maker, once |
 *
 * A waiter learns its fate from its own entry, so a slow one cannot mistake a later round for its own. If the lock was
 * abandoned, a change may be half made: the barrier breaks.
 */
import { BrokenBarrierError } from "../errors.ts";
import { agent } from "../memory/agent.ts";
import { type Block, BLOCK_BODY, Kind } from "../memory/arena.ts";
import { GRANTED_ABANDONED, lockWord, unlockWord } from "../memory/lock_word.ts";
import { newBlock } from "../memory/shared_object.ts";
import { type Attempt, PENDING } from "../wait/wait.ts";
import { Outcome, type Waiter, waiterBytes, Waiters } from "./_waiters.ts";

/** Word of the barrier's own lock. */
export const LOCK: number = BLOCK_BODY;
const STATUS = BLOCK_BODY + 1;
const PARTIES = BLOCK_BODY + 2;
const ARRIVED = BLOCK_BODY + 3;
const ACTING_AGENT = BLOCK_BODY + 5;
const TIMEOUT = BLOCK_BODY + 6;

const FILLING = 0;
const ACTING = 1;
const BROKEN = 2;

const MAX_PARTIES = 2 ** 31 - 1;
/** Waiters of the first page; more are chained. */
const MAX_OWN_WAITERS = 1024;

/** A new arrival waits until the action of the last round has ended. */
export class ActionEnds implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number = STATUS;
  expected: number = 0;

  constructor(words: Int32Array) {
    this.words = words;
  }

  attempt(): true | typeof PENDING {
    this.expected = Atomics.load(this.words, STATUS);
    return (this.expected & 3) === ACTING ? PENDING : true;
  }
}

/** What an arrival led to. */
export interface Arrival {
  readonly index: number;
  /** Its entry; absent for the last one to arrive. */
  readonly waiter?: Waiter;
  /** The status word while the last one runs the action; absent if there is no action. */
  readonly acting?: number;
}

/** A barrier, as one agent sees it. */
export class BarrierCore {
  readonly words: Int32Array;
  readonly waiters: Waiters;
  readonly #me: number;

  constructor(block: Block) {
    this.words = block.words;
    this.waiters = new Waiters(block);
    this.#me = agent().id;
  }

  #lock(): void {
    if (lockWord(this.words, LOCK, this.#me) === GRANTED_ABANDONED) this.#break();
  }

  #unlock(): void {
    unlockWord(this.words, LOCK);
  }

  get #status(): number {
    return Atomics.load(this.words, STATUS) & 3;
  }

  /** How many have to come. */
  get parties(): number {
    return this.words[PARTIES]!;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#status === FILLING ? Atomics.load(this.words, ARRIVED) : 0;
  }

  get broken(): boolean {
    return this.#status === BROKEN;
  }

  /** How long a wait lasts that is not given a timeout. */
  get timeout(): number {
    const timeout = this.words[TIMEOUT]!;
    return timeout < 0 ? Infinity : timeout;
  }

  /** Under the lock. */
  #become(status: number): number {
    const { words } = this;
    const word = (((words[STATUS]! >>> 2) + 1) << 2) | status;
    Atomics.store(words, STATUS, word);
    Atomics.notify(words, STATUS);
    return word;
  }

  /** Ends the round; the next one begins. Under the lock. */
  #finish(outcome: Outcome): void {
    // Before the others go on, and read it.
    this.words[ARRIVED] = 0;
    this.#become(FILLING);
    this.waiters.wakeAll(outcome);
  }

  /** Under the lock. */
  #break(): void {
    this.words[ARRIVED] = 0;
    this.#become(BROKEN);
    this.waiters.wakeAll(Outcome.broken);
  }

  /** `undefined` while the action of the round before is running. */
  arrive(hasAction: boolean): Arrival | undefined {
    const { words } = this;
    this.#lock();
    try {
      const status = this.#status;
      if (status === BROKEN) throw new BrokenBarrierError();
      if (status === ACTING) return undefined;
      const index = words[ARRIVED]!;
      if (index + 1 < words[PARTIES]!) {
        const waiter = this.waiters.take(this.#me, index);
        words[ARRIVED] = index + 1;
        return { index, waiter };
      }
      if (!hasAction) {
        this.#finish(Outcome.woken);
        return { index };
      }
      words[ACTING_AGENT] = this.#me;
      words[ARRIVED] = index + 1;
      return { index, acting: this.#become(ACTING) };
    } finally {
      this.#unlock();
    }
  }

  /** The action ran, or threw. */
  acted(acting: number, well: boolean): boolean {
    this.#lock();
    try {
      // Another agent may have aborted or reset it meanwhile.
      if (Atomics.load(this.words, STATUS) !== acting) return false;
      if (well) this.#finish(Outcome.woken);
      else this.#break();
      return well;
    } finally {
      this.#unlock();
    }
  }

  /** A waiter leaves. If it leaves early, the barrier breaks. */
  leave(waiter: Waiter): Outcome {
    if (waiter.attempt() !== PENDING) return waiter.leave();
    this.#lock();
    try {
      const outcome = waiter.leave();
      if (outcome === Outcome.waiting) this.#break();
      return outcome;
    } finally {
      this.#unlock();
    }
  }

  abort(): void {
    this.#lock();
    this.#break();
    this.#unlock();
  }

  /** Breaks the round of those who wait, and makes the barrier whole again. */
  reset(): void {
    this.#lock();
    this.#finish(Outcome.broken);
    this.#unlock();
  }

  /** Breaks the barrier if a dead agent was part of the round. */
  reap(dead: number): void {
    const { words } = this;
    this.#lock();
    const waiting = this.waiters.reap(dead);
    const acted = this.#status === ACTING && words[ACTING_AGENT] === dead;
    if (waiting > 0 || acted) this.#break();
    this.#unlock();
  }
}

/** Wakes all who sleep on a barrier, to try again. */
export function wakeBarrier(block: Block): void {
  Atomics.notify(block.words, STATUS);
  Waiters.wake(block);
}

/** A new block for a barrier. */
export function newBarrier(parties: number, timeout: number): Block {
  if (!(Number.isInteger(parties) && parties >= 1 && parties <= MAX_PARTIES)) {
    throw new RangeError(
      `Cannot make a barrier for ${String(parties)} parties: needs a whole number, 1 or more`,
    );
  }
  const waiters = Math.min(parties - 1, MAX_OWN_WAITERS);
  const block = newBlock(Kind.barrier, waiterBytes(waiters));
  const whole = Math.ceil(timeout);
  block.words[PARTIES] = parties;
  block.words[TIMEOUT] = whole < 2 ** 31 ? Math.max(0, whole) : -1;
  return block;
}
