import { bigintSize, spendWork } from "../../work.ts";

/** What the keys of numbers begin with; those of other things begin with other letters. */
const NUMERIC = /^[nfx]/;

/**
 * A text that two numbers have in common exactly if Python takes them for equal: `1`, `1n` and 1.0, or 1e308 and the
 * integer of 309 digits. It takes time in proportion to the number's size, never to the number itself.
 */
export function numberKey(value: number | bigint): string {
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? `n${value === 0 ? 0 : value}` : `f${value}`;
  }
  const number = Number(value);
  if (Number.isSafeInteger(number)) return `n${number}`;
  if (Number.isFinite(number) && BigInt(number) === value) return `f${number}`;
  spendWork(bigintSize(value));
  // Decimal digits would take more than linear time.
  return `x${value.toString(16)}`;
}

/** The number of a {@linkcode numberKey}; `undefined` for the key of something else. */
export function numberOfKey(key: string): number | bigint | undefined {
  if (!NUMERIC.test(key)) return undefined;
  if (key[0] !== "x") return Number(key.slice(1));
  return key[1] === "-" ? -BigInt(`0x${key.slice(2)}`) : BigInt(`0x${key.slice(1)}`);
}

const TWO_64 = 1n << 64n;

/** Whether an integer has more than 64 bits. */
export function isWide(value: bigint): boolean {
  return value >= TWO_64 || value <= -TWO_64;
}
