/**
 * One table of a stripe, as one agent sees it; drawn in `_layout.ts`.
 *
 * Entries are never changed: a new value is a new entry behind the others, and one store into the index makes it the key's. So
 * a reader needs no lock. What it may meet is a table that was replaced meanwhile, whose memory belongs to somebody else by now:
 * then nothing of what it reads means anything. Nothing here therefore trusts what it reads without a lock: no loop is longer,
 * and no access further, than the block that this agent sees. The version of the stripe tells afterwards (`_stripe.ts`).
 */
import type { Memory } from "../../codec/bytes.ts";
import { type Arena, type Block, BLOCK_BODY, Kind } from "../../memory/arena.ts";
import { dropSlot } from "../../memory/references.ts";
import { newBlock } from "../../memory/shared_object.ts";
import { TABLE_COUNT, TABLE_LIVE, TABLE_OWNS, TABLE_TOP, TABLE_USED } from "../../kill_safe.ts";
import { copyWords } from "../encoded_value.ts";
import type { EncodedKey } from "./_keys.ts";
import * as layout from "./_layout.ts";
import { entryWords, referencesOf } from "./_layout.ts";

// The engine folds a module's own constants into the code, but loads imported ones each time.
const { DELETED, HAS_REFERENCES, INDEX, PLACES } = layout;

/** Fewest places of an index. */
const FEWEST = 8;
/** Words that a new table has for entries besides those that it begins with, at least. */
const ROOM = 64;
/** The same for a table that replaces another one: its stripe is in use. */
const ROOM_LATER = 1024;

/** Words of an entry that is large. */
const LARGE = 4096;

/** The sizes of a table that is to be made. */
export interface TableSize {
  /** Places of the index. */
  readonly places: number;
  /** Words for everything. */
  readonly words: number;
}

/** A table. */
export class Table implements Memory {
  readonly block: Block;
  readonly i32: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly view: DataView<SharedArrayBuffer>;

  constructor(block: Block) {
    this.block = block;
    const { words } = block;
    this.i32 = words;
    this.bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    this.view = new DataView(words.buffer, words.byteOffset, words.byteLength);
  }

  /** How many entries there are. */
  get count(): number {
    return this.i32[TABLE_COUNT]!;
  }

  /** The word of the place that has a key, -1 if none has. */
  find(key: EncodedKey, hash: number): number {
    const { i32 } = this;
    const places = i32[PLACES]!;
    if (!(places > 0 && INDEX + 2 * places <= i32.length)) return -1;
    const mask = places - 1;
    let place = hash & mask;
    for (let left = places; left > 0; left--) {
      const at = INDEX + 2 * place;
      const entry = Atomics.load(i32, at);
      if (entry === 0) return -1;
      if (entry !== DELETED && i32[at + 1] === hash && this.#has(entry, key)) return at;
      place = place + 1 & mask;
    }
    return -1;
  }

  /** Whether an entry has a key. */
  #has(entry: number, key: EncodedKey): boolean {
    const { i32 } = this;
    if (i32[entry] !== key.head) return false;
    const { length, words } = key;
    for (let i = 0; i < length; i++) {
      if (i32[entry + 2 + i] !== words[i]) return false;
    }
    return true;
  }

  /** The first place for a new key that was never used. Only under the lock. */
  freePlace(hash: number): number {
    const { i32 } = this;
    const mask = i32[PLACES]! - 1;
    let place = hash & mask;
    while (i32[INDEX + 2 * place] !== 0) place = place + 1 & mask;
    return INDEX + 2 * place;
  }

  /** Whether there is room for an entry, and for its key if that is new. Only under the lock. */
  hasRoom(words: number, isNew: boolean): boolean {
    const { i32 } = this;
    if (i32[TABLE_TOP]! + words > i32.length) return false;
    // A quarter of the places stays free: the way to the next free one is short.
    return !isNew || 4 * (i32[TABLE_USED]! + 1) <= 3 * i32[PLACES]!;
  }

