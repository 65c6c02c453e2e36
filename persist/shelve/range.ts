/** Which keys an iteration visits: the caller's range of strings, and what becomes of it, a range of bytes. */
import { checkKey, compareKeys, decodeKey, encodeKey } from "./keys.ts";

/** Which keys to visit, and how. Keys are ordered by code points. */
export interface KeyRange {
  /** Only keys that begin with this. @default {""} */
  prefix?: string;
  /** The first key, itself included. @default {undefined} */
  start?: string;
  /** The key before which it ends. @default {undefined} */
  end?: string;
  /** From the last key to the first. @default {false} */
  reverse?: boolean;
  /** At most so many. @default {Infinity} */
  limit?: number;
  /** Ends the iteration with its reason. @default {undefined} */
  signal?: AbortSignal;
}

/** A range of keys as bytes. */
export interface Bounds {
  /** The first key, itself included. */
  readonly lower: Uint8Array;
  /** The key before which it ends, `undefined` for no end. */
  readonly upper: Uint8Array | undefined;
  /** Whether the last key comes first. */
  readonly reverse: boolean;
  /** At most so many keys, `Infinity` for all. */
  readonly limit: number;
}

/** All keys, in order. */
export const EVERYTHING: Bounds = {
  lower: new Uint8Array(0),
  upper: undefined,
  reverse: false,
  limit: Infinity,
};

/**
 * Turns a range of strings into one of bytes.
 *
 * @throws {RangeError} If the limit is no whole number from 0.
 */
export function boundsOf(range: KeyRange): Bounds {
  const { reverse = false, limit = Infinity } = range;
  if (limit !== Infinity && (!Number.isSafeInteger(limit) || limit < 0)) {
    throw new RangeError(
      `Cannot iterate with limit ${limit}: it needs to be a whole number from 0, or Infinity`,
    );
  }
  let lower: Uint8Array = encodeKey(checkKey(range.prefix ?? ""));
  let upper = after(lower);
  if (range.start !== undefined) {
    const start = encodeKey(checkKey(range.start));
    if (compareKeys(start, lower) > 0) lower = start;
  }
  if (range.end !== undefined) {
    const end = encodeKey(checkKey(range.end));
    if (upper === undefined || compareKeys(end, upper) < 0) upper = end;
  }
  return { lower, upper, reverse, limit };
}

/** The first byte string that is greater than all that begin with `prefix`: UTF-8 has no byte 0xff to carry over. */
function after(prefix: Uint8Array): Uint8Array | undefined {
  if (prefix.length === 0) return undefined;
  const next = prefix.slice();
  next[next.length - 1]! += 1;
  return next;
}

/** Whether a key lies in the range. */
export function within(key: Uint8Array, { lower, upper }: Bounds): boolean {
  return compareKeys(key, lower) >= 0 && (upper === undefined || compareKeys(key, upper) < 0);
}

/** Whether no key can lie in the range. */
export function isEmpty({ lower, upper, limit }: Bounds): boolean {
  return limit === 0 || upper !== undefined && compareKeys(lower, upper) >= 0;
}

/** Puts keys that come in any order into that of the range, and cuts them to it. */
export function ordered(keys: Iterable<Uint8Array>, bounds: Bounds): string[] {
  const found = [...keys].filter((key) => within(key, bounds)).sort(compareKeys);
  if (bounds.reverse) found.reverse();
  return (found.length > bounds.limit ? found.slice(0, bounds.limit) : found).map(decodeKey);
}
