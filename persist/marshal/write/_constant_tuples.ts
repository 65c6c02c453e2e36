import { ByteArray, Complex, Float, isTuple, StopIteration } from "../../types/mod.ts";
import { ADDED, FIRST_SIZE, MAX_PROBES, MAX_REMEMBERED, mix, NOT_ADDED } from "./_constants.ts";

/** What a tuple is: no constant, one without tuples inside, one with. */
export const VARIABLE = 0;
export const FLAT = 1;
export const NESTED = 2;

/** Longest tuple of scalars that is not looked up by identity. */
export const LARGEST_COPIED = 8;

/** Deepest nesting of tuples looked through. */
const DEEPEST = 200;

/** Whether an object other than a tuple is a constant. */
export function isConstantObject(value: object): boolean {
  if (value instanceof Float || value instanceof Complex) return true;
  return (ArrayBuffer.isView(value) && !(value instanceof ByteArray)) ||
    value instanceof ArrayBuffer;
}

/** Whether a tuple holds constants only. `known` keeps the answers on long tuples, and on those that hold tuples. */
export function tupleConstancy(
  tuple: readonly unknown[],
  known: Map<object, number>,
  depth = 0,
): number {
  const answer = known.get(tuple);
  if (answer !== undefined) return answer;
  if (depth > DEEPEST) return VARIABLE;
  let result = FLAT;
  for (let i = 0; i < tuple.length && result !== VARIABLE; i++) {
    const item = tuple[i];
    // A name in Python, and no literal.
    if (item === StopIteration) result = VARIABLE;
    if (typeof item !== "object" || item === null) continue;
    if (Array.isArray(item)) {
      // Until it is known, a tuple within itself counts as no constant.
      if (result === FLAT) known.set(tuple, VARIABLE);
      result = isTuple(item) && tupleConstancy(item, known, depth + 1) !== VARIABLE
        ? NESTED
        : VARIABLE;
    } else if (!isConstantObject(item)) {
      result = VARIABLE;
    }
  }
  if (result === NESTED || tuple.length > LARGEST_COPIED) known.set(tuple, result);
  return result;
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

  /** The index of the tuple of `items[from, to)`, or a negative number, having remembered it under `index` if there is room. */
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
        if (++probes === MAX_PROBES) return NOT_ADDED;
      }
      slot = (slot + 1) & mask;
    }
    if (this.#used === MAX_REMEMBERED) return NOT_ADDED;
    this.#used++;
    this.#slots[slot] = this.#store(items, from, to, index) + 1;
    this.#hashes[slot] = hash;
    return ADDED;
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
