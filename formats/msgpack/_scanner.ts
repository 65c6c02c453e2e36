import { MsgpackError, MsgpackLimitError } from "./errors.ts";

/** Bytes after the first byte of a value that say its length, by first byte minus 0xc4. 0: the size is fixed. */
const LENGTH_BYTES = Uint8Array.of(
  ...[1, 2, 4], // bin
  ...[1, 2, 4], // ext
  ...[0, 0], // float
  ...[0, 0, 0, 0], // uint
  ...[0, 0, 0, 0], // int
  ...[0, 0, 0, 0, 0], // fixext
  ...[1, 2, 4], // str
  ...[2, 4], // array
  ...[2, 4], // map
);
/** Bytes that follow the length, or the first byte where the size is fixed, besides what the length counts. */
const EXTRA_BYTES = Uint8Array.of(
  ...[0, 0, 0],
  ...[1, 1, 1],
  ...[4, 8],
  ...[1, 2, 4, 8],
  ...[1, 2, 4, 8],
  ...[2, 3, 5, 9, 17],
  ...[0, 0, 0],
  ...[0, 0],
  ...[0, 0],
);

/**
 * Finds where a value ends in bytes that are still coming, without making it.
 *
 * All state is a position and, for each open array and map, how many values it still lacks; a call goes on where the
 * last one stopped, so the work is linear in the bytes however they are cut, and each value is decoded once.
 */
export class Scanner {
  /** Where the scan stands, relative to the start of the value. When the value is complete: its size. */
  pos = 0;
  /** Bytes from `pos` on that are known to belong to the value. */
  needed = 1;
  /** Bytes from `pos` on that belong to a payload and need no look. */
  #skip = 0;
  /** Values that the innermost open array or map still lacks, then those around it. */
  readonly #lacking: number[] = [1];
  /** Sum of `#lacking`: each has one byte at least. */
  #values = 1;
  readonly #maxDepth: number;
  readonly #maxLength: number;
  readonly #maxBytes: number;

  constructor(maxDepth: number, maxLength: number, maxBytes: number) {
    this.#maxDepth = maxDepth;
    this.#maxLength = maxLength;
    this.#maxBytes = maxBytes;
  }

  /** Starts a new value. */
  reset(): void {
    this.pos = 0;
    this.needed = 1;
    this.#skip = 0;
    this.#lacking.length = 1;
    this.#lacking[0] = 1;
    this.#values = 1;
  }

  /**
   * Goes on with the value that starts at `bytes[start]`, as far as `end`; `base` is the offset of `bytes[0]` in the
   * stream. Returns whether the value is complete.
   */
  scan(bytes: Uint8Array, start: number, end: number, base: number): boolean {
    const lacking = this.#lacking;
    let pos = start + this.pos + this.#skip;
    this.#skip = 0;
    for (;;) {
      let top = lacking.length - 1;
      while (top >= 0 && lacking[top] === 0) top--;
      lacking.length = top + 1;
      if (pos > end || top < 0 || pos === end) break;
      const byte = bytes[pos]!;
      let extra = 0;
      let lengthBytes = 0;
      if (byte >= 0xc4 && byte < 0xe0) {
        lengthBytes = LENGTH_BYTES[byte - 0xc4]!;
        extra = EXTRA_BYTES[byte - 0xc4]!;
        if (pos + 1 + lengthBytes > end) {
          this.needed = 1 + lengthBytes;
          this.pos = pos - start;
          return false;
        }
      } else if (byte === 0xc1) {
        throw new MsgpackError(
          "Cannot decode a value that starts with 0xc1: no format has this byte",
          { byteOffset: base + pos },
        );
      }
      lacking[top]!--;
      this.#values--;
      let length = 0;
      for (let i = 1; i <= lengthBytes; i++) length = length * 0x100 + bytes[pos + i]!;
      const children = byte >= 0x80 && byte < 0xa0
        ? byte < 0x90 ? (byte & 0x0f) * 2 : byte & 0x0f
        : byte >= 0xdc && byte < 0xe0
        ? byte >= 0xde ? length * 2 : length
        : -1;
      if (children < 0) extra += byte >= 0xa0 && byte < 0xc0 ? byte & 0x1f : length;
      else this.#open(children, base + pos);
      if (length > this.#maxLength) {
        throw new MsgpackLimitError(`a value of length ${length}`, {
          limit: "maxLength",
          maximum: this.#maxLength,
          byteOffset: base + pos,
        });
      }
      pos += 1 + lengthBytes + extra;
      if (pos - start + this.#values > this.#maxBytes) {
        throw new MsgpackLimitError(`a value of at least ${pos - start + this.#values} bytes`, {
          limit: "maxBytes",
          maximum: this.#maxBytes,
          byteOffset: base + start,
        });
      }
    }
    const complete = lacking.length === 0 && pos <= end;
    this.pos = Math.min(pos, end) - start;
    this.#skip = Math.max(pos - end, 0);
    this.needed = this.#skip + this.#values;
    return complete;
  }

  #open(children: number, offset: number): void {
    // An array that is empty is nesting too.
    if (this.#lacking.length > this.#maxDepth) {
      throw new MsgpackLimitError("a value nested deeper", {
        limit: "maxDepth",
        maximum: this.#maxDepth,
        byteOffset: offset,
      });
    }
    this.#lacking.push(children);
    this.#values += children;
  }
}
