import { Buffer } from "node:buffer";

/**
 * Bytes as text, one character each. The platform's `TextDecoder` has no Latin-1 (its "latin1" is Windows-1252), and takes
 * 100 times as long.
 */
export function latin1(bytes: Uint8Array, start: number = 0, end: number = bytes.length): string {
  return asBuffer(bytes).latin1Slice(start, end);
}

/** The slicing methods that Node's buffers have, and its type declarations do not. */
export interface SlicingBuffer {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}

/** The same bytes with methods to slice text out of them. */
export function asBuffer(bytes: Uint8Array): SlicingBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength) as unknown as SlicingBuffer;
}
