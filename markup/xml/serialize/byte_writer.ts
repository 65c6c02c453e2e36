import { PLAIN, TABLE, TEXT_BITS, TEXT_MASK, UTF8 } from "../../store/layout.ts";
import type { TreeStore } from "../../store/tree_store.ts";

/** How a text is written: what stands for each sign that cannot be written as it is, by its number up to 127. */
export type Escapes = readonly (Uint8Array | undefined)[];

const encoder = new TextEncoder();

/** Makes escapes of signs and what stands for them. */
export function escapesOf(signs: Readonly<Record<string, string>>): Escapes {
  const escapes: (Uint8Array | undefined)[] = new Array(128).fill(undefined);
  for (const [sign, text] of Object.entries(signs)) {
    escapes[sign.charCodeAt(0)] = encoder.encode(text);
  }
  return escapes;
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
    // No more than four times as long where nothing is escaped, and one escape at a time where something is.
    this.#room(end - start + 16);
    let bytes = this.#bytes;
    let at = this.#at;
    for (let i = start; i < end; i++) {
      const byte = source[i]!;
      const escape = byte < 128 ? escapes[byte] : undefined;
      if (escape === undefined) bytes[at++] = byte;
      else {
        this.#at = at;
        this.#room(end - i + escape.length + 16);
        bytes = this.#bytes;
        bytes.set(escape, at);
        at += escape.length;
      }
    }
    this.#at = at;
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
        const escape = escapes[code];
        if (escape === undefined) {
          bytes[at++] = code;
          continue;
        }
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
    } else if (how === TABLE) this.text(store.entry(start), escapes);
    else this.text(attribute ? store.readValue(ref, end) : store.read(ref, end) ?? "", escapes);
  }
}
