/**
 * Searching for one of several separators.
 */
import { shown } from "../../persist/options.ts";
import type { Slab } from "./_slab.ts";

/** What separates: text (as UTF-8), bytes, or several of them. */
export type Separator = string | Uint8Array | readonly (string | Uint8Array)[];

/** A search for separators in a slab. */
export interface Needle {
  /** Bytes of the longest separator. */
  readonly longest: number;
  /** Bytes of the separator that the last search found. */
  found: number;
  /** Where the separator begins that ends first, searched from `from` on; -1 if there is none. */
  search(slab: Slab, from: number): number;
}

const encoder = new TextEncoder();

export function needle(separator: Separator): Needle {
  const list = typeof separator === "string" || separator instanceof Uint8Array
    ? [separator]
    : separator;
  if (!Array.isArray(list)) {
    throw new TypeError(
      `Cannot read up to a separator: needed text, bytes or an array of them, received ${
        shown(list)
      }`,
    );
  }
  const all = list.map((each) => typeof each === "string" ? encoder.encode(each) : each);
  if (all.length === 0 || all.some(({ length }) => length === 0)) {
    throw new TypeError(
      "Cannot read up to a separator: at least one byte is needed, received none",
    );
  }
  return {
    longest: Math.max(...all.map(({ length }) => length)),
    found: 0,
    search(slab, from) {
      let best = -1;
      let end = Infinity;
      for (const one of all) {
        const at = indexOf(slab, one, from);
        if (at < 0) continue;
        // Of two that end together the longer one counts: it begins first.
        const ends = at + one.length;
        if (ends < end || ends === end && one.length > this.found) {
          best = at;
          end = ends;
          this.found = one.length;
        }
      }
      return best;
    },
  };
}

function indexOf(slab: Slab, separator: Uint8Array, from: number): number {
  const first = separator[0]!;
  const { length } = separator;
  for (let at = slab.indexOf(first, from); at >= 0; at = slab.indexOf(first, at + 1)) {
    if (at + length > slab.end) return -1;
    let same = 1;
    while (same < length && slab.bytes[at + same] === separator[same]) same++;
    if (same === length) return at;
  }
  return -1;
}
