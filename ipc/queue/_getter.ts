/**
 * The side of a queue that gets. Everything here is done under the GET lock.
 *
 * Crash safety: items are decoded first and then consumed, by one atomic addition to GET_COUNT, which also makes the other
 * position pair the current one. If the getter is killed before that, all of them are still there for the next getter. The
 * segment that was emptied and the references of an item change hands in the same step (`kill_safe.ts`). So a step goes on
 * into the next segment at most once, and an item with references ends it.
 */
import { consumeItems } from "../kill_safe.ts";
import type { Block } from "../memory/arena.ts";
import { unlockWord } from "../memory/lock_word.ts";
import { destroy, endUse, type Hold } from "../memory/references.ts";
import { REFERENCES_BYTES, referencesAt } from "../message/message_references.ts";
import { carrierIn, decodeFrom } from "../message/messages.ts";
import { type Segment, segmentAt } from "../message/segment.ts";
import { PENDING } from "../wait/wait.ts";
import { QueueShutDownError } from "../errors.ts";
import * as layout from "./_layout.ts";
import { countAfter, itemsBetween } from "./_layout.ts";
import { lockSide } from "./_side.ts";
import { notify } from "../wait/queues.ts";

// The engine folds a module's own constants into the code, but loads imported ones each time.
const {
  GET_COUNT,
  GET_LOCK,
  GET_POSITION,
  HEADER,
  ITEM_WITH_HANDLES,
  MAX_SIZE,
  NEXT,
  PUT_COUNT,
  PUTTERS,
  SEGMENT_DATA,
  SEGMENT_NEXT,
  SHUT_DOWN,
} = layout;

/** Takes items out of a queue, without waiting. */
export class Getter {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #limited: boolean;
  readonly #block: Block;
  readonly #me: number;
  readonly #held: Hold | undefined;
  readonly #carrier: object | undefined;
  /** The segment used last. A block never changes its length, so its views stay right when it is used again. */
  #segment: Segment | undefined;
  /** The segment before that one, until it is consumed. */
  #emptied: Block | undefined;
  /** The item at hand: its kind, and where its bytes are. */
  #kind = 0;
  #start = 0;
  #end = 0;
  /** Items consumed since the lock was taken. */
  #taken = 0;

  /** @param held What keeps the block alive; absent while it is destroyed. */
  constructor(block: Block, me: number, held: Hold | undefined) {
    this.#block = block;
    this.#words = block.words;
    this.#limited = block.words[MAX_SIZE]! > 0;
    this.#me = me;
    this.#held = held;
    this.#carrier = carrierIn(block.arena);
  }

