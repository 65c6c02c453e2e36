/**
 * The memory of a queue.
 *
 * ```
 *             GET position                                PUT position
 *                  ▼                                            ▼
 *   ┌──────┬──────────────────────┐     ┌──────┬──────────────────────────┐
 *   │ next │ ░░░░ item item  NEXT │ ──▶ │ next │ item item item    free   │
 *   └──────┴──────────────────────┘     └──────┴──────────────────────────┘
 *     ░ consumed    NEXT: the getter goes on in the next segment, and frees this one
 * ```
 *
 * Block layout; each group of words that one side writes has a line of its own:
 *
 * | word | holds | written under |
 * |---|---|---|
 * | 5 | most items, 0 = no limit | - |
 * | 6 | flavour: which class it is | - |
 * | 16 | PUT lock word | - |
 * | 17-20 | put position: (segment line, byte offset), twice | PUT |
 * | 32 | PUT_COUNT: `items ever put << 2 \| pair << 1 \| shut down`; the pair is the put position that is current | PUT |
 * | 33 | how many getters sleep on PUT_COUNT | getters |
 * | 48 | GET lock word | - |
 * | 49-52 | get position, twice | GET |
 * | 64 | GET_COUNT: the same of items ever taken, and of the get position | GET |
 * | 65 | how many putters sleep on GET_COUNT | putters |
 * | 80 | DONE_COUNT: `items reported done << 2` | taskDone |
 * | 81 | 1 once the queue is shut down | shutdown |
 *
 * Items lie in *segments*, blocks of the arena that are chained by their word 5. An item is a header of 8 bytes, whose first
 * word is `kind << 28 | byteLength`, and the encoded value, padded to 8 bytes, so that bulk data begins at a multiple of 8 and
 * is copied eight bytes at a time. A queue takes as much memory as its items need, and frees it as they leave.
 */
import { BLOCK_BODY } from "../memory/arena.ts";
import { notify } from "../wait/queues.ts";

export const MAX_SIZE: number = BLOCK_BODY;
export const FLAVOUR: number = BLOCK_BODY + 1;
export const PUT_LOCK = 16;
export const PUT_POSITION = 17;
export const PUT_COUNT = 32;
export const GETTERS = 33;
export const GET_LOCK = 48;
export const GET_POSITION = 49;
export const GET_COUNT = 64;
export const PUTTERS = 65;
export const DONE_COUNT = 80;
export const SHUT_DOWN = 81;
export const QUEUE_BYTES: number = 6 * 64 - BLOCK_BODY * 4;

export const SEGMENT_NEXT: number = BLOCK_BODY;
export const SEGMENT_DATA = 64;
/** Bytes of an item's header. */
export const HEADER = 8;
/** Most bytes that an encoded byte array has besides its bytes. */
export const BULK_EXTRA = 128;
/** Bytes of the first segment, and of later ones: a queue with few items stays small. */
export const FIRST_SEGMENT = 4096;
export const SEGMENT = 65536;

export const ITEM = 1;
/** An item with handles of shared objects; it ends with the line of its references. */
export const ITEM_WITH_HANDLES = 2;
export const NEXT = 3;
/** Most bytes of an item: its header has 28 bits for them. */
export const MAX_ITEM = 0xfffffff;

/** Words of a queue's block that are lock words. */
export const QUEUE_LOCKS: readonly number[] = [PUT_LOCK, GET_LOCK];

/** Items between two count words, whatever their flags; counts wrap around. */
export function itemsBetween(put: number, got: number): number {
  return ((put & ~3) - (got & ~3) | 0) >>> 2;
}

/** What to add to a count word for some items: the other position pair becomes the current one. */
export function countAfter(count: number, items: number): number {
  return 4 * items + 2 - 2 * (count & 2);
}

/** The word that counts items done, when there are some more. */
export function doneAfter(done: number, items: number): number {
  return done + 4 * items | 0;
}

/** Wakes everybody, to try again: an agent may have died after it was woken, and passed nothing on. */
export function wakeAll(words: Int32Array): void {
  notify(words, PUT_COUNT);
  notify(words, GET_COUNT);
  notify(words, DONE_COUNT);
}
