/**
 * A queue of messages in shared memory: many agents put, many get. Where it all lies: `_layout.ts`.
 *
 * Roles: any agent may put and get. Putting is done under the PUT lock, getting under the GET lock; both are held only
 * while a message is encoded or decoded in place, never while waiting.
 *
 * Crash safety: a put writes the item and the new position into the position pair that is NOT current (its index is the count's
 * lowest bit), and then makes both valid with one atomic add to PUT_COUNT. Killed before it, nothing happened; the
 * next putter gets the lock (abandoned) and overwrites. A get does the same with GET_COUNT: killed before it, the item is
 * still there for the next getter. What else changes hands then, the references of an item (`message/message_references.ts`) and the segment that a
 * get has emptied, does so in one kill-safe step with it (see `memory/references.ts`).
 *
 * Wake-ups: sleepers count themselves and look again before they sleep; wakers change the count word first and read the
 * number of sleepers after (both sequentially consistent), so one of the two always sees the other. A woken waiter that
 * has given up passes the wake on; when an agent dies all sleepers are woken, since it may have died with a wake.
 *
 * Fairness: items leave in the order they were put; which waiting getter gets one is not defined.
 *
 * Source: the two-lock queue of Michael and Scott, "Simple, Fast, and Practical Non-Blocking and Blocking Concurrent
 * Queue Algorithms", 1996, with the items in segments.
 */
import { consumeItem, publishItem, refer } from "../kill_safe.ts";
import { agent } from "../memory/agent.ts";
import { type Block, BLOCK_BODY, Kind } from "../memory/arena.ts";
import type { Memory } from "../codec/bytes.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import { destroy, dropSlot, endUse, type Hold } from "../memory/references.ts";
import { lockWord, unlockWord } from "../memory/lock_word.ts";
import { decodeFrom, encodeInto, takeReferences } from "../message/messages.ts";
import { EncodedMessage } from "../message/encoded_message.ts";
import {
  BULK_EXTRA,
  DONE_COUNT,
  FIRST_SEGMENT,
  FLAVOUR,
  GET_COUNT,
  GET_LOCK,
  GET_POSITION,
  GETTERS,
  HEADER,
  ITEM,
  ITEM_WITH_HANDLES,
  itemsBetween,
  MAX_ITEM,
  MAX_SIZE,
  NEXT,
  PUT_COUNT,
  PUT_LOCK,
  PUT_POSITION,
  PUTTERS,
  SEGMENT,
  SEGMENT_DATA,
  SEGMENT_NEXT,
  SHUT_DOWN,
} from "./_layout.ts";
import { JOINABLE } from "./_origin.ts";
import {
  type MessageReferences,
  REFERENCES_BYTES,
  referencesAt,
} from "../message/message_references.ts";
import { newBlock } from "../memory/shared_object.ts";
import { PENDING } from "../wait/wait.ts";
import { QueueShutDownError } from "../errors.ts";

interface Segment extends Memory {
  readonly line: number;
  /** First byte behind it. */
  readonly end: number;
}

/** The operations, without waiting. */
export class QueueCore {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly maxSize: number;
  readonly #block: Block;
  readonly #me: number;
  readonly #tracked: boolean;
  readonly #held: Hold | undefined;
  /** Views of the segments used last. A block never changes its length, so they stay right when it is used again. */
  #putting: Segment | undefined;
  #getting: Segment | undefined;

  /** @param held What keeps the block alive; absent while it is destroyed. */
  constructor(block: Block, held?: Hold) {
    this.#block = block;
    this.#held = held;
    this.words = block.words;
    this.maxSize = block.words[MAX_SIZE]!;
    this.#me = agent().id;
    this.#tracked = block.words[FLAVOUR] === JOINABLE;
  }

  /** Items in the queue right now. */
  get size(): number {
    return itemsBetween(
      Atomics.load(this.words, PUT_COUNT),
      Atomics.load(this.words, GET_COUNT),
    );
  }

  /** Whether it was shut down. */
  get isShutDown(): boolean {
    return this.words[SHUT_DOWN] === 1;
  }

