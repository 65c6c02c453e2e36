import { isNcName } from "../../tree/tag.ts";
import { IN_NAME, STARTS, WIDE_NAME } from "./byte_classes.ts";

const COLON = 58;

/** Names are dropped between documents once there are so many of them … */
const MOST_ENTRIES = 4096;
/** … or they take so many bytes. */
const MOST_BYTES = 1 << 17;

/** An attribute without a prefix. */
export const PLAIN_NAME = 0;
/** A name with a prefix. */
export const PREFIXED = 1;
/** `xmlns` or `xmlns:p`. */
export const DECLARATION = 2;

/**
 * What a hash is multiplied by for each byte: odd, and another one in each process, so that nobody can write a document whose
 * names all have the same.
 */
export const MULTIPLIER: number = crypto.getRandomValues(new Int32Array(1))[0]! | 1;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Why a name is not one; the parser says where. */
export class NameError extends TypeError {}

function wider(array: Int32Array): Int32Array<ArrayBuffer> {
  const result = new Int32Array(array.length * 2);
  result.set(array);
  return result;
}

/** The text of a name of ASCII that is one without doubt, else `undefined`. */
function asciiName(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  let needsStart = true;
  let colons = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    const what = IN_NAME[byte];
    if (what === WIDE_NAME || (needsStart && what !== STARTS)) return undefined;
    needsStart = byte === COLON;
    if (needsStart && (++colons > 1 || at === start)) return undefined;
    text += String.fromCharCode(byte);
  }
  return needsStart ? undefined : text;
}

/** Spreads a hash over all bits. */
function place(hash: number): number {
  const mixed = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
  return mixed ^ mixed >>> 13;
}

/**
 * Names as documents write them, `p:local`, as bytes: found by a hash that the parser computes while it passes over a name,
 * looked at for what they are once. Shared by all documents; columns, so that a lookup touches integers only.
 *
 * What a name means depends on the declarations in force: `element` and `attribute` are its numbers in the tree's table of
 * names, and right if `elementScope` and `attributeScope` are the scope that is asked for.
 */
export class RawNames {
  /** Bytes of all names, one after another. */
  #pool = new Uint8Array(1 << 12);
  #used = 0;
  /** Entry plus 1 at the place of its hash, or behind it. */
  #slots = new Int32Array(1 << 9);
  #hash = new Int32Array(1 << 8);
  #start = new Int32Array(1 << 8);
  /** How many names there are. */
  count = 0;
  /** Length of each name in bytes. */
  length: Int32Array = new Int32Array(1 << 8);
  /** Whether a name is plain, prefixed or a declaration's. */
  kind: Int32Array = new Int32Array(1 << 8);
  /** Number of the name as an element's. */
  element: Int32Array = new Int32Array(1 << 8);
  /** Scope in which that is so. */
  elementScope: Int32Array = new Int32Array(1 << 8);
  /** Number of the name as an attribute's. */
  attribute: Int32Array = new Int32Array(1 << 8);
  /** Scope in which that is so. */
  attributeScope: Int32Array = new Int32Array(1 << 8);
  /** The element that last had an attribute of the name, by the parser's count. */
  seen: Int32Array = new Int32Array(1 << 8);
  /** The prefix, "" if there is none. */
  readonly prefixes: string[] = [];
  /** The local name. */
  readonly locals: string[] = [];

  /** Forgets all if it has become too much. */
  trim(): void {
    if (this.count <= MOST_ENTRIES && this.#used <= MOST_BYTES) return;
    this.#pool = new Uint8Array(1 << 12);
    this.#used = 0;
    this.count = 0;
    this.prefixes.length = 0;
    this.locals.length = 0;
    // Half of the slots stay free, however many names there have been.
    this.#slots = new Int32Array(this.#hash.length * 2);
  }

  /** The name as it is written. */
  qualified(entry: number): string {
    const prefix = this.prefixes[entry]!;
    return prefix === "" ? this.locals[entry]! : `${prefix}:${this.locals[entry]!}`;
  }

  /**
   * The entry of a name, a new one if need be.
   *
   * @param bytes Where it is written.
   * @param start Its first byte.
   * @param end Behind its last byte.
   * @param hash Its hash: `hash * MULTIPLIER + byte` for each byte.
   * @throws {NameError} If it is new and not a name.
   */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const length = end - start;
    for (let slot = place(hash) & mask;; slot = slot + 1 & mask) {
      const entry = slots[slot]! - 1;
      if (entry < 0) return this.#add(bytes, start, end, hash);
      if (this.#hash[entry] !== hash || this.length[entry] !== length) continue;
      const pool = this.#pool;
      const from = this.#start[entry]!;
      let i = 0;
      while (i < length && pool[from + i] === bytes[start + i]) i++;
      if (i === length) return entry;
    }
  }

  /** Whether bytes are a name, and no further byte of one follows that the caller has not looked at. */
  isAt(entry: number, bytes: Uint8Array, start: number): boolean {
    const pool = this.#pool;
    const from = this.#start[entry]!;
    const length = this.length[entry]!;
    for (let i = 0; i < length; i++) if (pool[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const name = this.#check(bytes, start, end);
    const colon = name.indexOf(":");
    const entry = this.count++;
    if (entry === this.#hash.length) this.#grow();
    const length = end - start;
    if (this.#used + length > this.#pool.length) {
      const pool = new Uint8Array(Math.max(this.#pool.length * 2, this.#used + length));
      pool.set(this.#pool);
      this.#pool = pool;
    }
    this.#pool.set(bytes.subarray(start, end), this.#used);
    this.#start[entry] = this.#used;
    this.#used += length;
    this.#hash[entry] = hash;
    this.length[entry] = length;
    this.element[entry] = this.attribute[entry] = 0;
    this.elementScope[entry] = this.attributeScope[entry] = -1;
    this.seen[entry] = 0;
    const prefix = colon === -1 ? "" : name.slice(0, colon);
    this.prefixes.push(prefix);
    this.locals.push(name.slice(colon + 1));
    const declares = prefix === "xmlns" || name === "xmlns";
    this.kind[entry] = declares ? DECLARATION : prefix === "" ? PLAIN_NAME : PREFIXED;
    this.#link(entry);
    return entry;
  }

  #link(entry: number): void {
    const slots = this.#slots;
    const hash = this.#hash[entry]!;
    let slot = place(hash) & slots.length - 1;
    while (slots[slot] !== 0) slot = slot + 1 & slots.length - 1;
    slots[slot] = entry + 1;
  }

  #grow(): void {
    this.#hash = wider(this.#hash);
    this.#start = wider(this.#start);
    this.length = wider(this.length);
    this.kind = wider(this.kind);
    this.element = wider(this.element);
    this.elementScope = wider(this.elementScope);
    this.attribute = wider(this.attribute);
    this.attributeScope = wider(this.attributeScope);
    this.seen = wider(this.seen);
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let entry = 0; entry < this.count - 1; entry++) this.#link(entry);
  }

  /** The text of a name, if it is one. */
  #check(bytes: Uint8Array, start: number, end: number): string {
    return asciiName(bytes, start, end) ?? this.#checkWide(bytes.subarray(start, end));
  }

  #checkWide(bytes: Uint8Array): string {
    let name: string;
    try {
      name = decoder.decode(bytes);
    } catch {
      throw new NameError("A name needs well-formed UTF-8");
    }
    const parts = name.split(":");
    if (parts.length > 2 || !parts.every(isNcName)) {
      const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name;
      throw new NameError(`A name is "local" or "prefix:local", received ${JSON.stringify(shown)}`);
    }
    return name;
  }
}
