/** A block that messages lie in, one after the other. */
import type { Memory } from "../codec/bytes.ts";
import type { Arena } from "../memory/arena.ts";

/** A segment, as one agent sees it. */
export interface Segment extends Memory {
  readonly line: number;
  /** The first byte after it. */
  readonly end: number;
}

/** The segment at a line. */
export function segmentAt(arena: Arena, line: number): Segment {
  const { words } = arena.block(line);
  const { buffer, byteOffset, byteLength } = words;
  return {
    line,
    end: byteLength,
    i32: words,
    bytes: new Uint8Array(buffer, byteOffset, byteLength),
    view: new DataView(buffer, byteOffset, byteLength),
  };
}
