/**
 * The threads that have an object with a name open, of all programs. Lock words hold their numbers in this table.
 *
 * Each has an entry of sixteen words, a line:
 *
 * | word | holds |
 * |---|---|
 * | 0 | the system's number of the thread, 0 = the entry is free |
 * | 1 | when the thread started, 0 = not yet written |
 *
 * Entry 0 is nobody's. A thread takes an entry by one compareExchange of word 0, so that it can be found dead from then on.
 *
 * A thread is dead if the system has none of its number, or one that started at another time. That is asked, not told: there
 * is nobody who would tell. All programs must see the same numbers; the segment's file is not opened from another space of
 * process numbers (`_segment.ts`).
 */
import type { Libc } from "../system/linux/libc.ts";
import { startOf, type ThreadIdentity } from "../system/linux/thread.ts";

const WORDS = 16;
const NUMBER = 0;
const START = 1;
/** Most threads that have one object open. */
export const MOST_THREADS = 511;
/** Bytes of the table. */
export const THREADS_BYTES: number = (MOST_THREADS + 1) * WORDS * 4;

/** The table, as one thread sees it. */
export class Threads {
  readonly #libc: Libc;
  readonly #table: Int32Array;
  #own: ThreadIdentity | undefined;

  /** @param table The words of the table, from entry 0 on. */
  constructor(libc: Libc, table: Int32Array) {
    this.#libc = libc;
    this.#table = table;
  }

  /**
   * Takes an entry.
   *
   * @throws {RangeError} If there is none.
   */
  enter(own: ThreadIdentity, what: string): number {
    const { number, start } = this.#own = own;
    const table = this.#table;
    for (let id = 1; id <= MOST_THREADS; id++) {
      const at = id * WORDS;
      if (Atomics.compareExchange(table, at + NUMBER, 0, number) !== 0) continue;
      Atomics.store(table, at + START, start);
      return id;
    }
    throw new RangeError(`Cannot ${what}: ${MOST_THREADS} threads have it open already`);
  }

  /** Frees an entry of which nothing is left. */
  leave(id: number): void {
    Atomics.store(this.#table, id * WORDS + START, 0);
    Atomics.store(this.#table, id * WORDS + NUMBER, 0);
  }

  /** Those that have died and have left something to reap. */
  *dead(): Generator<number> {
    for (let id = 1; id <= MOST_THREADS; id++) if (this.isDead(id)) yield id;
  }

  /** Whether an entry is that of a dead thread. */
  isDead(id: number): boolean {
    const at = id * WORDS;
    const number = Atomics.load(this.#table, at + NUMBER);
    if (number === 0) return false;
    const start = Atomics.load(this.#table, at + START);
    if (number === this.#own?.number && (start === 0 || start === this.#own.start)) return false;
    const now = startOf(this.#libc, number);
    if (now !== undefined && (start === 0 || now === start)) return false;
    // It may have left meanwhile.
    return Atomics.load(this.#table, at + NUMBER) === number;
  }
}
