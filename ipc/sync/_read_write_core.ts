/**
 * The state of a reader-writer lock.
 *
 * | word of the block | holds | written by |
 * |---|---|---|
 * | 5 | state, see below; readers sleep on it | anybody, atomically |
 * | 6 | gate: a counter that writers sleep on | whoever wakes writers, atomically |
 * | 7, 16… | who reads (`_reader_entries.ts`) | |
 *
 * | bits of the state | hold |
 * |---|---|
 * | 31-4 | how many reads there are; the agent that writes, if WRITING is set |
 * | 3 | WRITING |
 * | 2 | DIED: the last writer died writing, and nobody has written since |
 * | 1 | READERS: somebody wants to be told when the lock is free: readers that sleep, or a `waitAny` |
 * | 0 | WRITERS: a writer may sleep on the gate; who does not read yet stays out |
 *
 * ```
 *                begin: compareExchange                     begin: compareExchange
 *   n readers ◀──────────────────────────────── free ──────────────────────────────▶ one writer
 *             ──────────────────────────────▶        ◀──────────────────────────────
 *                end: sub, the last one                          end: and
 *                wakes whom the flags say                        wakes whom the flags say
 * ```
 *
 * Roles: any agent reads and writes; each ends only what is its own. Beginning and ending are one atomic operation each. That
 * of a read also writes the agent's entry, in a step that a kill cannot tear (`kill_safe.ts`). So there is no
 * half-way state: a reaper counts off the reads in the entry of a dead agent, and takes the lock from a dead writer.
 *
 * Waking: who frees the lock and finds WRITERS wakes one writer, and leaves the flags, which keep readers out until that
 * writer comes. Where no writer sleeps, WRITERS is out of date; then, or if only READERS is set, all flags are cleared and
 * all sleepers look again and set them anew ({@linkcode reconsider}). The same is done when a writer stops waiting (it
 * timed out, was aborted, is about to block its thread for something else) and when anybody dies: nobody may be kept out by
 * a writer that never comes.
 *
 * A writer reads the gate before the state, and whoever wakes it changes the state before the gate. Flags are set by an
 * exchange that fails if the state has changed. So no wake-up is lost.
 *
 * Fairness: writers first. Readers may starve under writers that never pause; among writers it goes to whoever comes first.
 *
 * Ordering: all accesses are sequentially consistent; what was written before an end is seen after the next begin.
 *
 * Source: P. J. Courtois, F. Heymans, D. L. Parnas, "Concurrent Control with 'Readers' and 'Writers'", 1971, the second
 * problem. One state word and a gate of their own for writers: the futex lock of Rust's standard library.
 */
import { beginRead, endReads } from "../kill_safe.ts";
import { agent } from "../memory/agent.ts";
import { type Block, BLOCK_BODY } from "../memory/arena.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import { type Grant, GRANTED, GRANTED_ABANDONED } from "../memory/lock_word.ts";
import { type Attempt, PENDING } from "../wait/wait.ts";
import { type ReaderEntry, readerEntry, reapReader } from "./_reader_entries.ts";

const STATE = BLOCK_BODY;
const GATE = BLOCK_BODY + 1;

const WRITERS = 1;
const READERS = 2;
const DIED = 4;
const WRITING = 8;
const SHIFT = 4;
/** One read. */
const READER = 1 << SHIFT;
const FLAGS = WRITERS | READERS;
/** One read more than there can be. */
const FULL = 1 << 31;
/** What a read that begins at once must not find. */
const NOT_PLAIN = FLAGS | DIED | WRITING | FULL;

function grantOf(state: number): Grant {
  return (state & DIED) === 0 ? GRANTED : GRANTED_ABANDONED;
}

/** A reader-writer lock, as one agent sees it. */
export class ReadWriteCore {
  readonly words: Int32Array;
  readonly #entry: ReaderEntry;
  /** The state while this agent writes, without flags. */
  readonly #mine: number;
  /** The state that was in the way of the last try that failed, with the flag that it set. */
  obstacle: number = 0;

  constructor(block: Block) {
    const me = agent().id;
    this.words = block.words;
    this.#entry = readerEntry(block, me);
    this.#mine = (me << SHIFT) | WRITING;
  }

  /** How many reads there are. */
  get readers(): number {
    const state = Atomics.load(this.words, STATE);
    return (state & WRITING) === 0 ? state >>> SHIFT : 0;
  }

  /** Whether somebody writes. */
  get isWritten(): boolean {
    return (Atomics.load(this.words, STATE) & WRITING) !== 0;
  }

  /** How often this agent reads. */
  get ownReads(): number {
    return this.#entry.words[this.#entry.reads]!;
  }

  /** Whether this agent writes. A plain read is enough: only this thread writes its id, and only this thread clears it. */
  get isOwnWrite(): boolean {
    return (this.words[STATE]! & ~FLAGS) === this.#mine;
  }

  /** Begins to read if there is nothing but other readers: the fast path. */
  readIfFree(): boolean {
    // If this is out of date, the exchange fails.
    const seen = this.words[STATE]!;
    return (seen & NOT_PLAIN) === 0 && this.#beginRead(seen);
  }

