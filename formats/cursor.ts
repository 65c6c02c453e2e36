const encoder = new TextEncoder();

/** A place in the input. */
export interface Place {
  offset: number;
  byteOffset: number;
  line: number;
  column: number;
}

function isLead(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isTrail(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/**
 * Counts code units, bytes and lines of the chunks that have passed, so that an error in the tenth one tells its
 * place in the whole. The sums do not depend on where the chunks were cut.
 */
export class Cursor {
  #offset = 0;
  #bytes = 0;
  #line = 1;
  #column = 1;
  /** The last unit was a CR: a line end, unless it turns out to be the first half of one. */
  #afterCr = false;
  /** The last unit was a lead surrogate, counted as the three bytes of U+FFFD. */
  #afterLead = false;

  /** The place of `text[index]`, where `text` begins at the cursor. */
  at(text: string, index: number): Place {
    const there = new Cursor();
    there.#offset = this.#offset;
    there.#bytes = this.#bytes;
    there.#line = this.#line;
    there.#column = this.#column;
    there.#afterCr = this.#afterCr;
    there.#afterLead = this.#afterLead;
    there.advance(text.slice(0, index));
    // A CR just before the place has ended its line only if the place is not the LF that belongs to it.
    if (there.#afterCr && text.charCodeAt(index) !== 10) {
      there.#line++;
      there.#column = 1;
    }
    return {
      offset: there.#offset,
      byteOffset: there.#bytes,
      line: there.#line,
      column: there.#column,
    };
  }

  /** Moves beyond `text`. */
  advance(text: string): void {
    if (text.length === 0) return;
    this.#offset += text.length;
    this.#bytes += encoder.encode(text).length;
    // Two halves of a pair were counted as two U+FFFD, 3 + 3 bytes, but are 4 together.
    if (this.#afterLead && isTrail(text.charCodeAt(0))) this.#bytes -= 2;
    let start = -this.#column + 1;
    if (this.#afterCr && text.charCodeAt(0) !== 10) {
      this.#line++;
      start = 0;
    }
    let last = -1;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
      this.#line++;
      last = at;
    }
    for (let at = text.indexOf("\r"); at !== -1; at = text.indexOf("\r", at + 1)) {
      if (at + 1 < text.length && text.charCodeAt(at + 1) !== 10) {
        this.#line++;
        if (at > last) last = at;
      }
    }
    if (last !== -1) start = last + 1;
    this.#column = text.length - start + 1;
    const end = text.charCodeAt(text.length - 1);
    this.#afterCr = end === 13;
    this.#afterLead = isLead(end);
  }
}
