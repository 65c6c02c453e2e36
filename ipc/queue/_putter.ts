/**
 * The side of a queue that puts. Everything here is done under the PUT lock.
 *
 * Crash safety: a put writes where nobody reads: the items after the current position, and the new position into the pair
 * that is not current. One atomic addition to PUT_COUNT then makes all of it valid, for any number of items, as the count also
 * says which pair is current. If the putter is killed before that, nothing has happened: the next putter gets the lock,
 * abandoned, and overwrites. The references of an item are handed over in the same step (`kill_safe.ts`), so at most one
 * item with references is published at a time, as the last of its run.
 *
 * A new segment is linked to the current one before an item in it is published. If the putter is killed between the two,
 * the next one finds the segment there and frees it. So a run never goes beyond one new segment.
 */
import { publishItems, refer } from "../kill_safe.ts";
import { type Block, BLOCK_BODY, Kind } from "../memory/arena.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import { unlockWord } from "../memory/lock_word.ts";
import { destroy, dropSlot, endUse, type Hold } from "../memory/references.ts";
import { newBlock } from "../memory/shared_object.ts";
import { carrierIn, type EncodedMessage, encodeInto, takeReferences } from "../message/messages.ts";
import { type Segment, segmentAt } from "../message/segment.ts";
import type { MessageReferences } from "../message/message_references.ts";
import { PENDING } from "../wait/wait.ts";
import { QueueShutDownError } from "../errors.ts";
import { type Batch, encodeItem } from "./_batch.ts";
import * as layout from "./_layout.ts";
import { countAfter, itemsBetween } from "./_layout.ts";
import { lockSide, newSegment } from "./_side.ts";
import { notify } from "../wait/queues.ts";

// The engine folds a module's own constants into the code, but loads imported ones each time.
const {
  BULK_EXTRA,
  FIRST_SEGMENT,
  GET_COUNT,
  GET_POSITION,
  GETTERS,
  HEADER,
  ITEM,
  ITEM_WITH_HANDLES,
  MAX_ITEM,
  MAX_SIZE,
  NEXT,
  PUT_COUNT,
  PUT_LOCK,
  PUT_POSITION,
  SEGMENT,
  SEGMENT_DATA,
  SEGMENT_NEXT,
  SHUT_DOWN,
} = layout;

/** Puts items into a queue, without waiting. */
export class Putter {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #maxSize: number;
  readonly #block: Block;
  readonly #me: number;
  readonly #held: Hold;
  readonly #carrier: object | undefined;
  /** The segment used last. A block never changes its length, so its views stay right when it is used again. */
  #segment: Segment | undefined;
  /** Where {@linkcode Putter.#write} has stopped. */
  #offset = 0;

  constructor(block: Block, me: number, held: Hold) {
    this.#block = block;
    this.#words = block.words;
    this.#maxSize = block.words[MAX_SIZE]!;
    this.#me = me;
    this.#held = held;
    this.#carrier = carrierIn(block.arena);
  }

