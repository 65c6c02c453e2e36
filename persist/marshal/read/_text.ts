import { asBuffer, type SlicingBuffer } from "../../byte_text.ts";
import { decodeSurrogatepass } from "../../surrogatepass.ts";

/**
 * Bytes turned into Latin-1 text at once. A short string is then a `substring`, which costs a fraction of a decoder
 * call. V8 keeps the text of a window alive while a string cut from it lives, so windows are small.
 */
const WINDOW = 4096;
/** Strings longer than this get a call of their own. */
const LONGEST_CUT = 512;
/** Longest UTF-8 text decoded by hand, which beats the decoder's cost per call. */
const LONGEST_BY_HAND = 96;

const scratch = new Uint16Array(LONGEST_BY_HAND);
let scratchText: SlicingBuffer | undefined;

/** Cuts strings out of bytes. */
export class TextReader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #buffer: SlicingBuffer | undefined;
  #window = "";
  #start = 0;
  #end = -1;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  /** `bytes[at, at + size)`, one character per byte. */
  latin1(at: number, size: number): string {
    if (at >= this.#start && at + size <= this.#end) {
      const from = at - this.#start;
      return this.#window.substring(from, from + size);
    }
    const bytes = this.#bytes;
    const buffer = this.#buffer ??= asBuffer(bytes);
    if (size > LONGEST_CUT) return buffer.latin1Slice(at, at + size);
    this.#start = at;
    this.#end = Math.min(at + WINDOW, bytes.length);
    this.#window = buffer.latin1Slice(at, this.#end);
    return this.#window.substring(0, size);
  }

  /** `bytes[at, at + size)` as UTF-8 with lone surrogates, or `undefined` where malformed. */
  utf8(at: number, size: number): string | undefined {
    const bytes = this.#bytes;
    const end = at + size;
    if (size > LONGEST_BY_HAND) return decodeSurrogatepass(bytes, at, end);
    let i = at;
    while (i < end && bytes[i]! < 0x80) i++;
    if (i === end) return this.latin1(at, size);
    let units = 0;
    for (let k = at; k < i; k++) scratch[units++] = bytes[k]!;
    while (i < end) {
      const first = bytes[i++]!;
      if (first < 0x80) {
        scratch[units++] = first;
      } else if (first < 0xe0) {
        // A byte missing at the end reads as undefined, that is 0, which is no continuation byte.
        const second = i < end ? bytes[i++]! ^ 0x80 : 0xff;
        if (first < 0xc2 || second > 0x3f) return undefined;
        scratch[units++] = ((first & 0x1f) << 6) | second;
      } else if (first < 0xf0) {
        if (i + 1 >= end) return undefined;
        const second = bytes[i++]! ^ 0x80;
        const third = bytes[i++]! ^ 0x80;
        const point = ((first & 0x0f) << 12) | (second << 6) | third;
        if (second > 0x3f || third > 0x3f || point < 0x800) return undefined;
        scratch[units++] = point;
      } else {
        if (first > 0xf4 || i + 2 >= end) return undefined;
        const second = bytes[i++]! ^ 0x80;
        const third = bytes[i++]! ^ 0x80;
        const fourth = bytes[i++]! ^ 0x80;
        const point = ((first & 0x07) << 18) | (second << 12) | (third << 6) | fourth;
        if (second > 0x3f || third > 0x3f || fourth > 0x3f) return undefined;
        if (point < 0x10000 || point > 0x10ffff) return undefined;
        scratch[units++] = 0xd7c0 + (point >> 10);
        scratch[units++] = 0xdc00 | (point & 0x3ff);
      }
    }
    scratchText ??= asBuffer(new Uint8Array(scratch.buffer));
    return scratchText.ucs2Slice(0, units * 2);
  }
}
