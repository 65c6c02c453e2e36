import type { TreeStore } from "../../store/tree_store.ts";
import { isXmlCharacter } from "../xml_character.ts";
import { type LineBase, positionAt, START, XmlSyntaxError } from "../xml_error.ts";
import { Boundary } from "./boundary.ts";
import { IS_SPACE } from "./byte_classes.ts";
import type { Settings } from "./options.ts";
import { NameError, RawNames } from "./raw_names.ts";

/** Thrown in the middle of a piece whose rest has not come yet: the parser goes back to its start. */
export const INCOMPLETE: unique symbol = Symbol("incomplete");

const HASH = 35;
const SEMICOLON = 59;
const X = 120;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Zero bytes that stand behind the last byte, so that the parser need not compare offsets to see the end. */
export const PADDING = 16;

/**
 * The bytes that are read, and what every part of the parser needs: faults, single characters, references. The parser is one
 * object of a few classes on top of each other, and kept for the next document: what it calls in its loop is the same code on
 * the same shapes every time.
 */
export class Reader {
  /** The bytes; at least {@linkcode PADDING} zeros follow. */
  bytes: Uint8Array = new Uint8Array(PADDING);
  /** How many of them count. */
  end = 0;
  /** Where they are in the document. */
  base: LineBase = START;
  /** Whether more may come behind them. */
  more = false;
  /** Where the piece that is read begins. */
  mark = 0;
  /** What the document is read into. */
  store!: TreeStore;
  settings!: Settings;
  readonly names: RawNames = new RawNames();
  readonly boundary: Boundary = new Boundary();
  /** How many entities deep the bytes are; their texts are not parts of the source then. */
  inside = 0;
  /** Where in the document the reference to the outermost of these entities is. */
  referenceAt = 0;
  /** The bytes of the document, while those of an entity are read. */
  outer: Uint8Array | undefined;
  outerEnd = 0;

  /**
   * Refuses the document, or asks for more of it if the piece that is read has not ended.
   *
   * @param message What is needed, what was received.
   * @param at Offset of the fault.
   */
  fail(message: string, at: number): never {
    if (this.inside > 0) {
      const { outer, outerEnd, referenceAt } = this;
      throw new XmlSyntaxError(
        `In an entity: ${message}`,
        positionAt(outer!, outerEnd, referenceAt, this.base),
      );
    }
    if (this.more) {
      this.boundary.reset(this.mark);
      if (!this.boundary.find(this.bytes, this.end)) throw INCOMPLETE;
    }
    throw new XmlSyntaxError(message, positionAt(this.bytes, this.end, at, this.base));
  }

  /** Asks for more of the document unless the piece that is read has ended: what follows cannot be done twice. */
  needWhole(): void {
    this.boundary.reset(this.mark);
    if (!this.boundary.find(this.bytes, this.end)) throw INCOMPLETE;
  }

  /** What stands at an offset, for a message. */
  shown(at: number): string {
    if (at >= this.end) return "the end";
    const text = decoder.decode(this.bytes.subarray(at, Math.min(at + 4, this.end)));
    return JSON.stringify(String.fromCodePoint(text.codePointAt(0)!));
  }

  /** The bytes between two offsets, decoded; they are well-formed. */
  decode(start: number, end: number): string {
    return decoder.decode(this.bytes.subarray(start, end));
  }

  /** The entry of the name between two offsets. */
  nameEntry(start: number, end: number, hash: number): number {
    try {
      if (end - start > this.settings.maxNameBytes) {
        throw new NameError(`A name is longer than maxNameBytes (${this.settings.maxNameBytes})`);
      }
      return this.names.find(this.bytes, start, end, hash);
    } catch (error) {
      if (error instanceof NameError) this.fail(error.message, start);
      throw error;
    }
  }

  /** Behind the white space at an offset. */
  skipSpace(at: number): number {
    while (IS_SPACE[this.bytes[at]!] !== 0) at++;
    return at;
  }

  /** Whether ASCII text stands at an offset. */
  isAt(at: number, text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      if (this.bytes[at + i] !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  /** Behind the character at an offset, which is not ASCII; refuses what is not UTF-8 or not a character of XML. */
  wide(at: number): number {
    const bytes = this.bytes;
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    if ((second & 0xc0) === 0x80) {
      if (first >= 0xc2 && first < 0xe0) return at + 2;
      const third = bytes[at + 2]!;
      if ((third & 0xc0) === 0x80) {
        if (first >= 0xe0 && first < 0xf0) {
          const code = (first & 0x0f) << 12 | (second & 0x3f) << 6 | third & 0x3f;
          if (code >= 0x800 && (code < 0xd800 || (code > 0xdfff && code < 0xfffe))) return at + 3;
        } else if (first < 0xf5 && first >= 0xf0 && (bytes[at + 3]! & 0xc0) === 0x80) {
          const high = (first & 0x07) << 6 | second & 0x3f;
          if (high >= 0x10 && high < 0x110) return at + 4;
        }
      }
    }
    this.fail("A document needs characters of XML in well-formed UTF-8", at);
  }

  /** Refuses the control character, or reports the end, at an offset. */
  control(at: number, what: string): never {
    if (at >= this.end) this.fail(`${what} has no end`, at);
    const code = this.bytes[at]!.toString(16).toUpperCase().padStart(4, "0");
    this.fail(`${what} needs characters of XML, received U+${code}`, at);
  }

  /**
   * Checks the reference at an offset.
   *
   * @param at Offset of the `&`.
   * @returns Behind the `;`, if it is of a character or of a predefined entity; 0 if it is of another entity.
   */
  reference(at: number): number {
    const bytes = this.bytes;
    if (bytes[at + 1] === HASH) return this.#characterReference(at);
    switch (bytes[at + 1]) {
      case 108: // lt
      case 103: // gt
        if (bytes[at + 2] === 116 && bytes[at + 3] === SEMICOLON) return at + 4;
        break;
      case 97: // amp, apos
        if (this.isAt(at + 2, "mp;")) return at + 5;
        if (this.isAt(at + 2, "pos;")) return at + 6;
        break;
      case 113: // quot
        if (this.isAt(at + 2, "uot;")) return at + 6;
    }
    return 0;
  }

  #characterReference(at: number): number {
    const bytes = this.bytes;
    const hex = bytes[at + 2] === X;
    let code = 0;
    let index = at + (hex ? 3 : 2);
    const first = index;
    for (;; index++) {
      const byte = bytes[index]!;
      const lower = byte | 32;
      if (byte >= 48 && byte <= 57) code = code * (hex ? 16 : 10) + byte - 48;
      else if (hex && lower >= 97 && lower <= 102) code = code * 16 + lower - 87;
      else break;
      if (code > 0x10ffff) code = 0x110000;
    }
    if (index === first || bytes[index] !== SEMICOLON) {
      this.fail(
        `A reference to a character needs digits and ";", received ${this.shown(index)}`,
        at,
      );
    }
    if (!isXmlCharacter(code)) this.fail("A reference needs the number of a character of XML", at);
    return index + 1;
  }
}