  /**
   * Puts an item unless the queue is full.
   *
   * @param encoded The item as it was encoded, if it had to wait.
   */
  put(value: unknown, encoded?: EncodedMessage): true | typeof PENDING {
    const words = this.#words;
    const held = this.#held;
    lockSide(words, PUT_LOCK, this.#me, "put");
    // Code of the value, which runs while it is encoded, may dispose of the queue.
    held.uses++;
    let done = false;
    try {
      if (words[SHUT_DOWN] === 1) throw new QueueShutDownError("put", value);
      if (this.#room() <= 0) return PENDING;
      this.#begin();
      this.#publish(1, this.#write(value, encoded));
      done = true;
    } finally {
      unlockWord(words, PUT_LOCK);
      if (done) this.#wakeGetters(1);
      endUse(held);
    }
    return true;
  }

  /**
   * Puts the next items of a batch, as many as there is room for. When they cannot all be put in one step, the others are
   * encoded before the first is published: either all of them can be sent, or none is put.
   *
   * @param all Whether those for which there is no room are put later. If not, they are not even read.
   */
  putMany(batch: Batch, all: boolean): void {
    const words = this.#words;
    const held = this.#held;
    const before = batch.done;
    lockSide(words, PUT_LOCK, this.#me, "put");
    held.uses++;
    try {
      if (words[SHUT_DOWN] === 1) throw new QueueShutDownError("put", batch.rest());
      const room = this.#room();
      const end = Math.min(batch.items.length, before + room);
      if (end <= before) return;
      if (!all) batch.cut(end);
      this.#begin();
      if (!batch.isEncoded) this.#putInPlace(batch, end);
      while (batch.done < end) this.#putEncoded(batch, end);
    } finally {
      unlockWord(words, PUT_LOCK);
      if (batch.done > before) this.#wakeGetters(batch.done - before);
      endUse(held);
    }
  }

  /** Encodes items where they are to lie, as far as the segment goes, and publishes them in one step. */
  #putInPlace(batch: Batch, end: number): void {
    const segment = this.#segment!;
    let count = 0;
    let references: MessageReferences | undefined;
    for (let i = batch.done; i < end && references === undefined; i++) {
      const start = this.#offset + HEADER;
      const position = batch.named(
        i,
        (item) => encodeInto(item, segment, start, segment.end - HEADER, this.#carrier),
      );
      references = takeReferences();
      if (position < 0) break;
      this.#finishItem(segment, position, references);
      count++;
    }
    try {
      batch.encodeFrom(batch.done + count);
    } catch (error) {
      references?.stay();
      throw error;
    }
    if (count === 0) return;
    this.#publish(count, references);
    batch.done += count;
  }

  /** Copies items that are encoded, as far as the segment goes or into a new one, and publishes them in one step. */
  #putEncoded(batch: Batch, end: number): void {
    let count = 0;
    let references: MessageReferences | undefined;
    for (let i = batch.done; i < end && references === undefined; i++) {
      const encoded = batch.encoded(i);
      const segment = this.#segment!;
      const position = encoded.writeTo(segment, this.#offset + HEADER, segment.end - HEADER);
      if (position >= 0) this.#finishItem(segment, position, encoded.references);
      // The segment is full: what lies in it is published first.
      else if (count > 0) break;
      else this.#write(undefined, encoded);
      references = encoded.references;
      count++;
    }
    this.#publish(count, references);
    batch.done += count;
  }

  #room(): number {
    if (this.#maxSize === 0) return Infinity;
    const words = this.#words;
    return this.#maxSize - itemsBetween(words[PUT_COUNT]!, Atomics.load(words, GET_COUNT));
  }

  /** Finds the current position. */
  #begin(): void {
    const words = this.#words;
    const now = PUT_POSITION + (words[PUT_COUNT]! & 2);
    const line = words[now]!;
    if (line === 0) {
      this.#segment = this.#firstSegment();
      this.#offset = SEGMENT_DATA;
      return;
    }
    if (this.#segment === undefined || this.#segment.line !== line) {
      this.#segment = segmentAt(this.#block.arena, line);
    }
    this.#offset = words[now + 1]!;
  }

  /** Encodes an item at the position, or copies it there when it is encoded; its references. */
  #write(value: unknown, encoded: EncodedMessage | undefined): MessageReferences | undefined {
    const segment = this.#segment!;
    const start = this.#offset + HEADER;
    let position: number;
    let references: MessageReferences | undefined;
    if (encoded === undefined) {
      position = encodeInto(value, segment, start, segment.end - HEADER, this.#carrier);
      references = takeReferences();
    } else {
      position = encoded.writeTo(segment, start, segment.end - HEADER);
      references = encoded.references;
    }
    if (position < 0) return this.#writeElsewhere(value, encoded);
    this.#finishItem(segment, position, references);
    return references;
  }

  /** Starts another segment, as large as the item needs, which did not fit the rest of this one. */
  #writeElsewhere(
    value: unknown,
    encoded: EncodedMessage | undefined,
  ): MessageReferences | undefined {
    const { arena } = this.#block;
    const full = this.#segment!;
    const start = SEGMENT_DATA + HEADER;
    let segment = encoded === undefined ? this.#bulkSegment(value) : undefined;
    let end: number;
    let references: MessageReferences | undefined;
    if (segment !== undefined) {
      // Its length is known, and that it is nothing but bytes: it is encoded once more, in place.
      try {
        end = encodeInto(value, segment, start, segment.end - HEADER, this.#carrier);
      } catch (error) {
        destroy(arena.block(segment.line));
        throw error;
      }
    } else {
      encoded ??= encodeItem(value, false, this.#carrier);
      references = encoded.references;
      try {
        segment = newSegment(arena, encoded.bytes.length);
      } catch (error) {
        references?.stay();
        throw error;
      }
      end = encoded.writeTo(segment, start, segment.end - HEADER);
    }
    // Frees the one of a putter that was killed before it published its item.
    dropSlot(full.i32, SEGMENT_NEXT, arena);
    refer(full.i32, SEGMENT_NEXT, segment.i32, segment.line);
    full.i32[this.#offset >>> 2] = NEXT << 28;
    this.#segment = segment;
    this.#offset = SEGMENT_DATA;
    this.#finishItem(segment, end, references);
    return references;
  }

  /** Writes the header of an item, and moves on to after it. */
  #finishItem(segment: Segment, end: number, references: MessageReferences | undefined): void {
    const offset = this.#offset;
    const kind = references === undefined ? ITEM : ITEM_WITH_HANDLES;
    segment.i32[offset >>> 2] = (kind << 28) | (end - offset - HEADER);
    this.#offset = (end + 7) & ~7;
  }

  /** Makes items valid that were written, the last of which may have references. */
  #publish(items: number, references: MessageReferences | undefined): void {
    const words = this.#words;
    const count = words[PUT_COUNT]!;
    const next = PUT_POSITION + (2 - (count & 2));
    words[next] = this.#segment!.line;
    words[next + 1] = this.#offset;
    const step = countAfter(count, items);
    if (references === undefined) Atomics.add(words, PUT_COUNT, step);
    else {
      publishItems(words, PUT_COUNT, step, references.held.page, references.held.slot);
      references.departed();
    }
  }

  /** A segment for a large array of bytes, hardly larger than the bytes. */
  #bulkSegment(value: unknown): Segment | undefined {
    if (!(value instanceof Uint8Array) || Object.getPrototypeOf(value) !== Uint8Array.prototype) {
      return undefined;
    }
    const length = value.length + BULK_EXTRA;
    if (length <= SEGMENT / 2 || length > MAX_ITEM) return undefined;
    return newSegment(this.#block.arena, length);
  }

  /** The queue's first item ever: both positions begin in a new segment. */
  #firstSegment(): Segment {
    const words = this.#words;
    const { arena } = this.#block;
    // Made by a putter that was killed after that.
    if (words[GET_POSITION] !== 0) return segmentAt(arena, words[GET_POSITION]!);
    const bytes = FIRST_SEGMENT - BLOCK_BODY * 4;
    const block = newBlock(Kind.segment, bytes, SEGMENT_DATA / 4, arena);
    // No getter reads it before the first item is published.
    words[GET_POSITION + 1] = SEGMENT_DATA;
    refer(words, GET_POSITION, block.words, block.line);
    return segmentAt(arena, block.line);
  }

  #wakeGetters(items: number): void {
    const words = this.#words;
    if (Atomics.load(words, GETTERS) === 0) return;
    notify(words, PUT_COUNT, items);
    ringDoorbell(this.#block.arena);
  }
}
