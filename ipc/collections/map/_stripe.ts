/**
 * One stripe of a map: its lock, its version, and the two tables of which one is current. Drawn in `_layout.ts`.
 *
 * Roles: any agent reads, without a lock; any agent changes, under the stripe's lock.
 *
 * Reading: load the version, read the table that it names, load the version again. If it is the same, the table was the current
 * one all the time, and what was read was there; if not, read again. Versions change only when a table is replaced, not with
 * each set.
 *
 * Growing: a new table is made and filled while readers use the old one. Its slot is the one that is not current, so a setter
 * that is killed leaves it to be found: the next one drops it. Then one atomic addition to the version makes it the current
 * one (`swapTables()` in `kill_safe.ts`).
 *
 * Crash safety: an entry is written behind the others, where nobody reads. One store into the index makes it the key's
 * (`publishEntry()`). Killed before it, the setter has set nothing; killed after it, it has set all.
 *
 * Ordering: entry and hash are plain data, written before the store into the index, which is sequentially consistent, as is the
 * load of the reader. The second load of the version must come after the plain reads before it. On x64 loads are not
 * reordered; elsewhere an atomic operation that also writes takes its place.
 */
import { refer, swapTables } from "../../kill_safe.ts";
import { type Arena, type Block, Kind } from "../../memory/arena.ts";
import { GRANTED_ABANDONED, lockWord, unlockWord } from "../../memory/lock_word.ts";
import { sweepBlocks } from "../../memory/named.ts";
import { destroy, dropSlot, type Hold } from "../../memory/references.ts";
import { MapFullError } from "../../errors.ts";
import {
  entryWords,
  GROW_LOCK,
  LINES_OF,
  MAX_LINES,
  STRIPE_AT,
  TABLES,
  VERSION,
} from "./_layout.ts";
import { newTable, sizeFor, Table, type TableSize } from "./_table.ts";

const LINE_BYTES = 64;
const LINE_WORDS = 16;

const LOADS_IN_ORDER = Deno.build.arch === "x86_64";

/** A stripe. */
export class Stripe {
  readonly #arena: Arena;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #me: number;
  readonly #lock: number;
  readonly #version: number;
  /** The table of the version that was seen last. */
  #table: Table | undefined;
  #seen: number | undefined = undefined;

  constructor(arena: Arena, words: Int32Array<SharedArrayBuffer>, stripe: number, me: number) {
    this.#arena = arena;
    this.#words = words;
    this.#me = me;
    this.#lock = STRIPE_AT[stripe]!;
    this.#version = this.#lock + VERSION;
  }

