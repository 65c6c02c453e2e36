/*
 * Finds values that were written before, by the bytes they were written as: two immutable values are the same exactly
 * when their records are. No string is hashed twice and no key is allocated.
 */

/** Odd and drawn per process, so that nobody can choose values that fall into one slot. */
const MULTIPLIER = (Math.floor(Math.random() * 0x7fffffff) | 0x10000001) >>> 0;

/** Failed comparisons after which a value is taken to be new: sharing saves space, and must not cost much time. */
const MAX_PROBES = 32;
/** Records longer than this are told apart by samples before they are compared. */
const LONGEST_HASHED = 1024;

const FIRST_SIZE = 64;

/** Slot words: record start + 1 (0: empty), record end, hash, index. */
const WORDS = 4;

/** Records of strings, bytes, floats and large ints. */
export class RecordTable {
  #slots: Int32Array = new Int32Array(FIRST_SIZE * WORDS);
  #mask = FIRST_SIZE - 1;
  #used = 0;

  /**
   * The index of the record equal to `out[start, end)`, or -1 after having remembered this one under `index`.
   */
  findOrAdd(out: Uint8Array, start: number, end: number, index: number): number {
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
        if (++probes === MAX_PROBES) return -1;
      }
      slot = (slot + 1) & this.#mask;
    }
    this.#used++;
    const at = slot * WORDS;
    slots[at] = start + 1;
    slots[at + 1] = end;
    slots[at + 2] = hash;
    slots[at + 3] = index;
    return -1;
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

function mix(hash: number, word: number): number {
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

  /** The index of `value`, or -1 after having remembered it under `index`. */
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
    this.#used++;
    slots[2 * slot] = value;
    slots[2 * slot + 1] = index + 1;
    return -1;
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

/**
 * Tuples of constants, by the indexes of their items. Items without an index (None, True ...) have negative stand-ins.
 */
export class TupleTable {
  /** Signatures one after another: length, index of the tuple, items. */
  #pool: Int32Array = new Int32Array(256);
  #length = 0;
  /** Offsets into the pool + 1. */
  #slots: Int32Array = new Int32Array(FIRST_SIZE);
  #hashes: Int32Array = new Int32Array(FIRST_SIZE);
  #used = 0;

  /** The index of the tuple of `items[from, to)`, or -1 after having remembered it under `index`. */
  findOrAdd(items: readonly number[], from: number, to: number, index: number): number {
    if (this.#used * 2 >= this.#slots.length) this.#grow();
    const mask = this.#slots.length - 1;
    let hash = to - from;
    for (let i = from; i < to; i++) hash = mix(hash, items[i]!);
    hash = mix(hash, 0);
    let slot = hash & mask;
    let probes = 0;
    while (this.#slots[slot] !== 0) {
      if (this.#hashes[slot] === hash) {
        const at = this.#slots[slot]! - 1;
        if (this.#matches(at, items, from, to)) return this.#pool[at + 1]!;
        if (++probes === MAX_PROBES) return -1;
      }
      slot = (slot + 1) & mask;
    }
    this.#used++;
    this.#slots[slot] = this.#store(items, from, to, index) + 1;
    this.#hashes[slot] = hash;
    return -1;
  }

  #matches(at: number, items: readonly number[], from: number, to: number): boolean {
    const pool = this.#pool;
    if (pool[at] !== to - from) return false;
    for (let i = from; i < to; i++) if (pool[at + 2 + i - from] !== items[i]) return false;
    return true;
  }

  #store(items: readonly number[], from: number, to: number, index: number): number {
    const at = this.#length;
    const size = 2 + to - from;
    if (at + size > this.#pool.length) {
      const pool = new Int32Array(Math.max(this.#pool.length * 2, at + size));
      pool.set(this.#pool);
      this.#pool = pool;
    }
    this.#pool[at] = to - from;
    this.#pool[at + 1] = index;
    for (let i = from; i < to; i++) this.#pool[at + 2 + i - from] = items[i]!;
    this.#length = at + size;
    return at;
  }

  #grow(): void {
    const oldSlots = this.#slots;
    const oldHashes = this.#hashes;
    const size = oldSlots.length * 4;
    this.#slots = new Int32Array(size);
    this.#hashes = new Int32Array(size);
    for (let i = 0; i < oldSlots.length; i++) {
      if (oldSlots[i] === 0) continue;
      let slot = oldHashes[i]! & (size - 1);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = oldSlots[i]!;
      this.#hashes[slot] = oldHashes[i]!;
    }
  }
}
