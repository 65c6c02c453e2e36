/**
 * Who reads: an entry for each agent that has the reader-writer lock, so that the reads of a dead one can be counted off.
 *
 * The first entries are in the lock's own block. When they are taken, pages of further ones are chained to it, and stay
 * until the lock is freed. Each entry has a 64-byte line of its own: its agent writes to it with every read.
 *
 * | word of the block or page | holds | written by |
 * |---|---|---|
 * | 7 | line of the next page, 0 = none | whoever needs it, once, atomically |
 * | 16, 32, … | agent id, 0 = free | the agent, atomically, when it takes the entry; its reaper |
 * | 17, 33, … | how often the agent reads now | the agent; its reaper |
 *
 * An agent takes an entry when it makes or attaches the lock, keeps it, and finds it again should it lose the lock and get
 * it once more. Only its reaper frees the entry.
 */
import { endReads, install } from "../kill_safe.ts";
import { type Block, BLOCK_BODY, Kind, LINE_WORDS } from "../memory/arena.ts";
import { registerKind } from "../memory/kinds.ts";
import { dropSlot } from "../memory/references.ts";
import { newBlock } from "../memory/shared_object.ts";

const NEXT_PAGE = BLOCK_BODY + 2;
const FIRST_ENTRY = LINE_WORDS;
const READS = 1;
const OWN_ENTRIES = 7;
const PAGE_ENTRIES = 63;

/** Bytes after the header of a block with so many entries. */
function bytesFor(entries: number): number {
  return (FIRST_ENTRY - BLOCK_BODY + entries * LINE_WORDS) * 4;
}

/** Bytes after the header of a lock's own block. */
export const LOCK_BYTES: number = bytesFor(OWN_ENTRIES);

/** How often an agent reads, as the agent itself sees it. */
export interface ReaderEntry {
  readonly words: Int32Array;
  /** Index of the count. */
  readonly reads: number;
}

/** The entry of an agent, which takes a free one if it has none. */
export function readerEntry(lock: Block, me: number): ReaderEntry {
  return find(lock, (owner) => owner === me) ??
    find(lock, (owner, words, at) => owner === 0 && take(words, at, me)) ??
    extend(lock, me);
}

/**
 * Counts off the reads of a dead agent, and frees its entry.
 *
 * @param state Index of the word that counts all reads.
 * @param reader What one read adds to it.
 */
export function reapReader(lock: Block, dead: number, state: number, reader: number): void {
  const entry = find(lock, (owner) => owner === dead);
  if (entry === undefined) return;
  const { words, reads } = entry;
  endReads(lock.words, state, words[reads]! * reader, words, reads, 0);
  Atomics.store(words, reads - READS, 0);
}

/** Drops the further pages: the lock, or the page, is about to be freed. */
export function freeReaders({ words }: Block): void {
  dropSlot(words, NEXT_PAGE);
}

type Test = (owner: number, words: Int32Array, at: number) => boolean;

/** The first entry that passes a test. */
function find(lock: Block, test: Test): ReaderEntry | undefined {
  for (let page: Block | undefined = lock; page !== undefined; page = after(page)) {
    const { words } = page;
    for (let at = FIRST_ENTRY; at < words.length; at += LINE_WORDS) {
      if (test(Atomics.load(words, at), words, at)) return { words, reads: at + READS };
    }
  }
  return undefined;
}

function take(words: Int32Array, at: number, me: number): boolean {
  return Atomics.compareExchange(words, at, 0, me) === 0;
}

/** An entry of a new page. */
function extend(lock: Block, me: number): ReaderEntry {
  const page = newBlock(Kind.readers, bytesFor(PAGE_ENTRIES));
  const { words } = page;
  words[FIRST_ENTRY] = me;
  let last = lock;
  while (!install(last.words, NEXT_PAGE, words, page.line)) last = after(last)!;
  return { words, reads: FIRST_ENTRY + READS };
}

function after({ words, arena }: Block): Block | undefined {
  const line = Atomics.load(words, NEXT_PAGE);
  return line === 0 ? undefined : arena.block(line);
}

registerKind(Kind.readers, { destroy: freeReaders });
