import { TextReader } from "./_text.ts";
import { parseFloatText } from "../text_float.ts";
import { UnmarshallingError } from "../errors.ts";

/** V8's longest bigint, in digits. */
const MAX_DIGITS = Math.floor((1 << 30) / 15);

/** Bytes to read from, and checks of what is there: each length is compared with the bytes that remain. */
export class CheckedBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  readonly text: TextReader;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.text = new TextReader(bytes);
  }

  fail(position: number, expected: string, received: string): never {
    throw new UnmarshallingError(
      `Cannot load marshalled data: needed ${expected} at byte ${position}, received ${received}`,
      { position, expected },
    );
  }

  short(position: number, size: number, what: string): never {
    const left = this.bytes.length - position;
    const expected = `${size} byte${size === 1 ? "" : "s"} of ${what}`;
    return this.fail(position, expected, left === 0 ? "the end" : `${left}`);
  }

  /** A length in bytes, which has to be there. */
  size(at: number, what: string): number {
    const left = this.bytes.length - at - 4;
    if (left < 0) this.short(at, 4, "a length");
    const size = this.view.getInt32(at, true);
    if (size < 0) this.fail(at, "a length of at least 0", `${size}`);
    if (size > left) this.fail(at + 4, `${size} ${what}`, `${left}`);
    return size;
  }

  /** A number of items, each of which takes a byte at least. */
  count(at: number, what: string): number {
    const left = this.bytes.length - at - 4;
    if (left < 0) this.short(at, 4, `${what}'s length`);
    const count = this.view.getInt32(at, true);
    if (count < 0 || count > left) {
      this.fail(at, `from 0 to ${left} items of ${what}`, `${count}`);
    }
    return count;
  }

  /** The count of an int's digits, after a look at the digits themselves. */
  digits(at: number): number {
    const left = this.bytes.length - at - 4;
    if (left < 0) this.short(at, 4, "an int's length");
    const signed = this.view.getInt32(at, true);
    const count = Math.abs(signed);
    if (count > MAX_DIGITS) this.fail(at, `at most ${MAX_DIGITS} digits of an int`, `${count}`);
    if (2 * count > left) this.fail(at + 4, `${2 * count} bytes of an int`, `${left}`);
    for (let i = 0; i < count; i++) {
      const digit = this.view.getUint16(at + 4 + 2 * i, true);
      if (digit > 0x7fff) this.fail(at + 4 + 2 * i, "a digit below 32768", `${digit}`);
      if (digit === 0 && i === count - 1) {
        this.fail(at + 4 + 2 * i, "an int without a leading zero digit", "one");
      }
    }
    return signed;
  }

  textFloat(at: number): number {
    const size = at < this.bytes.length ? this.bytes[at]! : 0;
    if (this.bytes.length - at < size + 1) this.short(at, size + 1, "a float");
    const text = this.text.latin1(at + 1, size);
    return parseFloatText(text) ?? this.fail(at + 1, "a decimal float", JSON.stringify(text));
  }
}
