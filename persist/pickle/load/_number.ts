import type { Machine } from "./_machine.ts";

/** Longest integer in decimal, as in CPython: converting takes more than linear time. */
const MOST_DIGITS = 4300;

/** Longest integer in bytes; the runtime has none of more than 2^30 bits. */
export const MOST_BYTES: number = 2 ** 26;

/** The argument of LONG1 and LONG4: little-endian two's complement. */
export function readLong(bytes: Uint8Array): number | bigint {
  const { length } = bytes;
  if (length === 0) return 0;
  const top = bytes[length - 1]!;
  if (length <= 6) {
    let value = top >= 0x80 ? top - 0x100 : top;
    for (let i = length - 2; i >= 0; i--) value = value * 0x100 + bytes[i]!;
    return value;
  }
  const unsigned = BigInt(`0x${Uint8Array.from(bytes).reverse().toHex()}`);
  const value = top >= 0x80 ? unsigned - (1n << BigInt(length * 8)) : unsigned;
  return narrow(value);
}

/** The argument of INT and LONG. */
export function parseIntText(
  machine: Machine,
  line: string,
  booleans: boolean,
): number | bigint | boolean {
  if (booleans && line === "01") return true;
  if (booleans && line === "00") return false;
  const text = line.trim();
  if (text.length > MOST_DIGITS) machine.fail(`an integer has more than ${MOST_DIGITS} digits`);
  if (!/^[+-]?\d+$/.test(text)) machine.fail("an integer in decimal is not a number");
  const value = Number(text);
  // Number("-0") is the float.
  return Number.isSafeInteger(value) ? value + 0 : BigInt(text.replace("+", ""));
}

/** The argument of FLOAT, as Python's `float()` takes it. */
export function parseFloatText(machine: Machine, line: string): number {
  const text = line.trim().toLowerCase();
  const special = /^([+-]?)(inf|infinity|nan)$/.exec(text);
  if (special !== null) {
    if (special[2] === "nan") return NaN;
    return special[1] === "-" ? -Infinity : Infinity;
  }
  if (text.length > MOST_DIGITS || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(text)) {
    machine.fail("a float in decimal is not a number");
  }
  return Number(text);
}

function narrow(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
