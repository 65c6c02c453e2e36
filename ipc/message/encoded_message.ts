import type { Memory } from "../codec/bytes.ts";
import { encode, takeRiders } from "./messages.ts";
import type { Riders } from "./message_references.ts";

/** An item that was encoded aside. */
export class Packed {
  readonly bytes: Uint8Array;
  readonly riders: Riders | undefined;

  constructor(bytes: Uint8Array, riders: Riders | undefined) {
    this.bytes = bytes;
    this.riders = riders;
  }

  /**
   * Encodes an item.
   *
   * @param copy Whether it has to last; if not, it is good until the next one is encoded.
   */
  static of(value: unknown, copy: boolean): Packed {
    const bytes = encode(value);
    const riders = takeRiders();
    return new Packed(copy ? bytes.slice() : bytes, riders);
  }

  /** Copies it into memory; the place behind it, or -1 when it does not fit. */
  writeTo({ bytes }: Memory, start: number, end: number): number {
    if (end - start < this.bytes.length) return -1;
    bytes.set(this.bytes, start);
    return start + this.bytes.length;
  }
}
