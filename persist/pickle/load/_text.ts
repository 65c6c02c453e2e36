import { decodeSurrogatepass } from "../../surrogatepass.ts";
import { asBuffer, type SlicingBuffer } from "../../byte_text.ts";

/**
 * Size of the window that short ASCII strings are cut from. A string of 13 characters or more keeps its window alive: all
 * windows together are no larger than the pickle, and a small one is soon let go.
 */
const WINDOW = 1 << 10;
/** Beyond this length the runtime's decoder beats a loop that looks at each byte. */
const LOOPED = 96;
/** Up to this length text beyond Latin-1 is put together here. */
const SPELLED = 36;

/** The characters of a string of Latin-1, before they are a string. */
const scratch: Uint8Array = new Uint8Array(LOOPED);
let scratchText: SlicingBuffer | undefined;

/** Code units of a string, one array for each length: `apply` takes all that its array has. */
const spelled: number[][] = Array.from({ length: SPELLED + 1 }, (_, n) => new Array(n).fill(0));

/**
 * Cuts strings out of the bytes of a pickle.
 *
 * A call into the runtime costs as much as 50 bytes in a loop. Short ASCII strings, most strings there are, are therefore
 * cut from a window that has been turned into text at once, and short strings of other alphabets are decoded in a loop.
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
    if (end - start > LOOPED) return this.#decode(start, end);
    const bytes = this.#bytes;
    for (let i = start; i < end; i++) {
      if (bytes[i]! >= 0x80) return this.#short(start, i, end);
    }
    if (start < this.#from || end > this.#to) this.#move(start);
    return this.#window.substring(start - this.#from, end - this.#from);
  }

  /** The bytes `[start, end)` as text, one character each. */
  latin1(start: number, end: number): string {
    return this.#buffer.latin1Slice(start, end);
  }

  /** A short string that is ASCII as far as `from`. */
  #short(start: number, from: number, end: number): string | undefined {
    const bytes = this.#bytes;
    let size = 0;
    for (let i = start; i < from; i++) scratch[size++] = bytes[i]!;
    for (let i = from; i < end; i++) {
      const byte = bytes[i]!;
      if (byte < 0x80) scratch[size++] = byte;
      else {
        const next = i + 1 < end ? bytes[++i]! : 0;
        // Of Latin-1 all else is two bytes, the first C2 or C3.
        if ((byte & 0xfe) !== 0xc2 || (next & 0xc0) !== 0x80) {
          return end - start <= SPELLED ? this.#spell(start, end) : this.#decode(start, end);
        }
        scratch[size++] = (byte & 3) << 6 | next & 0x3f;
      }
    }
    return (scratchText ??= asBuffer(scratch)).latin1Slice(0, size);
  }

  /** A shorter string of any alphabet; what is not plain and well-formed is left to the runtime. */
  #spell(start: number, end: number): string | undefined {
    const bytes = this.#bytes;
    let length = 0;
    for (let i = start; i < end; i++) if ((bytes[i]! & 0xc0) !== 0x80) length++;
    const units = spelled[length]!;
    let at = 0;
    let i = start;
    while (i < end) {
      const first = bytes[i]!;
      if (first < 0x80) {
        units[at++] = first;
        i++;
        continue;
      }
      const size = first < 0xe0 ? 2 : 3;
      const second = i + size <= end ? bytes[i + 1]! : 0;
      const third = size === 3 && i + size <= end ? bytes[i + 2]! : 0x80;
      const unit = size === 2
        ? (first & 0x1f) << 6 | second & 0x3f
        : (first & 0x0f) << 12 | (second & 0x3f) << 6 | third & 0x3f;
      // Overlong, a surrogate, past U+FFFF, or not what follows such a byte.
      if (
        first < 0xc2 || first > 0xef || (second & 0xc0) !== 0x80 || (third & 0xc0) !== 0x80 ||
        size === 3 && (unit < 0x800 || (unit & 0xf800) === 0xd800)
      ) return this.#decode(start, end);
      units[at++] = unit;
      i += size;
    }
    return String.fromCharCode.apply(String, units);
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
