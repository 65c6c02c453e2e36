/**
 * A ring of messages in shared memory: one agent writes, one agent reads.
 *
 * Roles: exactly one {@linkcode RingWriter} and one {@linkcode RingReader} at a time, each in one agent; the end that
 * owns them may move to another agent between messages. A reaper may set CLOSED for a dead agent.
 *
 * Block layout:
 *
 * | where | holds | written by |
 * |---|---|---|
 * | word 5 | capacity in 8-byte units, a power of two | maker |
 * | word 6 | agent that writes | writer, when it gets the end |
 * | word 7 | agent that reads, and so can be handed buffers by port; 0 = its end is moving | reader |
 * | word 8 | buffers on their way by port | writer adds, reader subtracts |
 * | word 16 (own line) | HEAD: `position << 2 \| CLOSED \| WAIT` of the writer | writer; WAIT by the reader |
 * | word 32 (own line) | TAIL: the same of the reader | reader; WAIT by the writer |
 * | byte 192… | the ring, in units of 8 bytes | writer |
 *
 * Positions count units modulo 2^30. A message is a header of one unit (its first word is `kind << 28 | byteLength`) and
 * its bytes, padded to a whole unit, never wrapped: where the rest of the ring is too short a PAD header sends the reader
 * to the start. Its bytes so begin at a multiple of 8: the engine copies between shared and other memory eight bytes
 * at a time where both sides are aligned alike, and byte by byte where not. Messages above a quarter of the ring travel as fragments, so that both sides always make progress.
 *
 * Publishing: the writer fills in place and then does ONE `Atomics.exchange` of HEAD. The bit WAIT in the word it gets
 * back says that the reader went to sleep on the old value, so a notify (a kernel call) is made only then. Waiting sets
 * WAIT by compareExchange on the very value that was found empty, so no publish can slip between. The reader hands
 * space back the same way, but only each quarter of the ring or when the writer waits: at least three quarters of the
 * capacity are always usable, and no message needs more than half (a quarter, and a quarter of padding).
 *
 * Buffers by port go to the agent that reads, so it must not change while one is on its way. The writer counts itself into
 * word 8 before it looks at word 7 a last time; a reader that is to move takes its number out of word 7 before it looks at
 * word 8: one of the two sees the other, and then the writer copies or the reader stays.
 *
 * Handles: the message owns one reference, to its references (`message/message_references.ts`). The writer's is crossed out in one kill-safe step with the
 * publishing, the message's counted off in one kill-safe step with its consumption.
 *
 * Before a side sleeps it looks at the word for a while, where that has turned out to help: see `wait/wait.ts`.
 *
 * Ordering: data is written and read plainly between the sequentially consistent accesses to HEAD and TAIL, which
 * order it. An agent killed while writing has published nothing of that message.
 *
 * Source: Lamport's single-producer queue with cached peer indexes (as in Lê, Guatto, Cohen, Pop, "Correct and
 * Efficient Bounded FIFO Queues", 2013), plus the wait bit in the position word.
 */
import { agent } from "../memory/agent.ts";
import { type Block, BLOCK_BODY, BLOCK_KEEPER, BLOCK_REFS, Kind } from "../memory/arena.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import { destroy, registerKind } from "../memory/references.ts";
import { discardBytes } from "../message/moved_buffers.ts";
import { type MessageReferences, referencesAt } from "../message/message_references.ts";
import { newBlock } from "../memory/shared_object.ts";
import { type Attempt, PENDING } from "../wait/wait.ts";

const CAPACITY = BLOCK_BODY;
const WRITER = BLOCK_BODY + 1;
const READER = BLOCK_BODY + 2;
const MOVING = BLOCK_BODY + 3;
const HEAD = 16;
const TAIL = 32;
const DATA = 192;
/** Bytes of a message's header. */
const HEADER = 8;
/** Bytes of a ticket: its number, the length of the buffer, who sent it. */
const TICKET = 24;

/** Most buffers on their way by port: they take no room in the ring, so the ring does not bound them. */
const MAX_MOVING = 64;

/** How often a reader that is to move looks whether an announced buffer is taken back. */
const PATIENCE = 1000;

