/**
 * A ring of messages in shared memory: one agent writes, one agent reads.
 *
 * ```
 *            TAIL (reader)                    HEAD (writer)
 *              ▼                                ▼
 *   ┌──────────┬────────┬───────────┬───────────┬──────────────┐
 *   │   free   │ header │  header   │  header   │     free     │     a message: its header, its bytes,
 *   │          │ bytes  │  bytes    │  bytes    │              │     padded to 8 bytes; never wrapped
 *   └──────────┴────────┴───────────┴───────────┴──────────────┘
 *        ▲        read next            written last    ▲
 *        └───── the writer goes on here ◀── PAD ───────┘  if the next message does not fit the rest
 * ```
 *
 * Roles: there is one {@linkcode RingWriter} and one {@linkcode RingReader} at a time, each in one agent. The end of the pipe
 * that owns them may move to another agent between two messages. A reaper may set CLOSED for a dead agent.
 *
 * | where | holds | written by |
 * |---|---|---|
 * | word 5 | capacity in units of 8 bytes, a power of two | maker |
 * | word 6 | agent that writes | writer, when it gets the end |
 * | word 7 | agent that reads, to which buffers can be moved; 0 = its end is moving | reader |
 * | word 8 | buffers that are on their way by port | writer adds, reader subtracts |
 * | word 16 (own line) | HEAD: `position << 2 \| CLOSED \| WAIT` of the writer | writer; WAIT by the reader |
 * | word 32 (own line) | TAIL: the same of the reader | reader; WAIT by the writer |
 * | byte 192… | the ring, in units of 8 bytes | writer |
 *
 * Positions count units, modulo 2^30. A header is one unit; its first word is `kind << 28 | byteLength`. The bytes of a
 * message begin at a multiple of 8, since the engine copies eight bytes at a time only between memories that are aligned
 * alike. A message above a quarter of the ring travels in pieces, so that both sides always make progress.
 *
 * Publishing: the writer fills in place, and then does one `Atomics.exchange` of HEAD. If the word that it gets back has
 * WAIT, the reader sleeps on it, and only then the writer notifies, which is a call into the kernel. A reader that finds the
 * ring empty sets WAIT by a compareExchange of the very value that it saw, so no message is missed. The reader gives space
 * back in the same way, but only every quarter of the ring, or if the writer waits. So three quarters of the capacity are
 * always usable; no message needs more than half, a quarter of bytes and a quarter of padding.
 *
 * Buffers that move go to the agent that reads, which must not change while one is on its way. The writer counts itself into
 * word 8 and then reads word 7 again; a reader that is to move clears word 7 and then reads word 8. One of the two sees the
 * other: the writer copies, or the reader stays.
 *
 * Crash safety: an agent that is killed while it writes a message has published nothing of it. A message with handles owns a
 * reference to its references, which changes hands in one step with publishing and consuming (`kill_safe.ts`).
 *
 * Ordering: the bytes are plain data between the sequentially consistent accesses to HEAD and TAIL, which order them.
 *
 * Source: Lamport's single-producer queue with cached peer indexes (as in Lê, Guatto, Cohen, Pop, "Correct and
 * Efficient Bounded FIFO Queues", 2013), plus the wait bit in the position word.
 */
import { type Arena, type Block, BLOCK_BODY, Kind } from "../../memory/arena.ts";
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

/** Most buffers that are on their way by port. The ring does not bound them: they take no room in it. */
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
  /** The bytes come by message port. */
  ticketOfBytes: 7,
  /** These end with the line of their references. */
  objectWithHandles: 8,
  firstOfObjectWithHandles: 9,
  /** Last piece of an object with handles; it has the whole line of the references. */
  lastWithHandles: 10,
} as const;

/** Smallest and largest ring, in bytes. */
export const MIN_CAPACITY = 1024;
export const MAX_CAPACITY = 0x1000_0000;

/** Views of a ring's block. */
export interface RingMemory {
  readonly block: Block;
  readonly i32: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly view: DataView<SharedArrayBuffer>;
}

/** A new ring of at least `capacity` bytes. This agent is its keeper. */
export function makeRing(capacity: number, arena?: Arena): Block {
  const bytes = 2 ** Math.ceil(Math.log2(Math.max(capacity, MIN_CAPACITY)));
  const block = newBlock(Kind.ring, DATA - BLOCK_BODY * 4 + bytes, DATA / 4, arena);
  block.words[CAPACITY] = bytes >>> 3;
  return block;
}

/** Views of a ring. */
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
