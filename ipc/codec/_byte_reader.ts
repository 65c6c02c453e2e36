/** The primitives of a message, read with every length checked against what the message holds. */
import type { Bytes } from "./bytes.ts";
import { readUtf16, readUtf8 } from "./text.ts";
import { takeSpare } from "./spare_memory.ts";

const NO_BYTES = new Uint8Array(0);
const NO_VIEW = new DataView(NO_BYTES.buffer);

/** Reads on from `pos`; nothing at or beyond `end` is touched. */
export abstract class ByteReader {
  protected bytes: Uint8Array = NO_BYTES;
  protected view: DataView = NO_VIEW;
  protected start = 0;
  protected pos = 0;
  protected end = 0;

  /** Reads `memory.bytes[start, end)` from now on. */
  protected aim({ bytes, view }: Bytes, start: number, end: number): void {
    this.bytes = bytes;
    this.view = view;
    this.start = start;
    this.pos = start;
    this.end = end;
  }

  /** Lets go of the memory. */
  protected release(): void {
    this.bytes = NO_BYTES;
    this.view = NO_VIEW;
  }

  protected fail(what: string, position: number, cause?: unknown): never {
    throw new Deno.errors.InvalidData(
      `Cannot decode a message: ${what} at byte ${position - this.start} of ${
        this.end - this.start
      }`,
      cause === undefined ? undefined : { cause },
    );
  }

  /** Takes `size` bytes; returns where they start. */
  protected take(size: number): number {
    const pos = this.pos;
    if (pos + size > this.end) this.fail(`${size} bytes expected, message ends`, pos);
    this.pos = pos + size;
    return pos;
  }

  protected byte(): number {
    return this.bytes[this.take(1)]!;
  }

  protected varint(): number {
    let value = 0;
    let scale = 1;
    const first = this.pos;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 0x80;
    }
    if (value > Number.MAX_SAFE_INTEGER || this.pos - first > 8) {
      this.fail("number too large", first);
    }
    return value;
  }

  /** A count of things that take at least `size` bytes each. */
  protected count(size: number): number {
    const first = this.pos;
    const count = this.varint();
    if (count * size > this.end - this.pos) {
      this.fail(`${count} items expected, message ends`, first);
    }
    return count;
  }

  /** Copies `length` bytes out. */
  protected slice(length: number): Uint8Array<ArrayBuffer> {
    const pos = this.take(length);
    return this.bytes.slice(pos, pos + length) as Uint8Array<ArrayBuffer>;
  }

  /** Copies bulk data out, into memory that was given back if there is some: its length, padding and bytes. */
  protected bulk(): Uint8Array<ArrayBuffer> {
    const length = this.varint();
    this.take(this.byte());
    const pos = this.take(length);
    const spare = takeSpare(length);
    // Not by `slice`, which fills its memory with zeros first.
    if (spare === undefined) return new Uint8Array(this.bytes.subarray(pos, pos + length));
    spare.set(this.bytes.subarray(pos, pos + length));
    return spare;
  }

  protected readUtf8(): string {
    const length = this.view.getUint32(this.take(4), true);
    const pos = this.take(length);
    return readUtf8(this.bytes, pos, pos + length);
  }

  protected readUtf16(): string {
    const length = 2 * this.count(2);
    const pos = this.take(length);
    return readUtf16(this.bytes, pos, pos + length);
  }

  protected readBigInt(): bigint {
    const bytes = this.slice(this.varint());
    return bytes.length === 0 ? 0n : BigInt("0x" + bytes.reverse().toHex());
  }
}
