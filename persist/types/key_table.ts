/**
 * Python's equality of dictionary keys, for the keys that JavaScript compares by identity.
 *
 * A compound key (tuple, bytes, frozenset, `Float` ...) is written as a string, its signature; equal keys have equal
 * signatures. A part that is itself compound, or a long string, appears as the number of its signature, so that a graph of
 * shared tuples costs its number of nodes and not its number of paths (2^40 paths fit in 85 bytes of pickle).
 * Signatures are cached per object: a key must not change while it is in use, as in Python.
 */
import { Buffer } from "node:buffer";
import { Complex } from "./complex.ts";
import { Float } from "./float.ts";
import { Global } from "./global.ts";
import { isTuple } from "./tuple.ts";

/** Longest string written into a signature as it is. */
const LONGEST_INLINE = 32;
/** Deepest nesting of a key. */
const DEEPEST = 500;

function numeric(value: number): string {
  if (Number.isInteger(value)) {
    return Number.isSafeInteger(value) ? `n${value === 0 ? 0 : value}` : `n${BigInt(value)}`;
  }
  return `f${value}`;
}

/** The signatures of one dictionary or set, or of all that are made by one load. */
export class KeyTable {
  #numbers: Map<string, number> = new Map();
  #cache: WeakMap<object, string> = new WeakMap();

  /**
   * The signature of a key that JavaScript would compare by identity.
   *
   * @param key The key.
   * @returns The signature, or `undefined` if the key has none and identity is right.
   * @throws {RangeError} If the key is nested too deeply.
   */
  signature(key: unknown): string | undefined {
    return typeof key === "object" && key !== null ? this.#object(key, 0) : undefined;
  }

  #number(signature: string): string {
    let n = this.#numbers.get(signature);
    if (n === undefined) this.#numbers.set(signature, n = this.#numbers.size);
    return `#${n}`;
  }

  #part(value: unknown, depth: number): string | undefined {
    switch (typeof value) {
      case "string":
        return value.length <= LONGEST_INLINE
          ? `s${value.length}:${value}`
          : this.#number(`s${value}`);
      case "number":
        return numeric(value);
      case "bigint":
        return `n${value}`;
      case "boolean":
        return value ? "n1" : "n0";
      case "undefined":
        return "N";
      case "object": {
        if (value === null) return "N";
        const signature = this.#object(value, depth);
        if (signature === undefined) return undefined;
        return signature.length <= LONGEST_INLINE ? signature : this.#number(signature);
      }
      default:
        return `y${String(value)}`;
    }
  }

  #object(key: object, depth: number): string | undefined {
    if (key instanceof Float) return numeric(key.value);
    if (depth > DEEPEST) {
      throw new RangeError(`Cannot use a key nested more than ${DEEPEST} tuples deep`);
    }
    let signature = this.#cache.get(key);
    if (signature !== undefined) return signature;
    if (isTuple(key)) signature = this.#parts("t", key, depth, false);
    else if (key instanceof Set) signature = this.#parts("z", key, depth, true);
    else if (key instanceof Uint8Array) {
      signature = `b${Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1")}`;
    } else if (key instanceof Complex) {
      signature = key.im === 0 ? numeric(key.re) : `c${key.re},${key.im}`;
    } else if (key instanceof Global) signature = `g${key}`;
    else {
      const own = (key as { keySignature?: () => string }).keySignature;
      if (typeof own === "function") signature = own.call(key);
      else if (isTemporal(key)) signature = `T${Object.prototype.toString.call(key)}${String(key)}`;
    }
    if (signature !== undefined) this.#cache.set(key, signature);
    return signature;
  }

  #parts(tag: string, items: Iterable<unknown>, depth: number, sort: boolean): string | undefined {
    const parts: string[] = [];
    for (const item of items) {
      const part = this.#part(item, depth + 1);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    if (sort) parts.sort();
    return `${tag}(${parts.join()})`;
  }
}

function isTemporal(key: object): boolean {
  return Object.prototype.toString.call(key).startsWith("[object Temporal.");
}
