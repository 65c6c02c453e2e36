/*
 * Integers as marshal writes them: digits of 15 bits, least significant first, each in two bytes. Both directions take
 * linear time, since they only move between radixes that are powers of two.
 */

const DIGIT_BITS = 15;
const DIGIT_MASK = 0x7fff;

/** The number of digits of a magnitude, by its hexadecimal text. */
function digitCount(hex: string): number {
  const bits = hex.length * 4 - (Math.clz32(parseInt(hex[0]!, 16)) - 28);
  return Math.ceil(bits / DIGIT_BITS);
}

/** The digits of `value`, which must not be zero. The sign is left to the caller. */
export function toDigits(value: bigint): Uint16Array {
  const hex = (value < 0n ? -value : value).toString(16);
  const digits = new Uint16Array(digitCount(hex));
  let pending = 0;
  let bits = 0;
  let at = 0;
  for (let i = hex.length; i > 0; i -= 4) {
    // Up to 14 bits are pending, so that 16 more stay within 31.
    pending |= parseInt(hex.slice(Math.max(0, i - 4), i), 16) << bits;
    bits += 16;
    while (bits >= DIGIT_BITS) {
      if (at < digits.length) digits[at++] = pending & DIGIT_MASK;
      pending >>>= DIGIT_BITS;
      bits -= DIGIT_BITS;
    }
  }
  if (at < digits.length) digits[at] = pending;
  return digits;
}

/**
 * Reads `count` digits at `start`: a number if it is safe, else a bigint. The caller has checked that the digits are
 * there, below 2^15, and that the last is not zero.
 */
export function fromDigits(
  bytes: Uint8Array,
  start: number,
  count: number,
  negative: boolean,
): number | bigint {
  if (count <= 4) {
    let value = 0;
    for (let i = count - 1; i >= 0; i--) {
      value = value * (DIGIT_MASK + 1) + (bytes[start + 2 * i]! | (bytes[start + 2 * i + 1]! << 8));
    }
    if (value <= Number.MAX_SAFE_INTEGER) return negative ? -value : value;
  }
  const chunks: string[] = [];
  let pending = 0;
  let bits = 0;
  for (let i = 0; i < count; i++) {
    pending |= (bytes[start + 2 * i]! | (bytes[start + 2 * i + 1]! << 8)) << bits;
    bits += DIGIT_BITS;
    while (bits >= 16) {
      chunks.push((pending & 0xffff).toString(16).padStart(4, "0"));
      pending >>>= 16;
      bits -= 16;
    }
  }
  chunks.push(pending.toString(16));
  const magnitude = BigInt("0x" + chunks.reverse().join(""));
  return negative ? -magnitude : magnitude;
}
