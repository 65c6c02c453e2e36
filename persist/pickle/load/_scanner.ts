/**
 * Finds where a pickle ends without executing it, as its bytes come in: that is what lets a stream be read without taking
 * a byte past STOP. It only knows how long the argument of each opcode is.
 */

import type { Extent } from "../../byte_ports.ts";

/** Kinds of arguments: 0 to 8 are sizes. */
const LENGTH1 = 9;
const LENGTH4 = 10;
const LENGTH8 = 11;
const LINE = 12;
const TWO_LINES = 13;
const FRAME = 14;
const STOP = 15;
const UNKNOWN = 16;

const KINDS = new Uint8Array(256).fill(UNKNOWN);
const set = (kind: number, opcodes: string) => {
  for (let i = 0; i < opcodes.length; i++) KINDS[opcodes.charCodeAt(i)] = kind;
};
set(
  0,
  "(012Nabde]}loRsu)tQ" +
    "\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98",
);
set(1, "Khq\x80\x82");
set(2, "M\x83");
set(4, "Jjr\x84");
set(8, "G");
set(LENGTH1, "UC\x8a\x8c");
set(LENGTH4, "TXB\x8b");
set(LENGTH8, "\x8d\x8e\x96");
set(LINE, "FILSVPgp");
set(TWO_LINES, "ci");
set(FRAME, "\x95");
set(STOP, ".");

const NEWLINE = 0x0a;

export class Scanner implements Extent {
  /** Where the opcode after the last complete one begins; behind STOP when done. */
  pos: number = 0;

  /**
   * Looks at the bytes there are.
   *
   * @param bytes The pickle from its first byte.
   * @param end How many bytes of it there are.
   * @returns How many more bytes the pickle has at least; 0 if it is complete, or damaged.
   */
  need(bytes: Uint8Array, end: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let pos = this.pos;
    for (;;) {
      this.pos = pos;
      if (pos >= end) return Math.max(1, this.#frameEnd - end);
      const kind = KINDS[bytes[pos]!]!;
      let to = pos + 1 + kind;
      if (kind > 8) {
        switch (kind) {
          case STOP:
          case UNKNOWN:
            this.pos = pos + 1;
            return 0;
          case FRAME:
            if (pos + 9 > end) return pos + 9 - end;
            to = pos + 9;
            this.#frameEnd = to + length64(view, pos + 1);
            break;
          case LENGTH1:
            if (pos + 2 > end) return 1;
            to = pos + 2 + bytes[pos + 1]!;
            break;
          case LENGTH4:
            if (pos + 5 > end) return pos + 5 - end;
            to = pos + 5 + view.getUint32(pos + 1, true);
            break;
          case LENGTH8:
            if (pos + 9 > end) return pos + 9 - end;
            to = pos + 9 + length64(view, pos + 1);
            break;
          default:
            to = this.#lines(bytes, pos, end, kind === LINE ? 1 : 2);
            if (to < 0) return 1;
        }
      }
      if (to > end) return to - end;
      pos = to;
    }
  }

  /** Where the pickle ends, once nothing more is needed. */
  get end(): number {
    return this.pos;
  }

  #frameEnd: number = 0;
  /** How far the lines of the opcode at hand have been searched: not from their start again for each byte that comes. */
  #searched: number = 0;
  /** How many of them have ended. */
  #ended: number = 0;

  #lines(bytes: Uint8Array, pos: number, end: number, count: number): number {
    let at = Math.max(this.#searched, pos + 1);
    while (at < end && this.#ended < count) if (bytes[at++] === NEWLINE) this.#ended++;
    const complete = this.#ended === count;
    this.#searched = complete ? 0 : at;
    if (complete) this.#ended = 0;
    return complete ? at : -1;
  }
}

function length64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
}
