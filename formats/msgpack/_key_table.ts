/**
 * Map keys that were written before, as ready bytes, with a guess of which one comes next.
 *
 * Records of one kind have the same keys in the same order, so after a key nearly always comes the key that came
 * after it the last time. A right guess costs one comparison of strings that the engine keeps once (so of pointers)
 * and two to eight stores of 32 bits, instead of a loop over the key's characters.
 *
 * Entry `i` owns words `[i * WORDS, (i + 1) * WORDS)`: the header byte and the UTF-8 of the key, then padding.
 */

/** Entries; entry 0 is "no key yet" and never matches. */
const CAPACITY = 1024;
/** 32-bit words of an entry. */
export const WORDS = 8;
/** Bytes of an entry, so the longest header and key together that is kept. */
export const ENTRY_BYTES: number = WORDS * 4;

/** Key text of each entry. */
export const keyTexts: (string | undefined)[] = new Array(CAPACITY).fill(undefined);
/** Number of bytes of each entry, header included. */
export const keySizes: Uint8Array = new Uint8Array(CAPACITY);
/** The entry that followed the last time. */
export const keyFollowers: Uint16Array = new Uint16Array(CAPACITY);
/** All bytes as little-endian words (see {@linkcode storeKey}). */
export const keyWords: Int32Array = new Int32Array(CAPACITY * WORDS);

const keyIndex = new Map<string, number>();
let count = 1;

/** Index of a key's entry, or 0. */
export function findKey(key: string): number {
  return keyIndex.get(key) ?? 0;
}

/**
 * Keeps a key; `bytes[start..end)` are its header and text. Returns its index, or 0 if it is too long or the table
 * is full: a table full of keys that never come again is then left alone until {@linkcode renewKeys}.
 */
export function storeKey(key: string, bytes: Uint8Array, start: number, end: number): number {
  if (end - start > ENTRY_BYTES || count === CAPACITY) return 0;
  const index = count++;
  keyTexts[index] = key;
  keySizes[index] = end - start;
  keyIndex.set(key, index);
  for (let word = 0; word < WORDS; word++) {
    let value = 0;
    for (let i = 3; i >= 0; i--) {
      const at = start + word * 4 + i;
      value = value << 8 | (at < end ? bytes[at]! : 0);
    }
    keyWords[index * WORDS + word] = value;
  }
  return index;
}

/** Empties a full table. To be called between two messages, so that a table never thrashes within one. */
export function renewKeys(): void {
  if (count < CAPACITY) return;
  count = 1;
  keyIndex.clear();
  keyTexts.fill(undefined);
  keyFollowers.fill(0);
}
