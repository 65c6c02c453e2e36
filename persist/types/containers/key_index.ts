import { Float } from "../numbers/float.ts";
import { isTuple } from "./tuple.ts";
import { KeyTable, UNHASHABLE } from "./_key_table.ts";

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
 * (`1 == 1.0 == True`, tuples by their items). Costs nothing for strings, one look-up for numbers that are there.
 */
export class KeyIndex {
  #table: KeyTable | undefined;
  #stored: Map<string, unknown> | undefined;

  /**
   * The stored key that equals a key.
   *
   * @param has Identity membership in the container.
   * @param key The key looked for.
   * @returns The stored key, or `key` itself if there is none.
   */
  find(has: HasIdentity, key: unknown): unknown {
    switch (typeof key) {
      case "string":
        return key;
      case "number":
      case "bigint":
      case "boolean":
        return has(key) ? key : this.#findNumber(has, key);
      case "object":
        return key === null ? key : this.#findObject(has, key);
      default:
        return key;
    }
  }

  /**
   * Notes a key that is to be added.
   *
   * @param key The key.
   * @throws {TypeError} If the key is, or holds, something that can change.
   */
  remember(key: unknown): void {
    if (typeof key !== "object" || key === null) return;
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
    if (this.#stored === undefined || typeof key !== "object" || key === null) return;
    const signature = this.#table!.signature(key);
    if (signature !== undefined) this.#stored.delete(signature);
  }

  /** Notes that all keys have been removed. */
  clear(): void {
    this.#table = undefined;
    this.#stored = undefined;
  }

  #findNumber(has: HasIdentity, key: number | bigint | boolean): unknown {
    for (const twin of twins(key)) if (has(twin)) return twin;
    if (this.#stored === undefined) return key;
    return this.#stored.get(this.#table!.signature(new Float(Number(key)))!) ?? key;
  }

  #findObject(has: HasIdentity, key: object): unknown {
    if (has(key)) return key;
    const signature = (this.#table ??= tableForNew()).signature(key);
    if (signature === undefined) return key;
    const stored = this.#stored?.get(signature);
    if (stored !== undefined) return stored;
    // A number in an object may equal one that is a key as it is.
    if (signature.startsWith("n")) {
      for (const twin of twins(BigInt(signature.slice(1)))) if (has(twin)) return twin;
    } else if (signature.startsWith("f") && has(Number(signature.slice(1)))) {
      return Number(signature.slice(1));
    }
    return key;
  }
}

function nameOf(key: object): string {
  if (isTuple(key)) return "a tuple that holds such a value";
  if (Array.isArray(key)) return "a list";
  const name = Object.getPrototypeOf(key)?.constructor?.name;
  return name === undefined || name === "Object" ? "a dict" : `a ${name}`;
}

/** The primitives that Python takes for the same number. */
function twins(key: number | bigint | boolean): (number | bigint | boolean)[] {
  const n = Number(key);
  const out: (number | bigint | boolean)[] = [];
  if (typeof key !== "bigint" || BigInt(Number.isFinite(n) ? n : 0) === key) out.push(n);
  if (typeof key === "bigint") out.push(key);
  else if (Number.isInteger(n)) out.push(BigInt(n));
  if (n === 0 || n === 1) out.push(n === 1);
  return out;
}