  /**
   * Puts an item unless the queue is full.
   *
   * @param encoded The item as it was encoded, when it had to wait.
   */
  put(value: unknown, encoded?: EncodedMessage): true | typeof PENDING {
    const { words, maxSize } = this;
    const held = this.#held!;
    this.#lock(PUT_LOCK, "put");
    // Code of the value's own, which runs while it is encoded, may dispose of the queue.
    held.uses++;
    let done = false;
    try {
      if (words[SHUT_DOWN] === 1) throw new QueueShutDownError("put", value);
      const count = words[PUT_COUNT]!;
      if (maxSize > 0 && itemsBetween(count, Atomics.load(words, GET_COUNT)) >= maxSize) {
        return PENDING;
      }
      this.#write(value, encoded, count);
      done = true;
    } finally {
      unlockWord(words, PUT_LOCK);
      if (done) this.#wakeGetter();
      endUse(held);
    }
    return true;
  }

  /** Encodes an item at the end and publishes it. Under the PUT lock. */
  #write(value: unknown, encoded: EncodedMessage | undefined, count: number): void {
    const { words } = this;
    const now = PUT_POSITION + (count & 2);
    let segment = this.#putting;
    let offset = words[now + 1]!;
    const line = words[now]!;
    if (line === 0) {
      segment = this.#firstSegment();
      offset = SEGMENT_DATA;
    } else if (segment === undefined || segment.line !== line) segment = this.#segment(line);
    let position: number;
    let references: MessageReferences | undefined;
    if (encoded === undefined) {
      position = encodeInto(value, segment, offset + HEADER, segment.end - HEADER);
      references = takeReferences();
    } else {
      position = encoded.writeTo(segment, offset + HEADER, segment.end - HEADER);
      references = encoded.references;
    }
    if (position < 0) {
      [segment, offset, position, references] = this.#writeElsewhere(
        value,
        encoded,
        segment,
        offset,
      );
    }
    this.#putting = segment;
    const kind = references === undefined ? ITEM : ITEM_WITH_HANDLES;
    segment.i32[offset >>> 2] = (kind << 28) | (position - offset - HEADER);
    const next = PUT_POSITION + (2 - (count & 2));
    words[next] = segment.line;
    words[next + 1] = (position + 7) & ~7;
    if (references === undefined) Atomics.add(words, PUT_COUNT, 2);
    else {
      publishItem(words, PUT_COUNT, references.held.page, references.held.slot);
      references.departed();
    }
  }

  /** The item did not fit the rest of the segment: starts another one, as large as the item needs. */
  #writeElsewhere(
    value: unknown,
    encoded: EncodedMessage | undefined,
    full: Segment,
    fullOffset: number,
  ): [Segment, number, number, MessageReferences | undefined] {
    const start = SEGMENT_DATA + HEADER;
    let segment = encoded === undefined ? this.#bulkSegment(value) : undefined;
    let end: number;
    let references: MessageReferences | undefined;
    if (segment !== undefined) {
      // How long it will be is known, and that there is nothing else in it: once more in place.
      try {
        end = encodeInto(value, segment, start, segment.end - HEADER);
      } catch (error) {
        destroy(this.#block.arena.block(segment.line));
        throw error;
      }
    } else {
      encoded ??= encodeItem(value, false);
      references = encoded.references;
      try {
        segment = this.#newSegment(encoded.bytes.length);
      } catch (error) {
        references?.stay();
        throw error;
      }
      end = encoded.writeTo(segment, start, segment.end - HEADER);
    }
    // One that a putter left there who was killed before it had put its item.
    dropSlot(full.i32, SEGMENT_NEXT);
    refer(full.i32, SEGMENT_NEXT, segment.i32, segment.line);
    full.i32[fullOffset >>> 2] = NEXT << 28;
    return [segment, SEGMENT_DATA, end, references];
  }

  /** A segment for a large array of bytes, which take up no more than themselves and a little. */
  #bulkSegment(value: unknown): Segment | undefined {
    if (!(value instanceof Uint8Array) || Object.getPrototypeOf(value) !== Uint8Array.prototype) {
      return undefined;
    }
    const length = value.length + BULK_EXTRA;
    return length > SEGMENT / 2 && length <= MAX_ITEM ? this.#newSegment(length) : undefined;
  }

  /** A segment with room for an item of `length` bytes. Only its head is zeroed: the rest is written before it is read. */
  #newSegment(length: number): Segment {
    const bytes = Math.max(SEGMENT, SEGMENT_DATA + HEADER + length + 2 * HEADER);
    const block = newBlock(Kind.segment, bytes - BLOCK_BODY * 4, SEGMENT_DATA / 4);
    return this.#segment(block.line);
  }

  /** The queue's first item ever: both positions begin in a new segment. */
  #firstSegment(): Segment {
    const { words } = this;
    // A putter may have been killed after it had made it.
    if (words[GET_POSITION] !== 0) return this.#segment(words[GET_POSITION]!);
    const block = newBlock(Kind.segment, FIRST_SEGMENT - BLOCK_BODY * 4, SEGMENT_DATA / 4);
    // No getter looks before the first item is published.
    words[GET_POSITION + 1] = SEGMENT_DATA;
    refer(words, GET_POSITION, block.words, block.line);
    return this.#segment(block.line);
  }

  /**
   * Takes the oldest item. It is decoded before it is consumed: should this agent be killed meanwhile, it is still there.
   */
  get(): { value: unknown } | typeof PENDING {
    return this.#take(false);
  }

  #take(unseen: boolean): { value: unknown } | typeof PENDING {
    const { words } = this;
    if (this.#nothing(Atomics.load(words, GET_COUNT))) return PENDING;
    let value: unknown;
    let taken = false;
    const held = this.#held;
    this.#lock(GET_LOCK, "get");
    if (held !== undefined) held.uses++;
    try {
      const count = words[GET_COUNT]!;
      if (this.#nothing(count)) return PENDING;
      const now = GET_POSITION + (count & 2);
      let offset = words[now + 1]!;
      let segment = this.#getting;
      if (segment === undefined || segment.line !== words[now]) {
        segment = this.#segment(words[now]!);
      }
      let header = segment.i32[offset >>> 2]!;
      let emptied: Block | undefined;
      if (header >>> 28 === NEXT) {
        emptied = this.#block.arena.block(segment.line);
        segment = this.#segment(segment.i32[SEGMENT_NEXT]!);
        offset = SEGMENT_DATA;
        header = segment.i32[offset >>> 2]!;
      }
      this.#getting = segment;
      const start = offset + HEADER;
      const end = start + (header & 0xfffffff);
      const references = header >>> 28 === ITEM_WITH_HANDLES
        ? referencesAt(segment.view, end)
        : undefined;
      try {
        if (!unseen) {
          value = decodeFrom(
            segment,
            start,
            references === undefined ? end : end - REFERENCES_BYTES,
          );
        }
      } finally {
        // Also when it does not decode: it would not decode for anybody.
        const next = GET_POSITION + (2 - (count & 2));
        words[next] = segment.line;
        words[next + 1] = (end + 7) & ~7;
        taken = true;
        if (references === undefined && emptied === undefined) Atomics.add(words, GET_COUNT, 2);
        else this.#consumeWith(emptied, references);
      }
    } finally {
      unlockWord(words, GET_LOCK);
      if (taken && this.maxSize > 0) this.#wakePutter();
      if (held !== undefined) endUse(held);
    }
    return { value };
  }

  /** Takes an item off that brings more with it than itself. Under the GET lock. */
  #consumeWith(emptied: Block | undefined, references: Block | undefined): void {
    consumeItem(this.words, GET_COUNT, emptied?.words, references?.words, this.#me);
    if (emptied !== undefined) destroy(emptied);
    if (references !== undefined) destroy(references);
  }

  #wakeGetter(): void {
    const { words } = this;
    if (Atomics.load(words, GETTERS) === 0) return;
    Atomics.notify(words, PUT_COUNT, 1);
    ringDoorbell();
  }

  #wakePutter(): void {
    if (Atomics.load(this.words, PUTTERS) > 0) Atomics.notify(this.words, GET_COUNT, 1);
  }

  /** A putter that was woken has no use for its turn after all. */
  passTurnOn(): void {
    if (this.maxSize > 0) this.#wakePutter();
  }

  /** Throws away what is in a queue that was shut down; how many items there were. */
  discard(): number {
    let dropped = 0;
    try {
      while (this.#take(true) !== PENDING) dropped++;
    } catch (error) {
      // Shut down and empty, as it should be.
      if (!(error instanceof QueueShutDownError)) throw error;
    }
    return dropped;
  }

  /** Whether there is nothing to take; throws when there never will be. */
  #nothing(taken: number): boolean {
    const { words } = this;
    // Read before the count of puts: once it is set that count is final.
    const over = Atomics.load(words, SHUT_DOWN) === 1;
    if (itemsBetween(Atomics.load(words, PUT_COUNT), taken) !== 0) return false;
    if (over) throw new QueueShutDownError("get");
    return true;
  }

  /** No more puts; with `immediate`, what is in the queue is dropped too. */
  shutDown(immediate: boolean): void {
    const { words } = this;
    this.#lock(PUT_LOCK, "shut down");
    Atomics.store(words, SHUT_DOWN, 1);
    unlockWord(words, PUT_LOCK);
    if (immediate) {
      const dropped = this.discard();
      if (this.#tracked && dropped > 0) this.done(dropped);
    }
    // Changes the words, so that nobody can fall asleep on them who has not seen the shutdown.
    Atomics.or(words, PUT_COUNT, 1);
    Atomics.or(words, GET_COUNT, 1);
    Atomics.notify(words, PUT_COUNT);
    Atomics.notify(words, GET_COUNT);
    ringDoorbell();
  }

  /** Reports items done; false when there were not so many. */
  done(items: number): boolean {
    const { words } = this;
    let seen = Atomics.load(words, DONE_COUNT);
    let open: number;
    for (;;) {
      open = itemsBetween(Atomics.load(words, PUT_COUNT), seen);
      if (open < items) return false;
      const got = Atomics.compareExchange(words, DONE_COUNT, seen, seen + 2 * items | 0);
      if (got === seen) break;
      seen = got;
    }
    if (open === items) Atomics.notify(words, DONE_COUNT);
    return true;
  }

  /** Counts somebody who waits for an item in another way than by sleeping on this queue (1), or no more (-1). */
  listen(change: 1 | -1): void {
    Atomics.add(this.words, GETTERS, change);
  }

  #lock(word: number, what: string): void {
    if (this.words[word]! >>> 2 === this.#me) {
      throw new Deno.errors.Busy(
        `Cannot ${what}: this worker is in the middle of doing so; a class's own encode or decode must not use the queue it travels through`,
      );
    }
    lockWord(this.words, word, this.#me);
  }

  #segment(line: number): Segment {
    const { words } = this.#block.arena.block(line);
    const { buffer, byteOffset, byteLength } = words;
    return {
      line,
      end: byteLength,
      i32: words,
      bytes: new Uint8Array(buffer, byteOffset, byteLength),
      view: new DataView(buffer, byteOffset, byteLength),
    };
  }
}

