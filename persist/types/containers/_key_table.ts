/**
 * Python's equality of dictionary keys, for the keys that JavaScript compares by identity.
 *
 * A compound key (tuple, bytes, frozenset, `Float` ...) is written as a string, its signature; equal keys have equal
 * signatures. A part that is itself compound, or a long string, appears as the number of its signature, so that a graph of
 * shared tuples costs its number of nodes and not its number of paths (2^40 paths fit in 85 bytes of pickle).
 * Signatures are cached per object: a key must not change while it is in use, as in Python.
 */
import { latin1 } from "../../byte_text.ts";
import { ByteArray } from "../arrays/byte_array.ts";
import { Complex } from "../numbers/complex.ts";
import { Deque } from "./deque.ts";
import { Float } from "../numbers/float.ts";
import { numberKey } from "../numbers/number_key.ts";
import { Global } from "../objects/global.ts";
import { isTuple } from "./tuple.ts";

/** Longest string written into a signature as it is. */
const LONGEST_INLINE = 32;
/** Longest signature in one piece. */
const LONGEST = 4096;
/** Deepest nesting of a key. */
const DEEPEST = 500;

/** The signature of what only equals itself, or holds such a thing. */
const IDENTITY = "";
/** The signature of what is, or holds, something that can change: it cannot be a key. */
export const UNHASHABLE = "!";

/**
 * Whether Python refuses a value as a key, because it can change. An object of a class that is not known here has the hash
 * that all objects have unless their class says otherwise, its identity. A frozenset must not get here.
 */
export function isUnhashable(value: object): boolean {
  if (Array.isArray(value)) return !isTuple(value);
  if (value instanceof Map || value instanceof Set) return true;
  if (ArrayBuffer.isView(value)) {
    return value instanceof ByteArray || !(value instanceof Uint8Array);
  }
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || value instanceof Deque;
}

/** The signatures of one dictionary or set, or of all that are made by one load. */
export class KeyTable {
  #numbers: Map<string, number> = new Map();
  /** Numbers of long strings, by the strings themselves: they keep their hash, and a text made of one would not. */
  #texts: Map<string, number> = new Map();
  #others: Map<unknown, number> = new Map();
  #cache: WeakMap<object, string> = new WeakMap();

  /**
   * The signature of a key that JavaScript would compare by identity.
   *
   * @param key The key.
   * @returns The signature, `undefined` if the key has none and identity is right, {@linkcode UNHASHABLE} if it cannot be a key.
   * @throws {RangeError} If the key is nested too deeply.
   */
  signature(key: unknown): string | undefined {
    return typeof key === "object" && key !== null ? this.#object(key, 0) || undefined : undefined;
  }

  #number(signature: string): string {
    let n = this.#numbers.get(signature);
    if (n === undefined) this.#numbers.set(signature, n = this.#numbers.size);
    return `#${n}`;
  }

  #text(text: string): string {
    let n = this.#texts.get(text);
    if (n === undefined) this.#texts.set(text, n = this.#texts.size);
    return `S${n}`;
  }

  /** Classes, functions and symbols equal nothing but themselves. */
  #other(value: unknown): string {
    let n = this.#others.get(value);
    if (n === undefined) this.#others.set(value, n = this.#others.size);
    return `y${n}`;
  }

  #part(value: unknown, depth: number): string {
    switch (typeof value) {
      case "string":
        return value.length <= LONGEST_INLINE ? `s${value.length}:${value}` : this.#text(value);
      case "number":
        // Of two NaN that were read, each is an object of its own in Python, and equal to nothing else.
        return value === value ? numberKey(value) : IDENTITY;
      case "bigint": {
        const signature = numberKey(value);
        return signature.length <= LONGEST_INLINE ? signature : this.#number(signature);
      }
      case "boolean":
        return value ? "n1" : "n0";
      case "undefined":
        return "N";
      case "object": {
        if (value === null) return "N";
        const signature = this.#object(value, depth);
        return signature.length <= LONGEST_INLINE ? signature : this.#number(signature);
      }
      default:
        return this.#other(value);
    }
  }

  #object(key: object, depth: number): string {
    if (key instanceof Float) return key.value === key.value ? numberKey(key.value) : IDENTITY;
    if (depth > DEEPEST) {
      throw new RangeError(`Cannot use a key nested more than ${DEEPEST} tuples deep`);
    }
    let signature = this.#cache.get(key);
    if (signature !== undefined) return signature;
    if (isTuple(key)) signature = this.#parts("t", key, depth, false);
    else if (isFrozen(key)) signature = this.#parts("z", key.keyItems(), depth, true);
    else if (isUnhashable(key)) signature = UNHASHABLE;
    else if (key instanceof Uint8Array) {
      signature = `b${latin1(key)}`;
    } else if (key instanceof Complex) {
      const { re, im } = key;
      if (re === re && im === im) signature = im === 0 ? numberKey(re) : `c${re},${im}`;
    } else if (key instanceof Global) {
      signature = `g${key.module.length}:${key.module}${key.qualname}`;
    } else {
      const own = (key as { keySignature?: () => string }).keySignature;
      if (typeof own === "function") signature = own.call(key);
      else if (isTemporal(key)) signature = `T${Object.prototype.toString.call(key)}${String(key)}`;
    }
    signature = this.#shorten(signature ?? IDENTITY);
    this.#cache.set(key, signature);
    return signature;
  }

  /**
   * A long signature as the numbers of its pieces. The engine files strings of more than 16,383 characters by their length
   * alone, so that long ones that differ in a few characters only would have to be compared with each other.
   */
  #shorten(signature: string): string {
    if (signature.length <= LONGEST || signature[0] === "x") return signature;
    const pieces: string[] = [];
    for (let at = 0; at < signature.length; at += LONGEST) {
      pieces.push(this.#number(signature.slice(at, at + LONGEST)));
    }
    return this.#shorten(`L${pieces.join()}`);
  }

  #parts(tag: string, items: Iterable<unknown>, depth: number, sort: boolean): string {
    const parts: string[] = [];
    let identity = false;
    for (const item of items) {
      const part = this.#part(item, depth + 1);
      if (part === UNHASHABLE) return part;
      identity ||= part === IDENTITY;
      parts.push(part);
    }
    if (identity) return IDENTITY;
    if (sort) parts.sort();
    return `${tag}(${parts.join()})`;
  }
}

/** Whether something is a frozenset, all of whose elements have a hash. */
export function isFrozen(key: object): key is { keyItems(): Iterable<unknown> } {
  return key instanceof Set && typeof (key as { keyItems?: unknown }).keyItems === "function";
}

function isTemporal(key: object): boolean {
  return Object.prototype.toString.call(key).startsWith("[object Temporal.");
}
