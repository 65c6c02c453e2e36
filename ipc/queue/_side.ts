/**
 * One side of a queue, where items are put or taken: its lock, and the segments in which the items lie, one after the other
 * (see `_layout.ts`).
 */
import { lockWord } from "../memory/lock_word.ts";
import { type Arena, BLOCK_BODY, Kind } from "../memory/arena.ts";
import { newBlock } from "../memory/shared_object.ts";
import { type Segment, segmentAt } from "../message/segment.ts";
import { HEADER, SEGMENT, SEGMENT_DATA } from "./_layout.ts";

/**
 * Takes the lock of one side of a queue.
 *
 * @throws {Deno.errors.Busy} If this agent has it: code of an item's own uses the queue that it travels through.
 */
export function lockSide(words: Int32Array, word: number, me: number, what: string): void {
  if (words[word]! >>> 2 === me) {
    throw new Deno.errors.Busy(
      `Cannot ${what}: this worker is in the middle of doing so; a class's own encode or decode must not use the queue it travels through`,
    );
  }
  lockWord(words, word, me);
}

/** A segment with room for an item of `length` bytes. Only its head is zeroed: the rest is written before it is read. */
export function newSegment(arena: Arena, length: number): Segment {
  const bytes = Math.max(SEGMENT, SEGMENT_DATA + HEADER + length + 2 * HEADER);
  const block = newBlock(Kind.segment, bytes - BLOCK_BODY * 4, SEGMENT_DATA / 4, arena);
  return segmentAt(arena, block.line);
}
