import { isWide, numberKey, numberOfKey } from "../numbers/number_key.ts";
import { isTuple } from "./tuple.ts";
import { WideKeys } from "./wide_keys.ts";
import { isFrozen, isUnhashable, KeyTable, UNHASHABLE } from "./_key_table.ts";

/** What {@linkcode KeyIndex} asks of the dictionary or set that it serves: identity (SameValueZero) membership. */
export type HasIdentity = (key: unknown) => boolean;

/** The table that dictionaries and sets made now have in common, made by the first that needs it. */
let scope: { table?: KeyTable } | undefined;

function tableForNew(): KeyTable {
  return scope === undefined ? new KeyTable() : scope.table ??= new KeyTable();
}

/**
 * Runs a function, in which all dictionaries and sets that are made share their work on keys. Without that, a large key
 * that many of them have costs its size for each: a few kilobytes of pickle would take minutes to load.
 *
 * @typeParam T What the function returns.
 * @param run The function. It must not be asynchronous.
 * @returns What it returns.
 */
export function withKeyScope<T>(run: () => T): T {
  const outer = scope;
  scope = {};
  try {
    return run();
  } finally {
    scope = outer;
  }
}

/**
 * Finds the key that is already in a dictionary or set and equals another by Python's rules
 * (`1 == 1.0 == True`, tuples by their items). Costs nothing for strings, and nothing for numbers among strings and numbers.
 */
export class KeyIndex {
  #table: KeyTable | undefined;
  #stored: Map<string, unknown> | undefined;
  #wide: WideKeys | undefined;
  #simple: boolean = true;

  /** Whether all keys are strings, numbers or None: those the platform compares as Python does. */
  get simple(): boolean {
    return this.#simple;
  }

  /**
   * The stored key that equals a key.
   *
   * @param has Identity membership in the container.
   * @param key The key looked for.
   * @returns The stored key, or `key` itself if there is none.
   */
  find(has: HasIdentity, key: unknown): unknown {
    switch (typeof key) {
      case "number":
        return this.#simple || has(key) ? key : this.#findNumber(has, key);
      case "bigint":
        if (isWide(key)) return this.#findWide(has, key);
        return has(key) ? key : this.#findNumber(has, key);
      case "boolean":
        return has(key) ? key : this.#findNumber(has, key);
      case "object":
        return key === null ? key : this.#findObject(has, key);
      default:
        return key;
    }
  }

  /**
   * The stored key that equals a key which is to be set; without one, the key itself, noted as stored.
   *
   * @param has Identity membership in the container.
   * @param key The key.
   * @returns The stored key, or `key`.
   * @throws {TypeError} If the key is, or holds, something that can change.
   */
  place(has: HasIdentity, key: unknown): unknown {
    if (typeof key === "bigint" && isWide(key)) {
      const stored = this.#findWide(has, key);
      const signature = numberKey(key);
      if (stored !== key || this.#stored?.has(signature)) return stored;
      (this.#wide ??= new WideKeys()).add(key);
      (this.#stored ??= new Map()).set(signature, key);
      this.#simple = false;
      return key;
    }
    const stored = this.find(has, key);
    if (stored === key && !has(key)) this.#remember(key);
    return stored;
  }

  #remember(key: unknown): void {
    if (typeof key === "number" || key === null) return;
    this.#simple = false;
    if (typeof key !== "object") return;
    const signature = (this.#table ??= tableForNew()).signature(key);
    if (signature === undefined) return;
    if (signature === UNHASHABLE) {
      throw new TypeError(
        `Cannot use ${nameOf(key)} as a key or an element of a set: ` +
          `lists, dicts, sets and bytearrays can change, and have no hash`,
      );
    }
    (this.#stored ??= new Map()).set(signature, key);
  }

  /**
   * Notes that a stored key has been removed.
   *
   * @param key The key as it was stored.
   */
  forget(key: unknown): void {
    if (this.#stored === undefined) return;
    if (typeof key === "bigint") this.#stored.delete(numberKey(key));
    if (typeof key !== "object" || key === null) return;
    const signature = this.#table?.signature(key);
    if (signature !== undefined) this.#stored.delete(signature);
  }

  /** Notes that all keys have been removed. */
  clear(): void {
    this.#table = undefined;
    this.#stored = undefined;
    this.#wide = undefined;
    this.#simple = true;
  }

  #findNumber(has: HasIdentity, key: number | bigint | boolean): unknown {
    for (const twin of twins(key)) if (has(twin)) return twin;
    if (this.#stored === undefined) return key;
    return this.#stored.get(numberKey(typeof key === "boolean" ? Number(key) : key)) ?? key;
  }

  /** Asks the table first: a look into the container would walk the chain of all keys with the same low bits. */
  #findWide(has: HasIdentity, key: bigint): unknown {
    const signature = numberKey(key);
    const stored = this.#stored?.get(signature);
    if (stored !== undefined) {
      this.#wide?.visit(key);
      return stored;
    }
    // A float is stored as it is.
    const number = numberOfKey(signature);
    return typeof number === "number" && has(number) ? number : key;
  }

  #findObject(has: HasIdentity, key: object): unknown {
    if (has(key)) return key;
    const signature = (this.#table ??= tableForNew()).signature(key);
    if (signature === undefined) return key;
    const stored = this.#stored?.get(signature);
    if (stored !== undefined) return stored;
    // A number in an object may equal one that is a key as it is.
    const number = numberOfKey(signature);
    if (number === undefined || (typeof number === "bigint" && isWide(number))) return key;
    for (const twin of twins(number)) if (has(twin)) return twin;
    return key;
  }
}

/**
 * Whether Python takes a value as a key. Each tuple is looked through once.
 *
 * @param key The key.
 * @param seen The tuples looked through before; those within this key are added.
 * @returns Whether neither the key nor, if it is a tuple, anything in it can change.
 */
export function hasHash(key: object, seen: Set<object>): boolean {
  const open: unknown[] = [key];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    if (isTuple(value)) {
      if (seen.has(value)) continue;
      seen.add(value);
      for (const item of value) if (typeof item === "object") open.push(item);
    } else if (!isFrozen(value) && isUnhashable(value)) return false;
  }
  return true;
}

/** A key in a message. */
export function nameOf(key: object): string {
  if (isTuple(key)) return "a tuple that holds such a value";
  if (Array.isArray(key)) return "a list";
  const name = Object.getPrototypeOf(key)?.constructor?.name;
  return name === undefined || name === "Object" ? "a dict" : `a ${name}`;
}

/** The primitives that Python takes for the same number, but for integers of more than 64 bits. */
function twins(key: number | bigint | boolean): (number | bigint | boolean)[] {
  const n = Number(key);
  const out: (number | bigint | boolean)[] = [];
  if (typeof key !== "bigint" || BigInt(Number.isFinite(n) ? n : 0) === key) out.push(n);
  if (typeof key === "bigint") out.push(key);
  else if (Number.isInteger(n) && Math.abs(n) < 2 ** 64) out.push(BigInt(n));
  if (n === 0 || n === 1) out.push(n === 1);
  return out;
}
