/**
 * Changes of a stripe, each made by one step that a kill cannot tear. Everything here is done under the stripe's lock.
 */
import { publishEntry, TABLE_COUNT, TABLE_LIVE, TABLE_TOP, TABLE_USED } from "../../kill_safe.ts";
import { agent } from "../../memory/agent.ts";
import type { Block } from "../../memory/arena.ts";
import { copyWords, type EncodedValue, paddedWords } from "../encoded_value.ts";
import type { EncodedKey } from "./_keys.ts";
import * as layout from "./_layout.ts";
import { entryWords, referencesOf } from "./_layout.ts";
import type { Stripe } from "./_stripe.ts";

// The engine folds a module's own constants into the code, but loads imported ones each time.
const { DELETED, HAS_REFERENCES, WITH_REFERENCES } = layout;

/**
 * Writes an entry and makes it the key's.
 *
 * @returns The references of the value that was replaced; they are the caller's to destroy.
 */
export function putEntry(
  stripe: Stripe,
  key: EncodedKey,
  hash: number,
  value: EncodedValue,
  me: number,
): Block | undefined {
  const { references } = value;
  const words = 2 + key.length + paddedWords(value.length) + (references === undefined ? 0 : 2);
  const { table } = stripe;
  let at = table === undefined ? -1 : table.find(key, hash);
  const isNew = at < 0;
  const replaced = isNew ? undefined : referencesAt(table!.i32, at);
  const held = references?.held;
  if (table === undefined || !table.hasRoom(words, isNew)) {
    const fresh = stripe.grown(words, at);
    const { i32 } = fresh;
    const entry = i32[TABLE_TOP]!;
    i32[TABLE_TOP] = writeEntry(i32, entry, key, value);
    at = fresh.freePlace(hash);
    i32[at + 1] = hash;
    i32[at] = entry;
    i32[TABLE_USED]!++;
    i32[TABLE_COUNT]!++;
    i32[TABLE_LIVE]! += words;
    stripe.replace(fresh, held, replaced);
    return replaced;
  }
  const { i32 } = table;
  const entry = i32[TABLE_TOP]!;
  const top = writeEntry(i32, entry, key, value);
  let used = i32[TABLE_USED]!;
  let count = i32[TABLE_COUNT]!;
  let live = i32[TABLE_LIVE]! + words;
  if (isNew) {
    at = table.freePlace(hash);
    i32[at + 1] = hash;
    used++;
    count++;
  } else live -= entryWords(i32, i32[at]!);
  const slot = held?.slot ?? 0;
  publishEntry(i32, at, entry, top, used, count, live, held?.page, slot, replaced?.words, me);
  if (!isNew) stripe.shrink();
  return replaced;
}

/**
 * Deletes the entry in a place.
 *
 * @returns The references of its value; they are the caller's to destroy.
 */
export function deleteEntry(i32: Int32Array, at: number, me: number): Block | undefined {
  const removed = referencesAt(i32, at);
  const top = i32[TABLE_TOP]!;
  const used = i32[TABLE_USED]!;
  const count = i32[TABLE_COUNT]! - 1;
  const live = i32[TABLE_LIVE]! - entryWords(i32, i32[at]!);
  publishEntry(i32, at, DELETED, top, used, count, live, undefined, 0, removed?.words, me);
  return removed;
}

/** Writes an entry. Gives the word after it. */
function writeEntry(
  i32: Int32Array,
  entry: number,
  key: EncodedKey,
  { words, length, references }: EncodedValue,
): number {
  i32[entry] = key.head;
  i32[entry + 1] = references === undefined ? length : length | WITH_REFERENCES;
  let top = entry + 2;
  copyWords(key.words, 0, i32, top, key.length);
  top += key.length;
  copyWords(words, 0, i32, top, paddedWords(length));
  top += paddedWords(length);
  if (references === undefined) return top;
  i32[top] = references.held.block.line;
  i32[HAS_REFERENCES] = 1;
  return top + 2;
}

/** The references of the entry in a place. */
function referencesAt(i32: Int32Array, at: number): Block | undefined {
  const word = referencesOf(i32, i32[at]!);
  return word === 0 ? undefined : agent().arena.block(i32[word]!);
}
