/**
 * Waiters with an entry each: a condition or barrier has one for everybody who waits, so that a wake-up reaches exactly the
 * one that it is meant for, and can be passed on if that one has given up or died.
 *
 * An entry is two words. The first page of entries is in the object's own block. When it is full, further pages are chained
 * to it, and stay until the object is freed.
 *
 * | word of a block or page | holds | written by |
 * |---|---|---|
 * | 9 | line of the next page, 0 = none | whoever needs it, under the object's lock |
 * | 12, 14, … | state: agent id in bits 31-2, an outcome in bits 1-0; 0 = free | see below |
 * | 13, 15, … | ticket: the order of arrival | the waiter, when it takes the entry |
 *
 * Roles: under the object's lock, a waiter takes a free entry (`WAITING`), and whoever decides its fate writes the outcome and
 * notifies the word. Only the waiter, or its reaper, frees the entry. The reaper comes without the lock, so each change is
 * one atomic step from a state that was read before.
 *
 * Only one agent sleeps on a word, so a notify wakes all sleepers of the word. A `waitAsync` that was given up may still be
 * queued on an entry that has a new waiter; it must not swallow that one's wake-up.
 */
import { refer } from "../kill_safe.ts";
import { agent } from "../memory/agent.ts";
import { type Block, BLOCK_BODY, Kind } from "../memory/arena.ts";
import { registerKind } from "../memory/kinds.ts";
import { dropSlot } from "../memory/references.ts";
import { newBlock } from "../memory/shared_object.ts";
import { type Attempt, PENDING } from "../wait/wait.ts";

const NEXT_PAGE = BLOCK_BODY + 4;
const FIRST_WAITER = BLOCK_BODY + 7;
const PAGE_BYTES = 4 * 64 - BLOCK_BODY * 4;

/** What has become of a waiter. */
export const Outcome = { waiting: 1, woken: 2, broken: 3 } as const;
/** One of the values of {@linkcode Outcome}. */
export type Outcome = number;
const WAITING = Outcome.waiting;

/** Bytes of a block whose own page has at least so many entries, after the block header. */
export function waiterBytes(entries: number): number {
  return (FIRST_WAITER - BLOCK_BODY + 2 * entries) * 4;
}

/** An entry as its waiter sees it, and as an operation to wait for. */
export class Waiter implements Attempt<Outcome> {
  readonly words: Int32Array;
  readonly index: number;
  readonly expected: number;

  constructor(words: Int32Array, index: number, expected: number) {
    this.words = words;
    this.index = index;
    this.expected = expected;
  }

  attempt(): Outcome | typeof PENDING {
    const state = Atomics.load(this.words, this.index);
    return state === this.expected ? PENDING : state & 3;
  }

  /** Frees the entry. Gives what has become of the waiter until then. */
  leave(): Outcome {
    return Atomics.exchange(this.words, this.index, 0) & 3;
  }
}

/** All entries of an object, as one agent sees them. */
export class Waiters {
  /** The pages known to this agent; the first is the object's block. */
  readonly #pages: Block[];

  constructor(block: Block) {
    this.#pages = [block];
  }

  /** Takes an entry. Under the object's lock. */
  take(me: number, ticket: number): Waiter {
    for (let p = 0;; p++) {
      const { words } = this.#page(p) ?? this.#extend(p);
      for (let at = FIRST_WAITER; at + 1 < words.length; at += 2) {
        if (Atomics.load(words, at) !== 0) continue;
        words[at + 1] = ticket;
        const state = (me << 2) | WAITING;
        Atomics.store(words, at, state);
        return new Waiter(words, at, state);
      }
    }
  }

  /** Wakes the waiter that has waited longest. `false` if nobody waits. */
  wakeFirst(): boolean {
    for (;;) {
      let found: Int32Array | undefined;
      let index = 0;
      let state = 0;
      for (let p = 0;; p++) {
        const words = this.#page(p)?.words;
        if (words === undefined) break;
        for (let at = FIRST_WAITER; at + 1 < words.length; at += 2) {
          const seen = Atomics.load(words, at);
          if ((seen & 3) !== WAITING) continue;
          // Tickets wrap around: the difference says which one is older.
          if (found === undefined || ((words[at + 1]! - found[index + 1]!) | 0) < 0) {
            found = words;
            index = at;
            state = seen;
          }
        }
      }
      if (found === undefined) return false;
      if (settle(found, index, state, Outcome.woken)) return true;
    }
  }

  /** Decides the fate of all who wait. Gives how many those were. */
  wakeAll(outcome: Outcome): number {
    let count = 0;
    for (let p = 0;; p++) {
      const words = this.#page(p)?.words;
      if (words === undefined) return count;
      for (let at = FIRST_WAITER; at + 1 < words.length; at += 2) {
        const seen = Atomics.load(words, at);
        if ((seen & 3) === WAITING && settle(words, at, seen, outcome)) count++;
      }
    }
  }

  /**
   * Frees the entries of a dead agent.
   *
   * @param onWoken Called for each of its waiters that was woken, before its entry is freed: if this agent is killed in
   * between, it is called once more rather than not at all.
   * @returns How many of its waiters had been waiting.
   */
  reap(dead: number, onWoken?: () => void): number {
    let waiting = 0;
    for (let p = 0;; p++) {
      const words = this.#page(p)?.words;
      if (words === undefined) return waiting;
      for (let at = FIRST_WAITER; at + 1 < words.length; at += 2) {
        if (Atomics.load(words, at) >>> 2 !== dead) continue;
        // Waiting ones first: from then on, nobody decides their fate.
        const state = (dead << 2) | WAITING;
        if (Atomics.compareExchange(words, at, state, 0) === state) waiting++;
        else {
          if ((Atomics.load(words, at) & 3) === Outcome.woken) onWoken?.();
          Atomics.store(words, at, 0);
        }
      }
    }
  }

  /** Wakes all who sleep, to try again. */
  wakeSleepers(): void {
    for (let p = 0;; p++) {
      const page = this.#page(p);
      if (page === undefined) return;
      Waiters.wake(page);
    }
  }

  /** Wakes all who sleep on the entries of one page, to try again. */
  static wake({ words }: Block): void {
    for (let at = FIRST_WAITER; at + 1 < words.length; at += 2) {
      if (Atomics.load(words, at) !== 0) Atomics.notify(words, at);
    }
  }

  /** Drops the further pages: the object is about to be freed. */
  free(): void {
    dropSlot(this.#pages[0]!.words, NEXT_PAGE);
  }

  #page(p: number): Block | undefined {
    const known = this.#pages[p];
    if (known !== undefined || p === 0) return known;
    const line = Atomics.load(this.#pages[p - 1]!.words, NEXT_PAGE);
    return line === 0 ? undefined : this.#pages[p] = agent().arena.block(line);
  }

  #extend(p: number): Block {
    const page = newBlock(Kind.waiters, PAGE_BYTES);
    refer(this.#pages[p - 1]!.words, NEXT_PAGE, page.words, page.line);
    return this.#pages[p] = page;
  }
}

function settle(words: Int32Array, at: number, state: number, outcome: Outcome): boolean {
  if (Atomics.compareExchange(words, at, state, (state & ~3) | outcome) !== state) return false;
  Atomics.notify(words, at);
  return true;
}

registerKind(Kind.waiters, {
  destroy: (page) => new Waiters(page).free(),
  wake: Waiters.wake,
});