  /** Begins to write if nobody holds the lock or waits for it: the fast path. */
  writeIfFree(): boolean {
    return Atomics.compareExchange(this.words, STATE, 0, this.#mine) === 0;
  }

  /**
   * Tries to begin a read; 0 if a writer is in the way.
   *
   * @param passes Whether writers that only wait are not in the way.
   * @param mark Whether to set READERS if a writer is.
   * @throws {RangeError} If there are too many reads.
   */
  tryRead(passes: boolean, mark: boolean): Grant | 0 {
    for (;;) {
      const seen = Atomics.load(this.words, STATE);
      if (canRead(seen, passes)) {
        if (this.#beginRead(seen)) return grantOf(seen);
      } else if (!mark || this.#mark(seen, READERS)) return 0;
    }
  }

  /**
   * Tries to begin to write; 0 if somebody holds the lock.
   *
   * @param mark Whether to set WRITERS then.
   */
  tryWrite(mark: boolean): Grant | 0 {
    for (;;) {
      const seen = Atomics.load(this.words, STATE);
      if (canWrite(seen)) {
        const next = this.#mine | (seen & FLAGS);
        if (Atomics.compareExchange(this.words, STATE, seen, next) === seen) return grantOf(seen);
      } else if (!mark || this.#mark(seen, WRITERS)) return 0;
    }
  }

  /** Whether a read could begin. */
  get canRead(): boolean {
    return canRead(Atomics.load(this.words, STATE), false);
  }

  /** Whether a write could begin. */
  get canWrite(): boolean {
    return canWrite(Atomics.load(this.words, STATE));
  }

  /**
   * Has the doorbell rung when the lock is freed.
   *
   * @returns Whether nobody holds it or waits for it: then there is nothing to wait for.
   */
  askToBeTold(): boolean {
    for (;;) {
      const seen = Atomics.load(this.words, STATE);
      if ((seen & WRITERS) === 0 && canWrite(seen)) return true;
      if (this.#mark(seen, READERS)) return false;
    }
  }

  /** Ends one read of this agent, which must have one. */
  endRead(): void {
    const { words, reads } = this.#entry;
    const before = endReads(this.words, STATE, READER, words, reads, words[reads]! - 1);
    if ((before & FLAGS) !== 0 && before >>> SHIFT === 1) passOn(this.words, before);
  }

  /** Ends the write of this agent, which must be writing. */
  endWrite(): void {
    const before = Atomics.and(this.words, STATE, FLAGS);
    if ((before & FLAGS) !== 0) passOn(this.words, before);
  }

  #beginRead(seen: number): boolean {
    const { words, reads } = this.#entry;
    return beginRead(this.words, STATE, seen, seen + READER, words, reads, words[reads]! + 1);
  }

  /** Sets a flag; false if the state is not the one seen any more. */
  #mark(seen: number, flag: number): boolean {
    this.obstacle = seen | flag;
    return (seen & flag) !== 0 ||
      Atomics.compareExchange(this.words, STATE, seen, seen | flag) === seen;
  }
}

/** Whether a read could begin. */
function canRead(state: number, passes: boolean): boolean {
  if ((state & WRITING) !== 0) return false;
  if ((state & FULL) !== 0) {
    throw new RangeError("Cannot acquire the read lock: it is held 134,217,728 times already");
  }
  return passes || (state & WRITERS) === 0;
}

/** Whether a write could begin. */
function canWrite(state: number): boolean {
  return (state & WRITING) === 0 && state >>> SHIFT === 0;
}

/** Waiting to read. */
export class ReadAttempt implements Attempt<Grant> {
  readonly words: Int32Array;
  readonly index: number = STATE;
  expected: number = 0;
  readonly #core: ReadWriteCore;
  readonly #blocks: boolean;

  /** @param blocks Whether this thread blocks meanwhile. */
  constructor(core: ReadWriteCore, blocks: boolean) {
    this.words = core.words;
    this.#core = core;
    this.#blocks = blocks;
  }

  attempt(): Grant | typeof PENDING {
    const core = this.#core;
    // A thread that blocks ends no read: a writer that waits for one of its reads would wait for ever.
    const grant = core.tryRead(this.#blocks && core.ownReads > 0, true);
    this.expected = core.obstacle;
    return grant || PENDING;
  }
}

/** Waiting to write. */
export class WriteAttempt implements Attempt<Grant> {
  readonly words: Int32Array;
  readonly index: number = GATE;
  expected: number = 0;
  readonly #core: ReadWriteCore;

  constructor(core: ReadWriteCore) {
    this.words = core.words;
    this.#core = core;
  }

  attempt(): Grant | typeof PENDING {
    // Before the state: whoever frees the lock changes the state first.
    this.expected = Atomics.load(this.words, GATE);
    return this.#core.tryWrite(true) || PENDING;
  }

  /** Readers are not to be kept out by a writer that does not come. */
  withdraw(): void {
    reconsider(this.words);
  }
}

/** The lock was freed: wakes whom the flags say. */
function passOn(words: Int32Array, before: number): void {
  if ((before & WRITERS) !== 0) {
    Atomics.add(words, GATE, 1);
    if (Atomics.notify(words, GATE, 1) > 0) return;
  }
  reconsider(words);
}

/** Clears the flags, and wakes everybody: who still has to wait sets them again. */
function reconsider(words: Int32Array): void {
  Atomics.and(words, STATE, ~FLAGS);
  Atomics.add(words, GATE, 1);
  Atomics.notify(words, GATE);
  Atomics.notify(words, STATE);
  ringDoorbell();
}

/** Wakes all who sleep on a lock, to try again. */
export function wakeReadWrite({ words }: Block): void {
  Atomics.notify(words, GATE);
  Atomics.notify(words, STATE);
}

/** Ends what a dead agent had begun. */
export function reapReadWrite(block: Block, dead: number): void {
  const { words } = block;
  const writer = (dead << SHIFT) | WRITING;
  for (let seen = Atomics.load(words, STATE); (seen & ~FLAGS) === writer;) {
    const got = Atomics.compareExchange(words, STATE, seen, DIED | (seen & FLAGS));
    if (got === seen) break;
    seen = got;
  }
  reapReader(block, dead, STATE, READER);
  reconsider(words);
}
