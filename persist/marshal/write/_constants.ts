/*
 * Finds values that were written before, by the bytes they were written as: two immutable values are the same exactly
 * when their records are. No string is hashed twice and no key is allocated.
 */

/** Odd and drawn per process, so that nobody can choose values that fall into one slot. */
const MULTIPLIER = (Math.floor(Math.random() * 0x7fffffff) | 0x10000001) >>> 0;

/** Failed comparisons after which a value is taken to be new: sharing saves space, and must not cost much time. */
export const MAX_PROBES = 32;
/** Records longer than this are told apart by samples before they are compared. */
const LONGEST_HASHED = 1024;

/** Most entries of a table: what stays in a processor's cache, and more than any literal has. */
export const MAX_REMEMBERED = 16_384;

/** A value was not found, and is remembered now; or it is not, since the table is full. */
export const ADDED = -1;
export const NOT_ADDED = -2;

export const FIRST_SIZE = 64;

/** Slot words: record start + 1 (0: empty), record end, hash, index. */
const WORDS = 4;

/** Records of strings, bytes, floats and large ints. */
export class RecordTable {
  #slots: Int32Array = new Int32Array(FIRST_SIZE * WORDS);
  #mask = FIRST_SIZE - 1;
  #used = 0;

  /**
   * The index of the record equal to `out[start, end)`; else {@linkcode ADDED}, under `index`, or {@linkcode NOT_ADDED}.
   * With `always`, a full table takes it nevertheless.
   */
  findOrAdd(
    out: Uint8Array,
    start: number,
    end: number,
    index: number,
    always: boolean,
  ): number {
    if (this.#used * 2 > this.#mask) this.#grow();
    const slots = this.#slots;
    const hash = hashRecord(out, start, end);
    let slot = hash & this.#mask;
    let probes = 0;
    while (true) {
      const at = slot * WORDS;
      const found = slots[at]! - 1;
      if (found < 0) break;
      if (slots[at + 2] === hash && slots[at + 1]! - found === end - start) {
        if (equal(out, found, start, end - start)) return slots[at + 3]!;
        if (++probes === MAX_PROBES) return NOT_ADDED;
      }
      slot = (slot + 1) & this.#mask;
    }
    if (this.#used >= MAX_REMEMBERED && !always) return NOT_ADDED;
    this.#used++;
    const at = slot * WORDS;
    slots[at] = start + 1;
    slots[at + 1] = end;
    slots[at + 2] = hash;
    slots[at + 3] = index;
    return ADDED;
  }

  #grow(): void {
    const old = this.#slots;
    const size = (this.#mask + 1) * 4;
    const slots = new Int32Array(size * WORDS);
    const mask = size - 1;
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at] === 0) continue;
      let slot = old[at + 2]! & mask;
      while (slots[slot * WORDS] !== 0) slot = (slot + 1) & mask;
      for (let k = 0; k < WORDS; k++) slots[slot * WORDS + k] = old[at + k]!;
    }
    this.#slots = slots;
    this.#mask = mask;
  }
}

export function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, MULTIPLIER);
  return product ^ (product >>> 15);
}

function hashRecord(out: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  // Long records: every 16th word of the first KiB's worth of words, spread over the whole.
  const step = end - start <= LONGEST_HASHED ? 4 : ((end - start) >>> 8) & ~3;
  let i = start;
  for (; i + 4 <= end; i += step) {
    hash = mix(hash, out[i]! | (out[i + 1]! << 8) | (out[i + 2]! << 16) | (out[i + 3]! << 24));
  }
  for (; i < end; i++) hash = mix(hash, out[i]!);
  return mix(hash, 0);
}

function equal(out: Uint8Array, a: number, b: number, size: number): boolean {
  for (let i = 0; i < size; i++) if (out[a + i] !== out[b + i]) return false;
  return true;
}

/** Ints of 32 bits, the most frequent values of all. */
export class IntTable {
  /** Pairs of a value and its index + 1 (0: empty). */
  #slots: Int32Array = new Int32Array(FIRST_SIZE * 2);
  #mask = FIRST_SIZE - 1;
  #used = 0;

  /** The index of `value`; else {@linkcode ADDED}, under `index`, or {@linkcode NOT_ADDED}. */
  findOrAdd(value: number, index: number): number {
    if (this.#used * 3 > this.#mask * 2) this.#grow();
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = slotOf(value, mask);
    while (true) {
      const found = slots[2 * slot + 1]!;
      if (found === 0) break;
      if (slots[2 * slot] === value) return found - 1;
      slot = (slot + 1) & mask;
    }
    if (this.#used === MAX_REMEMBERED) return NOT_ADDED;
    this.#used++;
    slots[2 * slot] = value;
    slots[2 * slot + 1] = index + 1;
    return ADDED;
  }

  #grow(): void {
    const old = this.#slots;
    const size = (this.#mask + 1) * 4;
    const slots = new Int32Array(size * 2);
    const mask = size - 1;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] === 0) continue;
      let slot = slotOf(old[i]!, mask);
      while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = old[i]!;
      slots[2 * slot + 1] = old[i + 1]!;
    }
    this.#slots = slots;
    this.#mask = mask;
  }
}

/** Runs of 16 neighbours stay neighbours, since that is how ints come, and share cache lines. */
function slotOf(value: number, mask: number): number {
  const group = Math.imul(value >> 4, MULTIPLIER);
  return ((group ^ (group >>> 16)) & ~15 | (value & 15)) & mask;
}
