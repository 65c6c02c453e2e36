/**
 * Values as bytes in memory of this agent's own, before they are copied into a collection: no code of users runs while a lock
 * is held. Each of several receivers makes its own value of them, so what has one owner cannot be in them.
 */
import { encode, encodeInto, SEVERAL_RECEIVERS, takeReferences } from "../message/messages.ts";
import type { MessageReferences } from "../message/message_references.ts";
import { giveBack, type Scratch, takeScratch } from "./scratch.ts";

/** Most bytes of a value: there are 28 bits for their number. */
export const MOST_BYTES = 0xfffffff;

/** A value as bytes. */
export interface EncodedValue {
  /** Where the bytes are, followed by zeros or rubbish to a multiple of 8. */
  readonly words: Int32Array;
  /** How many bytes there are. */
  readonly length: number;
  /** What keeps its shared objects alive. */
  readonly references: MessageReferences | undefined;
  readonly scratch: Scratch | undefined;
}

/**
 * Encodes a value. {@linkcode dismiss} it afterwards.
 *
 * @param attempted What the error of a value that is too large says.
 * @param carrier Who reads it.
 * @throws {UnsendableError} If a part cannot be sent, or has one owner.
 * @throws {RangeError} If it takes 256 MiB or more.
 */
export function encodeValue(
  value: unknown,
  attempted: string,
  carrier: object = SEVERAL_RECEIVERS,
): EncodedValue {
  const scratch = takeScratch();
  let end = -1;
  try {
    end = encodeInto(value, scratch, 0, scratch.bytes.length, carrier);
  } finally {
    if (end < 0) giveBack(scratch);
  }
  if (end >= 0) return { words: scratch.i32, length: end, references: takeReferences(), scratch };
  const bytes = encode(value, carrier);
  const references = takeReferences();
  const { length } = bytes;
  if (length > MOST_BYTES) {
    references?.stay();
    throw new RangeError(
      `Cannot ${attempted}: the value takes ${length} bytes, at most ${MOST_BYTES} are possible`,
    );
  }
  // The encoder's bytes last until it encodes the next value.
  const words = new Int32Array(paddedWords(length));
  new Uint8Array(words.buffer).set(bytes);
  return { words, length, references, scratch: undefined };
}

/** The value is where it was to go, or will never be. */
export function dismiss({ scratch, references }: EncodedValue, done: boolean): void {
  if (scratch !== undefined) giveBack(scratch);
  if (done) references?.departed();
  else references?.stay();
}

/** Words that some bytes take, padded to 8 bytes. */
export function paddedWords(bytes: number): number {
  return (bytes + 7 >>> 3) << 1;
}

/** Words up to which a loop is faster than a call. */
const LOOP = 32;

/** Copies words between two arrays. */
export function copyWords(
  from: Int32Array,
  start: number,
  to: Int32Array,
  at: number,
  words: number,
): void {
  if (words > LOOP) {
    to.set(from.subarray(start, start + words), at);
    return;
  }
  for (let i = 0; i < words; i++) to[at + i] = from[start + i]!;
}
