/**
 * The reading side of a ring. Layout, ordering and source: `layout.ts`.
 */
import { consumeMessage } from "../../kill_safe.ts";
import { type Block, Kind } from "../../memory/arena.ts";
import { registerKind } from "../../memory/kinds.ts";
import { destroy } from "../../memory/references.ts";
import { referencesAt } from "../../message/message_references.ts";
import { discardBytes } from "../../message/moved_buffers.ts";
import { type Attempt, PENDING } from "../../wait/wait.ts";
import * as layout from "./layout.ts";
import { Message, type RingMemory, ringMemory, ticketAt } from "./layout.ts";
import { notify } from "../../wait/queues.ts";

// The engine folds a module's own constants into the code, but loads imported ones each time.
const { CAPACITY, CLOSED, DATA, HEAD, HEADER, MOVING, POSITIONS, READER, TAIL, WAIT } = layout;

/** How often a reader that is to move reads whether an announced buffer was taken back. */
const PATIENCE = 1000;

/** The reading side. */
export class RingReader {
  readonly memory: RingMemory;
  readonly #i32: Int32Array<SharedArrayBuffer>;
  readonly #units: number;
  readonly #quarter: number;
  #head: number;
  #tail: number;
  #published: number;
  readonly #me: number;
  /** Whether the end is about to move: nothing is received any more. */
  leaving: boolean = false;
  /** Kind, payload offset and length of the message found by {@linkcode peek}. */
  kind: number = 0;
  payload: number = 0;
  length: number = 0;

  constructor(block: Block) {
    this.memory = ringMemory(block);
    this.#i32 = this.memory.i32;
    this.#units = block.words[CAPACITY]!;
    this.#quarter = this.#units >>> 2;
    this.#me = block.arena.me;
    Atomics.store(this.#i32, READER, this.#me);
    this.#head = Atomics.load(this.#i32, HEAD) >>> 2;
    this.#tail = this.#published = Atomics.load(this.#i32, TAIL) >>> 2;
  }

  /**
   * Prepares to move to another agent: no more buffers come to this one.
   *
   * @returns False if some are on their way to it, which it must receive first.
   */
  leave(): boolean {
    Atomics.store(this.#i32, READER, 0);
    // A writer that has just announced a buffer reads this, and takes it back at once.
    for (let looks = 0; looks < PATIENCE; looks++) {
      if (Atomics.load(this.#i32, MOVING) > 0) continue;
      this.leaving = true;
      this.publish();
      return true;
    }
    this.stay();
    return false;
  }

  /** Undoes {@linkcode leave}. */
  stay(): void {
    this.leaving = false;
    Atomics.store(this.#i32, READER, this.#me);
    // Tasks of this agent that wait for a message have ignored what came meanwhile.
    notify(this.#i32, HEAD);
  }

  /** A buffer has arrived. */
  arrived(): void {
    Atomics.sub(this.#i32, MOVING, 1);
  }

  /** Finds the next message without consuming it. */
  peek(): boolean {
    if (this.#tail === this.#head) {
      this.#head = Atomics.load(this.#i32, HEAD) >>> 2;
      if (this.#tail === this.#head) return false;
    }
    let at = this.#tail & (this.#units - 1);
    let header = this.#i32[(DATA >>> 2) + at * 2]!;
    if (header >>> 28 === Message.pad) {
      this.#tail = (this.#tail + this.#units - at) & POSITIONS;
      at = 0;
      header = this.#i32[DATA >>> 2]!;
    }
    this.kind = header >>> 28;
    this.length = header & 0xfffffff;
    this.payload = DATA + at * 8 + HEADER;
    return true;
  }

  /** Steps over the message that was peeked at, without telling the writer. */
  skip(): void {
    this.#tail = (this.#tail + ((this.length + 15) >>> 3)) & POSITIONS;
  }

  /** Consumes the message that was peeked at. Its memory may be overwritten from here on. */
  advance(): void {
    this.skip();
    if (
      ((this.#tail - this.#published) & POSITIONS) >= this.#quarter ||
      (this.#i32[TAIL]! & WAIT) !== 0
    ) this.publish();
  }

  /** Hands the consumed space back to the writer. */
  publish(): void {
    if (this.#tail === this.#published && (this.#i32[TAIL]! & WAIT) === 0) return;
    this.#published = this.#tail;
    const before = Atomics.exchange(this.#i32, TAIL, this.#tail << 2);
    if ((before & WAIT) !== 0) notify(this.#i32, TAIL);
  }

  /** Consumes the message that was peeked at, and destroys its references: the receiver has its own. */
  consumeWith(references: Block): void {
    this.skip();
    this.#published = this.#tail;
    // In a ring without a reader, CLOSED must stay.
    const closed = this.#i32[TAIL]! & CLOSED;
    const before = consumeMessage(
      this.#i32,
      TAIL,
      (this.#tail << 2) | closed,
      references.words,
      this.#me,
    );
    if ((before & WAIT) !== 0) notify(this.#i32, TAIL);
    destroy(references);
  }

  /** Waiting for a message: true once there is one, false if there will be none. */
  arrival(): Attempt<boolean> {
    return new ArrivalAttempt(this, this.#i32);
  }
}

class ArrivalAttempt implements Attempt<boolean> {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly index = HEAD;
  expected: number = 0;
  readonly #reader: RingReader;

  constructor(reader: RingReader, words: Int32Array<SharedArrayBuffer>) {
    this.#reader = reader;
    this.words = words;
  }

  attempt(): boolean | typeof PENDING {
    for (;;) {
      const seen = Atomics.load(this.words, HEAD);
      if (this.#reader.leaving) {
        this.expected = seen;
        return PENDING;
      }
      if (this.#reader.peek()) return true;
      // Peeked after `seen` was read: everything was published before CLOSED was set.
      if ((seen & CLOSED) !== 0) return false;
      this.expected = seen | WAIT;
      if (
        (seen & WAIT) !== 0 || Atomics.compareExchange(this.words, HEAD, seen, seen | WAIT) === seen
      ) return PENDING;
    }
  }
}

/** Closes the reading end: the writer gets a broken pipe. What nobody will receive is discarded. */
export function closeReading(block: Block): void {
  Atomics.or(block.words, TAIL, CLOSED);
  notify(block.words, TAIL);
  // What other programs share has no references in it.
  if (!block.arena.isNamed) throwAway(block);
}

/** Discards all messages, with their references and moved buffers. Only for a ring without a reader. */
function throwAway(block: Block): void {
  const reader = new RingReader(block);
  const { view } = reader.memory;
  while (reader.peek()) {
    const { kind, payload, length } = reader;
    if (kind === Message.objectWithHandles || kind === Message.lastWithHandles) {
      reader.consumeWith(referencesAt(view, payload + length));
    } else {
      reader.skip();
      if (kind === Message.ticketOfBytes) {
        const { sender, ticket } = ticketAt(view, payload);
        discardBytes(sender, ticket);
      }
    }
  }
}

// Also discards what was sent after the reader had gone.
registerKind(Kind.ring, {
  destroy: throwAway,
  wake({ words }) {
    notify(words, HEAD);
    notify(words, TAIL);
  },
});
