import {
  COMMENT,
  FIRST,
  HEAD,
  INSTRUCTION,
  KIND_BITS,
  LAST,
  NEXT,
  PARENT,
  PLAIN,
  POS,
  PREV,
  RAW,
  ROW,
  TAIL,
  TEXT,
  TEXT_BITS,
  UTF8,
} from "../../store/layout.ts";
import { decodeRaw, decodeUtf8 } from "../../store/decode.ts";
import { IN_NAME, IS_SPACE } from "./byte_classes.ts";
import { literal } from "./literal.ts";
import { MULTIPLIER } from "./raw_names.ts";
import { TagParser } from "./tag_parser.ts";

const GREATER = 62;
const QUESTION = 63;
const DASH = 45;
const CLOSE = 93;

/** Puts nodes and texts into the tree, and reads comments, processing instructions and CDATA sections. */
export abstract class AsideParser extends TagParser {
  /** How many elements are open. */
  depth = 0;
  /** Handles of the open elements, from 1; at 0, the document's. */
  nodes: Int32Array = new Int32Array(64);
  /**
   * What was read, for who follows: the handle of a node that began, or a handle below 0 of one that ended. Comments and
   * processing instructions begin only.
   */
  log: number[] | undefined;

  /** Makes a node at the end of the open element. */
  protected addNode(head: number, start: number): number {
    const store = this.store;
    const node = store.end;
    if (node + ROW > store.words.length) store.grow(1);
    store.end = node + ROW;
    const words = store.words;
    const parent = this.nodes[this.depth]!;
    const last = words[parent + LAST]!;
    words[node + HEAD] = head;
    words[node + PARENT] = parent;
    words[node + PREV] = last;
    words[node + POS] = this.inside === 0 ? start + 1 : this.referenceAt + 1;
    words[parent + LAST] = node;
    if (last === 0) words[parent + FIRST] = node;
    else words[last + NEXT] = node;
    this.log?.push(node);
    return node;
  }

  /** Puts text at the end of the open element. */
  protected addText(start: number, end: number, how: number): void {
    if (start === end) return;
    if (end - start > this.settings.maxTextBytes) {
      this.fail(`A text is longer than maxTextBytes (${this.settings.maxTextBytes})`, start);
    }
    const store = this.store;
    const words = store.words;
    const parent = this.nodes[this.depth]!;
    const last = words[parent + LAST]!;
    const place = last === 0 ? parent + TEXT : last + TAIL;
    if (this.inside === 0 && words[place + 1] === 0 && words[place] === 0) {
      if (this.settings.ignoreWhitespace && this.#isBlank(start, end)) return;
      words[place] = start << TEXT_BITS | how;
      words[place + 1] = end;
    } else {
      const bytes = this.bytes;
      store.addTextAt(
        place,
        how === RAW ? decodeRaw(bytes, start, end, false) : decodeUtf8(bytes, start, end),
      );
    }
  }

  #isBlank(start: number, end: number): boolean {
    return this.skipSpace(start) >= end;
  }

  /**
   * Passes over characters up to two bytes in a row (and what must follow them is looked at by the caller).
   *
   * @returns Offset of the two.
   */
  #until(start: number, one: number, two: number, what: string): number {
    const bytes = this.bytes;
    let at = start;
    while (true) {
      const byte = bytes[at]!;
      if (byte === one && bytes[at + 1] === two) return at;
      if (byte >= 0x80) at = this.wide(at);
      else if (byte < 32 && byte !== 10 && byte !== 9 && byte !== 13) this.control(at, what);
      else at++;
    }
  }

  /** Reads a comment, up to behind its end. */
  comment(start: number): number {
    if (this.bytes[start + 3] !== DASH) this.fail('A comment begins with "<!--"', start);
    const end = this.#until(start + 4, DASH, DASH, "A comment");
    if (this.bytes[end + 2] !== GREATER) this.fail('A comment cannot have "--" in it', end);
    if (!this.settings.ignoreComments) {
      const node = this.addNode(COMMENT, start);
      this.store.setTextAt(node + TEXT, this.#aside(start + 4, end));
    }
    return end + 3;
  }

  /** The text of a comment or processing instruction. */
  #aside(start: number, end: number): string {
    if (end - start > this.settings.maxTextBytes) {
      this.fail(`A text is longer than maxTextBytes (${this.settings.maxTextBytes})`, start);
    }
    return literal(this.bytes, start, end);
  }

  /** Reads a processing instruction, up to behind its end. */
  instruction(start: number): number {
    const bytes = this.bytes;
    let at = start + 2;
    let hash = 0;
    for (; IN_NAME[bytes[at]!] !== 0; at++) hash = Math.imul(hash, MULTIPLIER) + bytes[at]! | 0;
    if (at === start + 2) {
      this.fail(`A processing instruction needs a target, received ${this.shown(at)}`, at);
    }
    const target = this.names.qualified(this.nameEntry(start + 2, at, hash));
    if (target.includes(":")) this.fail("A target is a name without a colon", start);
    if (target.toLowerCase() === "xml") {
      this.fail('The target "xml" is for the declaration at the start of a document', start);
    }
    if (IS_SPACE[bytes[at]!] === 0 && bytes[at] !== QUESTION) {
      this.fail(`A target needs white space or "?>" behind it, received ${this.shown(at)}`, at);
    }
    const begin = this.skipSpace(at);
    const end = this.#until(begin, QUESTION, GREATER, "A processing instruction");
    if (begin === at && end !== at) this.fail('A target needs white space or "?>" behind it', at);
    if (!this.settings.ignoreProcessingInstructions) {
      const node = this.addNode(
        this.store.names.intern(target) << KIND_BITS | INSTRUCTION,
        start,
      );
      if (end > begin) this.store.setTextAt(node + TEXT, this.#aside(begin, end));
    }
    return end + 2;
  }

  /** Reads a CDATA section, up to behind its end. */
  protected characterData(start: number): number {
    const bytes = this.bytes;
    if (!this.isAt(start + 2, "[CDATA[")) {
      this.fail('"<!" needs "--" or "[CDATA[" behind it', start);
    }
    let at = start + 9;
    let how = PLAIN;
    let special = false;
    while (!(bytes[at] === CLOSE && bytes[at + 1] === CLOSE && bytes[at + 2] === GREATER)) {
      const byte = bytes[at]!;
      if (byte >= 0x80) {
        at = this.wide(at);
        how = UTF8;
      } else if (byte < 32 && byte !== 10 && byte !== 9 && byte !== 13) {
        this.control(at, "A CDATA section");
      } else {
        // What would have to be escaped elsewhere, so that it cannot be read, or written, as it is.
        if (byte === 60 || byte === 38 || byte === 13) special = true;
        at++;
      }
    }
    if (special) this.#addLiteral(start + 9, at);
    else this.addText(start + 9, at, how);
    return at + 3;
  }

  #addLiteral(start: number, end: number): void {
    const { store } = this;
    const last = store.words[this.nodes[this.depth]! + LAST]!;
    const place = last === 0 ? this.nodes[this.depth]! + TEXT : last + TAIL;
    store.addTextAt(place, this.#aside(start, end));
  }
}
