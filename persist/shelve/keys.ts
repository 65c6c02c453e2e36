/**
 * Keys are strings outside and UTF-8 inside, as in CPython's shelve. Their order is the order of the bytes, which is that
 * of the code points: JavaScript's `<` orders by UTF-16 units and differs beyond U+FFFF.
 */
import { ShelfFormatError } from "./errors.ts";
import type { Slab } from "./slab.ts";

/** Up to this length, a loop is faster than a call into the runtime. */
const SHORT = 32;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The key itself.
 *
 * @throws {TypeError} If it is no string, or has a lone surrogate, which UTF-8 cannot hold (two such keys would become one).
 */
export function checkKey(key: string): string {
  if (typeof key !== "string") {
    throw new TypeError(`Cannot use a key of type ${typeof key}: a shelf needs strings`);
  }
  if (!key.isWellFormed()) {
    throw new TypeError(
      `Cannot encode the key ${JSON.stringify(key)}: UTF-8 has no lone surrogates`,
    );
  }
  return key;
}

/** How many bytes a key takes. */
export function lengthOf(key: string): number {
  let length = key.length;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    // Half of a pair is two of its four bytes.
    if (code > 0x7f) length += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return length;
}

/** The bytes of a key that was checked, cut from a slab if there is one. */
export function encodeKey(key: string, slab?: Slab): Uint8Array<ArrayBuffer> {
  // Most keys are short and ASCII: for those this is several times faster than a call into the runtime.
  const { length } = key;
  if (length <= SHORT) {
    const bytes = slab === undefined ? new Uint8Array(length) : slab.take(length);
    for (let i = 0;; i++) {
      if (i === length) return bytes;
      const code = key.charCodeAt(i);
      if (code > 0x7f) break;
      bytes[i] = code;
    }
  }
  return encoder.encode(key);
}

/**
 * The string of a key.
 *
 * @throws {ShelfFormatError} If the bytes are no UTF-8: others can write what they want into a foreign file.
 */
export function decodeKey(bytes: Uint8Array): string {
  const { length } = bytes;
  if (length <= SHORT) {
    let text = "";
    for (let i = 0;; i++) {
      if (i === length) return text;
      const code = bytes[i]!;
      if (code > 0x7f) break;
      text += String.fromCharCode(code);
    }
  }
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    const hex = bytes.subarray(0, 32).toHex();
    throw new ShelfFormatError(`Cannot read the key 0x${hex}: it is no UTF-8`, { cause });
  }
}

/** Orders two keys by their bytes. */
export function compareKeys(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Whether two byte strings are equal. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
