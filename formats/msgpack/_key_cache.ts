/**
 * Map keys that were read before, found by their bytes.
 *
 * Direct-mapped: a key has one slot, chosen by a cheap hash; two keys with one slot replace each other, which costs
 * time and nothing else. A hit saves making the string and, as the cached one has been a property name before, the
 * engine's search for its own copy of it.
 */

const SLOTS = 2048;
/** Longest key that is kept, in bytes. */
export const CACHED_KEY = 31;
const STRIDE = 32;

const texts: string[] = new Array(SLOTS).fill("");
const lengths = new Uint8Array(SLOTS);
const stored = new Uint8Array(SLOTS * STRIDE);

/** Slot for the `length` (1 to 31) bytes at `start`. */
export function keySlot(bytes: Uint8Array, start: number, length: number): number {
  const first = bytes[start]!;
  const middle = bytes[start + (length >> 1)]!;
  const last = bytes[start + length - 1]!;
  return (first * 31 ^ middle * 131 ^ last * 7 ^ length * 613) & (SLOTS - 1);
}

/** The text in a slot if it has exactly these bytes. */
export function cachedKey(
  slot: number,
  bytes: Uint8Array,
  start: number,
  length: number,
): string | undefined {
  if (lengths[slot] !== length) return undefined;
  const base = slot * STRIDE;
  for (let i = 0; i < length; i++) {
    if (bytes[start + i] !== stored[base + i]) return undefined;
  }
  return texts[slot]!;
}

/** Puts a key into its slot. `__proto__` stays out: cached keys are assigned without a look at them. */
export function cacheKey(
  slot: number,
  bytes: Uint8Array,
  start: number,
  length: number,
  text: string,
): void {
  if (text === "__proto__") return;
  lengths[slot] = length;
  texts[slot] = text;
  for (let i = 0; i < length; i++) stored[slot * STRIDE + i] = bytes[start + i]!;
}