  /** Whether it takes many times the memory that its entries need. Only under the lock. */
  get isSparse(): boolean {
    const { i32 } = this;
    return i32.length > 2 * ROOM_LATER &&
      (16 * i32[TABLE_COUNT]! < i32[PLACES]! || 8 * i32[TABLE_LIVE]! < i32.length);
  }

  /** Words of the entries. Only under the lock. */
  get liveWords(): number {
    return this.i32[TABLE_LIVE]!;
  }

  /**
   * Counts the entries anew: whoever published the last one was killed, and may not have written what follows from it. Only
   * under the lock.
   */
  repair(): void {
    const { i32 } = this;
    let top = INDEX + 2 * i32[PLACES]!;
    let [used, count, live] = [0, 0, 0];
    for (let at = INDEX, end = top; at < end; at += 2) {
      const entry = i32[at]!;
      if (entry === 0) continue;
      used++;
      if (entry === DELETED) continue;
      const words = entryWords(i32, entry);
      count++;
      live += words;
      top = Math.max(top, entry + words);
    }
    i32[TABLE_TOP] = top;
    i32[TABLE_USED] = used;
    i32[TABLE_COUNT] = count;
    i32[TABLE_LIVE] = live;
  }

  /**
   * Copies the entries into a new table. Only under the lock.
   *
   * @param except The place of an entry that is left out, -1 for none.
   */
  copyTo(fresh: Table, except: number): void {
    const from = this.i32;
    const to = fresh.i32;
    const first = to[TABLE_TOP]!;
    let top = first;
    let count = 0;
    for (let at = INDEX, end = INDEX + 2 * from[PLACES]!; at < end; at += 2) {
      const entry = from[at]!;
      if (entry <= 0 || at === except) continue;
      const words = entryWords(from, entry);
      copyWords(from, entry, to, top, words);
      const hash = from[at + 1]!;
      const place = fresh.freePlace(hash);
      to[place + 1] = hash;
      to[place] = top;
      top += words;
      count++;
    }
    to[TABLE_TOP] = top;
    to[TABLE_USED] = to[TABLE_COUNT] = count;
    to[TABLE_LIVE] = top - first;
    to[HAS_REFERENCES] = from[HAS_REFERENCES]!;
  }
}

/**
 * The size of a table for some entries and one more, with as much room again, or a quarter if they are large.
 *
 * @param count Entries.
 * @param words Words that they take.
 * @param more Words that the one more takes.
 * @param tight Whether to have an eighth of room only.
 */
export function sizeFor(count: number, words: number, more: number, tight: boolean): TableSize {
  // Three quarters of the places are used before the table is replaced: here by twice as many entries.
  const wanted = Math.max(FEWEST, Math.ceil((count + 1) * 8 / 3));
  const places = 2 ** (32 - Math.clz32(wanted - 1));
  // To copy large entries costs little beside setting them, and room for as many again would be much.
  const wish = words > LARGE * count ? words >>> 2 : words;
  const room = tight ? words >>> 3 : Math.max(wish, count === 0 ? ROOM : ROOM_LATER);
  return { places, words: INDEX + 2 * places + words + more + room };
}

/** A new table without entries, whose keeper is this agent. */
export function newTable({ places, words }: TableSize, arena: Arena): Table {
  const bytes = (words - BLOCK_BODY) * 4;
  const block = newBlock(Kind.mapTable, bytes, INDEX + 2 * places, arena);
  const table = new Table(block);
  table.i32[PLACES] = places;
  table.i32[TABLE_TOP] = INDEX + 2 * places;
  return table;
}

/** Drops what the entries of a table refer to, if that is the table's. */
export function destroyTable({ words, arena }: Block): void {
  if (words[TABLE_OWNS] !== 1 || words[HAS_REFERENCES] !== 1) return;
  for (let at = INDEX, end = INDEX + 2 * words[PLACES]!; at < end; at += 2) {
    const entry = words[at]!;
    const references = entry > 0 ? referencesOf(words, entry) : 0;
    if (references !== 0) dropSlot(words, references, arena);
  }
}
