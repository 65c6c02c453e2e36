import { decodeSurrogatepass } from "../surrogatepass.ts";
import { asBuffer, type SlicingBuffer } from "./_latin1.ts";

/** Size of the window that short strings are cut from. */
const WINDOW = 1 << 16;
/** Up to this length `substring` copies; beyond, it would keep the whole window alive. */
const COPIED = 12;
/** Beyond this length the runtime's decoder beats a loop that looks for non-ASCII bytes. */
const LOOPED = 96;

/**
 * Cuts strings out of the bytes of a pickle.
 *
 * Short ASCII strings, most strings there are, are cut from a window that has been turned into text at once: that costs a
 * fraction of a call into the runtime for each. Longer ones take the call.
 */
export class TextReader {
  readonly #bytes: Uint8Array;
  #slices: SlicingBuffer | undefined;
  #window: string = "";
  #from: number = 0;
  #to: number = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get #buffer(): SlicingBuffer {
    return this.#slices ??= asBuffer(this.#bytes);
  }

  /** The UTF-8 text of `[start, end)`, or `undefined` if it is malformed. */
  read(start: number, end: number): string | undefined {
    const length = end - start;
    if (length > LOOPED) return this.#decode(start, end);
    const bytes = this.#bytes;
    for (let i = start; i < end; i++) if (bytes[i]! >= 0x80) return this.#decode(start, end);
    if (length > COPIED) return this.#buffer.latin1Slice(start, end);
    if (start < this.#from || end > this.#to) this.#move(start);
    return this.#window.substring(start - this.#from, end - this.#from);
  }

  /** The bytes `[start, end)` as text, one character each. */
  latin1(start: number, end: number): string {
    return this.#buffer.latin1Slice(start, end);
  }

  #decode(start: number, end: number): string | undefined {
    const text = this.#buffer.utf8Slice(start, end);
    // The runtime's decoder marks damage, and lone surrogates, with U+FFFD.
    return text.includes("\ufffd") ? decodeSurrogatepass(this.#bytes, start, end) : text;
  }

  #move(start: number): void {
    this.#from = start;
    this.#to = Math.min(start + WINDOW, this.#bytes.length);
    this.#window = this.#buffer.latin1Slice(this.#from, this.#to);
  }
}
