import { latin1 } from "../../byte_text.ts";
import { FrozenSet } from "../../types/mod.ts";
import { MOST_INTEGERS } from "./_scalar_writer.ts";
import { MarshallingError } from "../errors.ts";

/** Bytes that make an element large. */
const LARGE = 1024;

/** Marshals a value as if nothing else were written; the sets within it are in the given order. */
export type WriteAlone = (value: unknown, order: SetOrder) => Uint8Array<ArrayBuffer>;

/**
 * The order in which sets are written: by the marshalled bytes of their elements, each marshalled alone. CPython does so
 * since 3.11, since the order of a set in memory depends on addresses and hash seeds.
 *
 * Orders are kept, so that sets within sets cost their size per level and not twice as much with each level.
 */
export class SetOrder {
  readonly #write: WriteAlone;
  readonly #orders: Map<ReadonlySet<unknown>, readonly unknown[]> = new Map();
  readonly #open: Set<ReadonlySet<unknown>> = new Set();
  readonly #records: Map<unknown, string> = new Map();
  #integers = 0;

  constructor(write: WriteAlone) {
    this.#write = write;
  }

  /** The elements of a set in order. */
  order(set: ReadonlySet<unknown>): readonly unknown[] {
    const known = this.#orders.get(set);
    if (known !== undefined) return known;
    if (this.#open.has(set)) {
      throw new MarshallingError("Cannot marshal a set: needed one without a cycle, received one");
    }
    // From the inside out, so that sorting one set never has to sort another first, whatever the depth.
    let order: readonly unknown[] = [];
    for (const inner of innermostFirst(set)) {
      if (this.#orders.has(inner)) continue;
      this.#open.add(inner);
      order = this.#sort(inner);
      this.#orders.set(inner, order);
      this.#open.delete(inner);
    }
    return order;
  }

  #sort(set: ReadonlySet<unknown>): readonly unknown[] {
    const ints = sortInts(set);
    if (ints !== undefined) return ints;
    const pairs: { readonly record: string; readonly value: unknown }[] = [];
    for (const value of set) pairs.push({ record: this.#record(value), value });
    pairs.sort((a, b) => a.record < b.record ? -1 : a.record > b.record ? 1 : 0);
    return pairs.map((pair) => pair.value);
  }

  /** The bytes of an element. Those of a large one are kept, for it may be an element of many sets. */
  #record(value: unknown): string {
    const known = this.#records.get(value);
    if (known !== undefined) return known;
    const record = latin1(this.#write(value, this));
    if (record.length < LARGE) return record;
    if (typeof value !== "bigint" || this.#integers++ < MOST_INTEGERS) {
      this.#records.set(value, record);
    }
    return record;
  }
}

/** All sets within a set, through tuples and sets, each after those within it. */
function innermostFirst(root: ReadonlySet<unknown>): ReadonlySet<unknown>[] {
  const seen = new Set<object>([root]);
  const found: ReadonlySet<unknown>[] = [];
  const stack: Iterable<unknown>[] = [root];
  while (stack.length > 0) {
    const container = stack.pop()!;
    if (!Array.isArray(container)) found.push(container as ReadonlySet<unknown>);
    for (const item of container) {
      if ((Array.isArray(item) || item instanceof FrozenSet) && !seen.has(item)) {
        seen.add(item);
        stack.push(item);
      }
    }
  }
  return found.reverse();
}

/** Sorts a set of 32-bit ints; `undefined` for other sets. Their bytes are little-endian, so turned round they compare. */
function sortInts(set: ReadonlySet<unknown>): readonly number[] | undefined {
  const keys = new Uint32Array(set.size);
  let i = 0;
  for (const value of set) {
    if (typeof value !== "number" || (value | 0) !== value) return undefined;
    keys[i++] = swap(value);
  }
  return Array.from(keys.sort(), swap);
}

/** Reverses the bytes of a 32-bit int. */
function swap(value: number): number {
  return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}
