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
import { type Block, BLOCK_BODY, Kind } from "../../memory/arena.ts";
import { newBlock } from "../../memory/shared_object.ts";

export const CAPACITY: number = BLOCK_BODY;
export const WRITER: number = BLOCK_BODY + 1;
export const READER: number = BLOCK_BODY + 2;
export const MOVING: number = BLOCK_BODY + 3;
export const HEAD = 16;
export const TAIL = 32;
export const DATA = 192;
/** Bytes of a message's header. */
export const HEADER = 8;
/** Bytes of a ticket: its number, the length of the buffer, who sent it. */
export const TICKET = 24;

/** Most buffers on their way by port: they take no room in the ring, so the ring does not bound them. */
export const MAX_MOVING = 64;

export const WAIT = 1;
export const CLOSED = 2;
export const POSITIONS: number = 2 ** 30 - 1;

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
