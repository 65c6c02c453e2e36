/**
 * Lists, dicts, tuples and sets. A list or dict is numbered before its items, so that they may refer to it; a tuple and a
 * frozenset after them, for it does not exist before.
 */
import { hasHash, nameOf } from "../../types/containers/key_index.ts";
import { PyDict } from "../../types/containers/py_dict.ts";
import { PySet } from "../../types/containers/py_set.ts";
import { Global } from "../../types/objects/global.ts";
import { BATCH, saveDictItems, saveListItems } from "./_batch.ts";
import * as op from "../opcodes.ts";
import { saveNumbers } from "./_number.ts";
import type { Saver } from "./_saver.ts";
import { PicklingError } from "../errors.ts";

const SET = new Global("builtins", "set");
const FROZEN_SET = new Global("builtins", "frozenset");

/** Most keys of a dict whose keys are compared with the last one's. */
const SHAPE = 16;

/** Writes a list. */
export function saveList(saver: Saver, items: unknown[]): void {
  const { out } = saver;
  if (saver.protocol > 0) out.byte(op.EMPTY_LIST);
  else out.ascii("(l");
  saver.memoize(items);
  const { length } = items;
  if (length === 0) return;
  if (saver.protocol === 0) return saveListItems(saver, items);
  if (length === 1) {
    saver.save(items[0]);
    return out.byte(op.APPEND);
  }
  // A reducer may have made the list longer or shorter: as in CPython, what it holds when its turn comes is written.
  for (let at = 0; at < items.length;) {
    const full = at + BATCH;
    let end = Math.min(full, items.length);
    out.byte(op.MARK);
    while (at < end) {
      if (typeof items[at] === "number" && !saver.hooked) {
        at = saveNumbers(out, items, at, end, saver.protocol);
        if (at === end) break;
      }
      saver.save(items[at++]);
      if (items.length !== length) end = Math.min(full, items.length);
    }
    out.byte(op.APPENDS);
  }
}

/** Writes an object as a dict. */
export function saveDict(saver: Saver, value: object): void {
  const { out } = saver;
  if (saver.protocol > 0) out.byte(op.EMPTY_DICT);
  else out.ascii("(d");
  saver.memoize(value);
  const keys = Object.keys(value);
  const { length } = keys;
  if (length === 0) return;
  const values = value as Record<string, unknown>;
  const { calls } = saver;
  if (saver.protocol === 0 || length === 1) {
    for (const key of keys) {
      saveKey(saver, key);
      saver.save(values[key]);
      out.byte(op.SETITEM);
    }
  } else if (length <= SHAPE && !saver.hooked && !saver.fast) saveShaped(saver, keys, values);
  else saveBatches(saver, keys, values);
  if (saver.calls !== calls) checkKeys(value, keys);
}

function saveBatches(saver: Saver, keys: string[], values: Record<string, unknown>): void {
  const { out } = saver;
  const { length } = keys;
  for (let at = 0;;) {
    const end = Math.min(at + BATCH, length);
    // CPython starts another batch whenever one was full, even if nothing is left for it.
    const full = end === at + BATCH;
    out.byte(op.MARK);
    for (; at < end; at++) {
      const key = keys[at]!;
      saveKey(saver, key);
      saver.save(values[key]);
    }
    out.byte(op.SETITEMS);
    if (!full) return;
  }
}

/** Writes the items of a small dict. Records follow one another with the same keys: their numbers are kept at hand. */
function saveShaped(saver: Saver, keys: string[], values: Record<string, unknown>): void {
  const { out, memo } = saver;
  out.byte(op.MARK);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (out.pos >= out.full) out.commit();
    if (key === memo.shape[i]) saver.fetch(memo.shapeNumbers[i]!);
    else {
      saver.saveString(key, true);
      memo.shape[i] = key;
      memo.shapeNumbers[i] = memo.strings.get(key)!;
    }
    saver.save(values[key]);
  }
  out.byte(op.SETITEMS);
}

/** Throws if a reducer or the like has changed the keys of a dict while it was written. */
function checkKeys(value: object, keys: string[]): void {
  const now = Object.keys(value);
  if (now.length !== keys.length || now.some((key, i) => key !== keys[i])) changed("dict");
}

function changed(what: string): never {
  throw new PicklingError(`Cannot pickle a ${what} that is changed while it is pickled`);
}