  /** The version now. */
  version(): number {
    return Atomics.load(this.#words, this.#version);
  }

  /** Whether the version is still the one at which a reader began. */
  isStill(version: number): boolean {
    const now = LOADS_IN_ORDER
      ? Atomics.load(this.#words, this.#version)
      : Atomics.or(this.#words, this.#version, 0);
    return now === version;
  }

  /** The table of a version; `undefined` if it is empty, or no longer current. */
  tableOf(version: number): Table | undefined {
    if (this.#seen === version) return this.#table;
    const line = Atomics.load(this.#words, this.#slotOf(version));
    if (!this.isStill(version)) return undefined;
    if (line === 0) this.#table = undefined;
    // A block never changes its length: if it is the same one again, so are its views.
    else if (this.#table?.block.line !== line) this.#table = new Table(this.#arena.block(line));
    this.#seen = version;
    return this.#table;
  }

  /** The table, for the holder of the lock. */
  get table(): Table | undefined {
    return this.tableOf(this.version());
  }

  #slotOf(version: number): number {
    return this.#lock + TABLES + (version & 1);
  }

  /** Locks; what a dead setter has left unfinished is dropped. */
  lock(): void {
    if (lockWord(this.#words, this.#lock, this.#me) !== GRANTED_ABANDONED) return;
    dropSlot(this.#words, this.#slotOf(this.version() + 1), this.#arena);
    // Within a program, a kill does not tear what follows from publishing an entry.
    if (this.#arena.isNamed) this.table?.repair();
  }

  /** Unlocks. */
  unlock(): void {
    unlockWord(this.#words, this.#lock);
  }

  /**
   * A table with the entries of this one and room for one more, which {@linkcode Stripe.replace} makes the current one. Only
   * under the lock.
   *
   * @param more Words of that entry.
   * @param except The place of an entry that is left out, as the new one replaces it; -1 for none.
   * @throws {MapFullError} If the map may not take so much memory.
   * @throws {RangeError} If there is no more shared memory.
   */
  grown(more: number, except: number): Table {
    const old = this.table;
    let count = 0;
    let live = 0;
    if (old !== undefined) {
      count = old.count;
      live = old.liveWords;
      if (except >= 0) {
        count--;
        live -= entryWords(old.i32, old.i32[except]!);
      }
    }
    const fresh = this.#reserve(
      sizeFor(count, live, more, false),
      sizeFor(count, live, more, true),
    );
    old?.copyTo(fresh, except);
    return fresh;
  }

  /** Replaces the table by a smaller one if most of it is unused; by none if there are no entries. Only under the lock. */
  shrink(): void {
    const old = this.table;
    if (old === undefined || !old.isSparse) return;
    let fresh: Table | undefined;
    if (old.count > 0) {
      const size = sizeFor(old.count, old.liveWords, 0, false);
      try {
        fresh = this.#reserve(size, size);
      } catch (error) {
        // It need not be now.
        if (error instanceof RangeError) return;
        throw error;
      }
      old.copyTo(fresh, -1);
    }
    this.replace(fresh, undefined, undefined);
  }

  /** Removes all entries. Only under the lock. The table is the caller's to destroy. */
  clear(): Block | undefined {
    const old = this.table;
    if (old !== undefined) this.#swap(undefined, undefined, undefined);
    return old?.block;
  }

  /** Makes a table and puts it in the slot that is not current: of the wished size, or of the least one. */
  #reserve(wished: TableSize, least: TableSize): Table {
    const words = this.#words;
    const slot = this.#slotOf(this.version() + 1);
    lockWord(words, GROW_LOCK, this.#me);
    try {
      const table = this.#makeIfPossible(wished) ?? this.#make(least);
      if (table === undefined) {
        throw new MapFullError(
          bytesInUse(words) + linesOf(least) * LINE_BYTES,
          words[MAX_LINES]! * LINE_BYTES,
        );
      }
      const { block } = table;
      // There is none, unless something has thrown in the middle of growing.
      dropSlot(words, slot, this.#arena);
      words[this.#linesSlotOf(slot)] = block.words.length / LINE_WORDS;
      refer(words, slot, block.words, block.line);
      return table;
    } finally {
      unlockWord(words, GROW_LOCK);
    }
  }

  #makeIfPossible(size: TableSize): Table | undefined {
    try {
      return this.#make(size);
    } catch (error) {
      // No more shared memory.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** Makes a table; `undefined` if the map may not take so much. */
  #make(size: TableSize): Table | undefined {
    const words = this.#words;
    const most = words[MAX_LINES]! * LINE_BYTES;
    if (most > 0 && bytesInUse(words) + linesOf(size) * LINE_BYTES > most) return undefined;
    return newTable(size, this.#arena);
  }

  #linesSlotOf(slot: number): number {
    return slot - TABLES + LINES_OF;
  }

  /**
   * Makes a table the current one. Only under the lock.
   *
   * @param held This agent's reference to the references of an entry that is new in it.
   * @param replaced The references of the entry that was left out for it; they are the caller's to destroy.
   */
  replace(fresh: Table | undefined, held: Hold | undefined, replaced: Block | undefined): void {
    const old = this.table;
    this.#swap(fresh, held, replaced);
    if (old !== undefined) destroy(old.block);
  }

  #swap(fresh: Table | undefined, held: Hold | undefined, replaced: Block | undefined): void {
    const version = this.version();
    swapTables(
      this.#words,
      this.#version,
      this.#slotOf(version),
      this.tableOf(version)?.i32,
      fresh?.i32,
      held?.page,
      held?.slot ?? 0,
      replaced?.words,
      this.#me,
    );
    this.#table = fresh;
    this.#seen = version + 1 | 0;
  }
}

/** Puts right what killed programs have left in a map with a name, and frees the tables that nothing names. */
export function sweepMap({ words, arena }: Block): void {
  const stripes = STRIPE_AT.map((_, stripe) => new Stripe(arena, words, stripe, arena.me));
  for (const stripe of stripes) stripe.lock();
  try {
    const slots = STRIPE_AT.flatMap((stripe) => [stripe + TABLES, stripe + TABLES + 1]);
    sweepBlocks(arena, Kind.mapTable, new Set(slots.map((slot) => words[slot]!)));
  } finally {
    for (const stripe of stripes) stripe.unlock();
  }
}

function linesOf({ words }: TableSize): number {
  return Math.ceil(words / LINE_WORDS);
}

/** The bytes of shared memory that the tables of a map take. */
export function bytesInUse(words: Int32Array): number {
  let lines = 0;
  for (const stripe of STRIPE_AT) {
    for (let i = 0; i < 2; i++) {
      if (words[stripe + TABLES + i] !== 0) lines += words[stripe + LINES_OF + i]!;
    }
  }
  return lines * LINE_BYTES;
}
