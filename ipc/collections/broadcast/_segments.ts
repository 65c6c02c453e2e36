/** The chain of segments, and the list of subscriptions, as one agent sees them; drawn in `_layout.ts`. */
import {
  FIRST_SUBSCRIPTION,
  NEWEST,
  removeSubscription,
  retireSegment,
  SEGMENT_END,
  SEGMENT_NEXT_SLOT,
  SUB_NEXT,
  SUB_TAKEN,
  UNITS,
} from "../../kill_safe.ts";
import { agent } from "../../memory/agent.ts";
import { type Arena, type Block, BLOCK_BODY, Kind } from "../../memory/arena.ts";
import { lockWord, unlockWord } from "../../memory/lock_word.ts";
import { destroy, dropSlot } from "../../memory/references.ts";
import { newBlock } from "../../memory/shared_object.ts";
import {
  CAPACITY,
  DATA,
  FIRST_PUBLISHED,
  FIRST_UNITS,
  HAS_REFERENCES,
  HEADER,
  ITEM_WITH_HANDLES,
  itemsBetween,
  LOCK,
  MAX_UNITS,
  OLDEST,
  PUBLISHED,
  SUB_CUT,
  unitsBetween,
} from "./_layout.ts";

/** A segment of so many bytes or more. Only its head is zeroed: the rest is written before it is read. */
export function newSegment(bytes: number, published: number, units: number): Block {
  const block = newBlock(Kind.broadcastSegment, bytes - BLOCK_BODY * 4, DATA / 4);
  const { words } = block;
  words[FIRST_PUBLISHED] = published;
  words[FIRST_UNITS] = units;
  words[SEGMENT_END] = DATA;
  return block;
}

/** Drops what the items of a segment refer to, and the next one. */
export function destroySegment({ words }: Block): void {
  const end = words[SEGMENT_END]!;
  for (let offset = DATA; words[HAS_REFERENCES] === 1 && offset < end;) {
    const at = offset >>> 2;
    const header = words[at]!;
    if (header >>> 28 === ITEM_WITH_HANDLES) dropSlot(words, at + 1);
    offset += HEADER + ((header & 0xfffffff) + 7 & ~7);
  }
  dropSlot(words, SEGMENT_NEXT_SLOT);
}

/** The words of blocks that are looked at again and again. A block never changes its length, so they stay right. */
export class KnownBlocks {
  readonly #arena: Arena;
  readonly #known: Map<number, Int32Array<SharedArrayBuffer>> = new Map();

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** The words of the block at a line. */
  at(line: number): Int32Array<SharedArrayBuffer> {
    let words = this.#known.get(line);
    if (words === undefined) {
      if (this.#known.size > 1000) this.#known.clear();
      this.#known.set(line, words = this.#arena.block(line).words);
    }
    return words;
  }
}

/** Calls a function for each subscription of a broadcast that is not cut off. Only under the broadcast's lock. */
export function forEachSubscription(
  broadcast: Int32Array,
  blocks: KnownBlocks,
  use: (subscription: Int32Array) => void,
): void {
  for (let line = broadcast[FIRST_SUBSCRIPTION]!; line !== 0;) {
    const subscription = blocks.at(line);
    if (subscription[SUB_CUT] === 0) use(subscription);
    line = subscription[SUB_NEXT]!;
  }
}

/**
 * Takes segments out of the chain that nobody needs any more. Only under the broadcast's lock.
 *
 * @returns Those to which nobody refers, for the caller to destroy once the lock is released.
 */
export function retireSegments(
  broadcast: Int32Array,
  arena: Arena,
  blocks: KnownBlocks,
  me: number,
): Block[] {
  const published = broadcast[PUBLISHED]!;
  const retired: Block[] = [];
  let slowest = -1;
  while (broadcast[OLDEST] !== broadcast[NEWEST]) {
    const line = broadcast[OLDEST]!;
    const words = blocks.at(line);
    const next = blocks.at(words[SEGMENT_NEXT_SLOT]!);
    const behind = itemsBetween(published, next[FIRST_PUBLISHED]!);
    const isBeyond = behind >= broadcast[CAPACITY]! ||
      unitsBetween(broadcast[UNITS]!, next[FIRST_UNITS]!) >= broadcast[MAX_UNITS]!;
    if (!isBeyond) {
      if (slowest < 0) slowest = slowestOf(broadcast, blocks, published);
      if (slowest > behind) break;
    }
    if (retireSegment(broadcast, OLDEST, words, me)) retired.push(arena.block(line));
  }
  return retired;
}

/** How many items the slowest subscription is behind. */
function slowestOf(broadcast: Int32Array, blocks: KnownBlocks, published: number): number {
  let slowest = 0;
  forEachSubscription(broadcast, blocks, (subscription) => {
    const behind = itemsBetween(published, Atomics.load(subscription, SUB_TAKEN));
    if (behind > slowest) slowest = behind;
  });
  return slowest;
}

/** Removes a subscription from the list of its broadcast. Does nothing if it is not in it. */
export function removeFromList({ arena, words }: Block, subscription: Block): void {
  const { id } = agent();
  const blocks = new KnownBlocks(arena);
  lockWord(words, LOCK, id);
  let before = words;
  let word = FIRST_SUBSCRIPTION;
  while (before[word] !== 0 && before[word] !== subscription.line) {
    before = blocks.at(before[word]!);
    word = SUB_NEXT;
  }
  if (before[word] !== 0) removeSubscription(words, before, word, subscription.words);
  const retired = retireSegments(words, arena, blocks, id);
  unlockWord(words, LOCK);
  retired.forEach(destroy);
}