function saveKey(saver: Saver, key: string): void {
  if (saver.hooked) return saver.save(key);
  if (saver.out.pos >= saver.out.full) saver.out.commit();
  saver.saveString(key, true);
}

/** Writes a map as a dict. */
export function saveMap(saver: Saver, value: Map<unknown, unknown>): void {
  const { out } = saver;
  if (saver.protocol > 0) out.byte(op.EMPTY_DICT);
  else out.ascii("(d");
  saver.memoize(value);
  const { size } = value;
  if (size === 0) return;
  // A PyDict has refused such keys itself.
  const check = !(value instanceof PyDict) && !saver.hooked;
  if (saver.protocol === 0 || size === 1) {
    if (check) { for (const key of value.keys()) checkKey(saver, key, "a key of a Map"); }
    saveDictItems(saver, [...value]);
    if (value.size !== size) changed("dict");
    return;
  }
  let n = 0;
  out.byte(op.MARK);
  for (const [key, item] of value) {
    if (n === BATCH) {
      out.byte(op.SETITEMS);
      out.byte(op.MARK);
      n = 0;
    }
    if (typeof key === "string") saveKey(saver, key);
    else {
      if (check) checkKey(saver, key, "a key of a Map");
      saver.save(key);
    }
    saver.save(item);
    if (value.size !== size) changed("dict");
    n++;
  }
  out.byte(op.SETITEMS);
  if (n === BATCH) {
    out.byte(op.MARK);
    out.byte(op.SETITEMS);
  }
}

/** Writes a tuple. */
export function saveTuple(saver: Saver, items: readonly unknown[]): void {
  const { out, protocol } = saver;
  const { length } = items;
  if (length === 0) {
    if (protocol > 0) out.byte(op.EMPTY_TUPLE);
    else out.ascii("(t");
    return;
  }
  const short = length <= 3 && protocol >= 2;
  if (!short) out.byte(op.MARK);
  for (let i = 0; i < length; i++) saver.save(items[i]);
  if (items.length !== length) changed("tuple");
  const index = saver.memo.objects.get(items as unknown as object);
  if (index !== undefined) {
    // The tuple contains itself and is complete already: drop these items and fetch it.
    if (!short && protocol > 0) out.byte(op.POP_MARK);
    else for (let i = short ? 0 : -1; i < length; i++) out.byte(op.POP);
    return saver.fetch(index);
  }
  out.byte(short ? op.TUPLE1 + length - 1 : op.TUPLE);
  saver.memoize(items as unknown as object);
}

/** Refuses what Python could not read: a key that can change. What has a persistent id is not looked at. */
function checkKey(saver: Saver, key: unknown, what: string): void {
  if (typeof key !== "object" || key === null || hasHash(key, saver.keys)) return;
  throw new PicklingError(
    `Cannot pickle ${nameOf(key)} as ${what}: Python needs one that cannot change, ` +
      `such as a tuple() or a FrozenSet`,
  );
}

/** Writes a set. */
export function saveSet(saver: Saver, items: Set<unknown>): void {
  const { out } = saver;
  if (!(items instanceof PySet) && !saver.hooked) {
    for (const item of items) checkKey(saver, item, "an element of a Set");
  }
  if (saver.protocol < 4) {
    return saver.saveReduced({ callable: SET, args: [[...items]] }, items);
  }
  out.byte(op.EMPTY_SET);
  saver.memoize(items);
  const { size } = items;
  if (size === 0) return;
  let n = 0;
  out.byte(op.MARK);
  for (const item of items) {
    if (n === BATCH) {
      out.byte(op.ADDITEMS);
      out.byte(op.MARK);
      n = 0;
    }
    saver.save(item);
    if (items.size !== size) changed("set");
    n++;
  }
  out.byte(op.ADDITEMS);
  if (n === BATCH) {
    out.byte(op.MARK);
    out.byte(op.ADDITEMS);
  }
}

/** Writes a frozenset. */
export function saveFrozenSet(saver: Saver, items: Set<unknown>): void {
  const { out } = saver;
  if (saver.protocol < 4) {
    return saver.saveReduced({ callable: FROZEN_SET, args: [[...items]] }, items);
  }
  out.byte(op.MARK);
  for (const item of items) saver.save(item);
  const index = saver.memo.objects.get(items);
  if (index !== undefined) {
    out.byte(op.POP_MARK);
    return saver.fetch(index);
  }
  out.byte(op.FROZENSET);
  saver.memoize(items);
}
