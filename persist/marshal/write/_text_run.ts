import * as code from "../codes.ts";
import type { Output } from "./_output.ts";

/** Lengths that are ASCII characters themselves. */
const LONGEST = 127;
const LONGEST_RUN = 1024;
/** Shorter runs are not worth the encoder's cost per call. */
const SHORTEST_RUN = 8;
const MAX_SKIP = 1 << 20;

const encoder = new TextEncoder();

/** What stands before an ASCII string of each length, as ASCII text: since version 4 and before. */
const shortHeads = Array.from(
  { length: LONGEST + 1 },
  (_, size) => String.fromCharCode(code.SHORT_ASCII, size),
);
const longHeads = Array.from(
  { length: LONGEST + 1 },
  (_, size) => String.fromCharCode(code.UNICODE, size, 0, 0, 0),
);

/**
 * Writes runs of strings without indexes by one call of the encoder: the heads of short ASCII strings are ASCII as well,
 * so that heads and strings joined are already the bytes.
 */
export class TextRun {
  readonly #heads: readonly string[];
  readonly #headSize: number;
  /** Strings to pass by before another try, which grows with failures: text may not be ASCII at all. */
  #skip = 0;
  #nextSkip = LONGEST_RUN;

  constructor(version: number) {
    this.#heads = version >= 4 ? shortHeads : longHeads;
    this.#headSize = this.#heads[0]!.length;
  }

  /** Writes strings from `items[from]` on and returns the index of the first item not written. */
  write(output: Output, items: readonly unknown[], from: number): number {
    if (this.#skip > 0) {
      this.#skip--;
      return from;
    }
    const heads = this.#heads;
    const end = Math.min(items.length, from + LONGEST_RUN);
    const parts: string[] = [];
    let size = 0;
    let i = from;
    for (; i < end; i++) {
      const text = items[i];
      if (typeof text !== "string" || text.length > LONGEST) break;
      parts.push(heads[text.length]!, text);
      size += text.length;
    }
    if (i - from < SHORTEST_RUN) return from;
    size += this.#headSize * (i - from);
    output.reserve(size);
    const { at } = output;
    const { written, read } = encoder.encodeInto(
      parts.join(""),
      output.out.subarray(at, at + size),
    );
    // Other text takes more bytes than characters.
    if (written !== size || read !== size) {
      this.#skip = this.#nextSkip;
      this.#nextSkip = Math.min(MAX_SKIP, this.#nextSkip * 2);
      return from;
    }
    output.at = at + size;
    return i;
  }
}
