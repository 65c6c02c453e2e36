import type { Memory } from "../codec/bytes.ts";
import { encode, takeReferences } from "./messages.ts";
import type { MessageReferences } from "./message_references.ts";

/** A message that was encoded into ordinary memory, to be copied into shared memory later. */
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
   * @param copy Whether the message must last. If not, it is valid until the next one is encoded.
   */
  static of(value: unknown, copy: boolean): EncodedMessage {
    const bytes = encode(value);
    const references = takeReferences();
    return new EncodedMessage(copy ? bytes.slice() : bytes, references);
  }

  /** Copies it into memory. Gives the offset after it, or -1 if it does not fit. */
  writeTo({ bytes }: Memory, start: number, end: number): number {
    if (end - start < this.bytes.length) return -1;
    bytes.set(this.bytes, start);
    return start + this.bytes.length;
  }
}
