/**
 * The side of a broadcast that publishes. Everything here is done under the broadcast's lock.
 *
 * Crash safety: an item is written where nobody reads, behind the others. One atomic addition to PUBLISHED makes it valid
 * (`publishToAll()` in `kill_safe.ts`). Killed before it, the publisher has published nothing. A new segment is linked to the
 * newest one before its first item is published; if the publisher is killed between the two, the next one drops it.
 *
 * Room: a publisher waits for subscriptions that block, none of which may be further behind than the limits. It remembers how
 * far the slowest one was, and looks again only when that is not enough.
 */
import {
  END,
  NEWEST,
  publishToAll,
  refer,
  SEGMENT_NEXT_SLOT,
  SUB_TAKEN,
  SUB_UNITS,
  SUBSCRIPTIONS,
  UNITS,
} from "../../kill_safe.ts";
import { agent } from "../../memory/agent.ts";
import type { Block } from "../../memory/arena.ts";
import { ringDoorbell } from "../../memory/doorbell.ts";
import { lockWord, unlockWord } from "../../memory/lock_word.ts";
import { destroy, dropSlot } from "../../memory/references.ts";
import { type Segment, segmentAt } from "../../message/segment.ts";
import { BroadcastShutDownError } from "../../errors.ts";
import { PENDING } from "../../wait/wait.ts";
import { copyWords, type EncodedValue, paddedWords } from "../encoded_value.ts";
import type { Batch } from "./_batch.ts";
import * as layout from "./_layout.ts";
import { itemsBetween, unitsBetween, wakeAll } from "./_layout.ts";
import { forEachSubscription, KnownBlocks, newSegment, retireSegments } from "./_segments.ts";

// The engine folds a module's own constants into the code, but loads imported ones each time.
const {
  CAPACITY,
  DATA,
  HAS_REFERENCES,
  HEADER,
  ITEM,
  ITEM_WITH_HANDLES,
  LOCK,
  MAX_UNITS,
  NEXT,
  Policy,
  PUBLISHED,
  SEGMENT,
  SLEEPERS,
  SUB_POLICY,
} = layout;

/** The operations of a broadcast, none of which waits. */
export class Publisher {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly #block: Block;
  readonly #me: number;
  readonly #blocks: KnownBlocks;
  /** The newest segment as it was seen last. */
  #segment: Segment | undefined;
  /** How far the slowest of the subscriptions that block had come, when it was looked at. */
  #slowest: { taken: number; units: number } | undefined;

  constructor(block: Block) {
    this.#block = block;
    this.words = block.words;
    this.#me = agent().id;
    this.#blocks = new KnownBlocks(block.arena);
  }

  /** Whether it was shut down. */
  get isShutDown(): boolean {
    return (Atomics.load(this.words, PUBLISHED) & 1) === 1;
  }

  /** How many subscriptions there are. */
  get subscriptions(): number {
    return this.words[SUBSCRIPTIONS]!;
  }

