/**
 * A queue of messages in shared memory: many agents put, many get. Its memory is drawn in `_layout.ts`.
 *
 * Roles: any agent may put and get. Putting is done under the PUT lock (`_putter.ts`), getting under the GET lock
 * (`_getter.ts`). Both are held only while messages are encoded or decoded in place, never while waiting. Both files say what
 * a kill leaves behind.
 *
 * Wake-ups: a sleeper counts itself and tries again before it sleeps; a waker changes the count word first, and then reads
 * the number of sleepers. All of it is sequentially consistent, so one of the two sees the other. As many are woken as items
 * were put, or as there is new room for. A woken waiter that has given up passes the wake-up on. When an agent dies, all
 * sleepers are woken, since it may have been woken and passed nothing on.
 *
 * Fairness: items leave in the order in which they were put. Which waiting getter gets an item is not defined.
 *
 * Source: the two-lock queue of Michael and Scott, "Simple, Fast, and Practical Non-Blocking and Blocking Concurrent
 * Queue Algorithms", 1996, with the items in segments.
 */
import { type Arena, type Block, Kind } from "../memory/arena.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import { lockWord, unlockWord } from "../memory/lock_word.ts";
import { sweepBlocks } from "../memory/named.ts";
import { dropSlot, type Hold } from "../memory/references.ts";
import { carrierIn, type EncodedMessage } from "../message/messages.ts";
import type { PENDING } from "../wait/wait.ts";
import { QueueShutDownError } from "../errors.ts";
import type { Batch } from "./_batch.ts";
import { Getter } from "./_getter.ts";
import * as layout from "./_layout.ts";
import { doneAfter, itemsBetween } from "./_layout.ts";
import { JOINABLE } from "./_origin.ts";
import { Putter } from "./_putter.ts";
import { lockSide } from "./_side.ts";
import { notify } from "../wait/queues.ts";

// The engine folds a module's own constants into the code, but loads imported ones each time.
const {
  DONE_COUNT,
  FLAVOUR,
  GET_COUNT,
  GET_LOCK,
  GET_POSITION,
  GETTERS,
  MAX_SIZE,
  PUT_COUNT,
  PUT_LOCK,
  PUTTERS,
  SEGMENT_NEXT,
  SHUT_DOWN,
} = layout;

/** The operations of a queue, none of which waits. */
export class QueueCore {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly maxSize: number;
  /** See `carrierIn()`. */
  readonly carrier: object | undefined;
  readonly #arena: Arena;
  readonly #me: number;
  readonly #tracked: boolean;
  readonly #putter: Putter;
  readonly #getter: Getter;

  /** @param held What keeps the block alive. */
  constructor(block: Block, held: Hold) {
    this.words = block.words;
    this.maxSize = block.words[MAX_SIZE]!;
    this.#arena = block.arena;
    this.#me = block.arena.me;
    this.carrier = carrierIn(block.arena);
    this.#tracked = block.words[FLAVOUR] === JOINABLE;
    this.#putter = new Putter(block, this.#me, held);
    this.#getter = new Getter(block, this.#me, held);
  }

  /** Items in the queue right now. */
  get size(): number {
    // In this order: items that were taken have been put.
    const taken = Atomics.load(this.words, GET_COUNT);
    return itemsBetween(Atomics.load(this.words, PUT_COUNT), taken);
  }

  /** Whether it was shut down. */
  get isShutDown(): boolean {
    return this.words[SHUT_DOWN] === 1;
  }

  /** See {@linkcode Putter.put}. */
  put(value: unknown, encoded?: EncodedMessage): true | typeof PENDING {
    return this.#putter.put(value, encoded);
  }

  /** See {@linkcode Putter.putMany}. */
  putMany(batch: Batch, all: boolean): void {
    this.#putter.putMany(batch, all);
  }

  /** See {@linkcode Getter.get}. */
  get(): { value: unknown } | typeof PENDING {
    return this.#getter.get();
  }

  /** See {@linkcode Getter.getMany}. */
  getMany(max: number): unknown[] | typeof PENDING {
    return this.#getter.getMany(max);
  }

  /** Wakes another putter: the one that was woken does not put after all. */
  passTurnOn(): void {
    if (this.maxSize > 0 && Atomics.load(this.words, PUTTERS) > 0) {
      notify(this.words, GET_COUNT, 1);
    }
  }

  /** Refuses puts from now on; with `immediate`, the items in the queue are dropped, too. */
  shutDown(immediate: boolean): void {
    const { words } = this;
    lockSide(words, PUT_LOCK, this.#me, "shut down");
    Atomics.store(words, SHUT_DOWN, 1);
    unlockWord(words, PUT_LOCK);
    if (immediate) {
      const dropped = discard(this.#getter);
      if (this.#tracked && dropped > 0) this.done(dropped);
    }
    // Changes the words, so that nobody falls asleep on them without having seen the shutdown.
    Atomics.or(words, PUT_COUNT, 1);
    Atomics.or(words, GET_COUNT, 1);
    notify(words, PUT_COUNT);
    notify(words, GET_COUNT);
    ringDoorbell(this.#arena);
  }

  /** Reports items as done. False if there were not so many. */
  done(items: number): boolean {
    const { words } = this;
    let seen = Atomics.load(words, DONE_COUNT);
    let open: number;
    for (;;) {
      open = itemsBetween(Atomics.load(words, PUT_COUNT), seen);
      if (open < items) return false;
      const found = Atomics.compareExchange(words, DONE_COUNT, seen, doneAfter(seen, items));
      if (found === seen) break;
      seen = found;
    }
    if (open === items) notify(words, DONE_COUNT);
    return true;
  }

  /** Counts (1), or no longer counts (-1), an agent that waits for an item without sleeping on this queue. */
  listen(change: 1 | -1): void {
    Atomics.add(this.words, GETTERS, change);
  }
}

/** Discards the items of a queue that was shut down. Gives how many there were. */
function discard(getter: Getter): number {
  let dropped = 0;
  try {
    while (getter.drop()) dropped++;
  } catch (error) {
    // Shut down and empty, as it should be.
    if (!(error instanceof QueueShutDownError)) throw error;
  }
  return dropped;
}

/** The cores of the queues of this agent. */
export const cores: WeakMap<object, QueueCore> = new WeakMap();

/** The core of a queue. */
export function coreOf(queue: object): QueueCore {
  return cores.get(queue)!;
}

/** Drops the segments of a queue, and the references of its items: nobody has the queue any more. */
export function destroyQueue(block: Block): void {
  const { words, arena } = block;
  Atomics.store(words, SHUT_DOWN, 1);
  discard(new Getter(block, arena.me, undefined));
  const position = GET_POSITION + (words[GET_COUNT]! & 2);
  const line = words[position]!;
  if (line === 0) return;
  // After the last item there may be a segment of a putter that was killed before it published its item.
  dropSlot(arena.block(line).words, SEGMENT_NEXT, arena);
  dropSlot(words, position, arena);
}

/** Frees the segments that a kill has left outside of the chain. */
export function sweepQueue({ words, arena }: Block): void {
  lockWord(words, PUT_LOCK, arena.me);
  lockWord(words, GET_LOCK, arena.me);
  try {
    const chain = new Set<number>();
    let line = words[GET_POSITION + (words[GET_COUNT]! & 2)]!;
    while (line !== 0 && !chain.has(line)) {
      chain.add(line);
      line = arena.block(line).words[SEGMENT_NEXT]!;
    }
    sweepBlocks(arena, Kind.segment, chain);
  } finally {
    unlockWord(words, GET_LOCK);
    unlockWord(words, PUT_LOCK);
  }
}
