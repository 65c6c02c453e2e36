/**
 * The side of a broadcast that gets: one subscription. Everything here is done under the subscription's lock; going on to
 * another segment also under the broadcast's.
 *
 * Crash safety: items are decoded first, and then one store into TAKEN moves the subscription on (`advance()` in
 * `kill_safe.ts`). Killed before it, the subscriber has taken nothing. The next segment is in the spare slot until the slots
 * change places; what a killed subscriber has left there is dropped by the next one.
 *
 * A subscriber that is too far behind finds out itself, when it gets: no publisher looks at subscriptions that do not block.
 * Until then its segment is kept, and no other.
 */
import {
  addSubscription,
  advance,
  changeSegments,
  END,
  NEWEST,
  refer,
  SEGMENT_NEXT_SLOT,
  SUB_LAGGED,
  SUB_OFFSET,
  SUB_SEGMENT,
  SUB_SPARE,
  SUB_TAKEN,
  SUB_UNITS,
  UNITS,
} from "../../kill_safe.ts";
import { agent } from "../../memory/agent.ts";
import type { Block } from "../../memory/arena.ts";
import { ringDoorbell } from "../../memory/doorbell.ts";
import { lockWord, unlockWord } from "../../memory/lock_word.ts";
import { destroy, dropSlot, endUse, type Hold } from "../../memory/references.ts";
import { REFERENCES_BYTES } from "../../message/message_references.ts";
import { decodeFrom } from "../../message/messages.ts";
import { type Segment, segmentAt } from "../../message/segment.ts";
import { BroadcastShutDownError, SubscriberLaggedError } from "../../errors.ts";
import { PENDING } from "../../wait/wait.ts";
import * as layout from "./_layout.ts";
import { itemsBetween, unitsBetween } from "./_layout.ts";
import { KnownBlocks, removeFromList, retireSegments } from "./_segments.ts";

// The engine folds a module's own constants into the code, but loads imported ones each time.
const {
  CAPACITY,
  DATA,
  FIRST_PUBLISHED,
  FIRST_UNITS,
  HEADER,
  ITEM_WITH_HANDLES,
  LOCK,
  MAX_UNITS,
  NEXT,
  OLDEST,
  Policy,
  PUBLISHED,
  PUBLISHERS,
  ROOM,
  SLEEPERS,
  SUB_BROADCAST,
  SUB_CUT,
  SUB_LOCK,
  SUB_POLICY,
  UNIT,
} = layout;

/** The operations of a subscription, none of which waits. */
export class Subscriber {
  /** The words of the broadcast. */
  readonly broadcast: Int32Array<SharedArrayBuffer>;
  readonly policy: number;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #block: Block;
  readonly #held: Hold;
  readonly #me: number;
  readonly #blocks: KnownBlocks;
  /** The segment that was used last. */
  #segment: Segment | undefined;

  /** @param held What keeps the block alive. */
  constructor(block: Block, held: Hold) {
    const { arena, words } = block;
    this.#block = block;
    this.#held = held;
    this.#words = words;
    this.#me = agent().id;
    this.#blocks = new KnownBlocks(arena);
    this.broadcast = arena.block(words[SUB_BROADCAST]!).words;
    this.policy = words[SUB_POLICY]!;
  }

  /** How many items there are to get. */
  get size(): number {
    const words = this.#words;
    if (words[SUB_CUT] === 1) return 0;
    // In this order: what is taken has been published before.
    const taken = Atomics.load(words, SUB_TAKEN);
    const size = itemsBetween(Atomics.load(this.broadcast, PUBLISHED), taken);
    return this.policy === Policy.dropOldest ? Math.min(size, this.broadcast[CAPACITY]!) : size;
  }

  /** How many items were lost. */
  get lagged(): number {
    return this.#words[SUB_LAGGED]! >>> 0;
  }

  /** Whether a call of `get()` would not wait. */
  get isReady(): boolean {
    return this.#words[SUB_CUT] === 1 || (Atomics.load(this.broadcast, PUBLISHED) & 1) === 1 ||
      this.size > 0;
  }