const WAIT = 1;
const CLOSED = 2;
const POSITIONS = 2 ** 30 - 1;

/** What a message in the ring is. */
export const Message = {
  pad: 0,
  bytes: 1,
  object: 2,
  /** First piece of a large message of bytes; its payload starts with the total length (float64). */
  firstOfBytes: 3,
  firstOfObject: 4,
  piece: 5,
  /** The sender gave up in the middle of a large message. */
  abandoned: 6,
  /** The content came by message port. */
  ticketOfBytes: 7,
  /** These end with the line of their references. */
  objectWithHandles: 8,
  firstOfObjectWithHandles: 9,
  /** Last piece of an object with handles; the line of the references lies in it as a whole. */
  lastWithHandles: 10,
} as const;

/** Smallest and largest ring, in bytes. */
export const MIN_CAPACITY = 1024;
export const MAX_CAPACITY = 0x1000_0000;

/** The views over a ring's block that both sides need. */
export interface RingMemory {
  readonly block: Block;
  readonly i32: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly view: DataView<SharedArrayBuffer>;
}

/** A new ring of at least `capacity` bytes, to which nobody refers yet. */
export function makeRing(capacity: number): Block {
  const bytes = 2 ** Math.ceil(Math.log2(Math.max(capacity, MIN_CAPACITY)));
  const block = newBlock(Kind.ring, DATA - BLOCK_BODY * 4 + bytes, DATA / 4);
  block.words[CAPACITY] = bytes >>> 3;
  return block;
}

/** Views over a ring. */
export function ringMemory(block: Block): RingMemory {
  const { buffer, byteOffset, byteLength } = block.words;
  return {
    block,
    i32: block.words,
    bytes: new Uint8Array(buffer, byteOffset, byteLength),
    view: new DataView(buffer, byteOffset, byteLength),
  };
}

/** Marks the writing end closed: the reader gets what was published, then the end. */
export function closeWriting(block: Block): void {
  Atomics.or(block.words, HEAD, CLOSED);
  Atomics.notify(block.words, HEAD);
  ringDoorbell();
}

/** Marks the reading end closed: the writer gets a broken pipe. What nobody will receive any more is thrown away. */
export function closeReading(block: Block): void {
  Atomics.or(block.words, TAIL, CLOSED);
  Atomics.notify(block.words, TAIL);
  throwAway(block);
}

/** What a ticket says. */
export function ticketAt(
  view: DataView,
  payload: number,
): { ticket: number; length: number; sender: number } {
  return {
    ticket: view.getFloat64(payload, true),
    length: view.getFloat64(payload + 8, true),
    sender: view.getFloat64(payload + 16, true),
  };
}

/** Drops the handles, and the buffers that go by port, in the messages that are left. Only for a ring without a reader. */
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

/** The writing side. */
export class RingWriter {
  readonly memory: RingMemory;
  /** Most bytes a message may have to travel in one piece. */
  readonly inline: number;
  readonly #i32: Int32Array<SharedArrayBuffer>;
  readonly #units: number;
  #head: number;
  #tail: number;

