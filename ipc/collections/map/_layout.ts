/**
 * The memory of a shared map.
 *
 * A map has 32 *stripes*, each a hash table with a lock of its own; the upper bits of a key's hash say which. The block of the
 * map has, for each stripe, a lock, a version and two slots for tables, of which the lowest bit of the version says which
 * one is current. A *table* is a block with an index and the entries:
 *
 * ```
 *   map                          table
 *   ┌──────────────────────┐     ┌────────┬─────────────────────────────┬─────────────────────────────────┐
 *   │ lock │ version │ A B ─┼───▶│ header │ index: [entry, hash] places │ entry entry entry …   free      │
 *   │ lock │ version │ A B │     └────────┴──────────────┬──────────────┴─────▲──────────────▲────────────┘
 *   │ …                    │                            └────────────────────┘             TOP
 *   └──────────────────────┘
 * ```
 *
 * Block of the map:
 *
 * | word | holds | written by |
 * |---|---|---|
 * | 5 | most lines of all its tables, 0 = no limit | maker |
 * | 6, 7 | key of the hash function, random | maker |
 * | 8 | lock word for growing | setters |
 * | 16 + 16 s | stripe s: lock word | setters |
 * | + 1 | version: how often the current table was replaced | setters, under the lock |
 * | + 2, + 3 | slots of the two tables; 0 = none, the stripe is empty | setters, under the lock |
 * | + 4, + 5 | lines of the two tables | setters, under the lock for growing |
 *
 * Block of a table:
 *
 * | word | holds |
 * |---|---|
 * | 5 | OWNS: 1 if what its entries refer to is this table's, 0 while it is built or once it is replaced |
 * | 6 | COUNT: entries |
 * | 7 | USED: places of the index in use, those of deleted entries too |
 * | 8 | LIVE: words that the entries take which are not replaced or deleted |
 * | 9 | TOP: the word at which the next entry begins |
 * | 10 | places of the index, a power of two |
 * | 11 | whether there may be entries with references |
 * | 16… | the index, two words a place: the word at which the entry begins (0 = never used, -1 = deleted), the key's hash |
 * | then | the entries |
 *
 * An entry begins at a multiple of 8 bytes:
 *
 * | word | holds |
 * |---|---|
 * | 0 | `kind << 28 \| bytes` of the key |
 * | 1 | bytes of the value; the bit 28 is set if it has references |
 * | 2… | the key, padded to 8 bytes; then the value, padded to 8 bytes; then the line of its references, if any |
 */
import { BLOCK_BODY } from "../../memory/arena.ts";
import { MOST_BYTES, paddedWords } from "../encoded_value.ts";

export const STRIPES = 32;
/** How far to shift a hash to the right for its stripe. */
export const STRIPE_SHIFT = 27;

export const MAX_LINES: number = BLOCK_BODY;
export const HASH_KEY: number = BLOCK_BODY + 1;
export const GROW_LOCK: number = BLOCK_BODY + 3;
const FIRST_STRIPE = 16;
const STRIPE_WORDS = 16;
export const VERSION = 1;
export const TABLES = 2;
export const LINES_OF = 4;
export const MAP_BYTES: number = (FIRST_STRIPE + STRIPES * STRIPE_WORDS - BLOCK_BODY) * 4;

/** The words of stripes, each from its lock word on. */
export const STRIPE_AT: readonly number[] = Array.from(
  { length: STRIPES },
  (_, stripe) => FIRST_STRIPE + stripe * STRIPE_WORDS,
);

export const PLACES = 10;
export const HAS_REFERENCES = 11;
export const INDEX = 16;
export const DELETED = -1;

export const WITH_REFERENCES: number = 1 << 28;
/** Most bytes of a key or value, and the bits of their number. */
export const MAX_BYTES: number = MOST_BYTES;

/** Words of the entry that begins at a word. */
export function entryWords(table: Int32Array, entry: number): number {
  const value = table[entry + 1]!;
  return 2 + paddedWords(table[entry]! & MAX_BYTES) + paddedWords(value & MAX_BYTES) +
    ((value & WITH_REFERENCES) === 0 ? 0 : 2);
}

/** The word at which the value of an entry begins. */
export function valueAt(table: Int32Array, entry: number): number {
  return entry + 2 + paddedWords(table[entry]! & MAX_BYTES);
}

/** The word of an entry that has the line of its references; 0 if it has none. */
export function referencesOf(table: Int32Array, entry: number): number {
  const value = table[entry + 1]!;
  if ((value & WITH_REFERENCES) === 0) return 0;
  return valueAt(table, entry) + paddedWords(value & MAX_BYTES);
}
