/**
 * The header of a message, as CPython's `multiprocessing.connection` writes it.
 *
 * ```text
 *      n <= 0x7fffffff    int32 n   | n bytes
 *      n >  0x7fffffff    int32 -1  | uint64 n | n bytes       (a reader takes this form for any n)
 * ```
 *
 * All numbers are big-endian. CPython's reader takes any other negative number for an empty message; that is refused here,
 * because the bytes that follow would be read as headers.
 */

/** Bytes of the short form. */
export const HEADER = 4;
/** Bytes of the long form. */
export const LONG_HEADER = 12;

const MAX_SHORT = 0x7fffffff;

/** How many bytes the header of a message of `length` bytes has. */
export function headerSize(length: number): number {
  return length > MAX_SHORT ? LONG_HEADER : HEADER;
}

/** Writes a header; returns the offset behind it. */
export function writeHeader(target: Uint8Array, at: number, length: number): number {
  if (length <= MAX_SHORT) return writeWord(target, at, length);
  at = writeWord(target, at, -1);
  at = writeWord(target, at, Math.floor(length / 2 ** 32));
  return writeWord(target, at, length >>> 0);
}

function writeWord(target: Uint8Array, at: number, word: number): number {
  target[at] = word >> 24;
  target[at + 1] = word >> 16;
  target[at + 2] = word >> 8;
  target[at + 3] = word;
  return at + 4;
}

/** The number in the first four bytes of a header. */
export function readWord(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!;
}

/** The number of the long form. Above 2**53 it is not exact, and too large for anything in any case. */
export function readLong(bytes: Uint8Array, at: number): number {
  return (readWord(bytes, at) >>> 0) * 2 ** 32 + (readWord(bytes, at + 4) >>> 0);
}
