import { decodeRaw } from "../../store/decode.ts";
import { PLAIN, RAW, TABLE, TEXT_BITS, TEXT_MASK, UTF8 } from "../../store/layout.ts";
import type { TreeStore } from "../../store/tree_store.ts";

/** How a text is written: what stands for signs that cannot be written as they are. */
export interface Escapes {
  /** 1 for each byte that is such a sign. */
  readonly marked: Uint8Array;
  /** What stands for it. */
  readonly bytes: readonly Uint8Array[];
}

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const AMPERSAND = 38;
const SEMICOLON = 59;
const LESS = 60;
const GREATER = 62;

const encoder = new TextEncoder();

/** Makes escapes of signs and what stands for them. */
export function escapesOf(signs: Readonly<Record<string, string>>): Escapes {
  const marked = new Uint8Array(256);
  const bytes: Uint8Array[] = new Array(128).fill(new Uint8Array(0));
  for (const [sign, text] of Object.entries(signs)) {
    marked[sign.charCodeAt(0)] = 1;
    bytes[sign.charCodeAt(0)] = encoder.encode(text);
  }
  return { marked, bytes };
}

/** Nothing is escaped. */
export const AS_IS: Escapes = escapesOf({});

/** UTF-8 that grows. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #at = 0;
  /** Largest character that is written as it is; a larger one becomes a reference. */
  readonly #largest: number;

  /**
   * Nothing yet.
   *
   * @param room How many bytes to make room for.
   * @param largest Largest character that is written as it is.
   */
  constructor(room: number, largest = 0x10ffff) {
    this.#bytes = new Uint8Array(Math.ceil(room));
    this.#largest = largest;
  }

  /** What was written. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#at);
  }

  /** How much was written. */
  get length(): number {
    return this.#at;
  }

  /** Forgets what was written. */
  clear(): void {
    this.#at = 0;
  }

  #room(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + more));
    wider.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = wider;
  }

  /** Writes one byte. */
  byte(byte: number): void {
    if (this.#at === this.#bytes.length) this.#room(1);
    this.#bytes[this.#at++] = byte;
  }

  /** Writes bytes as they are. */
  copy(source: Uint8Array): void {
    const { length } = source;
    this.#room(length);
    const bytes = this.#bytes;
    const at = this.#at;
    if (length > 64) bytes.set(source, at);
    else for (let i = 0; i < length; i++) bytes[at + i] = source[i]!;
    this.#at = at + length;
  }

  /** Writes a part of some UTF-8, signs escaped. */
  range(source: Uint8Array, start: number, end: number, escapes: Escapes): void {
    this.#room(end - start);
    const { marked } = escapes;
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = start; i < end; i++) {
      const byte = source[i]!;
      if (marked[byte] !== 0) {
        this.#at = at;
        return this.#escaped(source, i, end, escapes);
      }
      bytes[at++] = byte;
    }
    this.#at = at;
  }

  /** Goes on where the first sign is that must be escaped. */
  #escaped(source: Uint8Array, start: number, end: number, escapes: Escapes): void {
    for (let i = start; i < end; i++) {
      this.#sign(source[i]!, escapes);
    }
  }

  /** Writes bytes with references, and line ends as they were: what they stand for, signs escaped. */
  #raw(source: Uint8Array, start: number, end: number, escapes: Escapes, attribute: boolean): void {
    this.#room(end - start);
    for (let i = start; i < end; i++) {
      const byte = source[i]!;
      if (byte === AMPERSAND) {
        const semicolon = source.indexOf(SEMICOLON, i);
        // The references that are most frequent stand for signs that are escaped again.
        if (source[i + 1] === 0x6c) this.#sign(LESS, escapes);
        else if (source[i + 1] === 0x67) this.#sign(GREATER, escapes);
        else if (source[i + 2] === 0x6d) this.#sign(AMPERSAND, escapes);
        else this.text(decodeRaw(source, i, semicolon + 1, attribute), escapes);
        i = semicolon;
      } else if (byte === CR) {
        if (source[i + 1] === LF && i + 1 < end) i++;
        this.byte(attribute ? SPACE : LF);
      } else if (attribute && (byte === LF || byte === TAB)) this.byte(SPACE);
      else this.#sign(byte, escapes);
    }
  }

  /** Writes one byte, escaped if it must be. */
  #sign(byte: number, escapes: Escapes): void {
    if (escapes.marked[byte] !== 0) this.copy(escapes.bytes[byte]!);
    else this.byte(byte);
  }

  /** Writes a string, signs escaped. */
  text(text: string, escapes: Escapes): void {
    const largest = this.#largest;
    this.#room(text.length * 3 + 16);
    let bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i);
      if (code < 128) {
        if (escapes.marked[code] === 0) {
          bytes[at++] = code;
          continue;
        }
        const escape = escapes.bytes[code]!;
        this.#at = at;
        this.#room((text.length - i) * 3 + escape.length + 16);
        bytes = this.#bytes;
        bytes.set(escape, at);
        at += escape.length;
        continue;
      }
      if (code >= 0xd800 && code < 0xdc00) code = text.codePointAt(i++)!;
      if (code > largest) {
        const reference = encoder.encode(`&#${code};`);
        this.#at = at;
        this.#room((text.length - i) * 3 + reference.length + 16);
        bytes = this.#bytes;
        bytes.set(reference, at);
        at += reference.length;
      } else if (code < 0x800) {
        bytes[at++] = 0xc0 | code >> 6;
        bytes[at++] = 0x80 | code & 0x3f;
      } else if (code < 0x10000) {
        bytes[at++] = 0xe0 | code >> 12;
        bytes[at++] = 0x80 | code >> 6 & 0x3f;
        bytes[at++] = 0x80 | code & 0x3f;
      } else {
        bytes[at++] = 0xf0 | code >> 18;
        bytes[at++] = 0x80 | code >> 12 & 0x3f;
        bytes[at++] = 0x80 | code >> 6 & 0x3f;
        bytes[at++] = 0x80 | code & 0x3f;
      }
    }
    this.#at = at;
  }

  /** Writes a text of a store, signs escaped: straight from its bytes where it can. */
  stored(store: TreeStore, ref: number, end: number, escapes: Escapes, attribute: boolean): void {
    const how = ref & TEXT_MASK;
    const start = ref >>> TEXT_BITS;
    if (store.bytes.length > 0 && (how === PLAIN || (how === UTF8 && this.#largest === 0x10ffff))) {
      if (end > 0) this.range(store.bytes, start, end, escapes);
    } else if (store.bytes.length > 0 && how === RAW && this.#largest === 0x10ffff) {
      this.#raw(store.bytes, start, end, escapes, attribute);
    } else if (how === TABLE) this.text(store.entry(start), escapes);
    else this.text(attribute ? store.readValue(ref, end) : store.read(ref, end) ?? "", escapes);
  }
}