  constructor(block: Block) {
    this.memory = ringMemory(block);
    this.#i32 = this.memory.i32;
    this.#units = block.words[CAPACITY]!;
    this.inline = this.#units * 2 - HEADER;
    Atomics.store(this.#i32, WRITER, agent().id);
    this.#head = Atomics.load(this.#i32, HEAD) >>> 2;
    this.#tail = Atomics.load(this.#i32, TAIL) >>> 2;
  }

  /** Room for a ticket, as {@linkcode reserve} gives it; 0 also while as many buffers as may be are on their way. */
  reserveTicket(): number {
    return Atomics.load(this.#i32, MOVING) >= MAX_MOVING ? 0 : this.reserve(TICKET);
  }

  /** The agent that reads; 0 while its end moves. */
  get reader(): number {
    return Atomics.load(this.#i32, READER);
  }

  /** Announces a buffer by port; the agent to hand it to, which stays the reader until the buffer has arrived. */
  beginMove(): number {
    Atomics.add(this.#i32, MOVING, 1);
    return Atomics.load(this.#i32, READER);
  }

  /** The announced buffer does not go by port. */
  cancelMove(): void {
    Atomics.sub(this.#i32, MOVING, 1);
  }

  /** Publishes a ticket for a buffer that was announced, and posted. */
  commitTicket(payload: number, ticket: number, length: number): void {
    const { view } = this.memory;
    view.setFloat64(payload, ticket, true);
    view.setFloat64(payload + 8, length, true);
    // The end may move on before the ticket is read, and with it the word that says who writes.
    view.setFloat64(payload + 16, agent().id, true);
    this.commit(Message.ticketOfBytes, payload, TICKET);
  }

  /** Whether the reader is gone. */
  get broken(): boolean {
    return (this.#i32[TAIL]! & CLOSED) !== 0;
  }

  /**
   * Finds room for a message of `length` bytes. Returns the byte offset of its payload (the header is before it),
   * or 0 when there is none now. Nothing is visible to the reader until {@linkcode commit}.
   */
  reserve(length: number): number {
    const units = (length + 15) >>> 3;
    const at = this.#head & (this.#units - 1);
    const toEnd = this.#units - at;
    const needed = units <= toEnd ? units : units + toEnd;
    if (this.#free() < needed) {
      this.#tail = Atomics.load(this.#i32, TAIL) >>> 2;
      if (this.#free() < needed) return 0;
    }
    if (units <= toEnd) return DATA + at * 8 + HEADER;
    this.#pad(at, toEnd);
    return DATA + HEADER;
  }

  /**
   * Offers all the room there is in one piece, for a message whose length is not known yet: the offset of its payload,
   * or 0 when the ring is too full to be worth a try. {@linkcode room} says how many bytes may be written.
   */
  offer(): number {
    const at = this.#head & (this.#units - 1);
    const toEnd = this.#units - at;
    // Near the end of the ring start over, so that every message gets a fair try at being encoded in place.
    const enough = this.#units >>> 3;
    const needed = toEnd >= enough ? enough : toEnd + enough;
    if (this.#free() < needed) {
      this.#tail = Atomics.load(this.#i32, TAIL) >>> 2;
      if (this.#free() < needed) return 0;
    }
    if (toEnd >= enough) {
      this.room = Math.min(toEnd, this.#free()) * 8 - HEADER;
      if (this.room > this.inline) this.room = this.inline;
      return DATA + at * 8 + HEADER;
    }
    this.#pad(at, toEnd);
    this.room = Math.min(this.#free() * 8 - HEADER, this.inline);
    return DATA + HEADER;
  }

  /** Bytes that may be written at the place the last {@linkcode offer} gave. */
  room: number = 0;

  /** Publishes a message whose payload is in place. */
  commit(kind: number, payload: number, length: number): void {
    const i32 = this.#i32;
    i32[(payload - HEADER) >>> 2] = (kind << 28) | length;
    this.#head = (this.#head + ((length + 15) >>> 3)) & POSITIONS;
    const before = Atomics.exchange(i32, HEAD, this.#head << 2);
    if ((before & WAIT) !== 0) {
      Atomics.notify(i32, HEAD);
      ringDoorbell();
    }
  }

  /** As {@linkcode commit}, for a message with references, which are the message's from then on. */
  commitWith(kind: number, payload: number, length: number, references: MessageReferences): void {
    const i32 = this.#i32;
    i32[(payload - HEADER) >>> 2] = (kind << 28) | length;
    this.#head = (this.#head + ((length + 15) >>> 3)) & POSITIONS;
    const { page, slot } = references.held;
    if ((publishWith(i32, this.#head << 2, page, slot) & WAIT) !== 0) {
      Atomics.notify(i32, HEAD);
      ringDoorbell();
    }
    references.departed();
  }

  /** An operation that ends when there is room for a message of `length` bytes (true) or the reader is gone (false). */
  space(length: number): Attempt<boolean> {
    return new RoomAttempt(this.#i32, () => this.reserve(length));
  }

  /** An operation that ends when a buffer can be moved to the reader (true) or the reader is gone (false). */
  spaceForTicket(): Attempt<boolean> {
    return new RoomAttempt(this.#i32, () => this.reserveTicket());
  }

  #free(): number {
    return this.#units - ((this.#head - this.#tail) & POSITIONS);
  }

  #pad(at: number, units: number): void {
    // Becomes visible with the message that follows it. Its own units are skipped by the reader as a whole.
    this.#i32[(DATA >>> 2) + at * 2] = Message.pad << 28;
    this.#head = (this.#head + units) & POSITIONS;
  }
}

/** Kill-safe: the message is published, and its references are not the writer's any more. */
function publishWith(i32: Int32Array, head: number, page: Int32Array, slot: number): number {
  const before = Atomics.exchange(i32, HEAD, head);
  page[slot] = 0;
  return before;
}

/**
 * Kill-safe: the message is consumed, and its reference to the references, the only one there is, counted off. The word of the
 * position as it was.
 */
function consumeWith(i32: Int32Array, tail: number, references: Int32Array, me: number): number {
  const before = Atomics.exchange(i32, TAIL, tail);
  references[BLOCK_REFS] = 0;
  references[BLOCK_KEEPER] = me;
  return before;
}

class RoomAttempt implements Attempt<boolean> {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly index = TAIL;
  expected: number = 0;
  readonly #reserve: () => number;

  constructor(words: Int32Array<SharedArrayBuffer>, reserve: () => number) {
    this.words = words;
    this.#reserve = reserve;
  }

  attempt(): boolean | typeof PENDING {
    for (;;) {
      const seen = Atomics.load(this.words, TAIL);
      if ((seen & CLOSED) !== 0) return false;
      if (this.#reserve() !== 0) return true;
      this.expected = seen | WAIT;
      if (Atomics.compareExchange(this.words, TAIL, seen, seen | WAIT) === seen) return PENDING;
    }
  }
}

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
  /** Whether the end is on its way to another agent: nothing is received any more. */
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
    this.#me = agent().id;
    Atomics.store(this.#i32, READER, this.#me);
    this.#head = Atomics.load(this.#i32, HEAD) >>> 2;
    this.#tail = this.#published = Atomics.load(this.#i32, TAIL) >>> 2;
  }

  /**
   * The end is to move to another agent: no more buffers are to come by port. False when some are on their way to this
   * agent, which it must take first.
   */
  leave(): boolean {
    Atomics.store(this.#i32, READER, 0);
    // A writer that has just announced a buffer and sees this takes it back at once.
    for (let looks = 0; looks < PATIENCE; looks++) {
      if (Atomics.load(this.#i32, MOVING) > 0) continue;
      this.leaving = true;
      this.publish();
      return true;
    }
    this.stay();
    return false;
  }

  /** The end stays after all. */
  stay(): void {
    this.leaving = false;
    Atomics.store(this.#i32, READER, this.#me);
    // Tasks of this agent that wait for a message have looked away meanwhile.
    Atomics.notify(this.#i32, HEAD);
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
    if ((before & WAIT) !== 0) Atomics.notify(this.#i32, TAIL);
  }

  /** Consumes the message that was peeked at, with its references, which its receiver has no more need of. */
  consumeWith(references: Block): void {
    this.skip();
    this.#published = this.#tail;
    // Without a reader CLOSED must stay.
    const closed = this.#i32[TAIL]! & CLOSED;
    const before = consumeWith(this.#i32, (this.#tail << 2) | closed, references.words, this.#me);
    if ((before & WAIT) !== 0) Atomics.notify(this.#i32, TAIL);
    destroy(references);
  }

  /** An operation that ends when there is a message (true) or there never will be one (false). */
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
      // Looked after `seen` was read: what CLOSED says holds for all that was published before it.
      if ((seen & CLOSED) !== 0) return false;
      this.expected = seen | WAIT;
      if (
        (seen & WAIT) !== 0 || Atomics.compareExchange(this.words, HEAD, seen, seen | WAIT) === seen
      ) return PENDING;
    }
  }
}

// Messages that were sent after the reader was gone.
registerKind(Kind.ring, {
  destroy: throwAway,
  wake({ words }) {
    Atomics.notify(words, HEAD);
    Atomics.notify(words, TAIL);
  },
});
