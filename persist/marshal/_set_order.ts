import type { WriteSettings } from "./_writer.ts";
import { Writer } from "./_writer.ts";
import { FrozenSet } from "../types/mod.ts";
import { MarshallingError } from "./errors.ts";

/**
 * The order in which sets are written: by the marshalled bytes of their elements, each marshalled alone. CPython does so
 * since 3.11, since the order of a set in memory depends on addresses and hash seeds.
 *
 * Orders are kept, so that sets within sets cost their size per level and not twice as much with each level.
 */
export class SetOrder {
  readonly #settings: WriteSettings;
  readonly #orders: Map<ReadonlySet<unknown>, readonly unknown[]> = new Map();
  readonly #open: Set<ReadonlySet<unknown>> = new Set();

  constructor(settings: WriteSettings) {
    this.#settings = settings;
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

  #sort(set: ReadonlySet<unknown>): unknown[] {
    const pairs: { readonly record: Uint8Array; readonly value: unknown }[] = [];
    for (const value of set) {
      pairs.push({ record: new Writer(this.#settings, this).write(value), value });
    }
    return pairs.sort((a, b) => compare(a.record, b.record)).map((pair) => pair.value);
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

function compare(a: Uint8Array, b: Uint8Array): number {
  const size = Math.min(a.length, b.length);
  for (let i = 0; i < size; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}
