import type { Memory } from "../codec/bytes.ts";
import { encode, takeReferences } from "./messages.ts";
import type { MessageReferences } from "./message_references.ts";

/** A message that was encoded aside. */
export class EncodedMessage {
  readonly bytes: Uint8Array;
  readonly references: MessageReferences | undefined;

  constructor(bytes: Uint8Array, references: MessageReferences | undefined) {
    this.bytes = bytes;
    this.references = references;
  }

  /**
   * Encodes a value.
   *
   * @param copy Whether it has to last; if not, it is good until the next one is encoded.
   */
  static of(value: unknown, copy: boolean): EncodedMessage {
    const bytes = encode(value);
    const references = takeReferences();
    return new EncodedMessage(copy ? bytes.slice() : bytes, references);
  }

  /** Copies it into memory; the position behind it, or -1 when it does not fit. */
  writeTo({ bytes }: Memory, start: number, end: number): number {
    if (end - start < this.bytes.length) return -1;
    bytes.set(this.bytes, start);
    return start + this.bytes.length;
  }
}
