import {
  ATTR_COUNT,
  ATTR_ROW,
  ATTRS,
  ELEMENT,
  KIND_BITS,
  PLAIN,
  RAW,
  UTF8,
} from "../../store/layout.ts";
import {
  AMPERSAND,
  BRACKET,
  GO,
  IN_NAME,
  IN_TEXT,
  IS_SPACE,
  LESS,
  RETURN,
  STARTS,
  WIDE,
  WIDE_NAME,
} from "./byte_classes.ts";
import { MULTIPLIER } from "./raw_names.ts";
import { AsideParser } from "./aside_parser.ts";

const BANG = 33;
const GREATER = 62;
const LESS_SIGN = 60;
const SLASH = 47;
const QUESTION = 63;
const DASH = 45;
const CLOSE = 93;

/** Reads what is in an element: the loop in which most of the time goes. */
export abstract class ContentParser extends AsideParser {
  /** Entries of their names. */
  entries: Int32Array = new Int32Array(64);
  /** Whether their tags opened a scope. */
  scoped: Uint8Array = new Uint8Array(64);

  /** Reads the reference to an entity at an offset, and puts what it stands for into the tree. */
  abstract entityInContent(at: number): void;
  /** Adds default attributes of the document type to the tag that is read. */
  abstract defaultAttributes(entry: number): void;
  /** Whether the document type has attributes of elements. */
  hasDefaults = false;

  /**
   * Reads content until the element that is open is closed, or the bytes of an entity end.
   *
   * @param from Where it begins.
   * @param base How many elements are around it.
   * @returns Behind what was read.
   */
  content(from: number, base: number): number {
    const bytes = this.bytes;
    const inName = IN_NAME;
    let at = from;
    while (true) {
      this.mark = at;
      if (bytes[at] !== LESS_SIGN) {
        at = this.text(at);
        // Only the bytes of an entity end in text.
        if (bytes[at] !== LESS_SIGN) return at;
        this.mark = at;
      }
      const next = bytes[at + 1]!;
      const what = inName[next]!;
      if (what === STARTS || what === WIDE_NAME) at = this.startTag(at);
      else if (next === SLASH) at = this.endTag(at, base);
      else if (next === BANG) {
        at = bytes[at + 2] === DASH ? this.comment(at) : this.characterData(at);
      } else if (next === QUESTION) at = this.instruction(at);
      else {this.fail(
          `"<" needs a name, "/", "!" or "?" behind it, received ${this.shown(at + 1)}`,
          at,
        );}
      if (this.depth === base && this.inside === 0) return at;
    }
  }

  /** Reads a start tag, up to behind its `>`. */
  protected startTag(start: number): number {
    const bytes = this.bytes;
    const inName = IN_NAME;
    const multiplier = MULTIPLIER;
    let at = start + 1;
    let hash = 0;
    let byte = bytes[at]!;
    do {
      hash = Math.imul(hash, multiplier) + byte | 0;
      byte = bytes[++at]!;
    } while (inName[byte] !== 0);
    const entry = this.nameEntry(start + 1, at, hash);
    const store = this.store;
    const first = this.attrFirst = store.attrEnd;
    let scoped = false;
    if (byte !== GREATER) {
      if (IS_SPACE[byte] !== 0) at = this.attributes(at);
      byte = bytes[at]!;
      if (byte === SLASH) at++;
      if (bytes[at] !== GREATER) this.fail(`A start tag needs ">", received ${this.shown(at)}`, at);
    }
    if (this.hasDefaults) this.defaultAttributes(entry);
    if (store.attrEnd !== first) scoped = this.resolveAttributes(start);
    const names = this.names;
    const name = names.elementScope[entry] === this.scopes.current
      ? names.element[entry]!
      : this.elementName(entry, start);
    const node = this.addNode(name << KIND_BITS | ELEMENT, start);
    const words = store.words;
    words[node + ATTRS] = first;
    words[node + ATTR_COUNT] = (store.attrEnd - first) / ATTR_ROW << 1;
    if (byte === SLASH) {
      if (scoped) this.scopes.close();
      this.log?.push(-node);
      return at + 1;
    }
    const depth = ++this.depth;
    if (depth >= this.nodes.length) this.#deepen();
    if (depth > this.settings.maxDepth) {
      this.fail(`Elements are more than maxDepth (${this.settings.maxDepth}) deep`, start);
    }
    this.nodes[depth] = node;
    this.entries[depth] = entry;
    this.scoped[depth] = scoped ? 1 : 0;
    return at + 1;
  }

  #deepen(): void {
    const nodes = new Int32Array(this.nodes.length * 2);
    nodes.set(this.nodes);
    this.nodes = nodes;
    const entries = new Int32Array(nodes.length);
    entries.set(this.entries);
    this.entries = entries;
    const scoped = new Uint8Array(nodes.length);
    scoped.set(this.scoped);
    this.scoped = scoped;
  }

  /** Reads an end tag, up to behind its `>`. */
  protected endTag(start: number, base: number): number {
    const bytes = this.bytes;
    const depth = this.depth;
    const entry = this.entries[depth]!;
    const names = this.names;
    if (depth === base) this.fail("An entity cannot end an element that it does not begin", start);
    let at = start + 2;
    const same = names.isAt(entry, bytes, at);
    at += names.length[entry]!;
    if (!same || IN_NAME[bytes[at]!] !== 0) {
      this.fail(
        `The end tag of <${names.qualified(entry)}> is needed, received </${
          this.#tagShown(start + 2)
        }>`,
        start,
      );
    }
    if (bytes[at] !== GREATER) {
      at = this.skipSpace(at);
      if (bytes[at] !== GREATER) this.fail(`An end tag needs ">", received ${this.shown(at)}`, at);
    }
    if (this.scoped[depth] !== 0) this.scopes.close();
    this.log?.push(-this.nodes[depth]!);
    this.depth = depth - 1;
    return at + 1;
  }

  #tagShown(start: number): string {
    let at = start;
    while (IN_NAME[this.bytes[at]!] !== 0 && at < start + 40) at++;
    return this.decode(start, at);
  }

  /** Reads text, up to the `<` behind it. */
  protected text(start: number): number {
    const bytes = this.bytes;
    const inText = IN_TEXT;
    let at = start;
    let from = start;
    let how = PLAIN;
    let whole = !this.more || this.inside > 0;
    while (true) {
      while (inText[bytes[at]!] === GO) at++;
      const what = inText[bytes[at]!];
      if (what === LESS) break;
      if (what === WIDE) {
        at = this.wide(at);
        if (how === PLAIN) how = UTF8;
      } else if (what === AMPERSAND) {
        const behind = this.reference(at);
        if (behind !== 0) {
          how = RAW;
          at = behind;
        } else {
          // All that the piece is not ended by is known to be there: an entity's content cannot be taken back.
          if (!whole) this.needWhole();
          whole = true;
          this.addText(from, at, how);
          this.entityInContent(at);
          at = from = this.behindReference(at);
          how = PLAIN;
        }
      } else if (what === RETURN) {
        how = RAW;
        at++;
      } else if (what === BRACKET) {
        if (bytes[at + 1] === CLOSE && bytes[at + 2] === GREATER) {
          this.fail('Text cannot have "]]>" in it', at);
        }
        at++;
      } else if (at >= this.end && this.inside > 0) break;
      else this.#endOfText(at);
    }
    this.addText(from, at, how);
    return at;
  }

  #endOfText(at: number): never {
    if (at < this.end) this.control(at, "Text");
    const open = this.names.qualified(this.entries[this.depth]!);
    this.fail(`The end tag of <${open}> is needed, received the end`, at);
  }
}