  /** Publishes an item unless a subscription that blocks is too far behind. */
  publish(value: EncodedValue): true | typeof PENDING {
    const { words } = this;
    const units = this.#unitsOf(value);
    let retired: Block[] | undefined;
    lockWord(words, LOCK, this.#me);
    try {
      if ((words[PUBLISHED]! & 1) === 1) throw new BroadcastShutDownError("publish");
      if (!this.#hasRoom(units)) return PENDING;
      retired = this.#write(value, units);
    } finally {
      unlockWord(words, LOCK);
    }
    this.#wake();
    retired?.forEach(destroy);
    return true;
  }

  /** Publishes the next items of a batch, as many as there is room for, with one wake-up. */
  publishMany(batch: Batch): void {
    const { words } = this;
    const { values } = batch;
    const before = batch.done;
    // None is published if one never can be.
    const units = values.map((value) => this.#unitsOf(value));
    const retired: Block[] = [];
    lockWord(words, LOCK, this.#me);
    try {
      if ((words[PUBLISHED]! & 1) === 1) throw new BroadcastShutDownError("publish");
      for (; !batch.isDone && this.#hasRoom(units[batch.done]!); batch.done++) {
        const emptied = this.#write(values[batch.done]!, units[batch.done]!);
        if (emptied !== undefined) retired.push(...emptied);
      }
    } finally {
      unlockWord(words, LOCK);
      if (batch.done > before) this.#wake();
      retired.forEach(destroy);
    }
  }

  #unitsOf({ length }: EncodedValue): number {
    const units = HEADER / layout.UNIT + paddedWords(length) / 2;
    const most = this.words[MAX_UNITS]!;
    if (units <= most) return units;
    throw new RangeError(
      `Cannot publish: the item takes ${units * layout.UNIT} bytes, at most ${
        most * layout.UNIT
      } are possible (maxBytes)`,
    );
  }

  #wake(): void {
    if (Atomics.load(this.words, SLEEPERS) === 0) return;
    Atomics.notify(this.words, PUBLISHED);
    ringDoorbell();
  }

  #hasRoom(units: number): boolean {
    if (this.#slowest !== undefined && this.#isWithin(this.#slowest, units)) return true;
    const { words } = this;
    const slowest = { taken: words[PUBLISHED]!, units: words[UNITS]! };
    const { taken: published, units: end } = slowest;
    forEachSubscription(words, this.#blocks, (subscription) => {
      if (subscription[SUB_POLICY] !== Policy.block) return;
      const taken = Atomics.load(subscription, SUB_TAKEN);
      if (itemsBetween(published, taken) > itemsBetween(published, slowest.taken)) {
        slowest.taken = taken;
      }
      // It may be written late, so that more seems to be left than is.
      const itsUnits = subscription[SUB_UNITS]!;
      if (unitsBetween(end, itsUnits) > unitsBetween(end, slowest.units)) slowest.units = itsUnits;
    });
    this.#slowest = slowest;
    return this.#isWithin(slowest, units);
  }

  #isWithin(slowest: { taken: number; units: number }, units: number): boolean {
    const { words } = this;
    return itemsBetween(words[PUBLISHED]!, slowest.taken) < words[CAPACITY]! &&
      unitsBetween(words[UNITS]!, slowest.units) + units <= words[MAX_UNITS]!;
  }

  /** Writes an item at the end, and publishes it. Gives the segments that were retired. */
  #write(value: EncodedValue, units: number): Block[] | undefined {
    const { words } = this;
    const { arena } = this.#block;
    const { length, references } = value;
    const newest = words[NEWEST]!;
    let segment = this.#segment?.line === newest ? this.#segment : segmentAt(arena, newest);
    let offset = words[END]!;
    const bytes = units * layout.UNIT;
    let isNew = false;
    // There is always room for a header that says that the items go on elsewhere.
    if (offset + bytes + HEADER > segment.end) {
      const size = Math.max(SEGMENT, DATA + bytes + HEADER);
      const block = newSegment(size, words[PUBLISHED]!, words[UNITS]!);
      // Drops the one of a publisher that was killed before it published its item.
      dropSlot(segment.i32, SEGMENT_NEXT_SLOT);
      refer(segment.i32, SEGMENT_NEXT_SLOT, block.words, block.line);
      segment.i32[offset >>> 2] = NEXT << 28;
      segment = segmentAt(arena, block.line);
      offset = DATA;
      isNew = true;
    }
    this.#segment = segment;
    const { i32 } = segment;
    const at = offset >>> 2;
    i32[at] = (references === undefined ? ITEM : ITEM_WITH_HANDLES) << 28 | length;
    i32[at + 1] = 0;
    copyWords(value.words, 0, i32, at + 2, paddedWords(length));
    const held = references?.held;
    if (held !== undefined) {
      i32[at + 1] = held.block.line;
      i32[HAS_REFERENCES] = 1;
    }
    publishToAll(
      words,
      PUBLISHED,
      i32,
      segment.line,
      offset + bytes,
      words[UNITS]! + units | 0,
      held?.page,
      held?.slot ?? 0,
    );
    return isNew ? retireSegments(words, arena, this.#blocks, this.#me) : undefined;
  }

  /** Refuses items from now on. */
  shutDown(): void {
    const { words } = this;
    lockWord(words, LOCK, this.#me);
    Atomics.or(words, PUBLISHED, 1);
    unlockWord(words, LOCK);
    wakeAll(words);
    ringDoorbell();
  }

  /** Counts (1), or no longer counts (-1), an agent that waits for an item without sleeping. */
  listen(change: 1 | -1): void {
    Atomics.add(this.words, SLEEPERS, change);
  }
}