/** The workings of each queue of this agent, for what is built on queues. */
export const cores: WeakMap<object, QueueCore> = new WeakMap();

/** The workings of a queue. */
export function coreOf(queue: object): QueueCore {
  return cores.get(queue)!;
}

/** The last one gave the queue back: its segments go too, and what the items in them refer to. */
export function destroyQueue(block: Block): void {
  const { words, arena } = block;
  Atomics.store(words, SHUT_DOWN, 1);
  new QueueCore(block).discard();
  const position = GET_POSITION + (words[GET_COUNT]! & 2);
  const line = words[position]!;
  if (line === 0) return;
  // Behind the last item there may be a segment that a putter left there who was killed before it had put its item.
  dropSlot(arena.block(line).words, SEGMENT_NEXT);
  dropSlot(words, position);
}

/**
 * Encodes an item aside.
 *
 * @param copy Whether it has to last; if not, it is good until the next one is encoded.
 */
export function encodeItem(value: unknown, copy: boolean): EncodedMessage {
  const encoded = EncodedMessage.of(value, copy);
  const { length } = encoded.bytes;
  if (length <= MAX_ITEM) return encoded;
  encoded.references?.stay();
  throw new RangeError(
    `Cannot put: the item takes ${length} bytes, at most ${MAX_ITEM} are possible`,
  );
}