  /** Takes the oldest item. One that does not decode is consumed, too: it would not decode for anybody. */
  get(): { value: unknown } | typeof PENDING {
    if (this.#nothing(Atomics.load(this.#words, GET_COUNT))) return PENDING;
    this.#lock();
    try {
      if (this.#nothing(this.#words[GET_COUNT]!)) return PENDING;
      this.#begin();
      try {
        return { value: this.#decode() };
      } finally {
        this.#consume(1, this.#references());
      }
    } finally {
      this.#unlock();
    }
  }

  /**
   * Takes the oldest items, as many as there are, but not more than `max`. It stops before an item that does not decode; if
   * that is the first one, it is consumed, as by {@linkcode Getter.get}.
   */
  getMany(max: number): unknown[] | typeof PENDING {
    const words = this.#words;
    if (this.#nothing(Atomics.load(words, GET_COUNT))) return PENDING;
    this.#lock();
    try {
      const count = words[GET_COUNT]!;
      if (this.#nothing(count)) return PENDING;
      const wanted = Math.min(max, itemsBetween(Atomics.load(words, PUT_COUNT), count));
      const values: unknown[] = [];
      while (values.length < wanted && this.#takeRun(values, wanted));
      return values;
    } finally {
      this.#unlock();
    }
  }

  /** Consumes an item without decoding it. False if there is none, and none will come. */
  drop(): boolean {
    this.#lock();
    try {
      if (this.#nothing(this.#words[GET_COUNT]!)) return false;
      this.#begin();
      this.#consume(1, this.#references());
      return true;
    } finally {
      this.#unlock();
    }
  }

  /** Takes items that can be consumed in one step. False if one does not decode. */
  #takeRun(values: unknown[], wanted: number): boolean {
    this.#begin();
    let count = 0;
    let end = 0;
    let references: Block | undefined;
    let decoded = true;
    do {
      try {
        values.push(this.#decode());
      } catch (error) {
        if (values.length === 0) {
          this.#consume(1, this.#references());
          throw error;
        }
        decoded = false;
        break;
      }
      count++;
      end = this.#end;
      references = this.#references();
    } while (values.length < wanted && references === undefined && this.#find(end));
    if (count > 0) {
      this.#end = end;
      this.#consume(count, references);
    }
    return decoded;
  }

  /** Finds the oldest item, which may be the first of the next segment. */
  #begin(): void {
    const words = this.#words;
    const now = GET_POSITION + (words[GET_COUNT]! & 2);
    let segment = this.#segment;
    if (segment === undefined || segment.line !== words[now]) {
      segment = this.#segment = segmentAt(this.#block.arena, words[now]!);
    }
    this.#emptied = undefined;
    if (this.#find(words[now + 1]!)) return;
    const { arena } = this.#block;
    this.#emptied = arena.block(segment.line);
    this.#segment = segmentAt(arena, segment.i32[SEGMENT_NEXT]!);
    this.#find(SEGMENT_DATA);
  }

  /** Finds the item after another one. False if that was the last of the segment. */
  #find(end: number): boolean {
    const offset = (end + 7) & ~7;
    const header = this.#segment!.i32[offset >>> 2]!;
    this.#kind = header >>> 28;
    if (this.#kind === NEXT) return false;
    this.#start = offset + HEADER;
    this.#end = this.#start + (header & 0xfffffff);
    return true;
  }

  #references(): Block | undefined {
    if (this.#kind !== ITEM_WITH_HANDLES) return undefined;
    return referencesAt(this.#segment!.view, this.#end);
  }

  #decode(): unknown {
    const end = this.#kind === ITEM_WITH_HANDLES ? this.#end - REFERENCES_BYTES : this.#end;
    return decodeFrom(this.#segment!, this.#start, end, this.#carrier);
  }

  /** Consumes items, the last of which is the one at hand, and may have references. */
  #consume(items: number, references: Block | undefined): void {
    const words = this.#words;
    const emptied = this.#emptied;
    const count = words[GET_COUNT]!;
    const next = GET_POSITION + (2 - (count & 2));
    words[next] = this.#segment!.line;
    words[next + 1] = (this.#end + 7) & ~7;
    this.#taken += items;
    const step = countAfter(count, items);
    if (references === undefined && emptied === undefined) {
      Atomics.add(words, GET_COUNT, step);
      return;
    }
    consumeItems(words, GET_COUNT, step, emptied?.words, references?.words, this.#me);
    if (emptied !== undefined) destroy(emptied);
    if (references !== undefined) destroy(references);
  }

  /** Whether there is nothing to take. Throws if there never will be. */
  #nothing(taken: number): boolean {
    const words = this.#words;
    // Read before the count of puts: once it is set, that count is final.
    const over = Atomics.load(words, SHUT_DOWN) === 1;
    if (itemsBetween(Atomics.load(words, PUT_COUNT), taken) !== 0) return false;
    if (over) throw new QueueShutDownError("get");
    return true;
  }

  #lock(): void {
    lockSide(this.#words, GET_LOCK, this.#me, "get");
    this.#taken = 0;
    // Code of an item, which runs while it is decoded, may dispose of the queue.
    if (this.#held !== undefined) this.#held.uses++;
  }

  #unlock(): void {
    const words = this.#words;
    const taken = this.#taken;
    unlockWord(words, GET_LOCK);
    if (taken > 0 && this.#limited && Atomics.load(words, PUTTERS) > 0) {
      notify(words, GET_COUNT, taken);
    }
    if (this.#held !== undefined) endUse(this.#held);
  }
}
