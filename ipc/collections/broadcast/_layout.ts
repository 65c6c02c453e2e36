/**
 * The memory of a broadcast.
 *
 * All items lie in one chain of *segments*, whatever the number of subscribers. Each subscription is a position in it:
 *
 * ```
 *   broadcast: OLDEST                                  NEWEST, END
 *                 ▼                                         ▼
 *   ┌──────┬─────────────┐   ┌──────┬─────────────┐   ┌──────┬──────────────────┐
 *   │ next ┼ item item N─┼──▶│ next ┼ item item N─┼──▶│ next │ item item  free  │     N: the items go on in the next one
 *   └──────┴───▲─────────┘   └──────┴──────▲──────┘   └──────┴───────────▲──────┘
 *              │                           │                             │
 *        slow subscription          subscription                  fast subscription
 * ```
 *
 * Who refers to a segment: the one before it, the broadcast to the oldest one, and each subscription to the one it is in. So a
 * subscriber reads without the broadcast's lock; it takes it to go on to the next segment. The oldest segment is *retired*,
 * taken out of the chain, once every subscription is beyond it, or all its items are beyond the limits of the broadcast. A
 * subscription that is still in a retired segment goes on in the oldest one, and has lost what lay between.
 *
 * Block of the broadcast:
 *
 * | word | holds | written under |
 * |---|---|---|
 * | 5 | capacity: how many items behind a subscription may be | - |
 * | 6 | how many units (of 8 bytes) behind | - |
 * | 16 | LOCK | - |
 * | 17, 18 | NEWEST: line of the newest segment; END: offset of the next item in it | LOCK |
 * | 19 | UNITS: what all items ever published take, in units of 8 bytes; wraps around | LOCK |
 * | 20 | OLDEST: slot of the oldest segment | LOCK |
 * | 21, 22 | line of the first subscription, 0 = none; how many there are | LOCK |
 * | 32 | PUBLISHED: `items ever published << 1 \| shut down`; wraps around | LOCK |
 * | 33 | how many subscribers sleep on it | subscribers |
 * | 48 | ROOM: a counter, changed when a subscription that publishers wait for has moved on | subscribers |
 * | 49 | how many publishers sleep on it | publishers |
 *
 * Block of a segment:
 *
 * | word | holds |
 * |---|---|
 * | 5 | slot of the next one |
 * | 6 | offset after its last published item |
 * | 7, 8 | PUBLISHED and UNITS before its first item |
 * | 9 | whether there may be items with references |
 * | 16… | items: a header of 8 bytes (`kind << 28 \| byteLength`, slot of its references), the encoded value, padded to 8 bytes |
 *
 * Block of a subscription:
 *
 * | word | holds | written under |
 * |---|---|---|
 * | 5 | slot of the broadcast | - |
 * | 6 | what becomes of it when it is slow, see {@linkcode Policy} | - |
 * | 7 | line of the next subscription of the broadcast | LOCK of the broadcast |
 * | 16 | lock word | - |
 * | 17, 18 | slot of its segment, and a spare one while it goes on to another | its lock |
 * | 19 | offset of the next item | its lock |
 * | 20, 21 | PUBLISHED (without its lowest bit) and UNITS before that item | its lock |
 * | 22 | how many items it has lost | its lock |
 * | 23 | 1 once it is cut off | its lock |
 */
import { BLOCK_BODY } from "../../memory/arena.ts";

export const CAPACITY: number = BLOCK_BODY;
export const MAX_UNITS: number = BLOCK_BODY + 1;
export const LOCK = 16;
export const OLDEST = 20;
export const PUBLISHED = 32;
export const SLEEPERS = 33;
export const ROOM = 48;
export const PUBLISHERS = 49;
export const BROADCAST_BYTES: number = 4 * 64 - BLOCK_BODY * 4;

export const FIRST_PUBLISHED = 7;
export const FIRST_UNITS = 8;
export const HAS_REFERENCES = 9;
export const DATA = 64;
/** Bytes of an item's header. */
export const HEADER = 8;
/** Bytes of the first segment, and of later ones: a broadcast with few items stays small. */
export const FIRST_SEGMENT = 4096;
export const SEGMENT = 65536;

export const ITEM = 1;
export const ITEM_WITH_HANDLES = 2;
export const NEXT = 3;

export const SUB_BROADCAST: number = BLOCK_BODY;
export const SUB_POLICY: number = BLOCK_BODY + 1;
export const SUB_LOCK = 16;
export const SUB_CUT = 23;
export const SUBSCRIPTION_BYTES: number = 2 * 64 - BLOCK_BODY * 4;

/** What becomes of a subscription that is too slow. */
export const Policy = { block: 0, dropOldest: 1, cutOff: 2 } as const;

/** Units of 8 bytes. */
export const UNIT = 8;
/** More units cannot be told from fewer, as they wrap around. */
export const MOST_UNITS: number = 2 ** 30 - 1;

/** How many items one value of PUBLISHED is behind another one. */
export function itemsBetween(published: number, taken: number): number {
  return (published & ~1) - taken >>> 1;
}

/** Units from one position to a later one. It may look earlier to who reads it while it changes: then there are none. */
export function unitsBetween(later: number, earlier: number): number {
  const units = later - earlier | 0;
  return units > 0 ? units : 0;
}

/** Wakes everybody, to try again. */
export function wakeAll(words: Int32Array): void {
  Atomics.notify(words, PUBLISHED);
  Atomics.notify(words, ROOM);
}
