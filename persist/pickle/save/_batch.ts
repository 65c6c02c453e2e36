import { APPEND, APPENDS, MARK, SETITEM, SETITEMS } from "../opcodes.ts";
import type { Saver } from "./_saver.ts";

/** Items between two marks. */
export const BATCH = 1000;

/**
 * Writes items for a list that stands on the stack: the rule for anything that is not an exact list. A last item that is
 * alone in its batch has no mark.
 */
export function saveListItems(saver: Saver, items: Iterable<unknown>): void {
  const { out } = saver;
  if (saver.protocol === 0) {
    for (const item of items) {
      saver.save(item);
      out.byte(APPEND);
    }
    return;
  }
  for (const batch of batches(items)) {
    if (batch.length === 1) {
      saver.save(batch[0]);
      out.byte(APPEND);
      continue;
    }
    out.byte(MARK);
    for (const item of batch) saver.save(item);
    out.byte(APPENDS);
  }
}

/** Writes pairs for a dict that stands on the stack; the same rule. */
export function saveDictItems(
  saver: Saver,
  items: Iterable<readonly [unknown, unknown]>,
): void {
  const { out } = saver;
  const pair = ([key, value]: readonly [unknown, unknown]) => {
    if (typeof key === "string" && saver.settings.persistentId === undefined) {
      saver.saveString(key, true);
    } else saver.save(key);
    saver.save(value);
  };
  if (saver.protocol === 0) {
    for (const item of items) {
      pair(item);
      out.byte(SETITEM);
    }
    return;
  }
  for (const batch of batches(items)) {
    if (batch.length === 1) {
      pair(batch[0]!);
      out.byte(SETITEM);
      continue;
    }
    out.byte(MARK);
    for (const item of batch) pair(item);
    out.byte(SETITEMS);
  }
}

function* batches<T>(items: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
