/**
 * The writing side of a ring. Layout, ordering and source: `layout.ts`.
 */
import { publishMessage } from "../../kill_safe.ts";
import type { Block } from "../../memory/arena.ts";
import { ringDoorbell } from "../../memory/doorbell.ts";
import type { MessageReferences } from "../../message/message_references.ts";
import { type Attempt, PENDING } from "../../wait/wait.ts";
import * as layout from "./layout.ts";
import { Message, type RingMemory, ringMemory } from "./layout.ts";
import { notify } from "../../wait/queues.ts";

// The engine folds a module's own constants into the code, but loads imported ones each time.
const {
  CAPACITY,
  CLOSED,
  DATA,
  HEAD,
  HEADER,
  MAX_MOVING,
  MOVING,
  POSITIONS,
  READER,
  TAIL,
  TICKET,
  WAIT,
  WRITER,
} = layout;

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
    Atomics.store(this.#i32, WRITER, block.arena.me);
    this.#head = Atomics.load(this.#i32, HEAD) >>> 2;
    this.#tail = Atomics.load(this.#i32, TAIL) >>> 2;
  }

  /** Room for a ticket, as {@linkcode reserve} gives it; 0 also while too many buffers are on their way. */
  reserveTicket(): number {
    return Atomics.load(this.#i32, MOVING) >= MAX_MOVING ? 0 : this.reserve(TICKET);
  }

  /** The agent that reads; 0 while its end moves. */
  get reader(): number {
    return Atomics.load(this.#i32, READER);
  }

  /** Announces a buffer by port. Gives the reader, which stays the reader until the buffer has arrived. */
  beginMove(): number {
    Atomics.add(this.#i32, MOVING, 1);
    return Atomics.load(this.#i32, READER);
  }

  /** Undoes {@linkcode beginMove}. */
  cancelMove(): void {
    Atomics.sub(this.#i32, MOVING, 1);
  }

  /** Publishes the ticket of a buffer that was announced and posted. */
  commitTicket(payload: number, ticket: number, length: number): void {
    const { view } = this.memory;
    view.setFloat64(payload, ticket, true);
    view.setFloat64(payload + 8, length, true);
    // This end, and the word that says who writes, may move before the ticket is read.
    view.setFloat64(payload + 16, this.memory.block.arena.me, true);
    this.commit(Message.ticketOfBytes, payload, TICKET);
  }

  /** Whether the reader has closed its end. */
  get broken(): boolean {
    return (this.#i32[TAIL]! & CLOSED) !== 0;
  }

  /**
   * Finds room for a message of `length` bytes. The reader sees nothing of it until {@linkcode commit}.
   *
   * @returns Byte offset of its payload, which the header precedes; 0 if there is no room now.
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
   * Offers all the room there is in one piece, {@linkcode room} bytes, for a message of unknown length.
   *
   * @returns Byte offset of its payload; 0 if the ring is too full to be worth a try.
   */
  offer(): number {
    const at = this.#head & (this.#units - 1);
    const toEnd = this.#units - at;
    // Near the end of the ring it starts over, so that most messages can be encoded in place.
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

  /** Bytes that may be written where the last {@linkcode offer} said. */
  room: number = 0;

  /** Publishes a message whose payload is in place. */
  commit(kind: number, payload: number, length: number): void {
    const i32 = this.#i32;
    i32[(payload - HEADER) >>> 2] = (kind << 28) | length;
    this.#head = (this.#head + ((length + 15) >>> 3)) & POSITIONS;
    const before = Atomics.exchange(i32, HEAD, this.#head << 2);
    if ((before & WAIT) !== 0) {
      notify(i32, HEAD);
      ringDoorbell(this.memory.block.arena);
    }
  }

  /** As {@linkcode commit}, for a message with references, which belong to the message from then on. */
  commitWith(kind: number, payload: number, length: number, references: MessageReferences): void {
    const i32 = this.#i32;
    i32[(payload - HEADER) >>> 2] = (kind << 28) | length;
    this.#head = (this.#head + ((length + 15) >>> 3)) & POSITIONS;
    const { page, slot } = references.held;
    if ((publishMessage(i32, HEAD, this.#head << 2, page, slot) & WAIT) !== 0) {
      notify(i32, HEAD);
      ringDoorbell(this.memory.block.arena);
    }
    references.departed();
  }

  /** Waiting for room for a message: true once there is some, false if the reader has closed its end. */
  space(length: number): Attempt<boolean> {
    return new RoomAttempt(this.#i32, () => this.reserve(length));
  }

  /** Waiting until a buffer can be moved to the reader: true once it can, false if the reader has closed its end. */
  spaceForTicket(): Attempt<boolean> {
    return new RoomAttempt(this.#i32, () => this.reserveTicket());
  }

  #free(): number {
    return this.#units - ((this.#head - this.#tail) & POSITIONS);
  }

  #pad(at: number, units: number): void {
    // Becomes visible with the message after it. The reader skips all of its units.
    this.#i32[(DATA >>> 2) + at * 2] = Message.pad << 28;
    this.#head = (this.#head + units) & POSITIONS;
  }
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

/** Closes the writing end: the reader gets what was published, then the end. */
export function closeWriting(block: Block): void {
  Atomics.or(block.words, HEAD, CLOSED);
  notify(block.words, HEAD);
  ringDoorbell(block.arena);
}