  /** Takes the next item. One that does not decode is taken, too: it would not decode for anybody. */
  get(): { value: unknown } | typeof PENDING {
    if (this.#isEmpty()) return PENDING;
    this.#lock();
    try {
      if (!this.#begin()) return PENDING;
      const words = this.#words;
      try {
        return { value: this.#decode(words[SUB_OFFSET]!) };
      } finally {
        this.#advance(1, this.#bytesAt(words[SUB_OFFSET]!), 0);
      }
    } finally {
      this.#unlock();
    }
  }

  /**
   * Takes the next items, as many as there are, but not more than `max`. It stops before an item that does not decode; if
   * that is the first one, it is taken, as by {@linkcode Subscriber.get}.
   */
  getMany(max: number): unknown[] | typeof PENDING {
    if (this.#isEmpty()) return PENDING;
    this.#lock();
    try {
      const values: unknown[] = [];
      // Each round takes the items of one segment.
      while (values.length < max && this.#begin(values.length > 0) && this.#takeRun(values, max));
      return values.length > 0 ? values : PENDING;
    } finally {
      this.#unlock();
    }
  }

  /** Takes items up to the end of a segment. Whether to go on. */
  #takeRun(values: unknown[], max: number): boolean {
    const words = this.#words;
    const { i32 } = this.#segment!;
    const published = Atomics.load(this.broadcast, PUBLISHED);
    const wanted = Math.min(max - values.length, itemsBetween(published, words[SUB_TAKEN]!));
    const first = words[SUB_OFFSET]!;
    let offset = first;
    let items = 0;
    try {
      for (; items < wanted && i32[offset >>> 2]! >>> 28 !== NEXT; items++) {
        values.push(this.#decode(offset));
        offset += this.#bytesAt(offset);
      }
      return true;
    } catch (error) {
      if (values.length > 0) return false;
      offset += this.#bytesAt(offset);
      items++;
      throw error;
    } finally {
      if (items > 0) this.#advance(items, offset - first, 0);
    }
  }

  /** Moves on by some items, which take so many bytes, and of which some may be lost. */
  #advance(items: number, bytes: number, lost: number): void {
    const words = this.#words;
    advance(
      words,
      words[SUB_TAKEN]! + 2 * items | 0,
      words[SUB_OFFSET]! + bytes,
      words[SUB_UNITS]! + bytes / UNIT | 0,
      words[SUB_LAGGED]! + lost | 0,
    );
  }

  /** Whether there is nothing to take. Throws if there never will be. */
  #isEmpty(): boolean {
    const words = this.#words;
    const { broadcast } = this;
    if (words[SUB_CUT] === 1) throw new SubscriberLaggedError(this.lagged);
    const published = Atomics.load(broadcast, PUBLISHED);
    if (itemsBetween(published, Atomics.load(words, SUB_TAKEN)) > 0) return false;
    if ((published & 1) === 1) throw new BroadcastShutDownError("get");
    return true;
  }

  /**
   * Finds the next item; goes on to its segment if need be.
   *
   * @param goesOn Whether something was taken already: then nothing is thrown.
   * @returns Whether there is one.
   */
  #begin(goesOn: boolean = false): boolean {
    const words = this.#words;
    if (goesOn) {
      const published = Atomics.load(this.broadcast, PUBLISHED);
      if (itemsBetween(published, words[SUB_TAKEN]!) === 0) return false;
    } else if (this.#isEmpty()) return false;
    let isInTime = this.policy === Policy.block || !this.#isTooSlow();
    if (!isInTime && this.policy === Policy.dropOldest) isInTime = this.#skip();
    if (isInTime && this.#headerAt(words[SUB_OFFSET]!) >>> 28 === NEXT) isInTime = this.#goOn();
    if (!isInTime && !goesOn) this.#cutOff();
    return isInTime;
  }

  #isTooSlow(): boolean {
    const words = this.#words;
    const { broadcast } = this;
    return itemsBetween(Atomics.load(broadcast, PUBLISHED), words[SUB_TAKEN]!) >
        broadcast[CAPACITY]! ||
      unitsBetween(broadcast[UNITS]!, words[SUB_UNITS]!) > broadcast[MAX_UNITS]!;
  }

  #cutOff(): never {
    const words = this.#words;
    words[SUB_LAGGED] = itemsBetween(Atomics.load(this.broadcast, PUBLISHED), words[SUB_TAKEN]!);
    Atomics.store(words, SUB_CUT, 1);
    dropSlot(words, SUB_SEGMENT);
    throw new SubscriberLaggedError(this.lagged);
  }

  /** Loses the oldest items. */
  #skip(): true {
    const words = this.#words;
    this.#goOn(true);
    while (this.#isTooSlow()) {
      const offset = words[SUB_OFFSET]!;
      if (this.#headerAt(offset) >>> 28 === NEXT) this.#goOn();
      else this.#advance(1, this.#bytesAt(offset), 1);
    }
    return true;
  }

  /**
   * Goes on to the next segment, or to the oldest one that is in the chain if its own was retired.
   *
   * @param ifRetired Whether to do so only if its own was retired.
   * @returns False if items are lost that must not be: the subscription is to be cut off.
   */
  #goOn(ifRetired: boolean = false): boolean {
    const words = this.#words;
    const { broadcast } = this;
    // Left there by a subscriber that was killed.
    dropSlot(words, SUB_SPARE);
    let retired: Block[] = [];
    lockWord(broadcast, LOCK, this.#me);
    try {
      let line = this.#blocks.at(words[SUB_SEGMENT]!)[SEGMENT_NEXT_SLOT]!;
      if (line === 0 && words[SUB_SEGMENT] !== broadcast[NEWEST]) line = broadcast[OLDEST]!;
      else if (ifRetired) return true;
      const next = this.#blocks.at(line);
      const first = next[FIRST_PUBLISHED]!;
      const lost = itemsBetween(first, words[SUB_TAKEN]!);
      if (lost > 0 && this.policy !== Policy.dropOldest) return false;
      refer(words, SUB_SPARE, next, line);
      changeSegments(words, first, DATA, next[FIRST_UNITS]!, words[SUB_LAGGED]! + lost | 0);
      retired = retireSegments(broadcast, this.#block.arena, this.#blocks, this.#me);
    } finally {
      unlockWord(broadcast, LOCK);
    }
    dropSlot(words, SUB_SPARE);
    retired.forEach(destroy);
    return true;
  }

  #headerAt(offset: number): number {
    const line = this.#words[SUB_SEGMENT]!;
    if (this.#segment?.line !== line) this.#segment = segmentAt(this.#block.arena, line);
    return this.#segment.i32[offset >>> 2]!;
  }

  /** Bytes of the item at an offset, with its header. */
  #bytesAt(offset: number): number {
    return HEADER + ((this.#headerAt(offset) & 0xfffffff) + 7 & ~7);
  }

  #decode(offset: number): unknown {
    const header = this.#headerAt(offset);
    const start = offset + HEADER;
    const extra = header >>> 28 === ITEM_WITH_HANDLES ? REFERENCES_BYTES : 0;
    return decodeFrom(this.#segment!, start, start + (header & 0xfffffff) - extra);
  }

  #lock(): void {
    const words = this.#words;
    if (words[SUB_LOCK]! >>> 2 === this.#me) {
      throw new Deno.errors.Busy(
        "Cannot get: this worker is in the middle of doing so; a class's own decode must not use the subscription it travels through",
      );
    }
    lockWord(words, SUB_LOCK, this.#me);
    // Code of an item, which runs while it is decoded, may dispose of the subscription.
    this.#held.uses++;
  }

  #unlock(): void {
    const { broadcast } = this;
    unlockWord(this.#words, SUB_LOCK);
    if (this.policy === Policy.block && Atomics.load(broadcast, PUBLISHERS) > 0) {
      makeRoom(broadcast);
    }
    endUse(this.#held);
  }

  /** Counts (1), or no longer counts (-1), an agent that waits for an item without sleeping. */
  listen(change: 1 | -1): void {
    Atomics.add(this.broadcast, SLEEPERS, change);
  }
}

/** Wakes the publishers that wait for room. */
function makeRoom(broadcast: Int32Array): void {
  Atomics.add(broadcast, ROOM, 1);
  Atomics.notify(broadcast, ROOM);
}

/** Puts a subscription that is being made at the end of its broadcast, which its block refers to. */
export function join({ arena, line, words }: Block): void {
  const { id } = agent();
  const broadcast = arena.block(words[SUB_BROADCAST]!).words;
  lockWord(broadcast, LOCK, id);
  try {
    const published = broadcast[PUBLISHED]!;
    if ((published & 1) === 1) throw new BroadcastShutDownError("subscribe");
    words[SUB_TAKEN] = published;
    words[SUB_UNITS] = broadcast[UNITS]!;
    words[SUB_OFFSET] = broadcast[END]!;
    const newest = broadcast[NEWEST]!;
    refer(words, SUB_SEGMENT, arena.block(newest).words, newest);
    addSubscription(broadcast, words, line);
  } finally {
    unlockWord(broadcast, LOCK);
  }
}

/** Ends a subscription that nobody has any more. */
export function destroySubscription(block: Block): void {
  const { arena, words } = block;
  const line = words[SUB_BROADCAST]!;
  if (line === 0) return;
  const broadcast = arena.block(line);
  removeFromList(broadcast, block);
  dropSlot(words, SUB_SEGMENT);
  dropSlot(words, SUB_SPARE);
  makeRoom(broadcast.words);
  ringDoorbell();
  dropSlot(words, SUB_BROADCAST);
}
