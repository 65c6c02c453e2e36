/**
 * The counter under the semaphores.
 *
 * Roles: any agent acquires and releases; whoever releases need not have acquired.
 *
 * | word of the block | holds | written by |
 * |---|---|---|
 * | 5 | permits that are free | acquire (-1) and release (+1), atomically |
 * | 6 | sleepers: agents that wait, or are about to | waiters |
 * | 7 | the most permits there may be | the maker, once |
 *
 * A waiter counts itself as a sleeper, reads the permits again, and only then sleeps while they are 0. A release adds the
 * permit and then reads the sleepers. One of the two sees the other, so no wake-up is lost. Each release wakes one sleeper.
 *
 * Fairness: none. A permit goes to whoever comes first after the release.
 *
 * Ordering: all accesses are sequentially consistent; what was written before a release is seen after the acquire.
 */
import { type Block, BLOCK_BODY, Kind } from "../memory/arena.ts";
import { newBlock } from "../memory/shared_object.ts";
import { type Attempt, PENDING } from "../wait/wait.ts";

const PERMITS = BLOCK_BODY;
const SLEEPERS = BLOCK_BODY + 1;
const BOUND = BLOCK_BODY + 2;

const MAX_PERMITS = 2 ** 31 - 1;

/** A new block for a semaphore with so many permits at first. */
export function newPermits(value: number, bounded: boolean): Block {
  if (!Number.isInteger(value)) {
    throw new TypeError(`Cannot make a semaphore of ${String(value)}: a whole number is needed`);
  }
  if (value < 0 || value > MAX_PERMITS) {
    throw new RangeError(`Cannot make a semaphore of ${value}: needs 0 to ${MAX_PERMITS}`);
  }
  const block = newBlock(bounded ? Kind.boundedSemaphore : Kind.semaphore, 12);
  block.words[BOUND] = bounded ? value : MAX_PERMITS;
  Atomics.store(block.words, PERMITS, value);
  return block;
}

/** What {@linkcode Permits.release} found. */
export type Release = "released" | "too many";

/** The permits of a block, as one agent sees them, and as an operation to wait for, which has no state of its own. */
export class Permits implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number = PERMITS;
  readonly expected: number = 0;
  readonly sleepers: number = SLEEPERS;

  constructor(block: Block) {
    this.words = block.words;
  }

  /** Permits that are free. */
  get free(): number {
    return Atomics.load(this.words, PERMITS);
  }

  tryTake(): boolean {
    const { words } = this;
    // A stale number is enough, as the exchange checks it; only 0 must be true.
    let seen = words[PERMITS]! || Atomics.load(words, PERMITS);
    while (seen > 0) {
      const got = Atomics.compareExchange(words, PERMITS, seen, seen - 1);
      if (got === seen) return true;
      seen = got;
    }
    return false;
  }

  attempt(): true | typeof PENDING {
    return this.tryTake() ? true : PENDING;
  }

  release(): Release {
    const { words } = this;
    const bound = words[BOUND]!;
    let seen = words[PERMITS]!;
    for (;;) {
      if (seen >= bound && (seen = Atomics.load(words, PERMITS)) >= bound) return "too many";
      const got = Atomics.compareExchange(words, PERMITS, seen, seen + 1);
      if (got === seen) break;
      seen = got;
    }
    if (Atomics.load(words, SLEEPERS) > 0) Atomics.notify(words, PERMITS, 1);
    return "released";
  }

  /** Wakes all sleepers, to try again: one may have died after it was woken. */
  static wakeAll(block: Block): void {
    Atomics.notify(block.words, PERMITS);
  }
}
